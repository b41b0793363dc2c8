package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/adapters/sqlite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

func person(t testing.TB, id, family string) adapters.Write {
	t.Helper()
	return adaptertest.Index(t, fmt.Appendf(nil, `{"resourceType":"Patient","id":%q,"name":[{"family":%q}],"birthDate":"1970"}`, id, family)).Put()
}

func mustWrite(t testing.TB, s *sqlite.Store, writes ...adapters.Write) {
	t.Helper()
	for _, w := range writes {
		out, err := s.Write(t.Context(), []adapters.Member{{Tenant: "main", Writes: []adapters.Write{w}}})
		if err != nil || out[0].Err != nil {
			t.Fatal(err, out)
		}
	}
}

var caller = search.Caller{Tenant: "main"}

func read(t testing.TB, s *sqlite.Store, id string) (search.Resource, error) {
	t.Helper()
	got, _, err := s.Read(t.Context(), caller, 0, []adapters.Key{{Ref: fhir.Ref{Type: "Patient", ID: id}}})
	if err != nil {
		return search.Resource{}, err
	}
	return got[0], nil
}

func mustClose(t testing.TB, s *sqlite.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func statement(t testing.TB, dir, text string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "heliograph.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), text); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestOneOwner(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, sqlite.Config{Dir: dir})
	_, err := sqlite.Open(t.Context(), sqlite.Config{Dir: dir})
	if fault.Of(err) != fault.StoreUnavailable || !strings.Contains(err.Error(), fmt.Sprint(os.Getpid())) || !strings.Contains(err.Error(), dir) {
		t.Fatalf("%v names neither the holder nor the folder", err)
	}
	mustClose(t, s)
	openStore(t, sqlite.Config{Dir: dir})
}

func TestNewerSchema(t *testing.T) {
	dir := t.TempDir()
	mustClose(t, openStore(t, sqlite.Config{Dir: dir}))
	statement(t, dir, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)")
	if _, err := sqlite.Open(t.Context(), sqlite.Config{Dir: dir}); fault.Of(err) != fault.Unsupported || !strings.Contains(err.Error(), "99") {
		t.Fatalf("%v does not refuse schema 99", err)
	}
}

func TestForeignDatabase(t *testing.T) {
	dir := t.TempDir()
	statement(t, dir, "CREATE TABLE accounts (n INTEGER)")
	if _, err := sqlite.Open(t.Context(), sqlite.Config{Dir: dir}); fault.Of(err) != fault.Unsupported {
		t.Fatalf("%v does not refuse another program's database", err)
	}
}

func TestCorruptRows(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, sqlite.Config{Dir: dir})
	mustWrite(t, s, person(t, "sound", "A"), person(t, "body", "B"), person(t, "vals", "C"))
	mustClose(t, s)
	statement(t, dir, `UPDATE resource SET body = x'7b22' WHERE id = 'body'; UPDATE resource SET vals = x'01ff' WHERE id = 'vals'`)
	s = openStore(t, sqlite.Config{Dir: dir})
	if _, err := read(t, s, "body"); fault.Of(err) != fault.StoreCorrupt || !strings.Contains(err.Error(), "Patient/body") {
		t.Errorf("reading a damaged body: %v", err)
	}
	if r, err := read(t, s, "sound"); err != nil || r.Version != 1 {
		t.Errorf("reading beside it: %v", err)
	}
	name := adaptertest.Parameters(t).Param("Patient", "name")
	r := search.Request{Query: search.Query{Caller: caller, Type: "Patient", Sort: []search.SortKey{{Param: name}}}, Limit: 10}
	var last error
	for _, err := range s.Search(t.Context(), r).Rows {
		last = err
	}
	if fault.Of(last) != fault.StoreCorrupt || !strings.Contains(last.Error(), "Patient/vals") {
		t.Errorf("sorting damaged values: %v", last)
	}
	out, err := s.Write(t.Context(), []adapters.Member{{Tenant: "main", Writes: []adapters.Write{person(t, "vals", "D")}}})
	if c := fault.Of(err); err == nil && fault.Of(out[0].Err) != fault.StoreCorrupt || err != nil && c != fault.StoreCorrupt {
		t.Errorf("updating over damaged values: %v %v", out, err)
	}
	mustWrite(t, s, person(t, "new", "E"))
}

