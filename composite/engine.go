package composite

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
)

// Config is what an Engine is made of.
type Config struct {
	// Primary is the truth; required.
	Primary adapters.Primary
	// Secondaries answer what they claim, in this order of preference.
	Secondaries []adapters.Store
	// Terminology expands code sets. Without one, clauses that need an expansion are Unsupported.
	Terminology adapters.Terminology
	// Models give the indexer that takes the index values of hydrated rows, where a plan filters or sorts them here; required.
	Models *Models
	// Tenants are those whose statistics are watched; "main" when empty.
	Tenants []string
	Budget  Budget
	Logger  *slog.Logger
}

// Budget bounds what one request, an Execution, may hold. What is past it fails with TooCostly; nothing is cut.
type Budget struct {
	// IDs is the greatest number of ids in intermediate sets at a time, those that are counted included; 0 is 1,000,000.
	IDs int
	// Scanned is the greatest number of rows that are hydrated to be filtered or sorted here; 0 is 100,000.
	Scanned int
	// Bytes is the greatest size of all resources that an Execution gives, for its caller keeps them; 0 is 256 MiB.
	Bytes int
}

// Engine plans operations and runs their plans. It is safe for concurrent use.
type Engine struct {
	primary  adapters.Primary
	stores   map[string]adapters.Store
	terms    adapters.Terminology
	order    []adapters.Store
	models   *Models
	tenants  []string
	budget   Budget
	log      *slog.Logger
	snapshot atomic.Pointer[planner.Snapshot]
	refresh  sync.Mutex
	windows  windows
}

// Open makes an engine over opened stores, which stay the caller's to close. It reads their claims and statistics once and fails
// if the primary does not answer; a secondary that does not is no candidate until a Refresh finds it well.
func Open(ctx context.Context, cfg Config) (*Engine, error) {
	if cfg.Primary == nil || cfg.Models == nil {
		return nil, fault.New(fault.Internal, "composite: a primary and models are required")
	}
	e := &Engine{
		primary: cfg.Primary, stores: map[string]adapters.Store{}, terms: cfg.Terminology, models: cfg.Models,
		tenants: cfg.Tenants, budget: cfg.Budget, log: cfg.Logger,
	}
	if len(e.tenants) == 0 {
		e.tenants = []string{"main"}
	}
	if e.budget.IDs == 0 {
		e.budget.IDs = 1_000_000
	}
	if e.budget.Scanned == 0 {
		e.budget.Scanned = 100_000
	}
	if e.budget.Bytes == 0 {
		e.budget.Bytes = 256 << 20
	}
	if e.log == nil {
		e.log = slog.New(slog.DiscardHandler)
	}
	for _, st := range append([]adapters.Store{cfg.Primary}, cfg.Secondaries...) {
		if e.stores[st.ID()] != nil {
			return nil, fault.New(fault.BadUserInput, "two stores have the id %q", st.ID())
		}
		e.stores[st.ID()] = st
		e.order = append(e.order, st)
	}
	return e, e.Refresh(ctx)
}

// Primary is the store that holds the truth.
func (e *Engine) Primary() adapters.Primary { return e.primary }

// Stores are all stores, the primary first.
func (e *Engine) Stores() []adapters.Store { return e.order }

// Snapshot is what plans are made from now. It is immutable.
func (e *Engine) Snapshot() *planner.Snapshot { return e.snapshot.Load() }

// Plan plans an operation on the present snapshot.
func (e *Engine) Plan(op planner.Operation) (*planner.Plan, error) {
	return planner.Make(op, e.Snapshot())
}

// Start begins a run of a plan. Calls of one level are given to Run together; levels follow one another.
func (e *Engine) Start(p *planner.Plan) *Execution {
	x := &Execution{engine: e, plan: p, model: e.models.Current(), account: account{budget: e.budget, primary: e.primary.ID(), nodes: map[planner.Node]*Actual{}}}
	for i := range p.Parts {
		x.degraded = append(x.degraded, p.Parts[i].Degraded...)
	}
	return x
}
