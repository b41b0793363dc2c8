package sqlite_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/adapters/sqlite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

func single(w adapters.Write) adapters.Member {
	return adapters.Member{Tenant: "main", Writes: []adapters.Write{w}}
}

// TestDamagedMember: a damaged row fails the member that touches it, alone, wherever it stands in the group and however it touches it.
func TestDamagedMember(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, sqlite.Config{Dir: dir})
	mustWrite(t, s, person(t, "sound", "A"), person(t, "vals", "C"))
	mustClose(t, s)
	statement(t, dir, `UPDATE resource SET vals = x'01ff' WHERE id = 'vals'`)
	s = openStore(t, sqlite.Config{Dir: dir})
	out, err := s.Write(t.Context(), []adapters.Member{
		single(person(t, "before", "B")),
		single(person(t, "vals", "D")),
		single(person(t, "sound", "E")),
		{Tenant: "main", Writes: []adapters.Write{person(t, "half", "F"), person(t, "vals", "G"), person(t, "half2", "F")}},
		single(adapters.Write{Action: adapters.Delete, Ref: fhir.Ref{Type: "Patient", ID: "vals"}}),
		single(person(t, "after", "H")),
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []fault.Code{"", fault.StoreCorrupt, "", fault.StoreCorrupt, fault.StoreCorrupt, ""} {
		if c := fault.Of(out[i].Err); c != want || want != "" && !strings.Contains(out[i].Err.Error(), "Patient/vals") {
			t.Errorf("member %d: %v, want %q", i, out[i].Err, want)
		}
	}
	if out[3].Failed != 1 {
		t.Errorf("write %d is said to be at fault, want 1", out[3].Failed)
	}
	for id, want := range map[string]int64{"before": 1, "sound": 2, "half": 0, "half2": 0, "after": 1} {
		if r, err := read(t, s, id); err != nil || r.Version != want {
			t.Errorf("%s is at version %d (%v), want %d", id, r.Version, err, want)
		}
	}
	dense(t, s, 5)
	sameCount(t, s, 4)
}

// TestMemberRefused: what is wrong with a member before it comes to the writer is its own outcome, too.
func TestMemberRefused(t *testing.T) {
	s := openStore(t, sqlite.Config{})
	foreign := person(t, "foreign", "A")
	foreign.Ref.ID = "other"
	nobody := person(t, "", "A")
	nobody.Ref.ID = ""
	out, err := s.Write(t.Context(), []adapters.Member{
		single(person(t, "a", "A")), single(foreign), single(nobody), {Writes: []adapters.Write{person(t, "t", "T")}}, single(person(t, "b", "B")),
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []fault.Code{"", fault.BadUserInput, fault.BadUserInput, fault.BadUserInput, ""} {
		if c := fault.Of(out[i].Err); c != want {
			t.Errorf("member %d: %v, want %q", i, out[i].Err, want)
		}
	}
	dense(t, s, 2)
}

// dense: the log has each position up to the head's once.
func dense(t testing.TB, s *sqlite.Store, want search.Position) {
	t.Helper()
	head, err := s.Head(t.Context())
	if err != nil || head.Position != want {
		t.Errorf("the head is at %d (%v), want %d", head.Position, err, want)
	}
	next := search.Position(1)
	for c, err := range s.Changes(t.Context(), 0, 0) {
		if err != nil || c.Position != next {
			t.Fatalf("position %d where %d was due (%v)", c.Position, next, err)
		}
		next++
	}
	if next != want+1 {
		t.Errorf("the log ends at %d, want %d", next-1, want)
	}
}

// together has the writer commit members of several calls as one group.
func together(t *testing.T, s *sqlite.Store, fail func(), members ...adapters.Member) []error {
	t.Helper()
	held, release, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() { done <- s.Hold(t.Context(), held, release) }()
	<-held
	errs := make([]error, len(members))
	var all sync.WaitGroup
	for i, m := range members {
		all.Go(func() {
			out, err := s.Write(t.Context(), []adapters.Member{m})
			if err == nil {
				err = out[0].Err
			}
			errs[i] = err
		})
	}
	s.AwaitQueued(len(members))
	fail()
	close(release)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	all.Wait()
	return errs
}

// TestFailedCommit: after an I/O error at COMMIT all members of the group have an error, nothing of it is there, and the next succeed.
func TestFailedCommit(t *testing.T) {
	if !alone(t) {
		return
	}
	dir := t.TempDir()
	s := openStore(t, sqlite.Config{Dir: dir})
	mustWrite(t, s, person(t, "a", "A"))
	before, err := s.Statistics(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	restore := func() {}
	errs := together(t, s, func() { restore = limitFiles(t, 4096) },
		single(person(t, "a", "B")), single(person(t, "b", "B")), single(adapters.Write{Action: adapters.Delete, Ref: fhir.Ref{Type: "Patient", ID: "a"}}),
		adapters.Member{Tenant: "main", Writes: []adapters.Write{person(t, "c", "C"), person(t, "d", strings.Repeat("D", 1<<20))}})
	restore()
	for i, err := range errs {
		if fault.Of(err) != fault.StoreUnavailable {
			t.Errorf("member %d: %v", i, err)
		}
	}
	dense(t, s, 1)
	sameCount(t, s, 1)
	if after, err := s.Statistics(t.Context(), "main"); err != nil || fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("statistics are %v (%v), were %v", after, err, before)
	}
	mustWrite(t, s, person(t, "a", "B"), person(t, "e", "E"))
	dense(t, s, 3)
	sameCount(t, s, 2)
	mustClose(t, s)
	s = openStore(t, sqlite.Config{Dir: dir})
	dense(t, s, 3)
	sameCount(t, s, 2)
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestFailedNames: names of a transaction that failed are not used by the writes after it.
func TestFailedNames(t *testing.T) {
	if !alone(t) {
		return
	}
	s := openStore(t, sqlite.Config{})
	mustWrite(t, s, person(t, "a", "A"))
	device := adaptertest.Index(t, []byte(`{"resourceType":"Device","id":"d","identifier":[{"system":"urn:new","value":"1"}]}`)).Put()
	restore := limitFiles(t, 4096)
	_, err := s.Write(t.Context(), []adapters.Member{single(device)})
	restore()
	if fault.Of(err) != fault.StoreUnavailable {
		t.Fatalf("a write to a disk that fails: %v", err)
	}
	mustWrite(t, s, device, person(t, "b", "B"))
	dense(t, s, 3)
	sameCount(t, s, 2)
	r := search.Request{Query: search.Query{Caller: caller, Type: "Device", Where: search.Clause{
		Param: adaptertest.Parameters(t).Param("Device", "identifier"), Values: []search.Value{{System: "urn:new", HasSystem: true, Code: "1"}}}}}
	if n, _, err := s.Count(t.Context(), r); err != nil || n != 1 {
		t.Errorf("%d devices are found (%v), want 1", n, err)
	}
}

// alone says whether the test runs in a process of its own, and runs it in one if it does not: a limit on files is the process's, and
// would fail what the test framework writes, too.
func alone(t *testing.T) bool {
	t.Helper()
	const variable = "HELIOGRAPH_TEST_ALONE"
	if os.Getenv(variable) == t.Name() {
		return true
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v", "-test.timeout=60s")
	cmd.Env = append(os.Environ(), variable+"="+t.Name())
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Errorf("%v\n%s", err, out)
	}
	return false
}

// limitFiles makes every write of this process to a file beyond so many bytes fail, until it is undone.
func limitFiles(t *testing.T, size uint64) (undo func()) {
	t.Helper()
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		t.Fatal(err)
	}
	limit := was
	limit.Cur = size
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
			t.Fatal(err)
		}
	}
}