func TestDiskFull(t *testing.T) {
	s := openStore(t, sqlite.Config{})
	mustWrite(t, s, person(t, "before", "A"))
	if err := s.LimitPages(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	big := person(t, "big", strings.Repeat("x", 4<<20))
	_, err := s.Write(t.Context(), []adapters.Member{{Tenant: "main", Writes: []adapters.Write{big}}})
	if fault.Of(err) != fault.StoreUnavailable || !strings.Contains(err.Error(), "full") {
		t.Fatalf("a write to a full disk: %v", err)
	}
	if r, err := read(t, s, "before"); err != nil || r.Version != 1 {
		t.Fatalf("reading on a full disk: %v", err)
	}
	if err := s.LimitPages(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	mustWrite(t, s, big)
	head, err := s.Head(t.Context())
	if err != nil || head.Position != 2 {
		t.Fatalf("position %d (%v), want 2: the failed write has none", head.Position, err)
	}
}

func TestOverloaded(t *testing.T) {
	s := openStore(t, sqlite.Config{QueueBytes: 1000})
	mustWrite(t, s, person(t, "a", "A")) // its names are there now
	held, release, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() { done <- s.Hold(t.Context(), held, release) }()
	<-held
	waiting, cancel := context.WithCancel(t.Context())
	member := adapters.Member{Tenant: "main", Writes: []adapters.Write{person(t, "waits", strings.Repeat("w", 700))}}
	if err := s.TryWrite(waiting, member); err != nil {
		t.Fatal(err)
	}
	_, err := s.Write(t.Context(), []adapters.Member{member})
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != fault.Overloaded || f.RetryAfter == 0 {
		t.Errorf("a write to a full queue: %v", err)
	}
	// What was waiting when its caller left is not written.
	cancel()
	close(release)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	mustWrite(t, s, person(t, "b", "B"))
	if r, err := read(t, s, "waits"); err != nil || r.Version != 0 {
		t.Errorf("what was given up is there: version %d (%v)", r.Version, err)
	}
}

func TestBackup(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, sqlite.Config{Dir: dir})
	mustWrite(t, s, person(t, "a", "A"), person(t, "b", "B"), person(t, "a", "C"))
	file := filepath.Join(t.TempDir(), "backup.db")
	at, err := s.Backup(t.Context(), file)
	if err != nil || at != 3 {
		t.Fatalf("backup at %d: %v", at, err)
	}
	if _, err := s.Backup(t.Context(), file); fault.Of(err) != fault.BadUserInput {
		t.Errorf("a backup over another: %v", err)
	}
	mustWrite(t, s, person(t, "later", "D"))
	before, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.Restore(t.Context(), file, dir); fault.Of(err) != fault.StoreUnavailable {
		t.Errorf("a restore into a folder in use: %v", err)
	}
	fresh := t.TempDir()
	head, err := sqlite.Restore(t.Context(), file, fresh)
	if err != nil || head.Position != 3 || head.Epoch == before.Epoch {
		t.Fatalf("restored to %+v (%v); the epoch was %s", head, err, before.Epoch)
	}
	r := openStore(t, sqlite.Config{Dir: fresh})
	if got, err := read(t, r, "a"); err != nil || got.Version != 2 {
		t.Errorf("version %d (%v), want 2", got.Version, err)
	}
	if got, err := read(t, r, "later"); err != nil || got.Version != 0 {
		t.Errorf("what came after the backup is there (%v)", err)
	}
	sameCount(t, r, 2)
	mustWrite(t, r, person(t, "next", "E"))
}

func sameCount(t *testing.T, s *sqlite.Store, want int64) {
	t.Helper()
	n, _, err := s.Count(t.Context(), search.Request{Query: search.Query{Caller: caller, Type: "Patient"}})
	if err != nil || n != want {
		t.Errorf("%d patients (%v), want %d", n, err, want)
	}
}

func TestDamagedBackup(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, sqlite.Config{Dir: dir})
	for i := range 50 {
		mustWrite(t, s, person(t, fmt.Sprintf("p%d", i), strings.Repeat("long", 300)))
	}
	file := filepath.Join(t.TempDir(), "backup.db")
	if _, err := s.Backup(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string][]byte{
		"truncated":      whole[:len(whole)/2],
		"not a database": []byte("this is no database at all, but some text"),
		"empty":          {},
	} {
		if err := os.WriteFile(file, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		fresh := t.TempDir()
		if _, err := sqlite.Restore(t.Context(), file, fresh); err == nil {
			t.Errorf("%s: restored", name)
		}
		if _, err := os.Stat(filepath.Join(fresh, "heliograph.db")); err == nil {
			t.Errorf("%s: left a database behind", name)
		}
	}
}

// TestCheckAgain: a check after writes finds no fault that is not there.
func TestCheckAgain(t *testing.T) {
	s := openStore(t, sqlite.Config{})
	for i := range 60 {
		mustWrite(t, s, person(t, fmt.Sprint(i%7), fmt.Sprint("Family", i)))
		if err := s.Check(t.Context()); err != nil {
			t.Fatal(i, err)
		}
	}
}

func TestReopen(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, sqlite.Config{Dir: dir})
	mustWrite(t, s, person(t, "a", "A"), person(t, "b", "B"))
	head, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stats, err := s.Statistics(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	mustClose(t, s)
	s = openStore(t, sqlite.Config{Dir: dir})
	if again, err := s.Head(t.Context()); err != nil || again != head {
		t.Errorf("the head is %+v (%v), was %+v", again, err, head)
	}
	if again, err := s.Statistics(t.Context(), "main"); err != nil || fmt.Sprint(again) != fmt.Sprint(stats) {
		t.Errorf("statistics are %v (%v), were %v", again, err, stats)
	}
	sameCount(t, s, 2)
}

func TestClosed(t *testing.T) {
	s := openStore(t, sqlite.Config{})
	mustClose(t, s)
	if _, err := read(t, s, "a"); fault.Of(err) != fault.StoreUnavailable {
		t.Errorf("reading: %v", err)
	}
	if _, err := s.Write(t.Context(), []adapters.Member{{Tenant: "main", Writes: []adapters.Write{person(t, "a", "A")}}}); fault.Of(err) != fault.StoreUnavailable {
		t.Errorf("writing: %v", err)
	}
}
