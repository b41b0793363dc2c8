package adaptertest

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

func testLog(t *testing.T, r *rig) {
	log := part[adapters.Log](t, r)
	if h := r.head(t); h.Position != 0 || h.Epoch == "" {
		t.Fatalf("the head of an empty log is %+v", h)
	}
	epoch := r.head(t).Epoch
	for i := range 10 {
		r.write(t, put(patient(t, fmt.Sprint(i%4), fmt.Sprint("n", i)), adapters.Precondition{}))
	}
	r.write(t, remove(fhir.Ref{Type: "Patient", ID: "0"}, adapters.Precondition{}))
	r.fill(t, otherTenant, []Record{patient(t, "1", "Other")})
	if h := r.head(t); h.Position != 12 || h.Epoch != epoch || h.Trimmed != 0 {
		t.Fatalf("the head is %+v", h)
	}
	for _, from := range []search.Position{0, 1, 11, 12} {
		r.sameLog(t, from)
	}
	changes := func(from search.Position, limit int) ([]search.Position, error) {
		var out []search.Position
		for c, err := range log.Changes(t.Context(), from, limit) {
			if err != nil {
				return out, err
			}
			out = append(out, c.Position)
		}
		return out, nil
	}
	if got, err := changes(3, 2); err != nil || !cmp.Equal(got, []search.Position{4, 5}) {
		t.Errorf("two changes above 3: %v, %v", got, err)
	}
	for range log.Changes(t.Context(), 0, 0) {
		break // leaving early must free the log for what follows
	}
	for _, upTo := range []search.Position{5, 5, 3} {
		if err := log.Trim(t.Context(), upTo); err != nil {
			t.Fatal(err)
		}
	}
	if h := r.head(t); h.Trimmed != 5 || h.Position != 12 {
		t.Errorf("trimmed to 5, the head is %+v", h)
	}
	if _, err := changes(4, 0); fault.Of(err) != fault.ResumeExpired {
		t.Errorf("changes above 4 of a log trimmed to 5: %v, want RESUME_EXPIRED", err)
	}
	if got, err := changes(5, 1); err != nil || !cmp.Equal(got, []search.Position{6}) {
		t.Errorf("one change above 5: %v, %v", got, err)
	}
	if err := log.Trim(t.Context(), 12); err != nil {
		t.Fatal(err)
	}
	if got, err := changes(12, 0); err != nil || len(got) != 0 {
		t.Errorf("changes above the head: %v, %v", got, err)
	}
	r.write(t, put(patient(t, "1", "After"), adapters.Precondition{}))
	if got, err := changes(12, 0); err != nil || !cmp.Equal(got, []search.Position{13}) {
		t.Errorf("a change after everything was trimmed: %v, %v", got, err)
	}
	r.sameRead(t, caller, key("Patient", "1", 0), key("Patient", "1", 1))
}

// testPurge: no method may give a trace of what was purged.
func testPurge(t *testing.T, r *rig) {
	log := part[adapters.Log](t, r)
	r.fill(t, mainTenant, []Record{patient(t, "1", "Secret"), patient(t, "2", "Stays"), patient(t, "1", "Secreter"), observation(t, "o", "Patient/1")})
	r.fill(t, otherTenant, []Record{patient(t, "1", "Secret")})
	ref := fhir.Ref{Type: "Patient", ID: "1"}
	purge := func(ref fhir.Ref) {
		t.Helper()
		want, err := r.oracle.Purge(t.Context(), mainTenant, ref)
		if err != nil {
			t.Fatal(err)
		}
		got, err := log.Purge(t.Context(), mainTenant, ref)
		if err != nil {
			t.Fatal(err)
		}
		if got.Effect != want.Effect || got.Ref != want.Ref || got.Position != want.Position {
			t.Errorf("purging %s: %+v, the oracle %+v", ref, got, want)
		}
	}
	purge(ref)
	purge(ref)
	purge(fhir.Ref{Type: "Patient", ID: "never"})
	check := func() {
		t.Helper()
		for c := range log.Changes(t.Context(), 0, 0) {
			if c.Ref == ref && c.Tenant == mainTenant && c.Kind == adapters.ChangePurge {
				return
			}
		}
		t.Error("the log has no entry of the purge")
	}
	check()
	r.sameRead(t, caller, key("Patient", "1", 0), key("Patient", "1", 1), key("Patient", "1", 2), key("Patient", "2", 0))
	r.sameRead(t, search.Caller{Tenant: otherTenant}, key("Patient", "1", 0))
	for _, q := range []adapters.HistoryRequest{{}, {Type: "Patient"}, {Type: "Patient", ID: "1"}} {
		q.Caller = caller
		same(t, fmt.Sprintf("history after a purge %+v", q), part[adapters.Reader](t, r).History(t.Context(), q), r.oracle.History(t.Context(), q))
	}
	if _, ok := r.Store.(adapters.Searcher); ok {
		r.sameSearch(t, "a search after a purge", request("Patient", nil))
		r.sameSearch(t, "a name after a purge", request("Patient", search.Clause{
			Param: r.data.Params.Param("Patient", "family"), Values: []search.Value{{Text: "secret"}},
		}))
	}
	// What comes under the same id is a new resource.
	r.write(t, put(patient(t, "1", "New"), adapters.Precondition{Absent: true}))
	r.sameRead(t, caller, key("Patient", "1", 0))
	// A tombstone can be purged, too.
	r.write(t, remove(ref, adapters.Precondition{}))
	purge(ref)
	r.sameRead(t, caller, key("Patient", "1", 0), key("Patient", "1", 1))
}
