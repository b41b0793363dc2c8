package adaptertest

import (
	"context"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/adapters/memory"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// Harness is a store under test. It is empty when it is opened.
type Harness struct {
	Store adapters.Store
	// Terminology is what the store expands value sets and code systems with; nil if it does not.
	Terminology memory.Terminology
}

// Open opens an empty store that lives until the end of the test; it is called once for nearly every case. The suite closes
// the store.
type Open func(t *testing.T) Harness

// Run holds a store to the contract: all cases for what it implements and claims.
func Run(t *testing.T, open Open) {
	data := NewData(t, 4, 1)
	for _, c := range []struct {
		name string
		run  func(*testing.T, *rig)
	}{
		{"reads", testReads},
		{"history", testHistory},
		{"writes", testWrites},
		{"preconditions", testPreconditions},
		{"contention", testContention},
		{"transactions", testTransactions},
		{"log", testLog},
		{"purge", testPurge},
		{"meta", testMeta},
		{"tenants", testTenants},
		{"policy", testPolicy},
		{"clauses", testClauses},
		{"junctions", testJunctions},
		{"refusals", testRefusals},
		{"orders", testOrders},
		{"pages", testPages},
		{"each", testEach},
		{"sets", testSets},
		{"generated", testGenerated},
		{"large", testLarge},
		{"streams", testStreams},
		{"lag", testLag},
		{"statistics", testStatistics},
		{"compile", testCompile},
		{"walk", testWalk},
		{"scan", testScan},
		{"secondary", testSecondary},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.run(t, newRig(t, open, data))
		})
	}
}

// countEvery is how often a search is followed by the count of the same.
const countEvery = 3

// main and other are the tenants of the suite.
const (
	mainTenant  = "main"
	otherTenant = "other"
)

var caller = search.Caller{Tenant: mainTenant}

// rig is a store under test beside the oracle.
type rig struct {
	Harness
	data   *Data
	oracle *memory.Store
	// searches counts those compared: one in countEvery is counted, too.
	searches int
	// generation is that in which a secondary under test was filled.
	generation int64
}

func newRig(t *testing.T, open Open, data *Data) *rig {
	t.Helper()
	r := &rig{Harness: open(t), data: data}
	r.oracle = memory.Open(memory.Config{ID: "oracle", Terminology: r.Terminology})
	t.Cleanup(func() {
		if err := r.Store.Close(); err != nil {
			t.Errorf("closing the store: %v", err)
		}
	})
	return r
}

// part gives an interface of the store, or skips the case: a store need not have every part.
func part[T any](t *testing.T, r *rig) T {
	t.Helper()
	p, ok := r.Store.(T)
	if !ok {
		t.Skipf("%s has no such part", r.Store.Kind())
	}
	return p
}

// searcher gives the store's Searcher or skips.
func searcher(t *testing.T, r *rig) adapters.Searcher {
	t.Helper()
	return part[adapters.Searcher](t, r)
}

// fill writes the data set to the tenant of both stores, in groups.
func (r *rig) fill(t *testing.T, tenant string, records []Record) {
	t.Helper()
	const group = 100
	for len(records) > 0 {
		n := min(group, len(records))
		members := make([]adapters.Member, n)
		for i, rec := range records[:n] {
			members[i] = adapters.Member{Tenant: tenant, Writes: []adapters.Write{rec.Put()}}
		}
		r.write(t, members...)
		records = records[n:]
	}
}

// write writes to both stores and demands equal outcomes. A store that is no primary gets what the oracle logged.
func (r *rig) write(t *testing.T, members ...adapters.Member) []adapters.Outcome {
	t.Helper()
	before, err := r.oracle.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want, err := r.oracle.Write(t.Context(), members)
	if err != nil {
		t.Fatalf("the oracle: %v", err)
	}
	w, primary := r.Store.(adapters.Writer)
	if !primary {
		r.apply(t, before.Position)
		return want
	}
	got, err := w.Write(t.Context(), members)
	if err != nil {
		t.Fatalf("write: %v", err)
	}
	if len(got) != len(members) {
		t.Fatalf("%d outcomes of %d members", len(got), len(members))
	}
	for i := range got {
		sameOutcome(t, i, got[i], want[i], members[i])
	}
	return got
}

