package adaptertest

import (
	"fmt"
	"iter"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

// The code sets of testCodes.
const (
	manyCodes = "http://v.example/many"
	loinc     = "http://loinc.org"
)

func coded(p *search.Param, m search.Modifier) search.Clause {
	return search.Clause{Param: p, Modifier: m, Values: []search.Value{{Text: manyCodes, System: loinc, HasSystem: true, Code: "x"}}}
}

// expansion is that of the condition's code set: so many codes that nothing has, and these.
func expansion(where search.Expr, n int, real ...fhir.Code) map[search.CodeSet]iter.Seq[fhir.Code] {
	return map[search.CodeSet]iter.Seq[fhir.Code]{search.CodeSets(where)[0]: func(yield func(fhir.Code) bool) {
		for i := range n {
			if i == n/2 && !each(real, yield) || !yield(fhir.Code{System: "http://c.example/disease", Code: fmt.Sprint("c", i)}) {
				return
			}
		}
	}}
}

// testCodes: code sets of 50,000 codes, streamed in, wherever in a condition they stand, in the caller's predicates and per parent.
func testCodes(t *testing.T, r *rig) {
	searcher(t, r)
	r.fill(t, mainTenant, r.data.Records)
	p := r.data.Params
	code, condition, subject := p.Param("Observation", "code"), p.Param("Condition", "code"), p.Param("Observation", "subject")
	in := coded(code, search.In)
	weight := search.Clause{Param: code, Values: []search.Value{{Code: "29463-7"}}}
	for i, c := range []struct {
		resourceType string
		where        search.Expr
	}{
		{"Observation", in}, {"Observation", search.Not{X: in}}, {"Condition", coded(condition, search.In)},
		{"Observation", search.And{weight, in}}, {"Observation", search.And{weight, search.Not{X: in}}},
		{"Patient", search.Has{Param: subject, Where: in}}, {"Patient", search.Has{Param: subject, Where: search.Not{X: in}}},
		{"Observation", coded(code, search.Above)}, {"Observation", search.Not{X: coded(code, search.Above)}},
		{"Observation", coded(code, search.Below)}, {"Condition", search.And{coded(condition, search.Below), search.Exists{Param: condition}}},
		{"Observation", search.Or{coded(code, search.Below), search.IDs{IDs: []string{"n1", "z"}}}},
		{"Observation", search.Chain{Param: subject, Target: "Patient", Where: search.Has{Param: subject, Where: in}}},
	} {
		for _, real := range [][]fhir.Code{nil, {{System: loinc, Code: "29463-7"}, {System: "http://c.example/disease", Code: "flu"}}} {
			q := request(c.resourceType, c.where)
			n := []int{50_000, 300, 10}[i%3]
			q.Codes = expansion(c.where, n, real...)
			r.sameSearch(t, fmt.Sprintf("%s of %d codes and %d", c.where, n, len(real)), q)
		}
	}
	q := request("Patient", search.Has{Param: subject, Where: search.True{}})
	q.Query.Caller.Policy = map[string]search.Expr{"Observation": in}
	q.Codes = expansion(in, 1000, fhir.Code{System: loinc, Code: "29463-7"})
	r.sameSearch(t, "a caller that sees the members of a value set", q)
	r.codesEach(t, subject, in, weight)
}

func (r *rig) codesEach(t *testing.T, subject *search.Param, in, weight search.Expr) {
	t.Helper()
	s, ok := r.Store.(eachSearcher)
	if !ok || !r.Store.Describe().Has(search.CanEach) {
		return
	}
	for _, where := range []search.Expr{in, search.Not{X: in}, search.And{weight, in}, search.Or{weight, search.Not{X: in}}} {
		q := search.EachRequest{Request: request("Observation", where), Param: subject, Parents: r.data.parents(subject, 60), Count: true}
		q.Codes = expansion(in, 1000, fhir.Code{System: loinc, Code: "29463-7"})
		if r.claimed(q.Request) != nil {
			continue
		}
		what := "each " + where.String()
		same(t, what, s.SearchEach(t.Context(), q), r.oracle.SearchEach(t.Context(), q))
		want, _, err := r.oracle.CountEach(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := s.CountEach(t.Context(), q)
		if d := cmp.Diff(want, got); d != "" || err != nil {
			t.Fatalf("%s: counts: %v\n%s", what, err, d)
		}
	}
}
