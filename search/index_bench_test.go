package search_test

import (
	"testing"

	"github.com/valyala/fastjson"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/shareddata"
	"github.com/heliograph/heliograph/search"
)

// resources are every tenth resource of a population, parsed.
func resources(b *testing.B) (out []*fastjson.Value, bytes int) {
	b.Helper()
	n := 0
	shareddata.Each(b, "sof-r4-100", func(_ string, _ int, raw []byte) {
		if n++; n%10 == 0 {
			v, err := fastjson.ParseBytes(raw)
			if err != nil {
				b.Fatal(err)
			}
			out = append(out, v)
			bytes += len(raw)
		}
	})
	if len(out) == 0 {
		b.Skip("no data at hand")
	}
	return out, bytes
}

// BenchmarkIndex shows the time of a resource, all in but parsing.
func BenchmarkIndex(b *testing.B) {
	x := newIndexer(b)
	all, bytes := resources(b)
	b.ReportAllocs()
	b.SetBytes(int64(bytes / len(all)))
	i := 0
	for b.Loop() {
		if _, _, err := x.Index(all[i%len(all)]); err != nil {
			b.Fatal(err)
		}
		i++
	}
}

func BenchmarkCodec(b *testing.B) {
	x := newIndexer(b)
	all, _ := resources(b)
	var encoded [][]byte
	items := 0
	for _, v := range all {
		values, _, err := x.Index(v)
		if err != nil {
			b.Fatal(err)
		}
		encoded = append(encoded, values.AppendBinary(nil))
		for _, p := range values.Params {
			items += len(p.Items)
		}
	}
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			if _, err := search.DecodeValues(encoded[i%len(encoded)]); err != nil {
				b.Fatal(err)
			}
			i++
		}
		b.ReportMetric(float64(items)/float64(len(all)), "items/op")
	})
}

// BenchmarkNewParameters is part of every start.
func BenchmarkNewParameters(b *testing.B) {
	defs := fhir.R4()
	for b.Loop() {
		search.NewParameters(defs)
	}
}
