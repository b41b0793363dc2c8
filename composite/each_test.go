package composite_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/adapters/memory"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

func memory0(testing.TB) *memory.Store { return memory.Open(memory.Config{ID: "oracle"}) }

func memory1(testing.TB) *memory.Store {
	return memory.Open(memory.Config{ID: "table", Claims: &table})
}

// oracleCopy is a secondary that claims everything, of the oracle's data.
func (r *rig) oracleCopy(t *testing.T) *memory.Store {
	t.Helper()
	s := newSecondary(t, r.oracle, "copy", memory.AllClaims())
	catchUp(t, r.oracle, s, 0)
	return s
}

func observation(t *testing.T, parent string, i int) adapters.Write {
	t.Helper()
	return record(t, fmt.Sprintf(`{"resourceType":"Observation","id":"o%03d","status":"final","code":{"text":"x"},
		"subject":{"reference":"Patient/%s"}}`, i, parent)).Put()
}

// observations asks for the observations of parents, over stores of which only graph searches per parent.
func (r *rig) observations(t *testing.T, p planner.Part, parents ...string) []composite.Page {
	t.Helper()
	p.Kind, p.Parent, p.Path, p.Query.Type = planner.Each, -1, "ObservationList", "Observation"
	p.Param = adaptertest.Parameters(t).Param("Observation", "subject")
	plan, err := r.engine.Plan(planner.Operation{Caller: search.Caller{Tenant: tenant}, Parts: []planner.Part{p}})
	if err != nil {
		t.Fatal(err)
	}
	refs := make([]fhir.Ref, len(parents))
	for i, id := range parents {
		refs[i] = ref("Patient", id)
	}
	res := r.engine.Start(plan).Run(t.Context(), []composite.Call{{Part: 0, Parents: refs}})[0]
	if res.Err != nil {
		t.Fatal(res.Err)
	}
	if len(res.Pages) != len(parents) {
		t.Fatalf("%d pages for %d parents", len(res.Pages), len(parents))
	}
	return res.Pages
}

func newObservations(t *testing.T) *rig {
	t.Helper()
	r := newPatients(t, 2)
	for i := range 8 {
		r.write(t, observation(t, "p000", i))
	}
	r.write(t, observation(t, "p001", 10))
	r.sync(t, 0)
	return r
}

// TestEach: pages per parent with their totals, an offset, backward, and nothing for a parent without rows.
func TestEach(t *testing.T) {
	r := newObservations(t)
	for _, c := range []struct {
		name string
		part planner.Part
		want []string
		more bool
	}{
		{"page", planner.Part{Rows: true, Limit: 3}, []string{"o000", "o001", "o002"}, true},
		{"offset", planner.Part{Rows: true, Limit: 3, Offset: 6}, []string{"o006", "o007"}, false},
		{"backward", planner.Part{Rows: true, Limit: 2, Reverse: true}, []string{"o007", "o006"}, true},
		{"whole", planner.Part{Rows: true, Cap: 8}, []string{"o000", "o001", "o002", "o003", "o004", "o005", "o006", "o007"}, false},
		{"page as long as the cap", planner.Part{Rows: true, Limit: 4, Cap: 4}, []string{"o000", "o001", "o002", "o003"}, true},
		{"counts alone", planner.Part{}, []string{}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.part.Total = planner.Accurate
			pages := r.observations(t, c.part, "p000", "p001", "nobody")
			if diff := cmp.Diff(c.want, idsOf(pages[0].Rows)); diff != "" || pages[0].More != c.more || pages[0].Err != nil {
				t.Errorf("more %t, %v\n%s", pages[0].More, pages[0].Err, diff)
			}
			totals := []int64{pages[0].Total, pages[1].Total, pages[2].Total}
			if diff := cmp.Diff([]int64{8, 1, 0}, totals); diff != "" {
				t.Error(diff)
			}
			for _, row := range pages[0].Rows {
				if row.Body.JSON == nil {
					t.Errorf("%s has no body", row.Ref)
				}
			}
		})
	}
}

// TestEachOverCap: a list that is asked for whole and is too long fails alone; those beside it stay.
func TestEachOverCap(t *testing.T) {
	pages := newObservations(t).observations(t, planner.Part{Rows: true, Cap: 4}, "p000", "p001")
	wantCode(t, pages[0].Err, fault.TooCostly)
	if pages[0].Rows != nil || pages[1].Err != nil || len(pages[1].Rows) != 1 {
		t.Errorf("%+v", pages)
	}
}

// TestEachStale: rows that are gone, or refer elsewhere now, are dropped, and the page is filled up.
func TestEachStale(t *testing.T) {
	r := newObservations(t)
	r.write(t, adapters.Write{Action: adapters.Delete, Ref: ref("Observation", "o000")})
	r.write(t, observation(t, "p001", 1))
	r.write(t, observation(t, "p001", 2))
	r.write(t, observation(t, "p001", 5))
	pages := r.observations(t, planner.Part{Rows: true, Limit: 3}, "p000", "p001")
	if diff := cmp.Diff([]string{"o003", "o004", "o006"}, idsOf(pages[0].Rows)); diff != "" || !pages[0].More {
		t.Errorf("more %t\n%s", pages[0].More, diff)
	}
	if diff := cmp.Diff([]string{"o010"}, idsOf(pages[1].Rows)); diff != "" || pages[1].More {
		t.Errorf("more %t\n%s", pages[1].More, diff)
	}
}

