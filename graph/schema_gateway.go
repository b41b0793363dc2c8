package graph

import (
	_ "embed"
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
)

//go:embed schema.graphqls
var gatewaySchema string

// prelude adds what GraphQL itself declares.
func (b *schemaBuilder) prelude() {
	doc := validator.PreludeDocument()
	for _, def := range doc.Definitions {
		b.define(def)
	}
	for _, d := range doc.Directives {
		if d.Name == "defer" { // which not every tool knows by itself, so the printed schema has it
			shown := *d
			shown.Position = &ast.Position{Src: &ast.Source{}}
			d = &shown
		}
		b.doc.Directives[d.Name] = d
	}
}

func introspectionFields() ast.FieldList { return validator.QueryIntrospectionFields() }

// gateway merges the gateway's own schema: its types, and its root fields beside FHIR's.
func (b *schemaBuilder) gateway(query *ast.Definition) error {
	doc, err := parser.ParseSchema(&ast.Source{Name: "schema.graphqls", Input: gatewaySchema})
	if err != nil {
		return fmt.Errorf("graph: schema.graphqls: %w", err)
	}
	for _, def := range doc.Definitions {
		if def.Name != query.Name {
			b.define(def)
			continue
		}
		for _, f := range def.Fields {
			if query.Fields.ForName(f.Name) != nil {
				b.errs = append(b.errs, "two root fields are called "+f.Name)
			}
			b.s.gateway[f.Name] = true
			query.Fields = append(query.Fields, f)
		}
	}
	return nil
}
