package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/adapters/sqlite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

const (
	crashDir   = "HELIOGRAPH_TEST_CRASH_DIR"
	crashRound = "HELIOGRAPH_TEST_CRASH_ROUND"
)

// TestKilled kills a writing process with SIGKILL at random moments: every write that it was told of is there, positions are dense and
// the file is sound.
func TestKilled(t *testing.T) {
	if dir := os.Getenv(crashDir); dir != "" {
		writeUntilKilled(t, dir, os.Getenv(crashRound))
		return
	}
	const rounds = 5
	dir := t.TempDir()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 0))
	var acknowledged []string
	for round := range rounds {
		acknowledged = append(acknowledged, killedAfter(t, dir, round, 10+dice.IntN(300))...)
		verifyAcknowledged(t, dir, acknowledged)
	}
	if len(acknowledged) < rounds*10 {
		t.Fatalf("only %d writes were acknowledged", len(acknowledged))
	}
	t.Logf("%d writes were acknowledged and are there", len(acknowledged))
}

// killedAfter runs this test as a process of its own and kills it once it has acknowledged some writes; it gives all of these.
func killedAfter(t *testing.T, dir string, round, enough int) (ids []string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilled$")
	cmd.Env = append(os.Environ(), crashDir+"="+dir, fmt.Sprintf("%s=%d", crashRound, round))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		id, ok := strings.CutPrefix(lines.Text(), "acknowledged ")
		if !ok {
			continue
		}
		ids = append(ids, id)
		if len(ids) == enough {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err == nil || len(ids) < enough {
		t.Fatalf("the process ended by itself (%v) after %d writes", err, len(ids))
	}
	return ids
}

func writeUntilKilled(t *testing.T, dir, round string) {
	s, err := sqlite.Open(t.Context(), sqlite.Config{Dir: dir, Chronological: adaptertest.Parameters(t).Chronological})
	if err != nil {
		t.Fatal(err)
	}
	var out sync.Mutex
	var all sync.WaitGroup
	for w := range 4 {
		all.Go(func() {
			for n := 0; ; n++ {
				ids, err := writeSome(t, s, fmt.Sprintf("r%s-%d-%d", round, w, n))
				if err != nil {
					return
				}
				out.Lock()
				for _, id := range ids {
					fmt.Println("acknowledged " + id)
				}
				out.Unlock()
			}
		})
	}
	all.Wait()
}

// writeSome writes a single resource, a transaction of two, and a new version of a shared one.
func writeSome(t *testing.T, s *sqlite.Store, name string) ([]string, error) {
	one := func(id string) adapters.Write {
		return adaptertest.Index(t, fmt.Appendf(nil, `{"resourceType":"Patient","id":%q,"name":[{"family":%q}],"active":true}`, id, name)).Put()
	}
	out, err := s.Write(context.Background(), []adapters.Member{
		{Tenant: "main", Writes: []adapters.Write{one(name)}},
		{Tenant: "main", Writes: []adapters.Write{one(name + "-a"), one(name + "-b")}},
		{Tenant: "main", Writes: []adapters.Write{one("shared")}},
	})
	if err != nil {
		return nil, err
	}
	for _, o := range out {
		if o.Err != nil {
			return nil, o.Err
		}
	}
	return []string{name, name + "-a", name + "-b"}, nil
}

func verifyAcknowledged(t *testing.T, dir string, ids []string) {
	t.Helper()
	s, err := sqlite.Open(t.Context(), sqlite.Config{Dir: dir, Chronological: adaptertest.Parameters(t).Chronological})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}()
	if err := s.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	caller := search.Caller{Tenant: "main"}
	keys := make([]adapters.Key, len(ids))
	for i, id := range ids {
		keys[i] = adapters.Key{Ref: fhir.Ref{Type: "Patient", ID: id}}
	}
	got, at, err := s.Read(t.Context(), caller, 0, keys)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range got {
		if r.Version == 0 {
			t.Fatalf("%s was acknowledged and is gone", ids[i])
		}
	}
	next := search.Position(1)
	for c, err := range s.Changes(t.Context(), 0, 0) {
		if err != nil || c.Position != next {
			t.Fatalf("position %d where %d was due (%v)", c.Position, next, err)
		}
		next++
	}
	if at != next-1 {
		t.Fatalf("the head is at %d, the log ends at %d", at, next-1)
	}
	sameIndex(t, s)
}

// sameIndex: what the index finds is what is there, each once.
func sameIndex(t *testing.T, s *sqlite.Store) {
	t.Helper()
	active := search.Clause{Param: adaptertest.Parameters(t).Param("Patient", "active"), Values: []search.Value{{Code: "true"}}}
	q := search.Query{Caller: search.Caller{Tenant: "main"}, Type: "Patient"}
	all, _, err := s.Count(t.Context(), search.Request{Query: q})
	if err != nil {
		t.Fatal(err)
	}
	q.Where = active
	found, _, err := s.Count(t.Context(), search.Request{Query: q})
	if err != nil || found != all {
		t.Fatalf("the index finds %d of %d (%v)", found, all, err)
	}
}
