package graph

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/heliograph/heliograph/bundle"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhirpath"
	"github.com/heliograph/heliograph/graph/projection"
	"github.com/heliograph/heliograph/search"
)

// Handler answers GraphQL over HTTP (the strict dialect) at the path that it is mounted at. It is safe for concurrent use.
type Handler struct {
	engine     Engine
	edition    atomic.Pointer[edition]
	make       func(*composite.Model) (*edition, error)
	refs       *resolver
	inner      *projection.Plan
	caller     func(*http.Request) (search.Caller, error)
	key        []byte
	limits     Limits
	rules      validation
	quiet      bool      // names of the schema are not suggested
	requests   sync.Pool // of *request
	buffers    sync.Pool // of *[]byte
	gzips      sync.Pool // of *gzip.Writer
	log        *slog.Logger
	production bool
	noExplain  bool
	persisted  *persisted
	storage    Storage
	bundles    *bundle.Processor
	fetch      Fetch
	base       string // of our own FHIR endpoint; "" if it is not known
	compiler   *fhirpath.Compiler
	feed       Feed
	admit      func(context.Context) (release func(), err error)
}

// New makes a handler. It fails if something required is missing, or the schema cannot be built.
func New(cfg Config) (*Handler, error) {
	if cfg.Definitions == nil || cfg.Models == nil || cfg.Engine == nil {
		return nil, errors.New("graph: definitions, models and engine are required")
	}
	if len(cfg.CursorKey) < 32 {
		return nil, errors.New("graph: the cursor key has fewer than 32 bytes")
	}
	inner, err := containedPlan()
	if err != nil {
		return nil, err
	}
	h := &Handler{
		engine: cfg.Engine, make: cfg.edition, refs: newResolver(cfg.Definitions, cfg.BaseURLs), inner: inner,
		caller: cfg.Caller, key: cfg.CursorKey, limits: cfg.Limits.withDefaults(), rules: newValidation(), quiet: cfg.NoSuggestions,
		log: cfg.Logger, production: cfg.Production, noExplain: cfg.NoExplain, persisted: newPersisted(cfg.Limits.withDefaults().Queries), storage: cfg.Storage, bundles: cfg.Bundles, fetch: cfg.Fetch, compiler: cfg.Compiler,
		feed: cfg.Feed, admit: cfg.Admit,
	}
	if len(cfg.BaseURLs) > 0 {
		h.base = strings.TrimSuffix(cfg.BaseURLs[0], "/")
	}
	if h.compiler == nil {
		h.compiler = fhirpath.New(fhirpath.Config{Definitions: cfg.Definitions, Quiet: cfg.NoSuggestions})
	}
	if h.admit == nil {
		h.admit = func(context.Context) (func(), error) { return func() {}, nil }
	}
	if h.caller == nil {
		h.caller = func(*http.Request) (search.Caller, error) { return search.Caller{Tenant: "main"}, nil }
	}
	if h.log == nil {
		h.log = slog.New(slog.DiscardHandler)
	}
	first, err := cfg.edition(cfg.Models.Current())
	if err != nil {
		return nil, err
	}
	h.begin(first)
	cfg.Models.Subscribe(h.renew)
	if now := cfg.Models.Current(); now != first.model { // published before the subscription
		h.renew(now)
	}
	return h, nil
}

// Schema is the schema that the handler serves now.
func (h *Handler) Schema() *Schema { return h.edition.Load().strict.schema }
