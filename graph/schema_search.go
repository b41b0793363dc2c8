package graph

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/heliograph/heliograph/search"
)

// commonArguments are the argument lists that all types share.
type commonArguments struct {
	control ast.ArgumentDefinitionList // of a list: _count, _offset, _sort
	// filter and fhirpath are conditions in languages of their own.
	filter, fhirpath *ast.ArgumentDefinition

	total   *ast.ArgumentDefinition
	cursor  *ast.ArgumentDefinition
	relay   ast.ArgumentDefinitionList // first, after, last, before
	id      ast.ArgumentDefinitionList
	history ast.ArgumentDefinitionList
	// reverseList and reversePage are those of reverse fields but _reference. There are thousands of these, so that each word
	// here is a megabyte of introspection.
	reverseList, reversePage ast.ArgumentDefinitionList
	// element is that of lists inside of a resource.
	element ast.ArgumentDefinitionList
}

func (b *schemaBuilder) makeCommonArguments() commonArguments {
	sort := &ast.ArgumentDefinition{Name: "_sort", Type: b.ref("String")}
	filter := &ast.ArgumentDefinition{Name: argFilter, Type: b.ref("String")}
	relay := ast.ArgumentDefinitionList{
		{Name: "first", Type: b.ref("Int")}, {Name: "after", Type: b.ref("String")},
		{Name: "last", Type: b.ref("Int")}, {Name: "before", Type: b.ref("String")},
	}
	return commonArguments{
		control: ast.ArgumentDefinitionList{
			{Name: argCount, Type: b.ref("Int"), Description: "How many to give; without it, all or an error."},
			{Name: argOffset, Type: b.ref("Int"), Description: "How many to skip."},
			{Name: "_sort", Type: b.ref("String"), Description: "Search parameters to order by, with commas between; a minus before one turns it round. -_score is relevance to _text and _content, best first."},
		},
		reverseList: ast.ArgumentDefinitionList{filter, {Name: argCount, Type: b.ref("Int")}, {Name: argOffset, Type: b.ref("Int")}, sort},
		reversePage: append(ast.ArgumentDefinitionList{filter, sort, {Name: "_total", Type: b.ref(typeTotal)}}, relay...),
		filter:      &ast.ArgumentDefinition{Name: argFilter, Type: b.ref("String"), Description: "A condition in FHIR's filter language."},
		fhirpath: &ast.ArgumentDefinition{
			Name: argFHIRPath, Type: b.ref("String"),
			Description: "An expression that must be true of the resource; what the other arguments find is read through for it.",
		},
		total:   &ast.ArgumentDefinition{Name: "_total", Type: b.ref(typeTotal), Description: "How count is found, where it is selected."},
		cursor:  &ast.ArgumentDefinition{Name: "_cursor", Type: b.ref("String"), Description: "A page's link, alone."},
		relay:   relay,
		history: b.historyArguments(),
		element: b.makeElementArguments(),
		id: ast.ArgumentDefinitionList{
			{Name: "id", Type: b.ref("ID")}, {Name: "_id", Type: b.ref("ID"), Description: "The same as id."},
			{Name: "version", Type: b.ref("String"), Description: "An old version, by its meta.versionId."},
		},
	}
}

// reserved says whether a name on search fields is not a search parameter's.
func reserved(name string) bool {
	switch name {
	case "and", "or", "not", "where", "fhirpath", "first", "after", "last", "before", "_count", "_offset", "_sort", "_total", "_cursor", "_filter", "_reference",
		"_has", "_type", "_query":
		return true
	}
	return false
}

// collectArguments gives the parameters of a type their names. A name that is taken or not GraphQL's goes to nobody else.
func (b *schemaBuilder) collectArguments(resourceType string) {
	params := b.s.params.Of(resourceType)
	args := make([]argument, 0, len(params))
	var references []argument
	for _, p := range params {
		name := argumentName(p.Code)
		if reserved(p.Code) {
			continue
		}
		if reserved(name) || !validName(name) || find(args, name) != nil {
			b.s.skipped = append(b.s.skipped, resourceType+"."+p.Code)
			continue
		}
		args = append(args, argument{name, p})
		if p.Type == search.Reference {
			references = append(references, argument{name, p})
		}
	}
	b.s.arguments[resourceType], b.s.reverse[resourceType] = args, references
}

