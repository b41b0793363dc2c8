package graph

import (
	"sync"

	"github.com/99designs/gqlgen/graphql"

	"github.com/heliograph/heliograph/graph/generated"
	"github.com/heliograph/heliograph/graph/resolvers"
)

// surface is one schema of an edition with what is kept for it alone: what a call is read, compiled and answered by.
type surface struct {
	*edition
	schema    *Schema
	gateway   graphql.ExecutableSchema
	documents *documents
	rendered  *schemaCache
}

// surface makes that of a schema.
func (e *edition) surface(s *Schema) *surface {
	return &surface{
		edition: e, schema: s, documents: newDocuments(e.queries), rendered: newSchemaCache(),
		gateway: generated.NewExecutableSchema(generated.Config{
			Schema:    s.doc,
			Resolvers: &resolvers.Resolver{Version: e.version, Engine: e.engine, Types: s.resources, NoSuggestions: e.quiet},
		}),
	}
}

// surfaces are those of an edition that are made when they are first asked for.
type surfaces struct {
	mu   sync.Mutex
	made map[string]*surface // of the FHIR dialect: by the resource type of an instance, "" for the system
}

// fhir gives the surface of the FHIR dialect: the system's, or that of an instance of a type.
func (e *edition) fhir(resourceType string) (*surface, error) {
	e.others.mu.Lock()
	defer e.others.mu.Unlock()
	if s := e.others.made[resourceType]; s != nil {
		return s, nil
	}
	system := e.others.made[""]
	if system == nil {
		schema, err := NewFHIRSchema(e.strict.schema.defs, e.strict.schema.params, e.strict.schema.resources)
		if err != nil {
			return nil, err
		}
		system = e.surface(schema)
		e.others.made = map[string]*surface{"": system}
	}
	if resourceType == "" {
		return system, nil
	}
	schema, err := system.schema.Instance(resourceType)
	if err != nil {
		return nil, err
	}
	s := e.surface(schema)
	e.others.made[resourceType] = s
	return s, nil
}
