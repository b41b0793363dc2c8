package graph

import (
	"errors"
	"log/slog"
	"net/http"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/heliograph/heliograph/graph/generated"
	"github.com/heliograph/heliograph/graph/projection"
	"github.com/heliograph/heliograph/graph/resolvers"
	"github.com/heliograph/heliograph/search"
)

// Handler answers GraphQL over HTTP (the strict dialect) at the path that it is mounted at. It is safe for concurrent use.
type Handler struct {
	engine     Engine
	reader     Reader
	schema     *Schema
	gateway    graphql.ExecutableSchema
	refs       *resolver
	inner      *projection.Plan
	caller     func(*http.Request) (search.Caller, error)
	key        []byte
	limits     Limits
	rules      *rules.Rules
	documents  *documents
	schemas    *schemaCache
	requests   sync.Pool // of *request
	buffers    sync.Pool // of *[]byte
	gzips      sync.Pool // of *gzip.Writer
	log        *slog.Logger
	production bool
}

// New makes a handler. It fails if something required is missing, or the schema cannot be built.
func New(cfg Config) (*Handler, error) {
	if cfg.Definitions == nil || cfg.Parameters == nil || cfg.Engine == nil || cfg.Reader == nil {
		return nil, errors.New("graph: definitions, parameters, engine and reader are required")
	}
	if len(cfg.CursorKey) < 32 {
		return nil, errors.New("graph: the cursor key has fewer than 32 bytes")
	}
	schema, err := NewSchema(cfg.Definitions, cfg.Parameters, cfg.Types)
	if err != nil {
		return nil, err
	}
	inner, err := containedPlan()
	if err != nil {
		return nil, err
	}
	h := &Handler{
		engine: cfg.Engine, reader: cfg.Reader, schema: schema, refs: newResolver(cfg.Definitions, cfg.BaseURLs), inner: inner,
		caller: cfg.Caller, key: cfg.CursorKey, limits: cfg.Limits.withDefaults(), rules: validationRules(cfg.NoSuggestions),
		log: cfg.Logger, production: cfg.Production,
	}
	if h.caller == nil {
		h.caller = func(*http.Request) (search.Caller, error) { return search.Caller{Tenant: "main"}, nil }
	}
	if h.log == nil {
		h.log = slog.New(slog.DiscardHandler)
	}
	h.documents = newDocuments(h.limits.Queries)
	h.schemas = newSchemaCache()
	h.gateway = generated.NewExecutableSchema(generated.Config{
		Schema:    schema.doc,
		Resolvers: &resolvers.Resolver{Version: cfg.Version, Engine: gatewayEngine{cfg.Engine}, Types: schema.resources},
	})
	return h, nil
}

// Schema is the schema that the handler serves.
func (h *Handler) Schema() *Schema { return h.schema }