func sameOutcome(t *testing.T, i int, got, want adapters.Outcome, m adapters.Member) {
	t.Helper()
	if fault.Of(got.Err) != fault.Of(want.Err) {
		t.Fatalf("member %d: error %v, the oracle's %v", i, got.Err, want.Err)
	}
	if got.Err != nil {
		if got.Failed != want.Failed {
			t.Errorf("member %d: write %d failed, at the oracle's %d", i, got.Failed, want.Failed)
		}
		return
	}
	options := cmp.Options{cmpopts.EquateEmpty()}
	for n, w := range m.Writes {
		if w.LastUpdated == 0 { // the commit time, of two clocks
			options = append(options, cmpopts.IgnoreFields(adapters.Result{}, "LastUpdated"))
		}
		if got.Results[n].LastUpdated == 0 && got.Results[n].Version != 0 {
			t.Errorf("member %d, write %d: no LastUpdated", i, n)
		}
	}
	if d := cmp.Diff(want.Results, got.Results, options...); d != "" {
		t.Errorf("member %d: results (-oracle +store):\n%s", i, d)
	}
}

// apply brings a secondary up to the oracle's head.
func (r *rig) apply(t *testing.T, from search.Position) {
	t.Helper()
	s := part[adapters.Secondary](t, r)
	head, err := r.oracle.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if r.generation == 0 {
		if r.generation, err = s.Begin(t.Context(), head.Epoch); err != nil {
			t.Fatal(err)
		}
		if err := s.Switch(t.Context(), r.generation); err != nil {
			t.Fatal(err)
		}
	}
	out, err := s.Apply(t.Context(), adapters.Batch{
		Epoch: head.Epoch, Generation: r.generation, Fence: 1, Items: r.items(t, from), UpTo: head.Position,
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range out {
		if o.Err != nil {
			t.Fatalf("item %d: %v", i, o.Err)
		}
	}
}

// items are the oracle's changes above a position, as a sync worker would send them: with the current version.
func (r *rig) items(t *testing.T, from search.Position) []adapters.Item {
	t.Helper()
	var items []adapters.Item
	for c, err := range r.oracle.Changes(t.Context(), from, 0) {
		if err != nil {
			t.Fatal(err)
		}
		item := adapters.Item{Change: c}
		if c.Kind == adapters.ChangePut || c.Kind == adapters.ChangeReindex {
			item = r.itemAt(t, c)
		}
		items = append(items, item)
	}
	return items
}

func (r *rig) itemAt(t *testing.T, c adapters.Change) adapters.Item {
	t.Helper()
	values, body, ok := r.oracle.At(c.Position).Values(c.Tenant, c.Ref)
	if !ok {
		return adapters.Item{Change: adapters.Change{Position: c.Position, Time: c.Time, Tenant: c.Tenant, Kind: adapters.ChangeDelete, Ref: c.Ref, Version: c.Version}}
	}
	return adapters.Item{Change: c, Values: values, Body: body}
}

// all reads a stream to its end.
func all[T any](t *testing.T, a adapters.Answer[T]) ([]T, error) {
	t.Helper()
	var out []T
	for row, err := range a.Rows {
		if err != nil {
			return out, err
		}
		out = append(out, row)
	}
	return out, nil
}

// same demands that the store gives what the oracle gives: the same error code, or the same rows.
func same[T any](t *testing.T, what string, got, want adapters.Answer[T], options ...cmp.Option) []T {
	t.Helper()
	wantRows, wantErr := all(t, want)
	gotRows, gotErr := all(t, got)
	if fault.Of(gotErr) != fault.Of(wantErr) {
		t.Fatalf("%s: error %v, the oracle's %v", what, gotErr, wantErr)
	}
	equal(t, what, wantRows, gotRows, options...)
	return gotRows
}

// equal compares rows: quickly, and with a diff where that finds anything.
func equal[T any](t *testing.T, what string, want, got []T, options ...cmp.Option) {
	t.Helper()
	if slices.EqualFunc(want, got, func(a, b T) bool { return reflect.DeepEqual(a, b) }) {
		return
	}
	if d := cmp.Diff(want, got, append(options, cmpopts.EquateEmpty())...); d != "" {
		t.Fatalf("%s (-oracle +store):\n%s", what, shorten(d))
	}
}

func shorten(s string) string {
	const most = 4000
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}

// sameSearch compares a search and, if it is claimed, its count with the oracle's.
func (r *rig) sameSearch(t *testing.T, what string, q search.Request) []search.Hit {
	t.Helper()
	s := searcher(t, r)
	ctx := t.Context()
	if err := r.claimed(q); err != nil {
		r.refused(t, what, q)
		return nil
	}
	hits := same(t, what, withoutEmpty(s.Search(ctx, q)), withoutEmpty(r.oracle.Search(ctx, q)))
	if r.searches++; q.After != nil || r.searches%countEvery != 0 || !r.Store.Describe().Has(search.CanCount) {
		return hits
	}
	wantCount, _, err := r.oracle.Count(ctx, q)
	if err != nil {
		t.Fatalf("%s: the oracle's count: %v", what, err)
	}
	if n, _, err := s.Count(ctx, q); err != nil || n != wantCount {
		t.Fatalf("%s: count %d (%v), the oracle's %d", what, n, err, wantCount)
	}
	return hits
}

// withoutEmpty makes empty order keys nil, so that rows can be compared quickly.
func withoutEmpty(a adapters.Answer[search.Hit]) adapters.Answer[search.Hit] {
	rows := a.Rows
	a.Rows = func(yield func(search.Hit, error) bool) {
		for h, err := range rows {
			if len(h.Order) == 0 {
				h.Order = nil
			}
			if !yield(h, err) {
				return
			}
		}
	}
	return a
}

// claimed says whether the store claims all of a request.
func (r *rig) claimed(q search.Request) error {
	c := r.Store.Describe()
	if err := search.Can(c, q.Query.Type, search.Restrict(q.Query)); err != nil {
		return err
	}
	if err := search.CanSortBy(c, q.Query.Type, q.Query.Sort); err != nil {
		return err
	}
	if q.Within != nil && !c.Has(search.CanWithin) || q.Bodies && !c.Has(search.CanBodies) || q.Score && !c.Has(search.CanScore) {
		return fault.New(fault.Unsupported, "a part of the request")
	}
	return nil
}

// refused demands that search and count fail with the code of the claims.
func (r *rig) refused(t *testing.T, what string, q search.Request) {
	t.Helper()
	s := searcher(t, r)
	rows, err := all(t, s.Search(t.Context(), q))
	if c := fault.Of(err); len(rows) > 0 || c != fault.Unsupported && c != fault.ParameterBuilding {
		t.Fatalf("%s is not claimed: %d rows and error %v, want UNSUPPORTED", what, len(rows), err)
	}
	if n, _, err := s.Count(t.Context(), q); n != 0 || fault.Of(err) != fault.Unsupported && fault.Of(err) != fault.ParameterBuilding {
		t.Fatalf("%s is not claimed: count %d and error %v, want UNSUPPORTED", what, n, err)
	}
}

// request is a search of the main tenant in the order of ids.
func request(resourceType string, where search.Expr) search.Request {
	return search.Request{Query: search.Query{Caller: caller, Type: resourceType, Where: where}}
}

// put is a member of one write.
func put(rec Record, when adapters.Precondition) adapters.Member {
	w := rec.Put()
	w.If = when
	return adapters.Member{Tenant: mainTenant, Writes: []adapters.Write{w}}
}

// remove is a member of one delete, at a time of its own: the stores' clocks differ.
func remove(ref fhir.Ref, when adapters.Precondition) adapters.Member {
	w := adapters.Write{Action: adapters.Delete, Ref: ref, If: when, LastUpdated: 1_700_000_000_000_000}
	return adapters.Member{Tenant: mainTenant, Writes: []adapters.Write{w}}
}

// ended is a context that is over.
func ended(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

// Oracle is the store that answers are compared with.
type Oracle = *memory.Store
