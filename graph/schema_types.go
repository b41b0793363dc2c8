package graph

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/heliograph/heliograph/fhir"
)

// object makes the GraphQL type of a resource, a complex type or a backbone element.
func (b *schemaBuilder) object(t *fhir.Type) *ast.Definition {
	name := nameOf(t.Name)
	def := &ast.Definition{Kind: ast.Object, Name: name, Description: t.Description}
	b.define(def)
	b.s.objects[name] = t
	resource := t.Kind == fhir.KindResource
	n := 8
	for range t.Fields() {
		n += 2
	}
	def.Fields = make(ast.FieldList, 0, n)
	if resource {
		def.Interfaces = []string{typeNode, typeResource}
		def.Fields = append(def.Fields, b.meta...)
	}
	for f := range t.Fields() {
		if resource && isMeta(f.JSON) {
			continue
		}
		b.member(def, f)
	}
	if name == typeReference {
		def.Fields = append(def.Fields, b.resolvedField())
	}
	return def
}

// isMeta says whether an element is one that the interface Resource has.
func isMeta(name string) bool {
	switch name {
	case "id", "meta", "implicitRules", "language":
		return true
	}
	return false
}

// member adds the field of one JSON member, and for a primitive the field of its sibling that holds its extensions.
func (b *schemaBuilder) member(def *ast.Definition, f fhir.Field) {
	t, list := f.Definition(), f.Element.List()
	name := b.outputName(t)
	add := func(name, typeName, description string, args ast.ArgumentDefinitionList) {
		ref := b.ref(typeName)
		if list {
			ref = b.list(typeName)
		}
		def.Fields = append(def.Fields, b.field(name, description, ref, args))
	}
	add(f.JSON, name, f.Element.Description, b.elementArguments(f))
	if hasSibling(f, t) {
		add("_"+f.JSON, siblingName(f), "", nil)
	}
}

// siblingName is the type of what stands beside a primitive.
func siblingName(f fhir.Field) string {
	if f.Type.Name == "canonical" {
		return typeCanonical
	}
	return typeElement
}

// hasSibling says whether a member may have a sibling with its id and extensions (FHIR R4, 2.6.2.3). Those of ids and
// of XHTML may not.
func hasSibling(f fhir.Field, t *fhir.Type) bool {
	return t.Kind == fhir.KindPrimitive && t.Name != "xhtml" && f.JSON != "id"
}

// outputName is the GraphQL type of values of a FHIR type; a type met for the first time is queued to be made.
func (b *schemaBuilder) outputName(t *fhir.Type) string {
	switch t.Kind {
	case fhir.KindPrimitive:
		return scalarOf(b.s.defs, t.Name)
	case fhir.KindResource:
		return t.Name
	case fhir.KindAbstract:
		if b.s.defs.Is(t.Name, typeResource) {
			return typeResource
		}
		return typeElement
	}
	name := nameOf(t.Name)
	if b.named[name] == nil {
		b.named[name] = ast.NamedType(name, nil)
		b.queue = append(b.queue, t)
	}
	return name
}

// scalarOf is the GraphQL scalar of a primitive. Decimals have a scalar of their own because Float would lose their digits;
// all that JSON writes as a string is a String.
func scalarOf(defs *fhir.Definitions, primitive string) string {
	switch {
	case primitive == "boolean":
		return "Boolean"
	case primitive == "decimal":
		return typeDecimal
	case defs.Is(primitive, "integer"):
		return "Int"
	}
	return "String"
}

// fixed makes the types that every schema has.
func (b *schemaBuilder) fixed() {
	resource := b.s.defs.Type(typeResource)
	b.meta = ast.FieldList{
		b.field("nodeId", "Names this resource, version or contained resource among all others.", required("ID"), nil),
		b.field("resourceType", "The type of the resource.", required("String"), nil),
	}
	for f := range resource.Fields() {
		if f.JSON == "id" {
			b.meta = append(b.meta, b.field("id", f.Element.Description, b.ref("ID"), nil))
			continue
		}
		holder := &ast.Definition{}
		b.member(holder, f)
		b.meta = append(b.meta, holder.Fields...)
	}
	b.define(&ast.Definition{
		Kind: ast.Interface, Name: typeResource, Interfaces: []string{typeNode}, Fields: b.meta,
		Description: resource.Description,
	})
	b.define(&ast.Definition{
		Kind: ast.Interface, Name: typeNode, Fields: b.meta[:1:1], Description: "Whatever has a name that is unique among all things.",
	})
	b.define(&ast.Definition{
		Kind: ast.Scalar, Name: typeDecimal, Description: "A number that keeps its digits: 1.50 is not 1.5.",
	})
	element := b.s.defs.Type(typeElement)
	b.named[typeElement] = ast.NamedType(typeElement, nil)
	fields := b.object(element).Fields
	b.s.objects[typeCanonical] = element
	b.object2(typeCanonical, "What stands beside a canonical, and the resource that it names.", append(fields[:len(fields):len(fields)], b.resolvedField())...)
	b.enum(typeResourceType, "The resource types that can be read and searched.", b.s.resources)
	b.enum(typeTotal, "Whether and how a connection counts.", []string{"none", "estimate", "accurate"})
	b.enum(typeHistoryMethod, "What made a version.", []string{"POST", "PUT", "DELETE"})
	b.enum(typeMode, "Why a resource is in a result.", []string{"match", "include", "outcome"})
	b.object2(typePageInfo, "Where a page lies.",
		b.field("hasNextPage", "", required("Boolean"), nil), b.field("hasPreviousPage", "", required("Boolean"), nil),
		b.field("startCursor", "", b.ref("String"), nil), b.field("endCursor", "", b.ref("String"), nil))
	b.object2(typeHighlight, "Where a text search met.",
		b.field("path", "The element.", b.ref("String"), nil), b.field("fragments", "Pieces of its text.", b.list("String"), nil))
}

func (b *schemaBuilder) object2(name, description string, fields ...*ast.FieldDefinition) {
	b.define(&ast.Definition{Kind: ast.Object, Name: name, Description: description, Fields: fields})
}

func (b *schemaBuilder) enum(name, description string, values []string) {
	def := &ast.Definition{Kind: ast.Enum, Name: name, Description: description}
	for _, v := range values {
		def.EnumValues = append(def.EnumValues, &ast.EnumValueDefinition{Name: v})
	}
	b.define(def)
}

// resolvedField is Reference.resource.
func (b *schemaBuilder) resolvedField() *ast.FieldDefinition {
	return b.field("resource",
		"The resource that is referred to. One that cannot be had is an error at this place, unless optional.", b.ref(typeResource),
		ast.ArgumentDefinitionList{
			{Name: "optional", Type: b.ref("Boolean"), Description: "Null instead of an error."},
			{Name: "type", Type: b.ref(typeResourceType), Description: "Null for resources of other types."},
		})
}

// isReverse splits the name of a field that lists what refers to a resource: "ObservationList" into Observation and "List".
func (s *Schema) isReverse(field string) (source, suffix string, ok bool) {
	for _, suffix := range [...]string{suffixList, suffixConnection} {
		if source, ok := strings.CutSuffix(field, suffix); ok && s.served[source] {
			return source, suffix, true
		}
	}
	return "", "", false
}
