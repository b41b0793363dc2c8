package graph

import (
	"github.com/vektah/gqlparser/v2/ast"
)

// The names of what the following side of a schema has. FHIR has a type Subscription, which is why the root is called otherwise.
const (
	typeSubscription = "SubscriptionRoot"
	typeChange       = "Change"
	typeChangeKind   = "ChangeKind"

	suffixChanged = "Changed"
	suffixChange  = "Change"

	fieldChanges = "changes"
	argSince     = "since"
	argTypes     = "types"
)

// subscriptions makes the root of subscriptions: a field a resource type, and one for all.
//
// A change has neither an id nor a nodeId of its own: a client's cache that keys on these would take the event for the resource.
func (b *schemaBuilder) subscriptions() {
	b.enum(typeChangeKind, "What became of a resource among those that are followed: it may also leave, as when it matches no longer.",
		[]string{"created", "updated", "deleted", "left"})
	since := &ast.ArgumentDefinition{Name: argSince, Type: b.ref("String"), Description: "A token of an event, or the sync of a write: what was committed after it."}
	root := &ast.Definition{Kind: ast.Object, Name: typeSubscription, Description: "What can be followed, one field an operation."}
	for _, name := range b.s.resources {
		b.change(name+suffixChange, name)
		where := &ast.ArgumentDefinition{Name: argWhere, Type: b.ref(name + suffixWhere)}
		root.Fields = append(root.Fields, b.field(name+suffixChanged, "", required(name+suffixChange), ast.ArgumentDefinitionList{where, since}))
	}
	b.change(typeChange, typeResource)
	types := &ast.ArgumentDefinition{Name: argTypes, Type: ast.ListType(required(typeResourceType), nil), Description: "Left out, all."}
	root.Fields = append(root.Fields, b.field(fieldChanges, "", required(typeChange), ast.ArgumentDefinitionList{types, since}))
	b.define(root)
	b.doc.Subscription = root
}

// change makes the type of an event: of one resource type, or of any.
func (b *schemaBuilder) change(name, resource string) {
	text := b.ref("String")
	b.object2(name, "",
		b.field("kind", "", required(typeChangeKind), nil), b.field("target", "The nodeId of the resource.", required("ID"), nil),
		b.field("versionId", "", text, nil), b.field("lastUpdated", "", text, nil),
		b.field("token", "Where to go on after it: see since.", required("String"), nil),
		b.field("resource", "As the change has left it; null when deleted or left.", b.ref(resource), nil))
}
