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

// patient is a Patient with one name.
func patient(t testing.TB, id, family string) Record {
	t.Helper()
	r := Index(t, fmt.Appendf(nil, `{"resourceType":"Patient","id":%q,"name":[{"family":%q}]}`, id, family))
	r.LastUpdated = 1_600_000_000_000_000
	return r
}

// observation is an Observation of a patient.
func observation(t testing.TB, id, subject string) Record {
	t.Helper()
	r := Index(t, fmt.Appendf(nil, `{"resourceType":"Observation","id":%q,"status":"final","code":{"text":"x"},"subject":{"reference":%q}}`, id, subject))
	r.LastUpdated = 1_600_000_001_000_000
	return r
}

func key(resourceType, id string, version int64) adapters.Key {
	return adapters.Key{Ref: fhir.Ref{Type: resourceType, ID: id}, Version: version}
}

// sameRead compares a read with the oracle's.
func (r *rig) sameRead(t *testing.T, c search.Caller, keys ...adapters.Key) []search.Resource {
	t.Helper()
	want, at, err := r.oracle.Read(t.Context(), c, 0, keys)
	if err != nil {
		t.Fatal(err)
	}
	got, gotAt, err := part[adapters.Reader](t, r).Read(t.Context(), c, 0, keys)
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	equal(t, "read", want, got)
	if gotAt != at {
		t.Errorf("read at position %d, the oracle at %d", gotAt, at)
	}
	return got
}

func testReads(t *testing.T, r *rig) {
	part[adapters.Reader](t, r)
	r.write(t, put(patient(t, "1", "One"), adapters.Precondition{}), put(patient(t, "2", "Two"), adapters.Precondition{}))
	r.write(t, put(patient(t, "1", "Uno"), adapters.Precondition{}))
	gone := patient(t, "3", "Three")
	r.write(t, put(gone, adapters.Precondition{}))
	r.write(t, remove(gone.Ref, adapters.Precondition{}))
	got := r.sameRead(t, caller,
		key("Patient", "2", 0), key("Patient", "nope", 0), key("Patient", "1", 0), key("Patient", "1", 1), key("Patient", "1", 2),
		key("Patient", "1", 3), key("Patient", "3", 0), key("Patient", "3", 1), key("Patient", "3", 2), key("Observation", "1", 0),
		key("Patient", "1", 0), key("Patient", "1", -1), key("", "", 0))
	if !got[6].Deleted || got[6].Version != 2 || got[6].Body.JSON != nil {
		t.Errorf("the tombstone is %+v", got[6])
	}
	if got[1].Version != 0 || got[1].Ref.ID != "nope" {
		t.Errorf("the unknown one is %+v", got[1])
	}
	r.sameRead(t, caller)
	many := make([]adapters.Key, 2500)
	for i := range many {
		many[i] = key("Patient", fmt.Sprint(i%7), 0)
	}
	r.sameRead(t, caller, many...)
	if _, _, err := part[adapters.Reader](t, r).Read(ended(t), caller, 0, many); err == nil {
		t.Error("a read whose context has ended gave no error")
	}
	// Again after deletion: the numbers go on.
	if out := r.write(t, put(gone, adapters.Precondition{Absent: true})); out[0].Results[0].Version != 3 || out[0].Results[0].Effect != adapters.Created {
		t.Errorf("made again: %+v", out[0].Results[0])
	}
	r.sameRead(t, caller, key("Patient", "3", 0), key("Patient", "3", 2), key("Patient", "3", 3))
}

func testHistory(t *testing.T, r *rig) {
	reader := part[adapters.Reader](t, r)
	for i := range int64(4) {
		for _, id := range []string{"1", "2"} {
			p := patient(t, id, fmt.Sprint("Version", i))
			p.LastUpdated += i * 1000
			r.write(t, put(p, adapters.Precondition{}))
		}
	}
	r.write(t, remove(fhir.Ref{Type: "Patient", ID: "1"}, adapters.Precondition{}))
	r.write(t, put(observation(t, "1", "Patient/1"), adapters.Precondition{}))
	r.fill(t, otherTenant, []Record{patient(t, "1", "Other")})
	const t0 = 1_600_000_000_000_000
	for _, q := range []adapters.HistoryRequest{
		{}, {Type: "Patient"}, {Type: "Patient", ID: "1"}, {Type: "Patient", ID: "nope"}, {Type: "Observation", ID: "1"},
		{Type: "Patient", Since: t0 + 1000}, {Type: "Patient", Until: t0 + 2000}, {Since: t0 + 1000, Until: t0 + 3000},
		{Type: "Patient", Limit: 3}, {Type: "Patient", Before: 5, Limit: 2}, {Before: 1}, {Type: "Patient", ID: "1", Before: 6},
	} {
		q.Caller = caller
		same(t, fmt.Sprintf("history %+v", q), reader.History(t.Context(), q), r.oracle.History(t.Context(), q))
	}
	// Pages of one cover the whole.
	var seen []search.Resource
	q := adapters.HistoryRequest{Caller: caller, Limit: 1}
	for {
		page, err := all(t, reader.History(t.Context(), q))
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		seen = append(seen, page...)
		q.Before = page[0].Position
	}
	whole, err := all(t, r.oracle.History(t.Context(), adapters.HistoryRequest{Caller: caller}))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(whole, seen); d != "" {
		t.Errorf("pages of the history (-whole +pages):\n%s", shorten(d))
	}
}

func testLag(t *testing.T, r *rig) {
	out := r.write(t, put(patient(t, "1", "One"), adapters.Precondition{}))
	at := out[0].Results[0].Position
	if reader, ok := r.Store.(adapters.Reader); ok {
		if _, p, err := reader.Read(t.Context(), caller, at, []adapters.Key{key("Patient", "1", 0)}); err != nil || p < at {
			t.Errorf("a read at least of the head: position %d, %v", p, err)
		}
		if _, _, err := reader.Read(t.Context(), caller, at+1, []adapters.Key{key("Patient", "1", 0)}); fault.Of(err) != fault.StoreLagging {
			t.Errorf("a read beyond the head: %v, want STORE_LAGGING", err)
		}
	}
	s := searcher(t, r)
	q := request("Patient", nil)
	q.AtLeast = at
	answer := s.Search(t.Context(), q)
	if rows, err := all(t, answer); err != nil || len(rows) != 1 || answer.At() < at {
		t.Errorf("a search at least of the head: %d rows of position %d, %v", len(rows), answer.At(), err)
	}
	empty := request("Observation", nil)
	empty.AtLeast = at
	if answer = s.Search(t.Context(), empty); true {
		if rows, err := all(t, answer); err != nil || len(rows) != 0 || answer.At() < at {
			t.Errorf("an empty search: %d rows of position %d, %v", len(rows), answer.At(), err)
		}
	}
	q.AtLeast = at + 1
	if _, err := all(t, s.Search(t.Context(), q)); fault.Of(err) != fault.StoreLagging {
		t.Errorf("a search beyond the head: %v, want STORE_LAGGING", err)
	}
	if _, _, err := s.Count(t.Context(), q); fault.Of(err) != fault.StoreLagging {
		t.Errorf("a count beyond the head: %v, want STORE_LAGGING", err)
	}
}
