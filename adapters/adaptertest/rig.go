package adaptertest

import (
	"context"
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
	writes int // calls so far
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
	r.oracle = memory.Open(memory.Config{ID: "oracle"})
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
	got, err := w.Write(t.Context(), r.prepared(t, members))
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

// prepared has a store that can prepare the writes of every other call before it gets them.
func (r *rig) prepared(t *testing.T, members []adapters.Member) []adapters.Member {
	t.Helper()
	p, ok := r.Store.(adapters.Preparer)
	if r.writes++; !ok || r.writes%2 == 0 {
		return members
	}
	out := slices.Clone(members)
	for i := range out {
		out[i].Writes = slices.Clone(out[i].Writes)
		for n := range out[i].Writes {
			if w := &out[i].Writes[n]; w.Action == adapters.Put && w.Values != nil && w.Values.Ref == w.Ref {
				if err := p.Prepare(t.Context(), out[i].Tenant, w); err != nil || w.Ready == nil || w.Values != nil {
					t.Fatalf("prepare: %v", err)
				}
			}
		}
	}
	return out
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
