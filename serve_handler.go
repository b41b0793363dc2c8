package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/rs/cors"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/bundle"
	"github.com/heliograph/heliograph/graph"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/internal/httpguard"
	"github.com/heliograph/heliograph/rest"
	"github.com/heliograph/heliograph/search"
	"github.com/heliograph/heliograph/web"
)

// handler wires the HTTP side.
func (h *house) handler(ctx context.Context) (http.Handler, error) {
	keys, err := h.keys()
	if err != nil {
		return nil, err
	}
	caller := func(r *http.Request) (search.Caller, error) {
		tenant, ok := keys.Tenant(r)
		if !ok {
			return search.Caller{}, fault.New(fault.Unauthenticated, "a bearer key is needed: Authorization: Bearer …")
		}
		return search.Caller{Tenant: tenant}, nil
	}
	all := make(places, h.cfg.Limits.Requests)
	// The two endpoints serve each other: Bundles in mutations have entries that read, and $graphql is below /fhir.
	var api *rest.Handler
	g, err := h.graph(ctx, caller, all, func(ctx context.Context, c search.Caller, r bundle.Request) bundle.Answer {
		return api.Fetch(ctx, c, r)
	})
	if err != nil {
		return nil, err
	}
	if api, err = h.rest(ctx, caller, g.FHIR()); err != nil {
		return nil, err
	}
	if h.streams, err = h.stream(g); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/graphql", h.streams.Before(h.limited(all.admitted(g, overloaded))))
	mux.Handle("/fhir", h.limitedFHIR(ctx, all.admitted(api, overloadedFHIR)))
	mux.Handle("/fhir/{$}", h.limitedFHIR(ctx, all.admitted(api, overloadedFHIR)))
	dialect := h.limited(all.admitted(g.FHIR(), overloaded))
	mux.Handle("/fhir/$graphql", dialect)
	mux.Handle("/fhir/{type}/{id}/$graphql", dialect)
	below := h.limited(all.admitted(api, overloadedFHIR))
	mux.Handle("/fhir/", below)
	mux.Handle("GET /graphql/schema.json", g.SchemaJSON())
	mux.HandleFunc("GET /health/live", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "live") })
	mux.HandleFunc("GET /health/ready", h.ready)
	mux.Handle("POST /load", untilStopped(ctx, &loadHandler{house: h, caller: caller}))
	if h.cfg.On(h.cfg.Playground) {
		page, err := web.Handler(web.Config{})
		if err != nil {
			return nil, err
		}
		if !web.Built() {
			h.log.Info("the program was built without the playground: install Node and run make web")
		}
		mux.Handle("/", page)
	}
	guard := httpguard.Guard{Hosts: h.cfg.Hosts, Listen: h.cfg.Listen, Origins: h.cfg.CORS.Origins}
	crossOrigin := cors.New(cors.Options{
		AllowedOrigins: orNone(h.cfg.CORS.Origins), AllowedMethods: []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"},
		AllowedHeaders: []string{
			"Authorization", "Content-Type", "X-Heliograph-Explain", "Accept", "Prefer", "If-Match", "If-None-Match", "If-Modified-Since", "If-None-Exist",
			"X-GraphQL-Event-Stream-Token", "Last-Event-ID",
		},
		ExposedHeaders: []string{"ETag", "Location", "Last-Modified", "Retry-After"}, MaxAge: 600,
	})
	return crossOrigin.Handler(guard.Wrap(straight(mux, below))), nil
}

// orNone keeps an empty list from meaning every origin, as it does in the library.
func orNone(origins []string) []string {
	if len(origins) == 0 {
		return []string{"null.invalid"}
	}
	return origins
}

func (h *house) keys() (*httpguard.Keys, error) {
	keys := httpguard.NewKeys(defaultTenant)
	for _, k := range h.cfg.Keys {
		secret, err := k.Secret()
		if err != nil {
			return nil, err
		}
		tenant := k.Tenant
		if tenant == "" {
			tenant = defaultTenant
		}
		keys.Add(secret, tenant)
	}
	return keys, nil
}

