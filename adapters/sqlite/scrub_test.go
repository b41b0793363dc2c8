package sqlite_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/heliograph/heliograph/adapters/sqlite"
)

// FuzzScrubPage: no bytes of a page make the scrubber fall over; pages of a database are sound to it, and wiped once there is no more to
// wipe.
func FuzzScrubPage(f *testing.F) {
	dir := f.TempDir()
	mustClose(f, openStore(f, sqlite.Config{Dir: dir}))
	b, err := os.ReadFile(filepath.Join(dir, "heliograph.db"))
	if err != nil {
		f.Fatal(err)
	}
	for at := 8192; at < len(b); at += 8192 {
		page := b[at : at+8192]
		if page[0] != 0 && !sqlite.ScrubPage(page) {
			f.Errorf("page %d of a database is said to be damaged", at/8192+1)
		}
		if at < 16*8192 {
			f.Add(page)
		}
	}
	f.Fuzz(func(t *testing.T, page []byte) {
		if len(page) < 512 || len(page) > 1<<16-1 {
			return
		}
		sound := sqlite.ScrubPage(page)
		if again := sqlite.ScrubPage(page); sound && !again {
			t.Error("wiping made a page damaged")
		}
	})
}
