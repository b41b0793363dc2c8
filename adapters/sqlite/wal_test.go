package sqlite_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/adapters/sqlite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

func logSize(t testing.TB, dir string) int64 {
	t.Helper()
	info, err := os.Stat(filepath.Join(dir, "heliograph.db-wal"))
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// TestIdleLog: the write-ahead log is emptied when nothing is written, also if a reader was in it at first.
func TestIdleLog(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, sqlite.ShortLog(sqlite.Config{Dir: dir}, 0, time.Millisecond))
	mustWrite(t, s, person(t, "a", "A"), person(t, "b", "B"))
	for range s.Search(t.Context(), search.Request{Query: search.Query{Caller: caller, Type: "Patient"}}).Rows {
		mustWrite(t, s, person(t, "c", strings.Repeat("C", 1<<20)))
		break
	}
	deadline := time.After(10 * time.Second)
	for poll := time.NewTicker(time.Millisecond); logSize(t, dir) > 0; {
		select {
		case <-poll.C:
		case <-deadline:
			t.Fatalf("the log still has %d bytes", logSize(t, dir))
		}
	}
}

// TestLogUnderReaders: readers that overlap without end do not let the write-ahead log grow without bound.
func TestLogUnderReaders(t *testing.T) {
	const most = 2 << 20
	dir := t.TempDir()
	s := openStore(t, sqlite.ShortLog(sqlite.Config{Dir: dir}, most, time.Hour))
	for i := range 20 {
		mustWrite(t, s, person(t, fmt.Sprint(i), "A"))
	}
	stop := make(chan struct{})
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			for {
				for _, err := range s.Search(t.Context(), search.Request{Query: search.Query{Caller: caller, Type: "Patient"}, Limit: 0}).Rows {
					if err != nil {
						t.Error(err)
						return
					}
					select {
					case <-stop:
						return
					case <-time.After(time.Millisecond): // a slow consumer
					}
				}
			}
		})
	}
	var longest int64
	const writes = 150
	for i := range writes {
		mustWrite(t, s, person(t, fmt.Sprint(i%20), strings.Repeat("x", 200<<10)))
		longest = max(longest, logSize(t, dir))
	}
	close(stop)
	all.Wait()
	if longest > 8*most { // all that is written is three times as much
		t.Errorf("the log grew to %d MB", longest>>20)
	}
	t.Logf("the log grew to %d MB", longest>>20)
}

// TestPurgeLeavesNoTrace looks for what purged resources held in all bytes of the files, after rows around them have come, moved and gone.
func TestPurgeLeavesNoTrace(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, sqlite.Config{Dir: dir})
	ref := func(i int) fhir.Ref { return fhir.Ref{Type: "Patient", ID: fmt.Sprintf("p%d", i*7919%100003)} }
	rec := func(i int, mark string) adaptertest.Record {
		return adaptertest.Index(t, fmt.Appendf(nil, `{"resourceType":"Patient","id":%q,"name":[{"family":"f%d%s"}],"identifier":[{"system":"urn:x","value":"v%d%s"}],
			"maritalStatus":{"coding":[{"system":"urn:m","code":"m%s","display":"display %s"}]},
			"photo":[{"title":"%s"}],"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">words %d %s</div>"}}`,
			ref(i).ID, i*31%977, mark, i*37%977, mark, mark, mark, strings.Repeat(mark+" ", i%90*20), i, mark))
	}
	var recs []adaptertest.Record
	secret := func(i int) bool { return i%50 == 0 }
	for round, mark := range []string{"zebra", "quagga", "plain"} {
		for i := range 1500 {
			switch {
			case secret(i) && round < 2:
				recs = append(recs, rec(i, fmt.Sprintf("%s%dx", mark, i)))
			case !secret(i) && (i+round)%3 > 0:
				recs = append(recs, rec(i, "plain"))
			}
		}
	}
	loadAll(t, s, recs)
	marks := func() (n int) {
		for _, name := range []string{"heliograph.db", "heliograph.db-wal"} {
			b, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			b = bytes.ToLower(b)
			n += bytes.Count(b, []byte("zebra")) + bytes.Count(b, []byte("quagga"))
		}
		return n
	}
	if n := marks(); n < 1000 {
		t.Fatalf("only %d marks were written", n)
	}
	for i := 0; i < 1500; i += 50 {
		if _, err := s.Purge(t.Context(), "main", ref(i)); err != nil {
			t.Fatal(err)
		}
	}
	if n := marks(); n > 0 {
		t.Errorf("%d traces are left", n)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
	for i := range 1500 {
		got, err := read(t, s, ref(i).ID)
		if err != nil || secret(i) != (got.Version == 0) {
			t.Fatalf("%s is at version %d (%v)", ref(i), got.Version, err)
		}
	}
	r := search.Request{Query: search.Query{Caller: caller, Type: "Patient", Where: search.Text{Any: [][]string{{"plain"}}}}}
	if n, _, err := s.Count(t.Context(), r); err != nil || n != 1470 {
		t.Errorf("%d have the word (%v), want 1470", n, err)
	}
}

// TestPurgeCutShort: a purge that did not come to wiping the file is made up for by the next one, also after a restart.
func TestPurgeCutShort(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, sqlite.Config{Dir: dir})
	mustWrite(t, s, person(t, "a", "Zebra"), person(t, "b", "B"))
	a := fhir.Ref{Type: "Patient", ID: "a"}
	if err := s.PurgeRowsOnly(t.Context(), "main", a); err != nil {
		t.Fatal(err)
	}
	mustClose(t, s)
	traces := func() bool {
		b, err := os.ReadFile(filepath.Join(dir, "heliograph.db"))
		if err != nil {
			t.Fatal(err)
		}
		return bytes.Contains(bytes.ToLower(b), []byte("zebra"))
	}
	if !traces() {
		t.Fatal("the rows alone leave no trace: the test tests nothing")
	}
	s = openStore(t, sqlite.Config{Dir: dir})
	if r, err := s.Purge(t.Context(), "main", a); err != nil || r.Effect != 0 {
		t.Fatal(r, err)
	}
	mustClose(t, s)
	if traces() {
		t.Error("traces are left")
	}
}
