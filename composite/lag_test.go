package composite_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// disturb changes a share of the resources behind the secondaries' backs: some are deleted, some become what another of their type
// was. It gives those that it touched.
func (r *rig) disturb(t *testing.T, dice *rand.Rand) map[fhir.Ref]bool {
	t.Helper()
	byType := map[string][]adaptertest.Record{}
	touched := map[fhir.Ref]bool{}
	for _, rec := range r.data.Records {
		byType[rec.Ref.Type] = append(byType[rec.Ref.Type], rec)
	}
	for _, rec := range r.data.Records {
		switch dice.IntN(8) {
		case 0:
			r.write(t, adapters.Write{Action: adapters.Delete, Ref: rec.Ref})
		case 1, 2:
			other := byType[rec.Ref.Type][dice.IntN(len(byType[rec.Ref.Type]))]
			body, err := fhir.WithID(other.Body, rec.Ref.ID)
			if err != nil {
				t.Fatal(err)
			}
			r.write(t, record(t, string(body.JSON)).Put())
		default:
			continue
		}
		touched[rec.Ref] = true
	}
	return touched
}

// worldly says whether a condition is about other resources: what it says of an untouched one may have changed, too.
func worldly(e search.Expr) bool {
	_, err := search.Match(e, &search.Values{}, nil)
	return fault.Of(err) == fault.Unsupported
}

// TestLag: with secondaries that are behind, every answer is as the oracle says for what no change after its position touches;
// what is returned matches at the version that is returned; pages stay full.
func TestLag(t *testing.T) {
	r := newRig(t, 3, composite.Budget{})
	before, err := r.oracle.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	touched := r.disturb(t, rand.New(rand.NewPCG(seed, 2)))
	if err := r.engine.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	tally := map[string]int{}
	n := 0
	for req := range r.queries(seed + 4) {
		if n++; n > 2000 {
			break
		}
		if req.After, req.Reverse = nil, false; len(req.Query.Sort) > 0 || worldly(req.Query.Where) {
			continue
		}
		r.lagging(t, n, req, before.Position, touched, tally)
	}
	t.Logf("%v", tally)
	if tally["stale store"] < 50 || tally["rows"] < 200 {
		t.Errorf("the searches say little: %v", tally)
	}
}

func (r *rig) lagging(t *testing.T, n int, req search.Request, before search.Position, touched map[fhir.Ref]bool, tally map[string]int) {
	t.Helper()
	limit := req.Limit
	req.Limit = 0
	now := hitIDs(hits(t, r.oracle, req))
	then := hitIDs(hits(t, r.oracle.At(before), req))
	p := part(req)
	p.Limit = limit
	page, plan, err := run(t.Context(), r.engine, req.Query.Caller, p, "")
	if fault.Of(err) == fault.Unsupported && plan == nil {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	got := idsOf(page.Rows)
	for _, id := range got {
		if !slices.Contains(now, id) {
			t.Fatalf("search %d: %s does not match at the version that is returned (now %v, then %v, offset %d)\n%s", n, id, now, then, p.Offset, plan)
		}
	}
	if limit > 0 && page.More && len(got) != limit {
		t.Fatalf("search %d: a page of %d of %d though rows follow\n%s", n, len(got), limit, plan)
	}
	untouched := func(list []string) []string {
		return slices.DeleteFunc(slices.Clone(list), func(id string) bool { return touched[ref(req.Query.Type, id)] })
	}
	whole := page
	if limit > 0 {
		p.Limit = 0
		if whole, plan, err = run(t.Context(), r.engine, req.Query.Caller, p, ""); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(untouched(now), untouched(idsOf(whole.Rows))); diff != "" {
		t.Fatalf("search %d: what nothing touched is not as the oracle says\n%s\n%s", n, plan, diff)
	}
	if least, most := len(untouched(now)), len(untouched(now))+len(touched); whole.Total < int64(least) || whole.Total > int64(most) {
		t.Fatalf("search %d: a total of %d is not in [%d, %d]", n, whole.Total, least, most)
	}
	tally["rows"] += len(got)
	if !slices.Equal(now, then) {
		tally["stale store"]++
	}
}

// patients of a rig of hand-made resources: word has their names, table the rest.
func newPatients(t *testing.T, count int) *rig {
	t.Helper()
	r := &rig{oracle: memory0(t), primary: memory1(t)}
	for i := range count {
		r.write(t, patient(t, i, "Ames"))
	}
	r.secondaries = append(r.secondaries, newSecondary(t, r.primary, "word", word), newSecondary(t, r.primary, "graph", graph))
	r.engine = open(t, r.primary, composite.Budget{}, r.secondaries[0], r.secondaries[1])
	r.sync(t, 0)
	return r
}

func patient(t *testing.T, i int, family string) adapters.Write {
	t.Helper()
	return record(t, fmt.Sprintf(`{"resourceType":"Patient","id":"p%03d","gender":"female","name":[{"family":%q}],
		"managingOrganization":{"reference":"Organization/o"}}`, i, family)).Put()
}

// named is a search for patients by family name, which only word answers, and gender, which only table does.
func named(t *testing.T, family string) search.Request {
	t.Helper()
	p := adaptertest.Parameters(t)
	return search.Request{Limit: 3, Query: search.Query{Caller: search.Caller{Tenant: tenant}, Type: "Patient", Where: search.And{
		search.Clause{Param: p.Param("Patient", "family"), Modifier: search.Exact, Values: []search.Value{{Text: family}}},
		search.Clause{Param: p.Param("Patient", "gender"), Values: []search.Value{{Code: "female"}}},
	}}}
}

// TestStaleHits: hits that are gone or no longer match are dropped below the page, which stays full; a match that only one part has
// not yet seen is none, whichever part has the last word.
func TestStaleHits(t *testing.T) {
	r := newPatients(t, 10)
	r.write(t, adapters.Write{Action: adapters.Delete, Ref: ref("Patient", "p000")})
	r.write(t, patient(t, 1, "Byrd"))
	r.write(t, patient(t, 3, "Byrd"))
	page, plan, err := run(t.Context(), r.engine, search.Caller{Tenant: tenant}, part(named(t, "Ames")), "")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"p002", "p004", "p005"}, idsOf(page.Rows)); diff != "" || !page.More {
		t.Errorf("more %t\n%s\n%s", page.More, plan, diff)
	}
}

