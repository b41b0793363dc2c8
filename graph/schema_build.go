package graph

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/heliograph/heliograph/fhir"
)

// schemaBuilder makes the schema document. What repeats is made once and shared: type references, argument lists, and the
// fields that look the same in every resource.
type schemaBuilder struct {
	s      *Schema
	doc    *ast.Schema
	named  map[string]*ast.Type
	lists  map[string]*ast.Type
	slab   []ast.FieldDefinition
	queue  []*fhir.Type // complex types that are mentioned and not made yet
	meta   ast.FieldList
	errs   []string
	common commonArguments
	// references are the inputs of references and composites that are made, by what they are made of.
	references map[string]string
	// elements are the arguments of lists by the type of their elements, in the dialect.
	elements map[*fhir.Type]ast.ArgumentDefinitionList
}

func newSchemaBuilder(s *Schema) *schemaBuilder {
	return &schemaBuilder{
		s: s,
		doc: &ast.Schema{
			Types: make(map[string]*ast.Definition, 2048), Directives: map[string]*ast.DirectiveDefinition{},
			PossibleTypes: make(map[string][]*ast.Definition, 2048), Implements: make(map[string][]*ast.Definition, 256),
		},
		named: make(map[string]*ast.Type, 1024), lists: make(map[string]*ast.Type, 1024), references: make(map[string]string, 128),
		elements: map[*fhir.Type]ast.ArgumentDefinitionList{},
	}
}

func (b *schemaBuilder) build() error {
	b.prelude()
	b.common = b.makeCommonArguments()
	b.fixed()
	if b.s.fhir {
		b.dialectDirectives()
	}
	for _, name := range b.s.resources {
		b.collectArguments(name)
	}
	b.wheres()
	query := &ast.Definition{Kind: ast.Object, Name: "Query", Description: "What can be asked."}
	b.define(query)
	b.doc.Query = query
	reverse := b.reverseFields()
	for _, name := range b.s.resources {
		def := b.object(b.s.defs.Type(name))
		def.Fields = append(def.Fields, reverse[name]...)
		query.Fields = append(query.Fields, b.rootFields(name)...)
	}
	b.mutations()
	if !b.s.fhir {
		b.subscriptions()
	}
	for len(b.queue) > 0 {
		t := b.queue[0]
		b.queue = b.queue[1:]
		b.object(t)
	}
	query.Fields = append(query.Fields, b.nodeField())
	if err := b.gateway(query); err != nil {
		return err
	}
	query.Fields = append(query.Fields, introspectionFields()...)
	b.relate()
	b.s.doc = b.doc
	slices.Sort(b.s.skipped)
	if len(b.errs) > 0 {
		return fmt.Errorf("graph: the schema has conflicts: %s", strings.Join(b.errs, "; "))
	}
	return nil
}

// define adds a type; a second one of the same name is an error of the definitions.
func (b *schemaBuilder) define(def *ast.Definition) {
	if b.doc.Types[def.Name] != nil {
		b.errs = append(b.errs, "two types are called "+def.Name)
		return
	}
	b.doc.Types[def.Name] = def
}

// relate fills what the validator knows of interfaces, in the order of names: equal input, equal schema.
func (b *schemaBuilder) relate() {
	names := make([]string, 0, len(b.doc.Types))
	for name := range b.doc.Types {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		def := b.doc.Types[name]
		if def.Kind != ast.Object && def.Kind != ast.Interface {
			continue
		}
		for _, i := range def.Interfaces {
			b.doc.AddPossibleType(i, def)
			b.doc.AddImplements(name, b.doc.Types[i])
		}
		if def.Kind == ast.Object {
			b.doc.PossibleTypes[name] = []*ast.Definition{def}
		}
	}
}

func (b *schemaBuilder) field(name, description string, t *ast.Type, args ast.ArgumentDefinitionList) *ast.FieldDefinition {
	if len(b.slab) == 0 {
		b.slab = make([]ast.FieldDefinition, 512)
	}
	f := &b.slab[0]
	b.slab = b.slab[1:]
	f.Name, f.Description, f.Type, f.Arguments = name, description, t, args
	return f
}

func (b *schemaBuilder) ref(name string) *ast.Type {
	t := b.named[name]
	if t == nil {
		t = ast.NamedType(name, nil)
		b.named[name] = t
	}
	return t
}

func (b *schemaBuilder) list(name string) *ast.Type {
	t := b.lists[name]
	if t == nil {
		t = ast.ListType(b.ref(name), nil)
		b.lists[name] = t
	}
	return t
}

func required(name string) *ast.Type { return ast.NonNullNamedType(name, nil) }
