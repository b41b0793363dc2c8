package graph

import (
	"slices"
	"strings"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/graph/resolvers"
	"github.com/heliograph/heliograph/search"
)

// edition is what a model makes of a handler: its surfaces, and what they share. A call keeps to the one it began with.
type edition struct {
	model   *composite.Model
	reader  *search.Reader // quiet where names are not suggested
	strict  *surface
	others  surfaces
	engine  resolvers.Engine
	version string
	queries int // that a surface keeps
	quiet   bool
}

// edition makes that of a model: some 50 ms of work.
func (c Config) edition(m *composite.Model) (*edition, error) {
	schema, err := NewSchema(c.Definitions, m.Parameters, c.Types)
	if err != nil {
		return nil, err
	}
	reader := m.Reader
	if c.NoSuggestions {
		reader = reader.Quiet()
	}
	e := &edition{
		model: m, reader: reader, engine: gatewayEngine{c.Engine, c.Feed}, version: c.Version, queries: c.Limits.withDefaults().Queries, quiet: c.NoSuggestions,
	}
	e.strict = e.surface(schema)
	return e, nil
}

// renew makes the edition of a new model. Where it cannot be made the old one stays.
func (h *Handler) renew(m *composite.Model) {
	next, err := h.make(m)
	if err != nil {
		h.log.Error("the schema does not follow the search parameters", "error", err)
		return
	}
	h.begin(next)
}

// begin makes an edition the one that calls begin with, unless there is one of a later model.
func (h *Handler) begin(next *edition) {
	for {
		old := h.edition.Load()
		if old != nil && old.model.Number > next.model.Number {
			return
		}
		if h.edition.CompareAndSwap(old, next) {
			break
		}
	}
	if hidden := next.hidden(); len(hidden) > 0 {
		h.log.Warn("search parameters have no argument in GraphQL: their names are taken, reserved or not GraphQL's", "parameters", hidden)
	}
}

// hidden are the custom parameters of served types that have no argument.
func (e *edition) hidden() (names []string) {
	for _, p := range e.model.Parameters.CustomParams() {
		if name := p.Resource + "." + p.Code; slices.Contains(e.strict.schema.Skipped(), name) {
			names = append(names, name)
		}
	}
	return names
}

// remarks say of a SearchParameter resource in effect where it has no argument.
func (e *edition) remarks(tenant string, ref fhir.Ref) (out []fhir.Issue) {
	if ref.Type != "SearchParameter" || tenant != e.model.Tenant {
		return nil
	}
	for _, c := range e.model.Parameters.Customs() {
		if c.ID != ref.ID {
			continue
		}
		for _, name := range e.hidden() {
			if strings.HasSuffix(name, "."+c.Code) {
				out = append(out, fhir.Issue{Path: "SearchParameter.code", Code: "informational",
					Message: name + " has no argument in GraphQL: the name is taken, reserved or not GraphQL's; REST and _filter have it"})
			}
		}
	}
	return out
}