// TestEachCalls: the number of store calls is the same for any number of parents up to a thousand, then one a thousand.
func TestEachCalls(t *testing.T) {
	r := newObservations(t)
	e := open(t, r.oracle, composite.Budget{})
	p := planner.Part{
		Kind: planner.Each, Parent: -1, Rows: true, Limit: 5, Query: search.Query{Type: "Observation"},
		Param: adaptertest.Parameters(t).Param("Observation", "subject"),
	}
	plan, err := e.Plan(planner.Operation{Caller: search.Caller{Tenant: tenant}, Parts: []planner.Part{p}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ parents, calls int }{{0, 0}, {1, 1}, {50, 1}, {1000, 1}, {1001, 2}, {2500, 3}} {
		parents := make([]fhir.Ref, c.parents)
		for i := range parents {
			parents[i] = ref("Patient", fmt.Sprintf("p%03d", i))
		}
		x := e.Start(plan)
		if res := x.Run(t.Context(), []composite.Call{{Parents: parents}})[0]; res.Err != nil || len(res.Pages) != c.parents {
			t.Fatalf("%d pages, %v", len(res.Pages), res.Err)
		}
		if calls := x.Report().Calls; calls != c.calls {
			t.Errorf("%d calls for %d parents, want %d", calls, c.parents, c.calls)
		}
	}
	two := []composite.Call{{Parents: []fhir.Ref{ref("Patient", "p000"), ref("Patient", "p001")}}}
	p.After = &search.Cursor{ID: "o001"}
	if plan, err = e.Plan(planner.Operation{Caller: search.Caller{Tenant: tenant}, Parts: []planner.Part{p}}); err != nil {
		t.Fatal(err)
	}
	wantCode(t, e.Start(plan).Run(t.Context(), two)[0].Err, fault.BadUserInput)
	res := e.Start(plan).Run(t.Context(), []composite.Call{{Parents: two[0].Parents[:1]}})[0]
	if got := idsOf(res.Pages[0].Rows); !slices.Equal(got, []string{"o002", "o003", "o004", "o005", "o006"}) {
		t.Error(got)
	}
}

// TestEachWithin: where the store that searches per parent does not answer all of the condition, it is asked within the ids of the
// rest; rows, order, pages and counts are the oracle's.
func TestEachWithin(t *testing.T) {
	t.Parallel()
	r := newRig(t, 3, composite.Budget{})
	params := adaptertest.Parameters(t)
	claims := graph
	claims.Features |= search.CanWithin | search.CanEach | search.CanCount
	by := newSecondary(t, r.primary, "by", claims)
	catchUp(t, r.primary, by, 0)
	e := open(t, r.primary, composite.Budget{}, r.secondaries[0], by)
	subject := params.Param("Observation", "subject")
	var parents []fhir.Ref
	for _, rec := range r.data.Records {
		if rec.Ref.Type == "Patient" && !slices.Contains(parents, rec.Ref) {
			parents = append(parents, rec.Ref)
		}
	}
	split, found, n := 0, 0, 0
	for req := range r.queries(seed + 5) {
		if req.Query.Type != "Observation" {
			continue
		}
		if n++; n > 200 {
			break
		}
		req.After = nil
		p := part(req)
		p.Kind, p.Param, p.Offset, p.Cap = planner.Each, subject, n%3, 100_000
		plan, err := e.Plan(planner.Operation{Caller: req.Query.Caller, Parts: []planner.Part{p}})
		if fault.Of(err) == fault.Unsupported {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		split += min(1, leaves(plan.Parts[0].Rows))
		res := e.Start(plan).Run(t.Context(), []composite.Call{{Parents: parents}})[0]
		if res.Err != nil {
			t.Fatalf("search %d: %v\n%s", n, res.Err, plan)
		}
		found += r.sameEach(t, search.EachRequest{Request: req, Param: subject, Parents: parents, Offset: p.Offset}, res.Pages, plan)
	}
	if split < 20 || found < 50 {
		t.Errorf("%d were split, %d rows found", split, found)
	}
}

// sameEach compares pages with the oracle's, and gives the number of rows.
func (r *rig) sameEach(t *testing.T, req search.EachRequest, pages []composite.Page, plan *planner.Plan) (found int) {
	t.Helper()
	totals, _, err := r.oracle.CountEach(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	size := req.Limit
	if req.Limit > 0 {
		req.Limit++
	}
	want := make([][]string, len(req.Parents))
	for hit, err := range r.oracle.SearchEach(t.Context(), req).Rows {
		if err != nil {
			t.Fatal(err)
		}
		want[hit.Parent] = append(want[hit.Parent], hit.Ref.ID)
	}
	for i, ids := range want {
		more := size > 0 && len(ids) > size
		if more {
			ids = ids[:size]
		}
		if !slices.Equal(ids, idsOf(pages[i].Rows)) || pages[i].More != more || pages[i].Total != totals[i] {
			t.Fatalf("%s: total %d (want %d), more %t\n%s\n%s", req.Parents[i], pages[i].Total, totals[i], pages[i].More, plan,
				cmp.Diff(ids, idsOf(pages[i].Rows)))
		}
		found += len(ids)
	}
	return found
}
