package sqlite_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/adapters/sqlite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

// TestPowerLoss copies the files at random moments under writes and cuts or tears the end of the log, as a disk may that loses its power.
// What is left opens, is sound and is a prefix of the log in which each transaction is whole.
func TestPowerLoss(t *testing.T) {
	const copies = 40
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 0))
	dir := t.TempDir()
	// The log is emptied often, so that copies are taken on both sides of it.
	s := openStore(t, sqlite.ShortLog(sqlite.Config{Dir: dir}, 3<<20, 0))
	mustWrite(t, s, person(t, "first", "A"))
	var stop atomic.Bool
	written := make(chan error, 1)
	go func() { written <- writePairs(t, s, &stop) }()
	var furthest search.Position
	short := 0
	for range copies {
		cut := t.TempDir()
		acknowledged := copyTorn(t, s, dice, dir, cut)
		at := verifyPrefix(t, cut)
		furthest = max(furthest, at)
		if at < acknowledged {
			short++
		}
	}
	stop.Store(true)
	if err := <-written; err != nil {
		t.Fatal(err)
	}
	if furthest < 20 || short < copies/4 {
		t.Errorf("the copies reach to %d and %d lost something: the test tested nothing", furthest, short)
	}
	t.Logf("%d copies, to position %d, %d of them without acknowledged writes", copies, furthest, short)
}

// writePairs writes transactions of two resources with the same text, over and over, until it is stopped.
func writePairs(t *testing.T, s *sqlite.Store, stop *atomic.Bool) error {
	for n := 0; !stop.Load(); n++ {
		var members []adapters.Member
		for k := range 3 {
			pair := (n*3 + k) % 40
			var writes []adapters.Write
			for _, half := range []string{"a", "b"} {
				line := fmt.Appendf(nil, `{"resourceType":"Patient","id":"%s%d","name":[{"family":"n%d %0*d"}],"active":true}`, half, pair, n, 10+n%7*1000, n)
				writes = append(writes, adaptertest.Index(t, line).Put())
			}
			members = append(members, adapters.Member{Tenant: "main", Writes: writes})
		}
		out, err := s.Write(t.Context(), members)
		if err != nil {
			return err
		}
		for _, o := range out {
			if o.Err != nil {
				return o.Err
			}
		}
	}
	return nil
}

// copyTorn copies the files between two groups, spoils the copy as a crash may, and gives the position that was acknowledged.
func copyTorn(t *testing.T, s *sqlite.Store, dice *rand.Rand, from, to string) search.Position {
	t.Helper()
	const name = "heliograph.db"
	for {
		var head adapters.Head
		var data, log []byte
		if err := s.Still(t.Context(), func() (err error) {
			if head, err = s.Head(t.Context()); err != nil {
				return err
			}
			if data, err = os.ReadFile(filepath.Join(from, name)); err == nil {
				log, err = os.ReadFile(filepath.Join(from, name+"-wal"))
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if len(log) < 20000 {
			continue
		}
		tear(dice, data, &log)
		for file, b := range map[string][]byte{name: data, name + "-wal": log} {
			if err := os.WriteFile(filepath.Join(to, file), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return head.Position
	}
}

// tear cuts a log at a byte or spoils bytes in its last pages; or spoils pages of the database that a whole log has.
func tear(dice *rand.Rand, data []byte, log *[]byte) {
	b := *log
	last := max(0, len(b)-dice.IntN(6*frame)-1)
	switch dice.IntN(5) {
	case 0:
		*log = b[:dice.IntN(len(b))]
	case 1:
		*log = b[:last]
	case 2: // sectors that never came to the disk
		for at := last / 512 * 512; at < len(b); at += 512 {
			if dice.IntN(2) == 0 {
				clear(b[at:min(at+512, len(b))])
			}
		}
	case 3: // and garbage
		for range 20 {
			b[last+dice.IntN(len(b)-last)] ^= byte(1 + dice.IntN(255))
		}
	case 4: // moving the log into the database was under way
		for _, page := range committed(b) {
			if at := (page - 1) * (frame - 24); at+frame-24 <= len(data) && dice.IntN(2) == 0 {
				from := at + dice.IntN(16)*512
				clear(data[from : at+frame-24])
			}
		}
	}
}

// frame is a page in the log with its header of 24 bytes (sqlite.org/fileformat2.html, section 4.1).
const frame = 24 + 8192

// committed gives the pages that a log has.
func committed(log []byte) (pages []int) {
	var open []int
	for at := 32; at+frame <= len(log); at += frame {
		if !bytes.Equal(log[at+8:at+16], log[16:24]) {
			break // of an earlier time
		}
		open = append(open, int(binary.BigEndian.Uint32(log[at:])))
		if binary.BigEndian.Uint32(log[at+4:]) != 0 {
			pages, open = append(pages, open...), nil
		}
	}
	return pages
}

// verifyPrefix checks a copy and gives its position.
func verifyPrefix(t *testing.T, dir string) search.Position {
	t.Helper()
	s, err := sqlite.Open(t.Context(), sqlite.Config{Dir: dir, Chronological: adaptertest.Parameters(t).Chronological})
	if err != nil {
		t.Fatal(err)
	}
	defer mustClose(t, s)
	if err := s.CheckWhole(t.Context()); err != nil {
		t.Fatal(err)
	}
	head, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	dense(t, s, head.Position)
	at := map[fhir.Ref]search.Position{}
	for c, err := range s.Changes(t.Context(), 0, 0) {
		if err != nil {
			t.Fatal(err)
		}
		at[c.Ref] = c.Position
	}
	for n := range 40 {
		a, errA := read(t, s, fmt.Sprintf("a%d", n))
		b, errB := read(t, s, fmt.Sprintf("b%d", n))
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		if a.Version != b.Version || a.Position != at[a.Ref] || b.Position != at[b.Ref] || a.Version > 0 && b.Position != a.Position+1 {
			t.Fatalf("half a transaction: %s is version %d of %d, %s %d of %d", a.Ref, a.Version, a.Position, b.Ref, b.Version, b.Position)
		}
	}
	return head.Position
}
