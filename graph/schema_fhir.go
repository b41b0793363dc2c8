package graph

import (
	"fmt"
	"maps"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

// NewFHIRSchema builds the schema of the FHIR dialect (FHIR R4, 3.3 Using GraphQL): that of NewSchema, with all search arguments on
// the fields that find what refers to a resource, and the directives that change the form of the answer.
func NewFHIRSchema(defs *fhir.Definitions, params *search.Parameters, types []string) (*Schema, error) {
	return newSchema(defs, params, types, true)
}

// Instance is the same schema for one resource: its Query type is that of the resource. What the two have in common is shared.
func (s *Schema) Instance(resourceType string) (*Schema, error) {
	def := s.doc.Types[resourceType]
	if !s.served[resourceType] || def == nil {
		return nil, fmt.Errorf("graph: the schema has no resource type %q", resourceType)
	}
	root := *def
	root.Fields = append(def.Fields[:len(def.Fields):len(def.Fields)], introspectionFields()...)
	doc := *s.doc
	doc.Types = maps.Clone(s.doc.Types)
	doc.Types[resourceType], doc.Query = &root, &root
	delete(doc.Types, "Query")
	out := *s
	out.doc, out.instance, out.gateway = &doc, resourceType, nil
	return &out, nil
}

// dialectDirectives are those of FHIR's GraphQL that change the form of the answer.
func (b *schemaBuilder) dialectDirectives() {
	add := func(name, description string, args ...*ast.ArgumentDefinition) {
		b.doc.Directives[name] = &ast.DirectiveDefinition{
			Name: name, Description: description, Arguments: args, Locations: []ast.DirectiveLocation{ast.LocationField},
			Position: &ast.Position{Src: &ast.Source{}},
		}
	}
	add("flatten", "The members of the field take its place, as lists.")
	add("first", "The first element of a list alone.")
	add("singleton", "Beside or below @flatten: one value and no list; more than one is an error.")
	add("slice", "Beside @flatten: the names of members end in a dot and the value of path on their element.",
		&ast.ArgumentDefinition{Name: "path", Type: required("String"), Description: "A FHIRPath expression, or $index."})
}
