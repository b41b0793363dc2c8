package sqlite_test

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/adapters/sqlite"
)

func openStore(t testing.TB, cfg sqlite.Config) *sqlite.Store {
	t.Helper()
	if cfg.Dir == "" {
		cfg.Dir = t.TempDir()
	}
	if cfg.Chronological == nil {
		cfg.Chronological = adaptertest.Parameters(t).Chronological
	}
	s, err := sqlite.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

func TestConformance(t *testing.T) {
	adaptertest.Run(t, func(t *testing.T) adaptertest.Harness {
		s, err := sqlite.Open(t.Context(), sqlite.Config{Dir: t.TempDir(), Chronological: adaptertest.Parameters(t).Chronological})
		if err != nil {
			t.Fatal(err)
		}
		return adaptertest.Harness{Store: s}
	})
}

// TestPageSize: the choices of the package's doc are in effect.
func TestPageSize(t *testing.T) {
	dir := t.TempDir()
	mustClose(t, openStore(t, sqlite.Config{Dir: dir}))
	b, err := os.ReadFile(filepath.Join(dir, "heliograph.db"))
	if err != nil {
		t.Fatal(err)
	}
	if n := binary.BigEndian.Uint16(b[16:]); n != 8192 {
		t.Errorf("pages have %d bytes, want 8192", n)
	}
	if b[18] != 2 {
		t.Errorf("the journal's mode is %d, want 2 (WAL)", b[18])
	}
}
