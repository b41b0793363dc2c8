package graph

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/heliograph/heliograph/fhir"
)

// inputName is the input type of a FHIR type: PatientInput. The definitions have a TaskInput and a StructureMapGroupInput of
// their own (Task.input), beside which the inputs of Task and StructureMap.group are TaskWriteInput and
// StructureMapGroupWriteInput.
func inputName(defs *fhir.Definitions, t *fhir.Type) string {
	if defs.Type(t.Name+".input") != nil {
		return nameOf(t.Name) + "WriteInput"
	}
	return nameOf(t.Name) + "Input"
}

// inputs makes the input types of what is served, and of what they are made of. They mirror the output types, without
// descriptions: there are some ten thousand members, and the output types have the words.
func (b *schemaBuilder) inputs() {
	made := map[string]bool{}
	var queue []*fhir.Type
	want := func(t *fhir.Type) string {
		name := inputName(b.s.defs, t)
		if !made[name] {
			made[name] = true
			queue = append(queue, t)
		}
		return name
	}
	for _, name := range b.s.resources {
		want(b.s.defs.Type(name))
	}
	for len(queue) > 0 {
		t := queue[0]
		queue = queue[1:]
		b.define(b.input(t, want))
	}
}

// input makes the input type of a resource, a complex type or a backbone element.
func (b *schemaBuilder) input(t *fhir.Type, want func(*fhir.Type) string) *ast.Definition {
	def := &ast.Definition{Kind: ast.InputObject, Name: inputName(b.s.defs, t)}
	b.s.inputs[def.Name] = t
	if t.Kind == fhir.KindResource {
		def.Description = "What is to be written as " + nameOf(t.Name) + "; a member that is null is as absent."
		def.Fields = append(def.Fields, b.field("resourceType", "", b.ref("String"), nil))
	}
	for f := range t.Fields() {
		if t.Kind == fhir.KindResource && f.JSON == "id" {
			def.Fields = append(def.Fields, b.field(f.JSON, "", b.ref("ID"), nil))
			continue
		}
		ft, list := f.Definition(), f.Element.List()
		add := func(name, typeName string) {
			ref := b.ref(typeName)
			if list {
				ref = b.list(typeName)
			}
			def.Fields = append(def.Fields, b.field(name, "", ref, nil))
		}
		add(f.JSON, b.inputOf(ft, want))
		if hasSibling(f, ft) {
			add("_"+f.JSON, want(b.s.defs.Type(typeElement)))
		}
	}
	return def
}

// inputOf is the GraphQL type of values of a FHIR type in an input. A resource inside of another may be of any type, for
// which GraphQL's inputs have no form: there it is JSON.
func (b *schemaBuilder) inputOf(t *fhir.Type, want func(*fhir.Type) string) string {
	switch t.Kind {
	case fhir.KindPrimitive:
		return scalarOf(b.s.defs, t.Name)
	case fhir.KindResource:
		return typeFHIRResource
	case fhir.KindAbstract:
		if b.s.defs.Is(t.Name, typeResource) {
			return typeFHIRResource
		}
		return want(b.s.defs.Type(typeElement))
	}
	return want(t)
}
