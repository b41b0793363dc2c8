package graph

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/heliograph/heliograph/fhir"
)

// The names of what a history has.
const (
	suffixHistory           = "History"
	suffixHistoryConnection = "HistoryConnection"
	suffixHistoryEdge       = "HistoryEdge"
	typeHistoryMethod       = "HistoryMethod"
)

// versionName is the type of a version of a resource: PatientVersion. The definitions have a DeviceVersion (Device.version), beside which
// that of Device is DeviceHistoryVersion.
func versionName(defs *fhir.Definitions, name string) string {
	if defs.Type(name+".version") != nil {
		return name + "HistoryVersion"
	}
	return name + "Version"
}

// historyField makes the history of a resource type.
func (b *schemaBuilder) historyField(name string) *ast.FieldDefinition {
	version := versionName(b.s.defs, name)
	b.object2(name+suffixHistoryConnection, "",
		b.field("edges", "", b.list(name+suffixHistoryEdge), nil), b.field("pageInfo", "", required(typePageInfo), nil))
	b.object2(name+suffixHistoryEdge, "", b.field("cursor", "", b.ref("String"), nil), b.field("node", "", b.ref(version), nil))
	b.object2(version, "",
		b.field("versionId", "", b.ref("String"), nil), b.field("lastUpdated", "", b.ref("String"), nil),
		b.field("method", "", b.ref(typeHistoryMethod), nil), b.field("deleted", "", b.ref("Boolean"), nil),
		b.field("resource", "Null when deleted.", b.ref(name), nil))
	return b.field(name+suffixHistory, "The versions of one "+name+", or of all, newest first.", b.ref(name+suffixHistoryConnection), b.common.history)
}

func (b *schemaBuilder) historyArguments() ast.ArgumentDefinitionList {
	text := b.ref("String")
	return ast.ArgumentDefinitionList{
		{Name: "id", Type: b.ref("ID")}, {Name: "_since", Type: text, Description: "Made at this time or later."},
		{Name: "_at", Type: text, Description: "Current at some time of this date or time; with an id."},
		{Name: "first", Type: b.ref("Int")}, {Name: "after", Type: text},
	}
}
