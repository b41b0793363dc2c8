package adaptertest

import (
	"context"
	"testing"

	"go.uber.org/goleak"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/search"
)

// testStreams: a stream that is left early, or whose context ends, frees all that it held; the store goes on.
func testStreams(t *testing.T, r *rig) {
	s := searcher(t, r)
	r.fill(t, mainTenant, r.data.Records)
	leaks := goleak.IgnoreCurrent()
	for range 40 { // more than any pool of connections has
		for _, err := range s.Search(t.Context(), request("Observation", nil)).Rows {
			if err != nil {
				t.Fatal(err)
			}
			break
		}
		if reader, ok := r.Store.(adapters.Reader); ok {
			for range reader.History(t.Context(), adapters.HistoryRequest{Caller: caller}).Rows {
				break
			}
		}
		if each, ok := r.Store.(adapters.EachSearcher); ok && r.Store.Describe().Has(search.CanEach) {
			p := r.data.Params.Param("Observation", "subject")
			for range each.SearchEach(t.Context(), search.EachRequest{Request: request("Observation", nil), Param: p, Parents: r.data.parents(p, 20)}).Rows {
				break
			}
		}
	}
	r.interrupted(t, s)
	r.nested(t, s)
	// An answer that is never read holds nothing.
	for range 40 {
		s.Search(t.Context(), request("Observation", nil))
	}
	r.write(t, put(patient(t, "after", "After"), adapters.Precondition{}))
	r.sameSearch(t, "after streams left early", request("Patient", nil))
	if err := goleak.Find(leaks); err != nil {
		t.Error(err)
	}
}

// interrupted cancels the context in the middle of a stream, which must end soon and with an error.
func (r *rig) interrupted(t *testing.T, s adapters.Searcher) {
	t.Helper()
	for range 20 {
		ctx, cancel := context.WithCancel(t.Context())
		rows, failed := 0, false
		for _, err := range s.Search(ctx, request("Observation", nil)).Rows {
			if err != nil {
				failed = true
				break
			}
			if rows++; rows == 1 {
				cancel()
			}
		}
		cancel()
		want, _, err := r.oracle.Count(t.Context(), request("Observation", nil))
		if err != nil {
			t.Fatal(err)
		}
		if !failed && int64(rows) != want {
			t.Fatalf("a cancelled stream ended without an error after %d of %d rows", rows, want)
		}
	}
	if _, err := all(t, s.Search(ended(t), request("Observation", nil))); err == nil {
		t.Error("a search whose context has ended gave no error")
	}
}

// nested uses the store while a stream of it is open: writes, reads and another stream.
func (r *rig) nested(t *testing.T, s adapters.Searcher) {
	t.Helper()
	rows := 0
	for hit, err := range s.Search(t.Context(), request("Patient", nil)).Rows {
		if err != nil {
			t.Fatal(err)
		}
		if rows++; rows > 3 {
			break
		}
		r.write(t, put(patient(t, "nested", hit.Ref.ID), adapters.Precondition{}))
		for _, err := range s.Search(t.Context(), request("Observation", nil)).Rows {
			if err != nil {
				t.Fatal(err)
			}
			break
		}
	}
	if rows == 0 {
		t.Error("no patients")
	}
}
