package sqlite_test

import (
	"fmt"
	"iter"
	"testing"

	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/adapters/sqlite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

// BenchmarkCodes searches by the members of value sets of 10 and of 50,000 codes, and below a thousand parents.
func BenchmarkCodes(b *testing.B) {
	params := adaptertest.Parameters(b)
	s, err := sqlite.Open(b.Context(), sqlite.Config{Dir: b.TempDir(), Relaxed: true, Chronological: params.Chronological})
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	}()
	recs := records(b)
	loadAll(b, s, recs)
	code, subject := params.Param("Observation", "code"), params.Param("Observation", "subject")
	set := search.CodeSet{Modifier: search.In, ValueSet: "http://v"}
	in := search.Clause{Param: code, Modifier: search.In, Values: []search.Value{{Text: set.ValueSet}}}
	var parents []fhir.Ref
	for _, r := range recs {
		if r.Ref.Type == "Patient" && len(parents) < 1000 {
			parents = append(parents, r.Ref)
		}
	}
	for _, n := range []int{10, 1000, 50_000} {
		codes := func(yield func(fhir.Code) bool) {
			for i := range n {
				c := fhir.Code{System: "http://loinc.org", Code: fmt.Sprint(i, "-0")}
				if i%5 == 2 && i < 15 {
					c.Code = []string{"29463-7", "8302-2", "85354-9"}[i/5]
				}
				if !yield(c) {
					return
				}
			}
		}
		for name, where := range map[string]search.Expr{"in": in, "not in": search.Not{X: in}, "page": in} {
			b.Run(fmt.Sprintf("%s %d", name, n), func(b *testing.B) {
				q := search.Request{Query: search.Query{Caller: search.Caller{Tenant: "main"}, Type: "Observation", Where: where}}
				if name == "page" {
					q.Limit = 50
				}
				found := 0
				for b.Loop() {
					q.Codes = map[search.CodeSet]iter.Seq[fhir.Code]{set: codes}
					found = 0
					for _, err := range s.Search(b.Context(), q).Rows {
						if err != nil {
							b.Fatal(err)
						}
						found++
					}
				}
				b.ReportMetric(float64(found), "rows")
			})
		}
		b.Run(fmt.Sprintf("each of %d, %d", len(parents), n), func(b *testing.B) {
			for b.Loop() {
				q := search.EachRequest{Request: search.Request{Query: search.Query{Caller: search.Caller{Tenant: "main"}, Type: "Observation", Where: in}}, Param: subject, Parents: parents}
				q.Codes, q.Limit = map[search.CodeSet]iter.Seq[fhir.Code]{set: codes}, 5
				for _, err := range s.SearchEach(b.Context(), q).Rows {
					if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
