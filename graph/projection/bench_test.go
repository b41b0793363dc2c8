package projection_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/heliograph/heliograph/graph/projection"
)

func scalar(names ...string) []selField {
	var fields []selField
	for _, name := range names {
		fields = append(fields, selField{Field: projection.Field{Key: name, Name: name}})
	}
	return fields
}

func primitives(name string) selField {
	return selField{Field: projection.Field{Key: name, Name: name, List: true}}
}

func object(name string, list bool, fields ...selField) selField {
	return selField{
		Field: projection.Field{Key: name, Name: name, Kind: projection.Object, List: list},
		sub:   &selection{fields: fields},
	}
}

// patientSelection is 13 fields in 5 levels:
//
//	{ id birthDate name { family given } identifier { type { coding { code } } } extension { extension { valueCodeableConcept { coding { display } } } } }
func patientSelection() *selection {
	fields := scalar("id", "birthDate")
	fields = append(fields,
		object("name", true, append(scalar("family"), primitives("given"))...),
		object("identifier", true, object("type", false, object("coding", true, scalar("code")...))),
		object("extension", true, object("extension", true,
			object("valueCodeableConcept", false, object("coding", true, scalar("display")...)))),
	)
	return &selection{fields: fields}
}

func patient(tb testing.TB) []byte {
	tb.Helper()
	src, err := os.ReadFile("testdata/patient.json")
	if err != nil {
		tb.Fatal(err)
	}
	return src
}

func TestBenchmarkedPlan(t *testing.T) {
	var run projection.Run
	compare(t, patientSelection(), patient(t), &run)
}

func TestNoAllocation(t *testing.T) {
	plan, err := patientSelection().compile()
	if err != nil {
		t.Fatal(err)
	}
	src, dst := patient(t), make([]byte, 0, 4096)
	var run projection.Run
	allocations := testing.AllocsPerRun(100, func() {
		run.Reset()
		if _, err := plan.Append(dst, src, &run); err != nil {
			t.Error(err)
		}
	})
	if allocations != 0 {
		t.Errorf("%v allocations a projection, want none", allocations)
	}
}

// BenchmarkPatient compares with decoding to a map and projecting from that; x_map is how many times slower that is.
func BenchmarkPatient(b *testing.B) {
	plan, err := patientSelection().compile()
	if err != nil {
		b.Fatal(err)
	}
	src, dst := patient(b), make([]byte, 0, 4096)
	var own float64
	b.Run("projection", func(b *testing.B) {
		var run projection.Run
		b.SetBytes(int64(len(src)))
		b.ReportAllocs()
		for b.Loop() {
			run.Reset()
			if _, err := plan.Append(dst, src, &run); err != nil {
				b.Fatal(err)
			}
		}
		own = float64(b.Elapsed()) / float64(b.N)
	})
	b.Run("map", func(b *testing.B) {
		s := patientSelection()
		b.SetBytes(int64(len(src)))
		b.ReportAllocs()
		for b.Loop() {
			var doc map[string]any
			if err := json.Unmarshal(src, &doc); err != nil {
				b.Fatal(err)
			}
			dst = appendMap(dst[:0], s, doc)
		}
		b.ReportMetric(float64(b.Elapsed())/float64(b.N)/own, "x_map")
	})
}

// appendMap projects from a map as directly as can be.
func appendMap(dst []byte, s *selection, doc map[string]any) []byte {
	for i, f := range s.fields {
		dst = append(dst, "{,"[min(i, 1)], '"')
		dst = append(dst, f.Key...)
		dst = append(dst, '"', ':')
		dst = appendAny(dst, f, doc[f.Name])
	}
	return append(dst, '}')
}

func appendAny(dst []byte, f selField, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...)
	case map[string]any:
		return appendMap(dst, f.sub, v)
	case string:
		dst = append(dst, '"')
		dst = append(dst, v...)
		return append(dst, '"')
	case []any:
		dst = append(dst, '[')
		for i, element := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendAny(dst, f, element)
		}
		return append(dst, ']')
	}
	return dst
}

// BenchmarkLarge is a 5 MB resource: linear time means MB/s like a small one's.
func BenchmarkLarge(b *testing.B) {
	one := string(patient(b))
	src := []byte(`{"resourceType":"Bundle","entry":[` + strings.Repeat(`{"resource":`+one+`},`, 1300) + `null]}`)
	resource := object("resource", false)
	resource.sub = patientSelection()
	plan, err := (&selection{fields: []selField{object("entry", true, resource)}}).compile()
	if err != nil {
		b.Fatal(err)
	}
	var run projection.Run
	var dst []byte
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		run.Reset()
		if dst, err = plan.Append(dst[:0], src, &run); err != nil {
			b.Fatal(err)
		}
	}
}
