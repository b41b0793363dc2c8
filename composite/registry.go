package composite

import (
	"cmp"
	"context"
	"log/slog"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fastjson"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// ParameterStore is a primary that can take custom search parameters: it is searched, and what it holds can be indexed anew. A Registry
// has these interfaces and no others of its store: what an engine asks a primary for must be among them.
type ParameterStore interface {
	adapters.Primary
	adapters.Searcher
	adapters.EachSearcher
	adapters.Compiler
	adapters.Scanner
	adapters.Reindexer
}

// RegistryConfig is what a Registry is made of.
type RegistryConfig struct {
	// Primary and Models are required.
	Primary ParameterStore
	Models  *Models
	// Tenants are those whose resources are indexed; the one whose parameters are in effect always is.
	Tenants []string
	// Settings are what the indexer of Models depends on besides its parameters, as ChangeIndex was given them; Indexer makes that of other
	// settings. Without them the settings never change.
	Settings map[string]string
	Indexer  func(settings map[string]string, params *search.Parameters) (*search.Indexer, error)
	// Batch is how many resources are indexed anew at a time; 0 is 200. After each the job rests as long as it took.
	Batch int
	// Every is how often the log is looked at for changes that others made; 0 is 2 s.
	Every  time.Duration
	Logger *slog.Logger
}

// Registry keeps the Models in step with the SearchParameter resources of its primary, and is that primary for all who use it:
//
//   - a write is of the current model, whatever model its values were prepared by;
//   - a write of a SearchParameter resource publishes the next model before it returns;
//   - until Run has indexed anew what was there before, searches by the parameter fail with PARAMETER_BUILDING.
//
// It is safe for concurrent use.
type Registry struct {
	ParameterStore
	cfg    RegistryConfig
	models *Models
	log    *slog.Logger

	// gate is held by every write for as long as it runs, and by the publishing of a model alone: so that when a model is
	// published no write of an older one is under way, and none comes after.
	gate sync.RWMutex
	// building are the parameters whose index is not complete; nil when there are none.
	building atomic.Pointer[map[string]float64]
	wake     chan struct{}

	mu       sync.Mutex // of what follows; never taken while gate is held
	customs  []search.Custom
	params   *search.Parameters // with the customs
	indexer  *search.Indexer    // of the params
	history  map[string]map[string]string
	want     wantedEpochs
	state    indexState
	raw      []byte          // the state as Meta has it
	seen     search.Position // changes up to here are in effect
	failing  bool            // the last try to follow them failed
	watchers []func()
}

// OpenRegistry reads the SearchParameter resources that there are and publishes the model with them. What has to be indexed anew
// waits for Run.
func OpenRegistry(ctx context.Context, cfg RegistryConfig) (*Registry, error) {
	if cfg.Primary == nil || cfg.Models == nil {
		return nil, fault.New(fault.Internal, "composite: a primary and models are required")
	}
	cfg.Batch, cfg.Every = cmp.Or(cfg.Batch, 200), cmp.Or(cfg.Every, 2*time.Second)
	r := &Registry{ParameterStore: cfg.Primary, cfg: cfg, models: cfg.Models, log: cfg.Logger, wake: make(chan struct{}, 1)}
	if r.log == nil {
		r.log = slog.New(slog.DiscardHandler)
	}
	if err := r.loadState(ctx); err != nil {
		return nil, err
	}
	var err error
	if r.history, _, err = settingsHistory(ctx, cfg.Primary); err != nil {
		return nil, err
	}
	return r, r.follow(ctx, 0)
}

// follow brings the model up to the head, unless it is of a position from upTo on already.
func (r *Registry) follow(ctx context.Context, upTo search.Position) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if upTo != 0 && upTo <= r.seen {
		return nil
	}
	head, err := r.Head(ctx)
	if err != nil {
		return err
	}
	customs, err := r.stored(ctx)
	if err == nil {
		err = r.publish(ctx, customs)
	}
	if r.failing = err != nil; err == nil {
		r.seen = head.Position
	}
	return err
}

// stored are the active SearchParameter resources, by id.
func (r *Registry) stored(ctx context.Context) ([]search.Custom, error) {
	var out []search.Custom
	var p fastjson.Parser
	for row, err := range r.Scan(ctx, r.models.config.Tenant, searchParameter, "", 0).Rows {
		if err != nil {
			return nil, err
		}
		if row.Deleted {
			continue
		}
		v, err := p.ParseBytes(row.Body.JSON)
		if err != nil {
			return nil, &fault.Error{Code: fault.StoreCorrupt, Store: r.ID(), Err: err, Message: "the stored bytes of " + row.Ref.String() + " are no resource"}
		}
		if custom, active := search.ReadCustom(v); active {
			out = append(out, custom)
		}
	}
	return out, nil
}

const searchParameter = "SearchParameter"

// publish makes the model with these parameters the current one. What it asks of the index is kept first: a crash in between
// finds that there is work to do.
func (r *Registry) publish(ctx context.Context, customs []search.Custom) error {
	if r.want != nil && reflect.DeepEqual(customs, r.customs) {
		return nil
	}
	old := r.models.Current()
	params, errs := old.Parameters.With(customs)
	for _, err := range errs {
		r.log.Warn("a search parameter is not in effect", "error", err)
	}
	next, err := r.models.make(old.Number+1, params)
	if err != nil {
		return err
	}
	want := r.settled(wanted(next))
	if err := r.aimAt(ctx, want); err != nil {
		return err
	}
	r.customs, r.params, r.indexer, r.want = customs, params, next.Indexer, want
	r.progress(ctx)
	if len(customs) == 0 && len(old.Parameters.Customs()) == 0 {
		return nil
	}
	r.gate.Lock()
	r.models.current.Store(next)
	r.gate.Unlock()
	r.log.Info("search parameters are in effect", "custom", len(params.CustomParams()), "model", next.Number)
	r.models.announce(next)
	select {
	case r.wake <- struct{}{}:
	default:
	}
	return nil
}

// Describe implements adapters.Store: the primary's claims, and what is being built.
func (r *Registry) Describe() search.Claims {
	c := r.ParameterStore.Describe()
	if building := r.building.Load(); building != nil {
		c.Building = *building
	}
	return c
}

// Watch has f called whenever other parameters than before are being built. f must not call the registry but for what it claims.
func (r *Registry) Watch(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.watchers = append(r.watchers, f)
}

// Building are the parameters ("Type.code") whose index is not complete yet, and how far it is, from 0 to 1. The caller must not
// change the map.
func (r *Registry) Building() map[string]float64 {
	if building := r.building.Load(); building != nil {
		return *building
	}
	return nil
}
