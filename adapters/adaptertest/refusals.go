package adaptertest

import (
	"testing"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// testRefusals: what is not claimed is refused before any I/O; sameSearch demands it wherever a claim is missing, and
// these are what hardly any store claims.
func testRefusals(t *testing.T, r *rig) {
	searcher(t, r)
	r.fill(t, mainTenant, r.data.Records[:50])
	p := r.data.Params
	family, code := p.Param("Patient", "family"), p.Param("Observation", "code")
	for _, c := range []struct {
		resourceType string
		where        search.Expr
	}{
		{"Patient", search.Clause{Param: family, Modifier: search.TextAdvanced, Values: []search.Value{{Text: "mull"}}}},
		{"Patient", search.Clause{Param: family, Modifier: search.In, Values: []search.Value{{Text: "x"}}}},
		{"Patient", search.Clause{Param: p.Param("Patient", "birthdate"), Modifier: search.Exact, Values: []search.Value{{Hi: 1}}}},
		{"Observation", search.Clause{Param: code, Modifier: search.Below, Values: []search.Value{{System: "s", HasSystem: true, Code: "x"}}}},
		{"Observation", search.Clause{Param: code, Modifier: search.Above, Values: []search.Value{{System: "s", HasSystem: true, Code: "x"}}}},
		{"Patient", search.And{search.Exists{Param: family}, search.Clause{Param: family, Modifier: search.TextAdvanced, Values: []search.Value{{Text: "m"}}}}},
	} {
		q := request(c.resourceType, c.where)
		if claimed := r.claimed(q); claimed != nil {
			r.refused(t, c.where.String(), q)
			if compiler, ok := r.Store.(adapters.Compiler); ok {
				if _, err := compiler.Compile(q); fault.Of(err) != fault.Of(claimed) {
					t.Errorf("compiling %s: %v, want %v", c.where, err, claimed)
				}
			}
		}
	}
	if !r.Store.Describe().Has(search.CanScore) {
		q := request("Patient", nil)
		q.Score = true
		r.refused(t, "_score", q)
	}
	unexpanded := search.Clause{Param: code, Modifier: search.In, Values: []search.Value{{Text: "http://v.example/unknown"}}}
	for _, where := range []search.Expr{unexpanded, search.Not{X: unexpanded}} {
		r.refused(t, "a code set that did not come with the request", request("Observation", where))
	}
	if _, ok := r.Store.(adapters.Reader); ok {
		r.sameRead(t, caller, adapters.Key{Ref: fhir.Ref{Type: "NoSuchType", ID: "1"}})
	}
}
