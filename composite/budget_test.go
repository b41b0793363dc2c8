package composite_test

import (
	"strings"
	"testing"

	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// TestBudgets: a request that needs more than it may hold fails and says which limit it met; just within the limit it is answered
// whole.
func TestBudgets(t *testing.T) {
	const count = 20
	r := newPatients(t, count)
	p := adaptertest.Parameters(t)
	both := part(named(t, "Ames"))
	both.Limit, both.Total = 0, planner.NoTotal
	counted, filtered, sorted := both, both, both
	counted.Rows, counted.Total = false, planner.Accurate
	city := search.Clause{Param: p.Param("Patient", "address-city"), Modifier: search.Exact, Values: []search.Value{{Text: "x"}}}
	filtered.Query.Where = search.Not{X: city} // which only word claims, and here it is not there
	sorted.Query.Where = nil
	sorted.Query.Sort = []search.SortKey{{Param: p.Param("Patient", "name")}}
	for _, c := range []struct {
		name   string
		part   planner.Part
		budget composite.Budget
		off    string
		code   fault.Code
		says   string
	}{
		{"ids within", both, composite.Budget{IDs: count}, "", "", ""},
		{"ids", both, composite.Budget{IDs: count - 1}, "", fault.TooCostly, "more than 19 ids"},
		{"counted within", counted, composite.Budget{IDs: 2 * count}, "", "", ""},
		{"counted", counted, composite.Budget{IDs: 2*count - 1}, "", fault.TooCostly, "more than 39 ids"},
		{"filtered within", filtered, composite.Budget{Scanned: count}, "", "", ""},
		{"filtered", filtered, composite.Budget{Scanned: count - 1}, "", fault.TooCostly, "more than 19 rows"},
		{"sorted within", sorted, composite.Budget{Scanned: count}, "push-sort", "", ""},
		{"sorted", sorted, composite.Budget{Scanned: count - 1}, "push-sort", fault.TooCostly, "more than 19 rows"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := open(t, r.primary, c.budget, r.secondaries[0], r.secondaries[1])
			if strings.HasPrefix(c.name, "filtered") {
				e = open(t, r.primary, c.budget)
			}
			page, plan, err := run(t.Context(), e, search.Caller{Tenant: tenant}, c.part, c.off)
			wantCode(t, err, c.code)
			if err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v does not say %q", err, c.says)
			}
			want := int64(count)
			if err != nil {
				want = 0
			}
			if int64(len(page.Rows))+max(0, page.Total) != want {
				t.Errorf("%d rows, total %d\n%s", len(page.Rows), page.Total, plan)
			}
		})
	}
}

// TestBudgetIsGivenBack: what one level held does not count against the next.
func TestBudgetIsGivenBack(t *testing.T) {
	r := newPatients(t, 20)
	e := open(t, r.primary, composite.Budget{IDs: 20}, r.secondaries[0], r.secondaries[1])
	plan, err := e.Plan(planner.Operation{Caller: search.Caller{Tenant: tenant}, Parts: []planner.Part{part(named(t, "Ames"))}})
	if err != nil {
		t.Fatal(err)
	}
	plan.Parts[0].Count = nil
	x := e.Start(plan)
	for range 5 {
		if res := x.Run(t.Context(), []composite.Call{{Part: 0}})[0]; res.Err != nil {
			t.Fatal(res.Err)
		}
	}
}

// TestOverCap: a list that is asked for whole and is longer than the cap is an error, not a cut list; an offset does not hide it.
func TestOverCap(t *testing.T) {
	r := newPatients(t, 10)
	p := part(named(t, "Ames"))
	p.Limit, p.Cap = 0, 10
	page, _, err := run(t.Context(), r.engine, search.Caller{Tenant: tenant}, p, "")
	if err != nil || len(page.Rows) != 10 || page.More {
		t.Errorf("%d rows, more %t, %v", len(page.Rows), page.More, err)
	}
	p.Cap = 9
	_, _, err = run(t.Context(), r.engine, search.Caller{Tenant: tenant}, p, "")
	wantCode(t, err, fault.TooCostly)
	p.Offset = 1
	page, _, err = run(t.Context(), r.engine, search.Caller{Tenant: tenant}, p, "")
	if err != nil || len(page.Rows) != 9 {
		t.Errorf("%d rows, %v", len(page.Rows), err)
	}
	p.Cap = 8
	_, _, err = run(t.Context(), r.engine, search.Caller{Tenant: tenant}, p, "")
	wantCode(t, err, fault.TooCostly)
}

// TestBytes: what an execution gives is bounded, level after level, whatever gives it.
func TestBytes(t *testing.T) {
	r := newObservations(t)
	observations := planner.Part{
		Kind: planner.Each, Parent: -1, Rows: true, Cap: 100, Query: search.Query{Type: "Observation"},
		Param: adaptertest.Parameters(t).Param("Observation", "subject"),
	}
	get := planner.Part{Kind: planner.Get, Parent: -1}
	list := part(search.Request{Query: search.Query{Type: "Patient", Where: search.True{}}})
	list.Limit, list.Total = 100, planner.NoTotal
	parents := []fhir.Ref{ref("Patient", "p000"), ref("Patient", "p001")}
	keys := []search.Key{{Ref: parents[0]}, {Ref: parents[1]}}
	for name, c := range map[string]struct {
		part planner.Part
		call composite.Call
	}{
		"each": {observations, composite.Call{Parents: parents}}, "get": {get, composite.Call{Keys: keys}}, "search": {list, composite.Call{}},
	} {
		t.Run(name, func(t *testing.T) {
			for budget, code := range map[int]fault.Code{300: fault.TooCostly, 1 << 20: ""} {
				e := open(t, r.primary, composite.Budget{Bytes: budget}, r.secondaries[0], r.secondaries[1])
				plan, err := e.Plan(planner.Operation{Caller: search.Caller{Tenant: tenant}, Parts: []planner.Part{c.part}})
				if err != nil {
					t.Fatal(err)
				}
				wantCode(t, e.Start(plan).Run(t.Context(), []composite.Call{c.call})[0].Err, code)
			}
		})
	}
	e := open(t, r.primary, composite.Budget{Bytes: 1000}, r.secondaries[0], r.secondaries[1])
	plan, err := e.Plan(planner.Operation{Caller: search.Caller{Tenant: tenant}, Parts: []planner.Part{get}})
	if err != nil {
		t.Fatal(err)
	}
	x := e.Start(plan)
	wantCode(t, x.Run(t.Context(), []composite.Call{{Keys: keys[:1]}})[0].Err, "")
	for range 5 {
		err = x.Run(t.Context(), []composite.Call{{Keys: keys}})[0].Err
	}
	wantCode(t, err, fault.TooCostly)
}
