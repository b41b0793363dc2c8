package graph

import (
	"github.com/99designs/gqlgen/graphql"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/graph/generated"
	"github.com/heliograph/heliograph/graph/resolvers"
)

// edition is what a model makes of a handler: the schema, and what is kept for it alone. A call keeps to the one it began with.
type edition struct {
	model     *composite.Model
	schema    *Schema
	gateway   graphql.ExecutableSchema
	documents *documents
	rendered  *schemaCache
}

// edition makes that of a model: some 50 ms of work.
func (c Config) edition(m *composite.Model) (*edition, error) {
	schema, err := NewSchema(c.Definitions, m.Parameters, c.Types)
	if err != nil {
		return nil, err
	}
	return &edition{
		model: m, schema: schema, documents: newDocuments(c.Limits.withDefaults().Queries), rendered: newSchemaCache(),
		gateway: generated.NewExecutableSchema(generated.Config{
			Schema:    schema.doc,
			Resolvers: &resolvers.Resolver{Version: c.Version, Engine: gatewayEngine{c.Engine}, Types: schema.resources},
		}),
	}, nil
}