func (h *house) graph(ctx context.Context, caller func(*http.Request) (search.Caller, error), all places, fetch graph.Fetch) (*graph.Handler, error) {
	key, err := cursorKey(ctx, h.store)
	if err != nil {
		return nil, err
	}
	var bases []string
	if h.cfg.FHIR.Base != "" {
		bases = []string{strings.TrimSuffix(h.cfg.FHIR.Base, "/") + "/"}
	}
	l := h.cfg.Limits
	return graph.New(graph.Config{
		Definitions: h.defs, Models: h.models, Engine: graph.Over(h.engine), Storage: h.storage, Bundles: h.bundles, Fetch: fetch, Types: h.cfg.FHIR.Types,
		CursorKey: key, Caller: caller, BaseURLs: bases, Version: version(),
		Feed: h.feed, Admit: all.enter,
		Production: !h.cfg.On(h.cfg.GraphQL.Introspection), NoSuggestions: !h.cfg.On(h.cfg.GraphQL.Suggestions), NoExplain: !h.cfg.On(h.cfg.GraphQL.Explain),
		Logger: h.log,
		Limits: graph.Limits{
			Body: l.Body, Write: l.Resource, Tokens: l.Tokens, Depth: l.Depth, Aliases: l.Aliases, RootFields: l.RootFields, Selections: l.Selections,
			Repeats: l.Repeats, Fields: l.Fields, Variables: l.Variables, Batch: l.Batch, Cost: l.Cost, Page: l.List, Rows: l.Rows, Response: l.Response,
			Steps: l.Steps, Errors: l.Errors, Queries: l.Queries, Time: l.Time,
		},
	})
}

// rest makes the FHIR endpoint. GraphQL is at its $graphql, too.
func (h *house) rest(ctx context.Context, caller func(*http.Request) (search.Caller, error), g http.Handler) (*rest.Handler, error) {
	key, err := cursorKey(ctx, h.store)
	if err != nil {
		return nil, err
	}
	l := h.cfg.Limits
	return rest.New(rest.Config{
		Definitions: h.defs, Models: h.models, Engine: h.engine, Storage: h.storage, Bundles: h.bundles, NoUpdateCreate: !h.cfg.Writes.ClientIDs,
		Types: h.cfg.FHIR.Types, CursorKey: key, Caller: caller, Path: "/fhir", Base: h.cfg.FHIR.Endpoint(), Version: version(), GraphQL: g,
		NoSuggestions: !h.cfg.On(h.cfg.GraphQL.Suggestions), Logger: h.log,
		Limits: rest.Limits{Body: l.Resource, Bundle: h.cfg.Writes.Bytes, Page: l.List, Scanned: l.Scanned},
	})
}

// cursorKey is the key that signs cursors: in the primary, so that all gateways share it; made by the first.
func cursorKey(ctx context.Context, meta adapters.Meta) ([]byte, error) {
	const name = "cursors/key"
	for range 3 {
		values, err := meta.Load(ctx, name)
		if err != nil || len(values[0]) > 0 {
			return first(values), err
		}
		key := make([]byte, 32)
		if _, err := rand.Read(key); err != nil {
			return nil, err
		}
		if err := meta.Swap(ctx, adapters.Swap{Key: name, New: key}); err != nil && fault.Of(err) != fault.Conflict {
			return nil, err
		}
	}
	return nil, errors.New("the key that signs cursors cannot be made")
}

func first(values [][]byte) []byte {
	if len(values) == 0 {
		return nil
	}
	return values[0]
}

// ready says whether each store answers; 503 when the primary does not.
func (h *house) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	var lines []string
	status := http.StatusOK
	for i, st := range h.engine.Stores() {
		state := "ready"
		if err := st.Ping(ctx); err != nil {
			state = "does not answer"
			h.log.Error("a store does not answer", "store", st.ID(), "error", err)
			if i == 0 {
				status = http.StatusServiceUnavailable
			}
		}
		lines = append(lines, fmt.Sprintf("%s (%s): %s", st.ID(), st.Kind(), state))
	}
	building := h.registry.Building()
	for _, name := range slices.Sorted(maps.Keys(building)) {
		lines = append(lines, fmt.Sprintf("search parameter %s: its index is being built, %.0f%% done", name, building[name]*100))
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprintln(w, strings.Join(lines, "\n"))
}
