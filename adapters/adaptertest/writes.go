package adaptertest

import (
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

func testWrites(t *testing.T, r *rig) {
	w := part[adapters.Writer](t, r)
	p := patient(t, "1", "One")
	r.write(t, put(p, adapters.Precondition{}))
	r.write(t, put(p, adapters.Precondition{}))              // without Changed: a new version of the same content
	r.write(t, put(p, adapters.Precondition{Changed: true})) // nothing
	r.write(t, put(patient(t, "1", "Two"), adapters.Precondition{Changed: true}))
	later := patient(t, "1", "Two")
	later.LastUpdated++
	r.write(t, put(later, adapters.Precondition{Changed: true})) // another time is a change
	older := patient(t, "1", "Three")
	older.LastUpdated = later.LastUpdated - 1
	r.write(t, put(older, adapters.Precondition{Newer: true})) // old news
	older.LastUpdated = later.LastUpdated
	r.write(t, put(older, adapters.Precondition{Newer: true})) // of the same time is not
	later.LastUpdated = 0
	r.write(t, put(later, adapters.Precondition{Changed: true})) // no time asked for is none
	r.write(t, remove(fhir.Ref{Type: "Patient", ID: "never"}, adapters.Precondition{}))
	r.write(t, remove(p.Ref, adapters.Precondition{}))
	r.write(t, remove(p.Ref, adapters.Precondition{}))
	r.write(t, put(p, adapters.Precondition{Changed: true})) // it is not there, so it is a change
	r.write(t, adapters.Member{Tenant: mainTenant})
	if out, err := w.Write(t.Context(), nil); err != nil || len(out) != 0 {
		t.Errorf("no members: %v, %v", out, err)
	}
	// In one call: each on its own, in order.
	r.write(t,
		put(patient(t, "2", "One"), adapters.Precondition{Absent: true}),
		put(patient(t, "2", "Two"), adapters.Precondition{Absent: true}),
		put(patient(t, "2", "Three"), adapters.Precondition{Version: 1}),
		put(patient(t, "2", "Four"), adapters.Precondition{Version: 1}),
		remove(fhir.Ref{Type: "Patient", ID: "2"}, adapters.Precondition{Version: 2}))
	r.sameRead(t, caller, key("Patient", "2", 0), key("Patient", "2", 2))
	r.sameLog(t, 0)
	if _, err := w.Write(ended(t), []adapters.Member{put(patient(t, "3", "x"), adapters.Precondition{})}); err == nil {
		t.Error("a write whose context has ended gave no error")
	}
	// The commit time, where none is asked for, is that of the log and never goes back.
	now := patient(t, "4", "Now")
	now.LastUpdated = 0
	before := r.head(t)
	out := r.write(t, put(now, adapters.Precondition{}))
	after := r.head(t)
	if at := out[0].Results[0].LastUpdated; at < before.Time || at != after.Time {
		t.Errorf("lastUpdated %d; the log was at %d and is at %d", at, before.Time, after.Time)
	}
}

func (r *rig) head(t *testing.T) adapters.Head {
	t.Helper()
	h, err := part[adapters.Log](t, r).Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func testPreconditions(t *testing.T, r *rig) {
	part[adapters.Writer](t, r)
	one := patient(t, "1", "One")
	r.write(t, put(one, adapters.Precondition{Version: 1})) // is not there
	r.write(t, put(one, adapters.Precondition{Absent: true}))
	r.write(t, put(one, adapters.Precondition{Absent: true}))
	r.write(t, put(one, adapters.Precondition{Version: 2}))
	r.write(t, put(one, adapters.Precondition{Version: 1}))
	require := func(ref fhir.Ref, when adapters.Precondition) adapters.Member {
		return adapters.Member{Tenant: mainTenant, Writes: []adapters.Write{{Action: adapters.Require, Ref: ref, If: when}}}
	}
	r.write(t, require(one.Ref, adapters.Precondition{Version: 2}), require(one.Ref, adapters.Precondition{Version: 1}),
		require(one.Ref, adapters.Precondition{Absent: true}), require(fhir.Ref{Type: "Patient", ID: "no"}, adapters.Precondition{Absent: true}),
		require(fhir.Ref{Type: "Patient", ID: "no"}, adapters.Precondition{}))
	r.write(t, remove(one.Ref, adapters.Precondition{Version: 1}), remove(one.Ref, adapters.Precondition{Version: 2}))
	r.write(t, put(one, adapters.Precondition{Absent: true}))
	family := func(name string) *search.Query {
		return &search.Query{Caller: caller, Type: "Patient", Where: search.Clause{
			Param: r.data.Params.Param("Patient", "family"), Values: []search.Value{{Text: search.Normalise(name)}},
		}}
	}
	if _, ok := r.Store.(adapters.Searcher); !ok || r.claimed(search.Request{Query: *family("x")}) != nil {
		t.Skip("no conditional searches: the store does not claim search")
	}
	when := func(name string, matches int) adapters.Precondition {
		return adapters.Precondition{Search: family(name), Matches: matches}
	}
	two := patient(t, "2", "Two")
	r.write(t, put(two, when("Two", 1)), put(two, when("Two", 0)), put(two, when("Two", 0)), put(two, when("Two", 1)))
	r.write(t, put(patient(t, "3", "Two"), when("Two", 1))) // matches another one
	r.write(t, put(patient(t, "3", "Twofold"), when("Twofold", 0)), put(two, when("Two", 1)), put(two, when("Two", 2)))
	// The other tenant's are not seen, and a member's own earlier writes are.
	r.fill(t, otherTenant, []Record{patient(t, "9", "Nine")})
	nine, ten := put(patient(t, "4", "Nine"), when("Nine", 0)), put(patient(t, "5", "Nine"), when("Nine", 0))
	both := adapters.Member{Tenant: mainTenant, Writes: append(nine.Writes, ten.Writes...)}
	r.write(t, both)
	r.write(t, nine)
	r.write(t, both)
	r.sameSearch(t, "after conditional writes", request("Patient", nil))
}

// testContention has 32 writers race for each version, and for the one conditional create.
func testContention(t *testing.T, r *rig) {
	w := part[adapters.Writer](t, r)
	const writers, rounds = 32, 8
	r.write(t, put(patient(t, "1", "Zero"), adapters.Precondition{}))
	start := r.head(t).Position
	for round := range rounds {
		wins := race(t, w, writers, func(i int) adapters.Member {
			return put(patient(t, "1", fmt.Sprint("Writer", round, "-", i)), adapters.Precondition{Version: int64(round + 1)})
		})
		if wins != 1 {
			t.Fatalf("version %d was won %d times", round+2, wins)
		}
	}
	if h := r.head(t); h.Position != start+rounds {
		t.Errorf("%d positions for %d writes", h.Position-start, rounds)
	}
	if wins := race(t, w, writers, func(int) adapters.Member {
		return put(patient(t, "2", "Two"), adapters.Precondition{Absent: true})
	}); wins != 1 {
		t.Errorf("one resource was created %d times", wins)
	}
	// Transactions that overlap in one resource: who loses there leaves nothing elsewhere.
	if wins := race(t, w, writers, func(i int) adapters.Member {
		m := put(patient(t, fmt.Sprint("own", i), "Own"), adapters.Precondition{Absent: true})
		m.Writes = append(m.Writes, put(patient(t, "2", fmt.Sprint("Shared", i)), adapters.Precondition{Version: 1}).Writes...)
		return m
	}); wins != 1 {
		t.Errorf("%d of the transactions that overlap were applied", wins)
	}
	r.owned(t, writers)
	q := search.Query{Caller: caller, Type: "Patient", Where: search.Clause{
		Param: r.data.Params.Param("Patient", "family"), Values: []search.Value{{Text: "conditional"}},
	}}
	if _, ok := r.Store.(adapters.Searcher); !ok || r.claimed(search.Request{Query: q}) != nil {
		return
	}
	if wins := race(t, w, writers, func(i int) adapters.Member {
		return put(patient(t, fmt.Sprint("c", i), "Conditional"), adapters.Precondition{Search: &q})
	}); wins != 1 {
		t.Errorf("the condition was met %d times", wins)
	}
	if n, _, err := searcher(t, r).Count(t.Context(), search.Request{Query: q}); err != nil || n != 1 {
		t.Errorf("%d conditional creates are there, %v", n, err)
	}
}

// owned demands that exactly one of the resources own0, own1, … is there.
func (r *rig) owned(t *testing.T, writers int) {
	t.Helper()
	reader, ok := r.Store.(adapters.Reader)
	if !ok {
		return
	}
	keys := make([]adapters.Key, writers)
	for i := range keys {
		keys[i] = key("Patient", fmt.Sprint("own", i), 0)
	}
	got, _, err := reader.Read(t.Context(), caller, 0, keys)
	if err != nil {
		t.Fatal(err)
	}
	there := 0
	for _, res := range got {
		if res.Version != 0 {
			there++
		}
	}
	if there != 1 {
		t.Errorf("of transactions that overlap, %d left a resource", there)
	}
}

// race has many write one member each at once and counts who was applied; all others must have met a conflict.
func race(t *testing.T, w adapters.Writer, writers int, member func(i int) adapters.Member) int {
	t.Helper()
	members := make([]adapters.Member, writers)
	for i := range members {
		members[i] = member(i)
	}
	outcomes := make([]adapters.Outcome, writers)
	var wg sync.WaitGroup
	for i := range writers {
		wg.Go(func() {
			out, err := w.Write(t.Context(), members[i:i+1])
			if err != nil {
				outcomes[i] = adapters.Outcome{Err: err}
				return
			}
			outcomes[i] = out[0]
		})
	}
	wg.Wait()
	wins := 0
	for i, o := range outcomes {
		switch fault.Of(o.Err) {
		case "":
			wins++
		case fault.Conflict:
		default:
			t.Errorf("writer %d: %v", i, o.Err)
		}
	}
	return wins
}

// testTransactions: whole or not at all, and never seen in half.
func testTransactions(t *testing.T, r *rig) {
	w := part[adapters.Writer](t, r)
	pair := func(n int, when adapters.Precondition) adapters.Member {
		second := put(patient(t, "b", fmt.Sprint("Version", n)), when)
		return adapters.Member{Tenant: mainTenant, Writes: append(put(patient(t, "a", fmt.Sprint("Version", n)), adapters.Precondition{}).Writes, second.Writes...)}
	}
	r.write(t, pair(0, adapters.Precondition{}))
	r.write(t, pair(1, adapters.Precondition{Version: 7})) // the second write fails: the first must not stay
	r.sameRead(t, caller, key("Patient", "a", 0), key("Patient", "b", 0))
	r.write(t, pair(1, adapters.Precondition{Version: 7}), pair(2, adapters.Precondition{Version: 1})) // the loser hurts nobody
	r.sameRead(t, caller, key("Patient", "a", 0), key("Patient", "b", 0))
	same2 := adapters.Member{Tenant: mainTenant, Writes: append(
		put(patient(t, "c", "First"), adapters.Precondition{Absent: true}).Writes,
		put(patient(t, "c", "Second"), adapters.Precondition{Version: 1}).Writes...)}
	same2.Writes = append(same2.Writes, remove(fhir.Ref{Type: "Patient", ID: "c"}, adapters.Precondition{Version: 2}).Writes...)
	r.write(t, same2)
	r.sameLog(t, 0)
	reader, ok := r.Store.(adapters.Reader)
	if !ok {
		return
	}
	done := make(chan error, 1)
	go func() {
		for n := range 60 {
			if out, err := w.Write(t.Context(), []adapters.Member{pair(n, adapters.Precondition{})}); err != nil || out[0].Err != nil {
				done <- fmt.Errorf("pair %d: %v, %v", n, err, out)
				return
			}
		}
		done <- nil
	}()
	for {
		got, _, err := reader.Read(t.Context(), caller, 0, []adapters.Key{key("Patient", "a", 0), key("Patient", "b", 0)})
		if err != nil {
			t.Fatal(err)
		}
		if got[0].Version != got[1].Version {
			t.Fatalf("half a transaction: versions %d and %d", got[0].Version, got[1].Version)
		}
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			return
		default:
		}
	}
}

// sameLog compares the logs from a position on; times are of two clocks, but never go back.
func (r *rig) sameLog(t *testing.T, from search.Position) {
	t.Helper()
	log := part[adapters.Log](t, r)
	var want, got []adapters.Change
	for c, err := range r.oracle.Changes(t.Context(), from, 0) {
		if err != nil {
			t.Fatal(err)
		}
		c.Time = 0
		want = append(want, c)
	}
	var last int64
	for c, err := range log.Changes(t.Context(), from, 0) {
		if err != nil {
			t.Fatal(err)
		}
		if c.Time < last || c.Time == 0 {
			t.Errorf("position %d is of time %d, the one before of %d", c.Position, c.Time, last)
		}
		if c.Position != from+search.Position(len(got)+1) {
			t.Fatalf("position %d follows on %d", c.Position, from+search.Position(len(got)))
		}
		last, c.Time = c.Time, 0
		got = append(got, c)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Fatalf("the log (-oracle +store):\n%s", shorten(d))
	}
}
