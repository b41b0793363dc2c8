package rest

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/heliograph/heliograph/bundle"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/fhirpath"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// Handler answers FHIR's RESTful API. It is safe for concurrent use.
type Handler struct {
	defs     *fhir.Definitions
	models   *composite.Models
	engine   *composite.Engine
	storage  *composite.Storage
	bundles  *bundle.Processor
	given    bool // the server gives all ids
	graphql  http.Handler
	compiler *fhirpath.Compiler
	served   map[string]bool
	types    []string // served, sorted
	caller   func(*http.Request) (search.Caller, error)
	key      []byte
	path     string
	base     string
	limits   Limits
	log      *slog.Logger
	masks    *masks
	about    *capabilities
	mute     bool
}

// New makes a handler. It fails if something required is missing.
func New(cfg Config) (*Handler, error) {
	if cfg.Definitions == nil || cfg.Models == nil || cfg.Engine == nil {
		return nil, errors.New("rest: definitions, models and engine are required")
	}
	if len(cfg.CursorKey) < 32 {
		return nil, errors.New("rest: the cursor key has fewer than 32 bytes")
	}
	h := &Handler{
		defs: cfg.Definitions, models: cfg.Models, engine: cfg.Engine, storage: cfg.Storage, bundles: cfg.Bundles,
		given: cfg.NoUpdateCreate, graphql: cfg.GraphQL, compiler: cfg.FHIRPath, caller: cfg.Caller, key: cfg.CursorKey,
		path: strings.TrimSuffix(cfg.Path, "/"), base: strings.TrimSuffix(cfg.Base, "/"), limits: cfg.Limits.withDefaults(),
		log: cfg.Logger, masks: newMasks(cfg.Definitions), mute: cfg.NoSuggestions, served: map[string]bool{},
	}
	for _, name := range cfg.Definitions.Resources() {
		h.served[name] = len(cfg.Types) == 0
	}
	for _, name := range cfg.Types {
		h.served[name] = true
	}
	for _, name := range cfg.Definitions.Resources() {
		if h.served[name] {
			h.types = append(h.types, name)
		}
	}
	if h.compiler == nil {
		h.compiler = fhirpath.New(fhirpath.Config{Definitions: cfg.Definitions, Quiet: cfg.NoSuggestions})
	}
	if h.caller == nil {
		h.caller = func(*http.Request) (search.Caller, error) { return search.Caller{Tenant: "main"}, nil }
	}
	if h.log == nil {
		h.log = slog.New(slog.DiscardHandler)
	}
	h.about = newCapabilities(h, cfg.Version)
	return h, nil
}

// ServeHTTP answers a request. Every failure is an OperationOutcome.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h.graphql != nil && r.URL.Path == h.path+"/$graphql" {
		h.graphql.ServeHTTP(w, r)
		return
	}
	q, err := h.request(w, r)
	var out response
	if err == nil {
		out, err = h.guarded(r.Context(), q)
	}
	if err != nil {
		out = h.failure(r.Context(), err)
	}
	h.send(w, r, q, &out)
	out.release()
}

// guarded turns a panic into an error.
func (h *Handler) guarded(ctx context.Context, q *request) (out response, err error) {
	defer func() {
		if p := recover(); p != nil {
			h.log.ErrorContext(ctx, "a request panicked", "panic", p, "stack", string(debug.Stack()))
			out, err = response{}, fault.New(fault.Internal, "a request panicked")
		}
	}()
	return h.answer(ctx, q)
}

// answer runs what a request asks for.
func (h *Handler) answer(ctx context.Context, q *request) (response, error) {
	ways, err := h.route(q)
	if err != nil {
		return response{}, err
	}
	method := q.method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	var allow []string
	for _, way := range ways {
		if way.method == method {
			return way.do(ctx, q)
		}
		allow = append(allow, way.method)
		if way.method == http.MethodGet {
			allow = append(allow, http.MethodHead)
		}
	}
	list := strings.Join(allow, ", ")
	return response{}, &refusal{status: http.StatusMethodNotAllowed, issue: "not-supported", allow: list, text: "use " + list + " here"}
}