// rootFields are those of one resource type: read, list, connection.
func (b *schemaBuilder) rootFields(name string) ast.FieldList {
	searches := append(b.searches(name), &ast.ArgumentDefinition{
		Name: argWhere, Type: b.ref(name + suffixWhere), Description: "A typed condition: what the arguments say, and more.",
	}, b.common.filter, b.common.fhirpath)
	list := append(slices.Clone(searches), b.common.control...)
	connection := append(append(slices.Clip(list), b.common.total, b.common.cursor), b.common.relay...)
	b.connection(name)
	return ast.FieldList{
		b.field(name, "Reads one "+name+".", b.ref(name), b.common.id),
		b.field(name+suffixList, "Finds resources of type "+name+": all that match, or a page.", b.list(name), list),
		b.field(name+suffixConnection, "Finds resources of type "+name+", page by page.", b.ref(name+suffixConnection), connection),
		b.historyField(name),
	}
}

// searches are the arguments of a type's search parameters.
func (b *schemaBuilder) searches(name string) (out ast.ArgumentDefinitionList) {
	for _, a := range b.s.arguments[name] {
		out = append(out, &ast.ArgumentDefinition{Name: a.name, Description: a.param.Description, Type: b.list("String")})
	}
	return out
}

// connection makes the types of a page of one resource type.
func (b *schemaBuilder) connection(name string) {
	text := b.ref("String")
	b.object2(name+suffixConnection, "",
		b.field("count", "How many match in all.", b.ref("Int"), nil),
		b.field("offset", "How many are before this page; null when that is not known.", b.ref("Int"), nil),
		b.field("pageSize", "", b.ref("Int"), nil), b.field("pagesize", "", b.ref("Int"), nil),
		b.field("edges", "", b.list(name+suffixEdge), nil),
		b.field("first", "", text, nil), b.field("previous", "", text, nil), b.field("next", "", text, nil), b.field("last", "", text, nil),
		b.field("pageInfo", "", required(typePageInfo), nil))
	b.object2(name+suffixEdge, "",
		b.field("mode", "", b.ref(typeMode), nil), b.field("score", "Relevance to the words searched for, between 0 and 1; of searches at the root.", b.ref("Float"), nil),
		b.field("resource", "", b.ref(name), nil), b.field("node", "", b.ref(name), nil), b.field("cursor", "", text, nil),
		b.field("highlights", "", b.list(typeHighlight), nil))
}

// reverseFields are, by resource type, the fields that find what refers to it: a list and a connection for each type with
// a reference parameter that may point at it. They look the same wherever they stand, and are shared.
func (b *schemaBuilder) reverseFields() map[string]ast.FieldList {
	fields := make(map[string]ast.FieldList, len(b.s.resources))
	for _, source := range b.s.resources {
		references := b.s.reverse[source]
		if len(references) == 0 {
			continue
		}
		names := make([]string, 0, len(references))
		for _, a := range references {
			names = append(names, a.name)
		}
		b.enum(source+suffixParameter, "The search parameters of "+source+" that refer to other resources.", names)
		reference := &ast.ArgumentDefinition{Name: "_reference", Type: b.ref(source + suffixParameter)}
		where := &ast.ArgumentDefinition{Name: argWhere, Type: b.ref(source + suffixWhere)}
		list := append(ast.ArgumentDefinitionList{reference, where}, b.common.reverseList...)
		connection := append(ast.ArgumentDefinitionList{reference, where}, b.common.reversePage...)
		if b.s.fhir {
			searches := append(b.searches(source), b.common.fhirpath)
			list, connection = append(list, searches...), append(connection, searches...)
		}
		pair := ast.FieldList{
			b.field(source+suffixList, "", b.list(source), list),
			b.field(source+suffixConnection, "", b.ref(source+suffixConnection), connection),
		}
		for _, target := range b.s.resources {
			if slices.ContainsFunc(references, func(a argument) bool { return mayPointAt(a.param, target) }) {
				fields[target] = append(fields[target], pair...)
			}
		}
	}
	return fields
}

// mayPointAt says whether a reference parameter may point at resources of a type.
func mayPointAt(p *search.Param, target string) bool {
	return len(p.Targets) == 0 || slices.Contains(p.Targets, target) || slices.Contains(p.Targets, typeResource)
}

func (b *schemaBuilder) nodeField() *ast.FieldDefinition {
	return b.field("node", "Finds what has a nodeId; null if there is nothing.", b.ref(typeNode), ast.ArgumentDefinitionList{
		{Name: "nodeId", Type: required("ID")},
	})
}
