package graph

import (
	"github.com/vektah/gqlparser/v2/ast"
)

// The names of what the writing side of a schema has.
const (
	typeMutation     = "Mutation"
	typeFHIRResource = "FHIRResource"
	typeJSON         = "JSON"
	typeEffect       = "WriteEffect"
	typeOutcome      = "OperationOutcome"
	typeTransaction  = "TransactionPayload"

	// Not Payload alone: the definitions have a CommunicationPayload (Communication.payload).
	suffixPayload = "WritePayload"

	suffixCreate = "Create"
	suffixUpdate = "Update"
	suffixPatch  = "Patch"
	suffixDelete = "Delete"

	fieldTransaction = "transaction"
	fieldBatch       = "batch"
)

// mutations makes the root of mutations: four fields a resource type, and those of Bundles.
func (b *schemaBuilder) mutations() {
	b.scalar(typeFHIRResource, "A resource as FHIR's JSON, written as a literal object or as a variable; numbers keep their digits.")
	b.scalar(typeJSON, "Any JSON.")
	b.enum(typeEffect, "What a write did.", []string{"unchanged", "created", "updated", "deleted"})
	if !b.s.served[typeOutcome] {
		b.object(b.s.defs.Type(typeOutcome))
	}
	b.inputs()
	root := &ast.Definition{Kind: ast.Object, Name: typeMutation, Description: "What can be written. Several fields run in their order, each a transaction of its own."}
	args := b.writeArguments()
	for _, name := range b.s.resources {
		b.payload(name)
		payload := b.ref(name + suffixPayload)
		resource := &ast.ArgumentDefinition{Name: "resource", Type: b.ref(inputName(b.s.defs, b.s.defs.Type(name)))}
		create := append(ast.ArgumentDefinitionList{resource}, args.create...)
		where := &ast.ArgumentDefinition{Name: argWhere, Type: b.ref(name + suffixWhere)}
		update := append(append(ast.ArgumentDefinitionList{resource}, args.update...), where)
		patch := append(args.patch[:len(args.patch):len(args.patch)], where)
		remove := append(args.delete[:len(args.delete):len(args.delete)], where)
		root.Fields = append(root.Fields,
			b.field(name+suffixCreate, "", payload, create), b.field(name+suffixUpdate, "", payload, update),
			b.field(name+suffixPatch, "", payload, patch), b.field(name+suffixDelete, "", payload, remove))
	}
	b.bundleFields(root)
	b.define(root)
	b.doc.Mutation = root
}

// writeArguments are the argument lists of the fields of each type, less what differs by type.
type writeArguments struct{ create, update, patch, delete ast.ArgumentDefinitionList }

func (b *schemaBuilder) writeArguments() writeArguments {
	arg := func(name, typeName, description string) *ast.ArgumentDefinition {
		return &ast.ArgumentDefinition{Name: name, Type: b.ref(typeName), Description: description}
	}
	res := arg("res", typeFHIRResource, "The resource as JSON; give this or resource.")
	id := arg("id", "ID", "Give this, search or where.")
	ifMatch := arg("ifMatch", "String", "The version that it must have.")
	search := arg("search", "String", "The one resource that is meant, by search arguments as in a URL.")
	patch := &ast.ArgumentDefinition{Name: "patch", Type: required(typeJSON), Description: "A JSON Patch, or the Parameters of a FHIRPath Patch."}
	return writeArguments{
		create: ast.ArgumentDefinitionList{res, arg("ifNoneExist", "String", "Search arguments as in a URL: what matches them is given instead.")},
		update: ast.ArgumentDefinitionList{res, id, ifMatch, search},
		patch:  ast.ArgumentDefinitionList{patch, id, ifMatch, search},
		delete: ast.ArgumentDefinitionList{id, ifMatch, search},
	}
}

// payload makes what the mutations of a resource type give.
func (b *schemaBuilder) payload(name string) {
	b.object2(name+suffixPayload, "",
		b.field("resource", "As it is after the write; null when deleted.", b.ref(name), nil),
		b.field("information", "What was accepted all the same, and what is of note.", b.ref(typeOutcome), nil),
		b.field("effect", "", required(typeEffect), nil),
		b.field("id", "", b.ref("ID"), nil),
		b.field("version", "", b.ref("String"), nil),
		b.field("location", "", b.ref("String"), nil),
		b.field("sync", "Names the state of the primary that has the write.", b.ref("String"), nil))
}

func (b *schemaBuilder) bundleFields(root *ast.Definition) {
	b.object2(typeTransaction, "What became of a Bundle.",
		b.field("bundle", "The response: an entry for each of the request.", b.ref(typeFHIRResource), nil),
		b.field("sync", "Names the state of the primary that has the writes.", b.ref("String"), nil))
	args := ast.ArgumentDefinitionList{{Name: "bundle", Type: required(typeFHIRResource)}}
	root.Fields = append(root.Fields,
		b.field(fieldTransaction, "Runs a Bundle of type transaction: all of its entries, or none.", b.ref(typeTransaction), args),
		b.field(fieldBatch, "Runs a Bundle of type batch: each entry on its own.", b.ref(typeTransaction), args))
}

func (b *schemaBuilder) scalar(name, description string) {
	b.define(&ast.Definition{Kind: ast.Scalar, Name: name, Description: description})
}
