package adaptertest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// testSecondary: batches repeated, reordered and late end in the same content; an old lease is refused; generations are built
// beside the one that serves.
func testSecondary(t *testing.T, r *rig) {
	s := part[adapters.Secondary](t, r)
	if m, err := s.Marker(t.Context()); err != nil || m != (adapters.Marker{}) {
		t.Errorf("the marker of an empty store is %+v, %v", m, err)
	}
	r.story(t)
	head, err := r.oracle.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	items := r.items(t, 0)
	generation, err := s.Begin(t.Context(), head.Epoch)
	if err != nil {
		t.Fatal(err)
	}
	batch := func(fence int64, upTo search.Position, items ...adapters.Item) adapters.Batch {
		return adapters.Batch{Epoch: head.Epoch, Generation: generation, Fence: fence, Items: items, UpTo: upTo}
	}
	apply := func(b adapters.Batch, applied ...bool) {
		t.Helper()
		out, err := s.Apply(t.Context(), b)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]bool, len(out))
		for i, o := range out {
			if got[i] = o.Applied; o.Err != nil {
				t.Errorf("item %d: %v", i, o.Err)
			}
		}
		if applied != nil && !slices.Equal(got, applied) {
			t.Errorf("applied %v, want %v", got, applied)
		}
	}
	half := len(items) / 2
	apply(batch(2, items[half-1].Change.Position, items[:half]...))
	apply(batch(2, items[half-1].Change.Position, items[:half]...)) // repeated
	late := slices.Clone(items)
	slices.Reverse(late)
	apply(batch(3, head.Position, late...))  // reordered
	apply(batch(3, head.Position, items...)) // late: nothing may go back
	apply(batch(3, 1, items[0]), false)
	if _, err := s.Apply(t.Context(), batch(2, head.Position, items...)); fault.Of(err) != fault.Conflict {
		t.Errorf("a batch of an old lease: %v, want CONFLICT", err)
	}
	if err := s.Switch(t.Context(), generation); err != nil {
		t.Fatal(err)
	}
	want := adapters.Marker{Epoch: head.Epoch, Generation: generation, Applied: head.Position, Searchable: head.Position}
	if m, err := s.Marker(t.Context()); err != nil || m != want {
		t.Errorf("the marker is %+v, %v; want %+v", m, err, want)
	}
	r.sameContent(t)
	r.generations(t, s, head, items)
}

// story is a short history with every kind of change.
func (r *rig) story(t *testing.T) {
	t.Helper()
	write := func(tenant string, w ...adapters.Write) {
		t.Helper()
		if out, err := r.oracle.Write(t.Context(), []adapters.Member{{Tenant: tenant, Writes: w}}); err != nil || out[0].Err != nil {
			t.Fatal(err, out)
		}
	}
	ref := func(id string) fhir.Ref { return fhir.Ref{Type: "Patient", ID: id} }
	for i := range 6 {
		write(mainTenant, patient(t, fmt.Sprint(i), fmt.Sprint("First", i)).Put())
	}
	write(otherTenant, patient(t, "1", "Other").Put())
	write(mainTenant, patient(t, "1", "Second").Put(), observation(t, "1", "Patient/1").Put())
	write(mainTenant, adapters.Write{Action: adapters.Delete, Ref: ref("2")})
	write(mainTenant, adapters.Write{Action: adapters.Delete, Ref: ref("3")})
	write(mainTenant, patient(t, "3", "Back").Put())
	if _, err := r.oracle.Purge(t.Context(), mainTenant, ref("4")); err != nil {
		t.Fatal(err)
	}
}

// sameContent compares all resources, and the digests where there are such.
func (r *rig) sameContent(t *testing.T) {
	t.Helper()
	if _, ok := r.Store.(adapters.Searcher); ok {
		for _, tenant := range []string{mainTenant, otherTenant} {
			for _, resourceType := range []string{"Patient", "Observation"} {
				q := request(resourceType, nil)
				q.Query.Caller.Tenant = tenant
				r.sameSearch(t, tenant+": all "+resourceType, q)
			}
		}
	}
	digester := part[adapters.Digester](t, r)
	requests := []adapters.DigestRequest{
		{Tenant: mainTenant, Type: "Patient"}, {Tenant: mainTenant, Type: "Patient", From: "1", To: "3"}, {Tenant: otherTenant, Type: "Patient"},
		{Tenant: mainTenant, Type: "Observation", Deep: true}, {Tenant: mainTenant, Type: "Basic"}, {Tenant: mainTenant, Type: "Patient", Deep: true},
	}
	want, _, err := r.oracle.Digests(t.Context(), requests)
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := digester.Digests(t.Context(), requests)
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Errorf("digests: %v\n%s", err, d)
	}
}

// generations builds a second generation beside the first.
func (r *rig) generations(t *testing.T, s adapters.Secondary, head adapters.Head, items []adapters.Item) {
	t.Helper()
	next, err := s.Begin(t.Context(), head.Epoch)
	if err != nil {
		t.Fatal(err)
	}
	r.sameContent(t) // an empty one beside it changes nothing
	first, err := s.Marker(t.Context())
	if err != nil || next == first.Generation {
		t.Fatalf("a new generation has the number %d of the old one (%v)", next, err)
	}
	if _, err := s.Apply(t.Context(), adapters.Batch{Epoch: head.Epoch, Generation: next, Fence: 4, Items: items, UpTo: head.Position}); err != nil {
		t.Fatal(err)
	}
	if err := s.Drop(t.Context(), first.Generation); err == nil {
		t.Error("the generation that serves was dropped")
	}
	if err := s.Switch(t.Context(), next); err != nil {
		t.Fatal(err)
	}
	if err := s.Drop(t.Context(), first.Generation); err != nil {
		t.Fatal(err)
	}
	r.sameContent(t)
	if _, err := s.Apply(t.Context(), adapters.Batch{Epoch: head.Epoch, Generation: first.Generation, Fence: 4, UpTo: 1}); err == nil {
		t.Error("a batch for a dropped generation gave no error")
	}
}
