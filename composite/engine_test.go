package composite_test

import (
	"strings"
	"testing"

	"github.com/heliograph/heliograph/adapters/memory"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// TestRefresh: the snapshot changes its number only when something did that may change a plan.
func TestRefresh(t *testing.T) {
	r := newPatients(t, 12)
	number := r.engine.Snapshot().Number
	refresh := func() uint64 {
		t.Helper()
		if err := r.engine.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		return r.engine.Snapshot().Number
	}
	if got := refresh(); got != number {
		t.Errorf("nothing changed, and the snapshot went from %d to %d", number, got)
	}
	r.write(t, patient(t, 20, "Byrd"))
	r.sync(t, 0)
	if got := refresh(); got != number+1 {
		t.Errorf("the secondaries went on, and the snapshot from %d to %d", number, got)
	}
	if err := r.secondaries[0].Close(); err != nil {
		t.Fatal(err)
	}
	if got := refresh(); got != number+2 || r.engine.Snapshot().Stores[1].Healthy {
		t.Errorf("a store has gone: snapshot %d, %+v", got, r.engine.Snapshot().Stores[1].Healthy)
	}
	if err := r.primary.Close(); err != nil {
		t.Fatal(err)
	}
	wantCode(t, r.engine.Refresh(t.Context()), fault.StoreUnavailable)
}

// TestAway: what a lost store alone knows fails with a code that says so; what shows on whole resources is filtered, and the report
// says so; nothing is left out.
func TestAway(t *testing.T) {
	r := newPatients(t, 3)
	r.write(t, patient(t, 1, "Byrd"))
	for _, s := range r.secondaries {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.engine.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	plan, err := r.engine.Plan(planner.Operation{Caller: search.Caller{Tenant: tenant}, Parts: []planner.Part{part(named(t, "Ames"))}})
	if err != nil {
		t.Fatal(err)
	}
	x := r.engine.Start(plan)
	res := x.Run(t.Context(), []composite.Call{{}})[0]
	if res.Err != nil || len(res.Pages[0].Rows) != 2 || res.Pages[0].Total != 2 || len(x.Report().Degraded) == 0 {
		t.Errorf("%+v %v %v", res.Pages, res.Err, x.Report())
	}
	req := named(t, "Ames")
	req.Query.Where = search.List{ID: "l"}
	_, _, err = run(t.Context(), r.engine, search.Caller{Tenant: tenant}, part(req), "")
	wantCode(t, err, fault.StoreUnavailable)
}

// TestForeignMarker: a secondary without a marker, or with one of another epoch, is no candidate.
func TestForeignMarker(t *testing.T) {
	r := newPatients(t, 3)
	empty := memory.Open(memory.Config{ID: "empty"})
	foreign := newSecondary(t, memory.Open(memory.Config{}), "foreign", memory.AllClaims())
	e := open(t, r.primary, composite.Budget{}, empty, foreign)
	for _, st := range e.Snapshot().Stores[1:] {
		if st.Healthy || !strings.Contains(st.Away, "rebuilt") {
			t.Errorf("%s: %+v", st.ID, st.Away)
		}
	}
}

// TestExplain: the text is that of the plan that ran, with the stores' own queries and what each node did.
func TestExplain(t *testing.T) {
	r := newPatients(t, 3)
	plan, err := r.engine.Plan(planner.Operation{Caller: search.Caller{Tenant: tenant}, Parts: []planner.Part{part(named(t, "Ames"))}})
	if err != nil {
		t.Fatal(err)
	}
	x := r.engine.Start(plan)
	if res := x.Run(t.Context(), []composite.Call{{}})[0]; res.Err != nil {
		t.Fatal(res.Err)
	}
	text := r.engine.Explain(plan, x)
	for _, want := range []string{"hydrate table", "match Patient of main where gender=female within ids", "→ 3 rows, 1 calls", "count here"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if text := r.engine.Explain(plan, nil); strings.Contains(text, "→") {
		t.Errorf("nothing ran:\n%s", text)
	}
}

// TestOpen refuses what is no engine.
func TestOpen(t *testing.T) {
	if _, err := composite.Open(t.Context(), composite.Config{}); fault.Of(err) != fault.Internal {
		t.Error(err)
	}
	_, err := composite.Open(t.Context(), composite.Config{
		Primary: memory.Open(memory.Config{}), Models: models(t), Secondaries: nil,
	})
	if err != nil {
		t.Error(err)
	}
	twice := memory.Open(memory.Config{ID: "table"})
	_, err = composite.Open(t.Context(), composite.Config{Primary: memory1(t), Models: models(t), Secondaries: storesOf(twice)})
	wantCode(t, err, fault.BadUserInput)
}
