package fhir_test

import (
	_ "embed"
	"runtime"
	"testing"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/shareddata"
	"github.com/valyala/fastjson"
)

//go:embed r4.txt
var r4Text string

func BenchmarkDecode(b *testing.B) {
	var kept *fhir.Definitions
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for b.Loop() {
		var err error
		if kept, err = fhir.Decode(r4Text); err != nil {
			b.Fatal(err)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc), "retained-bytes")
	runtime.KeepAlive(kept)
}

// lines are the first resources of a pack, evenly taken.
func lines(b *testing.B) (all [][]byte, bytes int) {
	n := 0
	if !shareddata.Each(b, "sof-r4-100", func(_ string, _ int, raw []byte) {
		if n++; n%30 == 0 {
			all = append(all, raw)
			bytes += len(raw)
		}
	}) {
		b.Skip("NOT MEASURED: the pack is not at hand")
	}
	return all, bytes
}

func BenchmarkStrip(b *testing.B) {
	all, size := lines(b)
	b.SetBytes(int64(size / len(all)))
	for i := 0; b.Loop(); i++ {
		if _, _, err := fhir.Strip(all[i%len(all)]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkValidate(b *testing.B) {
	all, size := lines(b)
	values := make([]*fastjson.Value, len(all))
	for i, raw := range all {
		v, err := fastjson.ParseBytes(raw)
		if err != nil {
			b.Fatal(err)
		}
		values[i] = v
	}
	d := fhir.R4()
	b.SetBytes(int64(size / len(all)))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		d.Validate(values[i%len(all)], fhir.ValidateOptions{})
	}
}

func BenchmarkParseInstantRange(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := fhir.ParseInstantRange("2020-01-10T14:10:05.123+05:30", nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecimalKey(b *testing.B) {
	b.ReportAllocs()
	key := make([]byte, 0, 32)
	for b.Loop() {
		d, err := fhir.ParseDecimal("72.4500")
		if err != nil {
			b.Fatal(err)
		}
		key = d.AppendKey(key[:0])
	}
}
