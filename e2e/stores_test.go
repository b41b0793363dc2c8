package e2e_test

import (
	"testing"
	"time"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/adapters/memory"
	"github.com/heliograph/heliograph/adapters/sqlite"
	"github.com/heliograph/heliograph/adapters/terminology"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/load"
	"github.com/heliograph/heliograph/search"
)

// kit is what every store of a test shares.
type kit struct {
	params *search.Parameters
	models *composite.Models
	intake *composite.Intake
}

func newKit(t testing.TB, units search.Units) *kit {
	t.Helper()
	params, problems := search.NewParameters(fhir.R4())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	models, err := composite.NewModels(composite.ModelConfig{
		Parameters: params, Index: search.Config{Units: units}, Read: search.ReaderConfig{Units: units},
	})
	if err != nil {
		t.Fatal(err)
	}
	return &kit{params: params, models: models, intake: composite.NewIntake(fhir.R4(), models)}
}

// noon is the time of every commit, so that stores that are loaded one after the other agree in it.
func noon() time.Time { return time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC) }

// primary is a store that can be loaded and searched.
type primary interface {
	adapters.Primary
	adapters.Searcher
	adapters.EachSearcher
}

func (k *kit) sqlite(t testing.TB) primary {
	t.Helper()
	s, err := sqlite.Open(t.Context(), sqlite.Config{ID: "sqlite", Dir: t.TempDir(), Chronological: k.params.Chronological, Clock: noon})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func (k *kit) memory(testing.TB) primary {
	return memory.Open(memory.Config{ID: "memory", Clock: noon})
}

// terms is the embedded terminology over a store.
func (k *kit) terms(t testing.TB, store primary) *terminology.Terminology {
	t.Helper()
	terms, err := terminology.Open(terminology.Config{Source: store, Parameters: k.params, Base: terminology.R4()})
	if err != nil {
		t.Fatal(err)
	}
	return terms
}

func (k *kit) load(t testing.TB, to load.Target, cfg load.Config, paths ...string) load.Summary {
	t.Helper()
	cfg.Target, cfg.Intake = to, k.intake
	l, err := load.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := l.Run(t.Context(), paths...)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}
