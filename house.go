package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"time"

	"github.com/heliograph/heliograph/adapters/sqlite"
	"github.com/heliograph/heliograph/adapters/terminology"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/composite/config"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

// fhirHouse is what can be had without a store.
type fhirHouse struct {
	cfg    config.Config
	log    *slog.Logger
	defs   *fhir.Definitions
	models *composite.Models
	intake *composite.Intake
}

// house is the whole: opened stores and the engine over them.
type house struct {
	fhirHouse
	store *sqlite.Store
	// registry is the store for all who read and write it.
	registry *composite.Registry
	engine   *composite.Engine
	storage  *composite.Storage
}

func openFHIR(cfg config.Config) (fhirHouse, error) {
	h := fhirHouse{cfg: cfg, log: logger(cfg.Log), defs: fhir.R4()}
	params, problems := search.NewParameters(h.defs)
	if len(problems) > 0 {
		return h, errors.Join(problems...)
	}
	location, err := time.LoadLocation(cfg.FHIR.Timezone)
	if err != nil {
		return h, err
	}
	units := search.UnitsExact
	if cfg.FHIR.Units == "canonical" {
		units = search.UnitsCanonical
	}
	h.models, err = composite.NewModels(composite.ModelConfig{
		Parameters: params,
		Index:      search.Config{Units: units, Location: location, Base: cfg.FHIR.Base},
		Read:       search.ReaderConfig{Units: units, Base: cfg.FHIR.Base, Location: location, Now: time.Now},
	})
	h.intake = composite.NewIntake(h.defs, h.models)
	return h, err
}

// open opens the embedded store and makes the engine. Close it.
func open(ctx context.Context, cfg config.Config) (*house, error) {
	f, err := openFHIR(cfg)
	if err != nil {
		return nil, err
	}
	h := &house{fhirHouse: f}
	h.store, err = sqlite.Open(ctx, sqlite.Config{
		ID: "main", Dir: cfg.Data, Chronological: f.models.Current().Parameters.Chronological,
		Relaxed: cfg.Store.Durability == "relaxed", Readers: cfg.Store.Readers,
	})
	if err != nil {
		return nil, err
	}
	if err := h.settle(ctx); err != nil {
		return nil, errors.Join(err, h.store.Close())
	}
	if err := h.assemble(ctx); err != nil {
		return nil, errors.Join(err, h.store.Close())
	}
	return h, nil
}

// assemble makes what works over the opened store.
func (h *house) assemble(ctx context.Context) (err error) {
	cfg := h.cfg
	h.registry, err = composite.OpenRegistry(ctx, composite.RegistryConfig{
		Primary: h.store, Models: h.models, Tenants: tenants(cfg), Logger: h.log,
	})
	if err != nil {
		return err
	}
	terms, err := terminology.Open(terminology.Config{Source: h.store, Parameters: h.models.Current().Parameters, Base: h.defs})
	if err != nil {
		return err
	}
	h.engine, err = composite.Open(ctx, composite.Config{
		Primary: h.registry, Terminology: terms, Models: h.models, Tenants: tenants(cfg), Logger: h.log,
	})
	if err != nil {
		return err
	}
	h.registry.Watch(func() { h.refresh(context.WithoutCancel(ctx)) })
	h.storage, err = composite.NewStorage(composite.StorageConfig{
		Primary: h.registry, Intake: h.intake, Base: cfg.FHIR.Base, NoUpdateCreate: !cfg.Writes.ClientIDs, Matches: cfg.Writes.Matches,
	})
	return err
}

// refresh publishes a new snapshot when claims, health or statistics have changed.
func (h *house) refresh(ctx context.Context) {
	if err := h.engine.Refresh(ctx); err != nil && ctx.Err() == nil {
		h.log.Error("the primary does not answer", "error", err)
	}
}

// settle holds the settings against those that the data were indexed under. A base that is not configured is the data's own: commands
// beside the one that was given it need not repeat it.
func (h *house) settle(ctx context.Context) error {
	old, err := composite.IndexedAs(ctx, h.store)
	if err != nil {
		return err
	}
	if base := old[baseSetting]; base != "" && h.cfg.FHIR.Base == "" {
		h.cfg.FHIR.Base = base
		if h.fhirHouse, err = openFHIR(h.cfg); err != nil {
			return err
		}
	}
	return composite.CheckIndex(ctx, h.store, h.indexSettings())
}

const baseSetting = "fhir.base"

// indexSettings are what the index values of stored resources depend on.
func (f *fhirHouse) indexSettings() map[string]string {
	return map[string]string{
		"fhir.units": f.cfg.FHIR.Units, "fhir.timezone": f.cfg.FHIR.Timezone, baseSetting: f.cfg.FHIR.Base,
		"the program's indexer": f.models.Current().Indexer.Fingerprint(),
	}
}

func (h *house) Close() error { return h.store.Close() }

// tenants are the default one and those that keys select.
func tenants(cfg config.Config) []string {
	out := []string{defaultTenant}
	for _, k := range cfg.Keys {
		if k.Tenant != "" && k.Tenant != defaultTenant {
			out = append(out, k.Tenant)
		}
	}
	return out
}

const defaultTenant = "main"

func logger(cfg config.Log) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(cfg.Level)) // the configuration has been checked
	options := &slog.HandlerOptions{Level: level}
	if cfg.Format == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, options))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, options))
}
