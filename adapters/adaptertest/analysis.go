package adaptertest

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/search"
)

// testAggregate compares the groups; among equal counts the order is the store's choice.
func testAggregate(t *testing.T, r *rig) {
	a := part[adapters.Aggregator](t, r)
	if !r.Store.Describe().Has(search.CanAggregate) {
		t.Skip("not claimed")
	}
	r.fill(t, mainTenant, r.data.Records)
	r.fill(t, otherTenant, r.data.Records[:20])
	p := r.data.Params
	final := search.Clause{Param: p.Param("Observation", "status"), Values: []search.Value{{Code: "final"}}}
	hidden := search.Caller{Tenant: mainTenant, Policy: map[string]search.Expr{"Observation": search.Not{X: final}}}
	for _, c := range []struct {
		q  search.Query
		by string
	}{
		{search.Query{Caller: caller, Type: "Patient"}, "gender"}, {search.Query{Caller: caller, Type: "Observation", Where: final}, "code"},
		{search.Query{Caller: hidden, Type: "Observation"}, "status"}, {search.Query{Caller: caller, Type: "Encounter"}, "subject"},
		{search.Query{Caller: search.Caller{Tenant: otherTenant}, Type: "Patient"}, "gender"},
	} {
		by := p.Param(c.q.Type, c.by)
		want, err := all(t, r.oracle.Aggregate(t.Context(), c.q, by, 0))
		if err != nil {
			t.Fatal(err)
		}
		got, err := all(t, a.Aggregate(t.Context(), c.q, by, 0))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.IsSortedFunc(got, func(a, b adapters.Group) int { return cmp.Compare(b.Count, a.Count) }) {
			t.Errorf("%s by %s: not the largest first", c.q.Type, c.by)
		}
		order := func(a, b adapters.Group) int { return cmp.Compare(fmt.Sprintf("%#v", a), fmt.Sprintf("%#v", b)) }
		slices.SortFunc(want, order)
		slices.SortFunc(got, order)
		if d := gocmp.Diff(want, got); d != "" {
			t.Errorf("%s by %s (-oracle +store):\n%s", c.q.Type, c.by, shorten(d))
		}
	}
}

func (r *rig) readBody(t *testing.T, reader adapters.Reader, id string) search.Resource {
	t.Helper()
	got, _, err := reader.Read(t.Context(), caller, 0, []adapters.Key{key("Patient", id, 0)})
	if err != nil {
		t.Fatal(err)
	}
	return got[0]
}
