package adaptertest

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

// testStatistics: they may be approximate, but not of another tenant and not wild.
func testStatistics(t *testing.T, r *rig) {
	r.fill(t, mainTenant, r.data.Records)
	r.fill(t, otherTenant, r.data.Records[:7])
	for tenant, rows := range map[string]int64{mainTenant: 0, "nobody": 0} {
		want, err := r.oracle.Statistics(t.Context(), tenant)
		if err != nil {
			t.Fatal(err)
		}
		got, err := r.Store.Statistics(t.Context(), tenant)
		if err != nil {
			t.Fatal(err)
		}
		for resourceType, n := range want.Rows {
			rows += n
			if g := got.Rows[resourceType]; g < n/2 || g > 2*n {
				t.Errorf("%s: %d rows of %s, there are %d", tenant, g, resourceType, n)
			}
			for code, p := range want.Params[resourceType] {
				g, claimed := got.Params[resourceType][code]
				if claimed && (g.Rows < p.Rows/3 || g.Rows > 3*p.Rows || g.Distinct > g.Rows) {
					t.Errorf("%s: %+v of %s.%s, there are %+v", tenant, g, resourceType, code, p)
				}
			}
		}
		if tenant == "nobody" && len(got.Rows) > 0 {
			t.Errorf("a tenant without resources has %v", got.Rows)
		}
	}
}

// testCompile: pure, repeatable, and different for different requests.
func testCompile(t *testing.T, r *rig) {
	c := part[adapters.Compiler](t, r)
	seen := map[string]string{}
	n, compiled := 0, 0
	for q := range Queries(r.data, 7) {
		if n++; n > 200 {
			break
		}
		text, err := c.Compile(q)
		if claimed := r.claimed(q); claimed != nil {
			if err == nil {
				t.Errorf("%s is not claimed and compiles", q.Query.Where)
			}
			continue
		}
		if err != nil || text == "" {
			t.Fatalf("compiling %s: %q, %v", q.Query.Where, text, err)
		}
		if again, err := c.Compile(q); err != nil || again != text {
			t.Fatalf("compiling twice gives two texts (%v):\n%s\n%s", err, text, again)
		}
		compiled++
		seen[text] = text
	}
	if len(seen) < compiled/4 {
		t.Errorf("%d different texts of %d requests", len(seen), compiled)
	}
}

// testWalk compares what is reached and how far it is; which of several first hops is named is the store's choice.
func testWalk(t *testing.T, r *rig) {
	w := part[adapters.Walker](t, r)
	if !r.Store.Describe().Has(search.CanWalk) {
		t.Skip("not claimed")
	}
	r.fill(t, mainTenant, r.data.Records)
	p := r.data.Params
	female := search.Clause{Param: p.Param("Patient", "gender"), Values: []search.Value{{Code: "female"}}}
	start := []fhir.Ref{{Type: "Patient", ID: "A"}, {Type: "Patient", ID: "nowhere"}}
	policy := search.Caller{Tenant: mainTenant, Policy: map[string]search.Expr{"Patient": female, "Organization": search.False{}}}
	for n, q := range []adapters.WalkRequest{
		{Caller: caller, Start: start, Forward: true, Depth: 1}, {Caller: caller, Start: start, Forward: true, Depth: 6},
		{Caller: caller, Start: start, Backward: true, Depth: 2}, {Caller: caller, Start: start, Forward: true, Backward: true, Depth: 3},
		{Caller: caller, Start: start, Depth: 3}, {Caller: caller, Start: start, Forward: true, Depth: 0},
		{Caller: caller, Start: start, Forward: true, Backward: true, Depth: 4, Via: []*search.Param{p.Param("Observation", "subject"), p.Param("Observation", "has-member")}},
		{Caller: caller, Start: []fhir.Ref{{Type: "Organization", ID: "o1"}}, Forward: true, Depth: 9, Via: []*search.Param{p.Param("Organization", "partof")}},
		{Caller: policy, Start: start, Forward: true, Backward: true, Depth: 4}, {Caller: search.Caller{Tenant: otherTenant}, Start: start, Forward: true, Backward: true, Depth: 4},
	} {
		q.AtLeast = 1
		want, err := all(t, r.oracle.Walk(t.Context(), q))
		if err != nil {
			t.Fatal(err)
		}
		got, err := all(t, w.Walk(t.Context(), q))
		if err != nil {
			t.Fatal(err)
		}
		byTo := func(a, b adapters.Step) int { return cmp.Or(cmp.Compare(a.Hops, b.Hops), a.To.Compare(b.To)) }
		slices.SortFunc(want, byTo)
		if !slices.IsSortedFunc(got, func(a, b adapters.Step) int { return cmp.Compare(a.Hops, b.Hops) }) {
			t.Errorf("walk %d: not in the order of hops", n)
		}
		slices.SortFunc(got, byTo)
		if d := gocmp.Diff(want, got, cmpopts.IgnoreFields(adapters.Step{}, "From", "Param"), cmpopts.EquateEmpty()); d != "" {
			t.Errorf("walk %d (-oracle +store):\n%s", n, shorten(d))
		}
	}
}

// testScan: current rows in the order of ids, tombstones included, with the values that were written.
func testScan(t *testing.T, r *rig) {
	s := part[adapters.Scanner](t, r)
	if !r.Store.Describe().Has(search.CanScan) {
		t.Skip("not claimed")
	}
	r.fill(t, mainTenant, r.data.Records)
	r.write(t, remove(fhir.Ref{Type: "Patient", ID: "a"}, adapters.Precondition{}))
	for _, resourceType := range r.data.types {
		for _, after := range []string{"", "A", "a", "zzz"} {
			for _, limit := range []int{0, 3} {
				what := fmt.Sprintf("scan of %s behind %q, limit %d", resourceType, after, limit)
				same(t, what, withoutWords(s.Scan(t.Context(), mainTenant, resourceType, after, limit)),
					withoutWords(r.oracle.Scan(t.Context(), mainTenant, resourceType, after, limit)))
			}
		}
	}
}

// withoutWords takes the tokens of text away: a store may keep them in its index alone.
func withoutWords(a adapters.Answer[adapters.Scanned]) adapters.Answer[adapters.Scanned] {
	rows := a.Rows
	a.Rows = func(yield func(adapters.Scanned, error) bool) {
		for row, err := range rows {
			if row.Values != nil {
				v := *row.Values
				v.Narrative, v.Content = nil, nil
				row.Values = &v
			}
			if !yield(row, err) {
				return
			}
		}
	}
	return a
}
