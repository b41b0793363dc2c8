package adaptertest

import (
	"fmt"
	"sync"
	"testing"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

// testSnapshots reads while others write: every change adds one resource, so that an answer of position p has at least p of
// them; later ones may be there, too, but positions never go back.
func testSnapshots(t *testing.T, r *rig) {
	w := part[adapters.Writer](t, r)
	s := searcher(t, r)
	if r.claimed(request("Patient", nil)) != nil {
		t.Skip("the store does not claim search")
	}
	const writers, each = 4, 40
	var wg sync.WaitGroup
	failures := make(chan error, writers)
	for n := range writers {
		members := make([]adapters.Member, each)
		for i := range members {
			members[i] = put(patient(t, fmt.Sprintf("w%d-%d", n, i), "Snapshot"), adapters.Precondition{})
		}
		wg.Go(func() { failures <- writeAll(t, w, members) })
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	var last search.Position
	for finished := false; !finished; {
		select {
		case <-done:
			finished = true
		default:
		}
		last = r.snapshot(t, s, last)
	}
	for range writers {
		if err := <-failures; err != nil {
			t.Error(err)
		}
	}
	if last != writers*each {
		t.Errorf("after all writes the answer is of position %d, want %d", last, writers*each)
	}
	r.dense(t, writers*each)
}

// writeAll writes members one, two, three… at a time.
func writeAll(t *testing.T, w adapters.Writer, members []adapters.Member) error {
	for n := 1; len(members) > 0; n = n%3 + 1 {
		n := min(n, len(members))
		out, err := w.Write(t.Context(), members[:n])
		if err != nil {
			return err
		}
		for _, o := range out {
			if o.Err != nil {
				return o.Err
			}
		}
		members = members[n:]
	}
	return nil
}

func (r *rig) snapshot(t *testing.T, s adapters.Searcher, last search.Position) search.Position {
	t.Helper()
	fits := func(what string, rows int, at search.Position, err error) {
		t.Helper()
		if n := search.Position(rows); err != nil || n < at || at < last {
			t.Fatalf("%s: %d rows at position %d after position %d, %v", what, rows, at, last, err)
		}
		last = at
	}
	if r.Store.Describe().Has(search.CanCount) {
		n, at, err := s.Count(t.Context(), request("Patient", nil))
		fits("count", int(n), at, err)
	}
	answer := s.Search(t.Context(), request("Patient", nil))
	rows, err := all(t, answer)
	fits("search", len(rows), answer.At(), err)
	return last
}

// dense demands that the log has every position once, in order, each of a resource of its own, and times that never go back.
func (r *rig) dense(t *testing.T, want int) {
	t.Helper()
	log, ok := r.Store.(adapters.Log)
	if !ok {
		return
	}
	seen := map[fhir.Ref]bool{}
	var time int64
	n := 0
	for c, err := range log.Changes(t.Context(), 0, 0) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; c.Position != search.Position(n) || c.Time < time || seen[c.Ref] {
			t.Fatalf("change %d: %+v after time %d", n, c, time)
		}
		time, seen[c.Ref] = c.Time, true
	}
	if n != want {
		t.Errorf("the log has %d changes, want %d", n, want)
	}
}

// testBodies: what comes with a hit is what Read gives.
func testBodies(t *testing.T, r *rig) {
	searcher(t, r)
	r.fill(t, mainTenant, r.data.Records)
	for _, resourceType := range []string{"Patient", "Observation"} {
		q := request(resourceType, nil)
		q.Bodies, q.Limit = true, 30
		q.Query.Sort = []search.SortKey{{Param: r.data.Params.Param(resourceType, search.ParamLastUpdated), Desc: true}}
		for _, h := range r.sameSearch(t, "bodies of "+resourceType, q) {
			if h.Resource == nil || len(h.Resource.Body.JSON) == 0 {
				t.Errorf("%s has no body", h.Ref)
			}
		}
	}
}