// TestStaleNegation: a resource that the negated store has not seen yet is not taken for one that does not match.
func TestStaleNegation(t *testing.T) {
	r := newPatients(t, 3)
	r.write(t, patient(t, 1, "Byrd"))
	r.write(t, patient(t, 5, "Byrd"))
	req := named(t, "Byrd")
	req.Query.Where = search.Not{X: req.Query.Where.(search.And)[0]}
	page, plan, err := run(t.Context(), r.engine, search.Caller{Tenant: tenant}, part(req), "")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"p000", "p002"}, idsOf(page.Rows)); diff != "" {
		t.Errorf("%s\n%s", plan, diff)
	}
}

// TestStaleChain: what a row's own values do not decide is asked of the primary, or dropped where it does not know.
func TestStaleChain(t *testing.T) {
	p := adaptertest.Parameters(t)
	r := newPatients(t, 4)
	r.write(t, record(t, `{"resourceType":"Organization","id":"o","active":true}`).Put())
	r.sync(t, 0)
	r.write(t, patient(t, 2, "Byrd")) // still of the organization, in a version that the graph store has not seen
	req := search.Request{Query: search.Query{Type: "Patient", Where: search.Chain{
		Param: p.Param("Patient", "organization"), Target: "Organization", Where: search.Clause{
			Param: p.Param("Organization", "active"), Values: []search.Value{{Code: "true"}},
		},
	}}}
	page, plan, err := run(t.Context(), r.engine, search.Caller{Tenant: tenant}, part(req), "")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"p000", "p001", "p003"}, idsOf(page.Rows)); diff != "" {
		t.Errorf("the primary claims no chains:\n%s\n%s", plan, diff)
	}
	e := open(t, r.oracle, composite.Budget{}, r.oracleCopy(t))
	s := *e.Snapshot()
	s.Stores = slices.Clone(s.Stores)
	s.Stores[0].Claims.Features &^= search.CanChain // so that the secondary is asked although the primary could be
	plan, err = planner.Make(planner.Operation{Caller: search.Caller{Tenant: tenant}, Parts: []planner.Part{part(req)}}, &s)
	if err != nil {
		t.Fatal(err)
	}
	r.write(t, patient(t, 0, "Cole"))
	r.write(t, record(t, `{"resourceType":"Patient","id":"p001","managingOrganization":{"reference":"Organization/other"}}`).Put())
	res := e.Start(plan).Run(t.Context(), []composite.Call{{Part: 0}})[0]
	if res.Err != nil {
		t.Fatal(res.Err)
	}
	if diff := cmp.Diff([]string{"p000", "p002", "p003"}, idsOf(res.Pages[0].Rows)); diff != "" {
		t.Errorf("the primary claims chains:\n%s\n%s", plan, diff)
	}
}

// TestReport: the report says how far the answer is behind.
func TestReport(t *testing.T) {
	r := newPatients(t, 4)
	head, err := r.primary.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	report := func() composite.Report {
		plan, err := r.engine.Plan(planner.Operation{Caller: search.Caller{Tenant: tenant}, Parts: []planner.Part{part(named(t, "Ames"))}})
		if err != nil {
			t.Fatal(err)
		}
		x := r.engine.Start(plan)
		x.Run(t.Context(), []composite.Call{{Part: 0}})
		return x.Report()
	}
	if diff := cmp.Diff(composite.Report{Position: head.Position, AtHead: true, Calls: 5}, report()); diff != "" {
		t.Error(diff)
	}
	r.write(t, patient(t, 9, "Ames"))
	if diff := cmp.Diff(composite.Report{Position: head.Position, Calls: 5}, report()); diff != "" {
		t.Error(diff)
	}
}
