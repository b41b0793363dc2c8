package sqlite_test

import (
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
