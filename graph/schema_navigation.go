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

// elementArguments are those of a member; only lists of what is no primitive have any. In the dialect there is one more for each
// primitive that an element may have, and all lists of one type share them. They are Strings whatever the primitive is: the dialect
// takes any literal for them.
func (b *schemaBuilder) elementArguments(f fhir.Field) ast.ArgumentDefinitionList {
	t := f.Definition()
	if !f.Element.List() || t.Kind == fhir.KindPrimitive {
		return nil
	}
	if !b.s.fhir {
		return b.common.element
	}
	args, made := b.elements[t]
	if !made {
		args = b.common.element[:len(b.common.element):len(b.common.element)]
		for name := range navigable(t) {
			args = append(args, &ast.ArgumentDefinition{Name: name, Type: b.ref("String")})
		}
		b.elements[t] = args
	}
	return args
}

// navigable are the members of a type by which its elements can be chosen, in the order of the definition: its primitives, and
// resourceType where any resource may stand. The names that choose otherwise go first; R4 has no member of these names.
func navigable(t *fhir.Type) func(yield func(name string, of *fhir.Type) bool) {
	return func(yield func(string, *fhir.Type) bool) {
		if t.Kind == fhir.KindAbstract && t.Name == typeResource && !yield(memberResourceType, nil) {
			return
		}
		for f := range t.Fields() {
			if f.Definition().Kind == fhir.KindPrimitive && !navigates(f.JSON) && !yield(f.JSON, f.Definition()) {
				return
			}
		}
	}
}

const memberResourceType = "resourceType"

// navigates says whether a name chooses elements otherwise than by a member of theirs.
func navigates(name string) bool { return name == argFHIRPath || name == argCount || name == argOffset }
