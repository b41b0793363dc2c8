package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/heliograph/heliograph/adapters/sqlite"
	"github.com/heliograph/heliograph/adapters/terminology"
	"github.com/heliograph/heliograph/bundle"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/composite/config"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/fhirpath"
	"github.com/heliograph/heliograph/graph/stream"
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
	bundles  *bundle.Processor
	feed     *composite.Feed
	streams  *stream.Handler // made by handler
}

func openFHIR(cfg config.Config) (fhirHouse, error) {
	h := fhirHouse{cfg: cfg, log: logger(cfg.Log), defs: fhir.R4()}
	params, problems := search.NewParameters(h.defs)
	if len(problems) > 0 {
		return h, errors.Join(problems...)
	}
	index, err := indexConfig(cfg.FHIR.Units, cfg.FHIR.Timezone, cfg.FHIR.Base)
	if err != nil {
		return h, err
	}
	h.models, err = composite.NewModels(composite.ModelConfig{
		Parameters: params, Index: index,
		Read: search.ReaderConfig{Units: index.Units, Base: index.Base, Location: index.Location, Now: time.Now, Quiet: !cfg.On(cfg.GraphQL.Suggestions)},
	})
	h.intake = composite.NewIntake(h.defs, h.models)
	return h, err
}

func indexConfig(units, timezone, base string) (search.Config, error) {
	out := search.Config{Base: base}
	if units == "canonical" {
		out.Units = search.UnitsCanonical
	}
	var err error
	out.Location, err = time.LoadLocation(timezone)
	return out, err
}

// indexerOf is the indexer of settings as indexSettings gives them.
func indexerOf(settings map[string]string, params *search.Parameters) (*search.Indexer, error) {
	index, err := indexConfig(settings[unitSetting], settings[zoneSetting], settings[baseSetting])
	if err != nil {
		return nil, err
	}
	return search.NewIndexer(params, index)
}

// open opens the embedded store and makes the engine. Close it. Settings of the index that are others than the data's are an error, unless
// the house serves: then it indexes anew.
func open(ctx context.Context, cfg config.Config, serves bool) (*house, error) {
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
	if err := h.settle(ctx, serves); err != nil {
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
		Primary: h.store, Models: h.models, Tenants: tenants(cfg), Settings: h.indexSettings(), Indexer: indexerOf, Logger: h.log,
	})
	if err != nil {
		return err
	}
	terms, err := terminology.Open(terminology.Config{Source: h.store, Parameters: h.models.Current().Parameters, Base: terminology.R4()})
	if err != nil {
		return err
	}
	h.engine, err = composite.Open(ctx, composite.Config{
		Primary: h.registry, Terminology: terms, Models: h.models, Tenants: tenants(cfg), Logger: h.log,
		Budget: composite.Budget{IDs: cfg.Limits.IDs, Scanned: cfg.Limits.Scanned, Bytes: cfg.Limits.Read},
	})
	if err != nil {
		return err
	}
	h.registry.Watch(func() { h.refresh(context.WithoutCancel(ctx)) })
	h.storage, err = composite.NewStorage(composite.StorageConfig{
		Primary: h.registry, Intake: h.intake, Base: cfg.FHIR.Base, NoUpdateCreate: !cfg.Writes.ClientIDs, Matches: cfg.Writes.Matches,
	})
	if err != nil {
		return err
	}
	h.feed, err = composite.NewFeed(composite.FeedConfig{
		Primary: h.registry, Models: h.models, Buffer: cfg.Subscriptions.Buffer, Bytes: cfg.Subscriptions.Bytes, Subscribers: cfg.Subscriptions.Followers, Logger: h.log,
	})
	if err != nil {
		return err
	}
	h.bundles, err = bundle.New(bundle.Config{
		Storage: h.storage, Compiler: fhirpath.New(fhirpath.Config{Quiet: !cfg.On(cfg.GraphQL.Suggestions)}), Entries: cfg.Writes.Entries, Bytes: cfg.Writes.Bytes,
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
func (h *house) settle(ctx context.Context, serves bool) error {
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
	if !serves {
		return composite.CheckIndex(ctx, h.store, h.indexSettings())
	}
	differs, err := composite.ChangeIndex(ctx, h.store, h.indexSettings())
	if err == nil && len(differs) > 0 {
		h.log.Warn("the data were indexed under other settings and are indexed anew; until then searches that this concerns fail with PARAMETER_BUILDING",
			"settings", strings.Join(differs, ", "))
	}
	return err
}

const (
	baseSetting = "fhir.base"
	unitSetting = "fhir.units"
	zoneSetting = "fhir.timezone"
)

// indexSettings are what the index values of stored resources depend on.
func (f *fhirHouse) indexSettings() map[string]string {
	return map[string]string{
		unitSetting: f.cfg.FHIR.Units, zoneSetting: f.cfg.FHIR.Timezone, baseSetting: f.cfg.FHIR.Base,
		composite.ProgramSetting: f.models.Current().Indexer.Fingerprint(),
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
