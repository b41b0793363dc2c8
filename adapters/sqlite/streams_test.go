package sqlite_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/adapters/sqlite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// TestPanickingLoops: loops over streams that end by a panic leave no connection behind.
func TestPanickingLoops(t *testing.T) {
	s := openStore(t, sqlite.Config{})
	for i := range 5 {
		mustWrite(t, s, person(t, fmt.Sprint(i), "A"))
	}
	all := search.Request{Query: search.Query{Caller: caller, Type: "Patient"}}
	for range 100 {
		panicking(func() {
			for range s.Search(t.Context(), all).Rows {
				panic("the loop")
			}
		})
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if n, _, err := s.Count(ctx, all); err != nil || n != 5 {
		t.Fatalf("%d (%v), want 5", n, err)
	}
}

func panicking(f func()) {
	defer func() { _ = recover() }()
	f()
}

// TestNamesMadeMeanwhile: what is written between a query's compilation and its snapshot, under names that are new, matches at the version
// that is returned.
func TestNamesMadeMeanwhile(t *testing.T) {
	s := openStore(t, sqlite.Config{})
	mustWrite(t, s, person(t, "a", "A"), person(t, "b", "B"))
	identifier := adaptertest.Parameters(t).Param("Patient", "identifier")
	read := 0
	within := func(yield func(string) bool) {
		if read++; read > 1 {
			t.Error("the stream of ids was read twice")
			return
		}
		mustWrite(t, s, adaptertest.Index(t, []byte(`{"resourceType":"Patient","id":"b","identifier":[{"system":"urn:new","value":"1"}]}`)).Put())
		_ = yield("a") && yield("b")
	}
	without := search.Not{X: search.Clause{Param: identifier, Values: []search.Value{{System: "urn:new", HasSystem: true, Code: "1"}}}}
	request := search.Request{Query: search.Query{Caller: caller, Type: "Patient", Where: without}, Within: within}
	var got []string
	for h, err := range s.Search(t.Context(), request).Rows {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%s/%d", h.Ref.ID, h.Version))
	}
	if want := []string{"a/1"}; !slices.Equal(got, want) {
		t.Errorf("%v have no such identifier, want %v", got, want)
	}
}

// TestLongCodesTogether: codes too long for a key are found among others, wherever their characters are cut.
func TestLongCodesTogether(t *testing.T) {
	s := openStore(t, sqlite.Config{})
	identifier := adaptertest.Parameters(t).Param("Patient", "identifier")
	clause := search.Clause{Param: identifier}
	for i := range 5 {
		code := strings.Repeat("x", i) + strings.Repeat("語", 100)
		mustWrite(t, s, adaptertest.Index(t, fmt.Appendf(nil, `{"resourceType":"Patient","id":"%d","identifier":[{"system":"urn:x","value":%q}]}`, i, code)).Put())
		clause.Values = append(clause.Values, search.Value{System: "urn:x", HasSystem: true, Code: code})
	}
	n, _, err := s.Count(t.Context(), search.Request{Query: search.Query{Caller: caller, Type: "Patient", Where: clause}})
	if err != nil || n != 5 {
		t.Errorf("%d of 5 are found (%v)", n, err)
	}
}

// TestGapInTheLog: a position that is missing is an error, not a log with an entry less.
func TestGapInTheLog(t *testing.T) {
	for _, missing := range []int{1, 2, 3} {
		dir := t.TempDir()
		s := openStore(t, sqlite.Config{Dir: dir})
		mustWrite(t, s, person(t, "a", "A"), person(t, "b", "B"), person(t, "c", "C"))
		mustClose(t, s)
		statement(t, dir, fmt.Sprintf("DELETE FROM log WHERE position = %d", missing))
		s = openStore(t, sqlite.Config{Dir: dir})
		var last error
		for _, err := range s.Changes(t.Context(), 0, 0) {
			last = err
		}
		if fault.Of(last) != fault.StoreCorrupt {
			t.Errorf("without position %d: %v", missing, last)
		}
	}
}

// TestGivenUp: a call whose context ends while it waits is not made; one that the writer has begun is made, and its outcome given.
func TestGivenUp(t *testing.T) {
	s := openStore(t, sqlite.Config{})
	mustWrite(t, s, person(t, "a", "A"))
	held, release, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	begun, cancelBegun := context.WithCancel(t.Context())
	go func() { done <- s.Hold(begun, held, release) }()
	<-held
	cancelBegun()
	waiting, cancelWaiting := context.WithCancel(t.Context())
	gone := make(chan error, 1)
	go func() {
		_, err := s.Purge(waiting, "main", fhir.Ref{Type: "Patient", ID: "a"})
		gone <- err
	}()
	s.AwaitQueued(1)
	cancelWaiting()
	if err := <-gone; fault.Of(err) != fault.Timeout {
		t.Errorf("a purge that was given up: %v", err)
	}
	select {
	case err := <-done:
		t.Errorf("what the writer had begun was given up: %v", err)
	default:
	}
	close(release)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if r, err := read(t, s, "a"); err != nil || r.Version != 1 {
		t.Errorf("version %d (%v), want 1", r.Version, err)
	}
}

// TestNamesGivenUp: calls that end while their names are made leave the store as if they had been made or not.
func TestNamesGivenUp(t *testing.T) {
	s := openStore(t, sqlite.Config{})
	written := search.Position(0)
	for i := range 40 {
		ctx, cancel := context.WithCancel(t.Context())
		w := adaptertest.Index(t, fmt.Appendf(nil, `{"resourceType":"Patient","id":"p%d","identifier":[{"system":"urn:%d","value":"1"}]}`, i, i)).Put()
		go cancel()
		out, err := s.Write(ctx, []adapters.Member{single(w)})
		if err == nil && out[0].Err == nil {
			written++
		}
		got, e := read(t, s, fmt.Sprintf("p%d", i))
		if e != nil || (got.Version == 1) != (err == nil && out[0].Err == nil) {
			t.Fatalf("version %d (%v) after %v %v", got.Version, e, out, err)
		}
	}
	dense(t, s, written)
	sameCount(t, s, int64(written))
	identifier := adaptertest.Parameters(t).Param("Patient", "identifier")
	n, _, err := s.Count(t.Context(), search.Request{Query: search.Query{Caller: caller, Type: "Patient",
		Where: search.Clause{Param: identifier, Values: []search.Value{{Code: "1"}}}}})
	if err != nil || n != int64(written) {
		t.Errorf("the index finds %d of %d (%v)", n, written, err)
	}
}

// TestLeavesLongStep: a query whose next row is long in coming ends with its context, not when it has looked at everything.
func TestLeavesLongStep(t *testing.T) {
	s := openStore(t, sqlite.Config{})
	for i := range 50 {
		display := "needle"
		if i == 0 {
			display = "hay"
		}
		mustWrite(t, s, adaptertest.Index(t, fmt.Appendf(nil, `{"resourceType":"Condition","id":"%03d","subject":{"reference":"Patient/a"},
			"code":{"coding":[{"system":"urn:x","code":"%d","display":%q}]}}`, i, i, display)).Put())
	}
	// The ids lead, and each is then matched by its values.
	var ids search.IDs
	for i := range 20 {
		ids.IDs = append(ids.IDs, fmt.Sprintf("%03d", i))
	}
	code := adaptertest.Parameters(t).Param("Condition", "code")
	where := search.And{ids, search.Not{X: search.Clause{Param: code, Modifier: search.TextOf, Values: []search.Value{{Text: "needle"}}}}}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var rows int
	var last error
	for _, err := range s.Search(ctx, search.Request{Query: search.Query{Caller: caller, Type: "Condition", Where: where}}).Rows {
		if last = err; err == nil {
			rows++
			cancel()
		}
	}
	if rows != 1 || fault.Of(last) != fault.Timeout {
		t.Errorf("%d rows and then %v, want 1 and a timeout", rows, last)
	}
}
