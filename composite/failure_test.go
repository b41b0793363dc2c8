package composite_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/adapters/memory"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// faulty is a store whose searches fail after some rows, once armed, and which counts its streams.
type faulty struct {
	*memory.Store
	after          atomic.Int64 // -1: never
	panics         atomic.Bool
	opened, closed atomic.Int64
}

func (f *faulty) Search(ctx context.Context, r search.Request) adapters.Answer[search.Hit] {
	if f.panics.Load() {
		panic("a bug in an adapter")
	}
	answer := f.Store.Search(ctx, r)
	rows := answer.Rows
	answer.Rows = func(yield func(search.Hit, error) bool) {
		f.opened.Add(1)
		defer f.closed.Add(1)
		n := int64(0)
		for h, err := range rows {
			if n == f.after.Load() {
				yield(search.Hit{}, &fault.Error{Code: fault.StoreUnavailable, Store: f.ID(), Op: "search", Err: errors.New("connection reset")})
				return
			}
			n++
			if !yield(h, err) {
				return
			}
		}
	}
	return answer
}

// TestStoreErrors: the error of a store in any place of a plan comes through with its code, its store and its operation, without rows,
// and every stream is closed.
func TestStoreErrors(t *testing.T) {
	r := newPatients(t, 200)
	f := &faulty{Store: r.secondaries[0]}
	e := open(t, r.primary, composite.Budget{}, f, r.secondaries[1])
	where := named(t, "Ames").Query.Where.(search.And)
	organization := search.Exists{Param: adaptertest.Parameters(t).Param("Patient", "organization")}
	for name, w := range map[string]search.Expr{
		"in an intersection": where, "in a union": search.Or(where), "taken away": search.And{where[1], search.Not{X: where[0]}},
		"in a union of three": search.Or{where[0], where[1], organization},
	} {
		for _, after := range []int64{0, 1, 100} {
			t.Run(fmt.Sprintf("%s after %d", name, after), func(t *testing.T) {
				f.after.Store(after)
				req := named(t, "Ames")
				req.Query.Where, req.Limit = w, 0
				page, plan, err := run(t.Context(), e, search.Caller{Tenant: tenant}, part(req), "")
				var got *fault.Error
				if !errors.As(err, &got) || got.Code != fault.StoreUnavailable || got.Store != "word" || got.Op != "search" || page.Rows != nil {
					t.Fatalf("%d rows, %v\n%s", len(page.Rows), err, plan)
				}
			})
		}
	}
	f.after.Store(-1)
	for range 3 {
		if _, _, err := run(t.Context(), e, search.Caller{Tenant: tenant}, part(named(t, "Ames")), ""); err != nil {
			t.Fatal(err)
		}
	}
	if f.opened.Load() == 0 || f.opened.Load() != f.closed.Load() {
		t.Errorf("%d streams were opened, %d closed", f.opened.Load(), f.closed.Load())
	}
}

// TestPanic: a panic in an adapter is an error of its call alone.
func TestPanic(t *testing.T) {
	r := newPatients(t, 3)
	f := &faulty{Store: r.secondaries[0]}
	f.after.Store(-1)
	e := open(t, r.primary, composite.Budget{}, f, r.secondaries[1])
	get := planner.Part{Kind: planner.Get, Parent: -1}
	plan, err := e.Plan(planner.Operation{Caller: search.Caller{Tenant: tenant}, Parts: []planner.Part{part(named(t, "Ames")), get}})
	if err != nil {
		t.Fatal(err)
	}
	f.panics.Store(true)
	results := e.Start(plan).Run(t.Context(), []composite.Call{{Part: 0}, {Part: 1, Keys: []search.Key{{Ref: ref("Patient", "p000")}}}, {Part: 7}})
	wantCode(t, results[0].Err, fault.Internal)
	if results[1].Err != nil || results[1].Resources[0].Version != 1 {
		t.Errorf("%+v", results[1])
	}
	wantCode(t, results[2].Err, fault.Internal)
}

// TestCancelled: a request that has ended fails.
func TestCancelled(t *testing.T) {
	r := newPatients(t, 3)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	page, _, err := run(ctx, r.engine, search.Caller{Tenant: tenant}, part(named(t, "Ames")), "")
	wantCode(t, err, fault.Timeout)
	if page.Rows != nil {
		t.Error("there are rows")
	}
}

// TestGet: keys are read a thousand a call and answered in order, unknown, deleted, hidden and old ones included.
func TestGet(t *testing.T) {
	r := newPatients(t, 3)
	r.write(t, adapters.Write{Action: adapters.Delete, Ref: ref("Patient", "p001")})
	r.write(t, patient(t, 2, "Byrd"))
	caller := search.Caller{Tenant: tenant, Policy: map[string]search.Expr{"Patient": search.Not{X: search.IDs{IDs: []string{"p000"}}}}}
	plan, err := r.engine.Plan(planner.Operation{Caller: caller, Parts: []planner.Part{{Kind: planner.Get, Parent: -1}}})
	if err != nil {
		t.Fatal(err)
	}
	keys := []search.Key{{Ref: ref("Patient", "p000")}, {Ref: ref("Patient", "p001")}, {Ref: ref("Patient", "p002")}, {Ref: ref("Patient", "p002"), Version: 1}}
	for i := range 1500 {
		keys = append(keys, search.Key{Ref: ref("Patient", fmt.Sprintf("none%d", i))})
	}
	x := r.engine.Start(plan)
	res := x.Run(t.Context(), []composite.Call{{Keys: keys}})[0]
	if res.Err != nil || len(res.Resources) != len(keys) || x.Report().Calls != 2 {
		t.Fatalf("%d resources, %d calls, %v", len(res.Resources), x.Report().Calls, res.Err)
	}
	for i, want := range []int64{0, 2, 2, 1, 0} {
		if got := res.Resources[i]; got.Version != want || got.Ref != keys[i].Ref || got.Deleted != (i == 1) {
			t.Errorf("%d: %+v", i, got)
		}
	}
}

// TestHistory: the versions are the caller's, whatever the part's own query says.
func TestHistory(t *testing.T) {
	r := newPatients(t, 1)
	r.write(t, patient(t, 0, "Byrd"))
	p := planner.Part{Kind: planner.History, Parent: -1, HistoryOf: ref("Patient", "p000")}
	for _, c := range []struct {
		tenant string
		want   int
	}{{tenant, 2}, {"other", 0}} {
		plan, err := r.engine.Plan(planner.Operation{Caller: search.Caller{Tenant: c.tenant}, Parts: []planner.Part{p}})
		if err != nil {
			t.Fatal(err)
		}
		res := r.engine.Start(plan).Run(t.Context(), []composite.Call{{}})[0]
		if res.Err != nil || len(res.Resources) != c.want {
			t.Errorf("%s: %d versions, %v", c.tenant, len(res.Resources), res.Err)
		}
	}
}
