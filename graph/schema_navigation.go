package graph

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/heliograph/heliograph/fhir"
)

// makeElementArguments are those by which the elements of a list inside of a resource are chosen. There are thousands of such lists, so
// that each word here is a megabyte of introspection.
func (b *schemaBuilder) makeElementArguments() ast.ArgumentDefinitionList {
	return ast.ArgumentDefinitionList{
		{Name: argFHIRPath, Type: b.ref("String")}, {Name: argCount, Type: b.ref("Int")}, {Name: argOffset, Type: b.ref("Int")},
	}
}

// elementArguments are those of a member; only lists of what is no primitive have any.
func (b *schemaBuilder) elementArguments(f fhir.Field) ast.ArgumentDefinitionList {
	if !f.Element.List() || f.Definition().Kind == fhir.KindPrimitive {
		return nil
	}
	return b.common.element
}
