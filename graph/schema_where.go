package graph

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/heliograph/heliograph/search"
)

// The names of the typed where's own inputs. Those of one parameter type are shared by all parameters, those of references by all
// that lead to the same types, and _has by all types.
const (
	suffixWhere      = "Where"
	suffixHas        = "Has"
	suffixReference  = "Reference"
	typeHas          = "HasWhere"
	typeStringFilter = "StringFilter"
	typeTokenFilter  = "TokenFilter"
	typeTokenOfType  = "TokenOfType"
	typeDateFilter   = "DateFilter"
	typeNumberFilter = "NumberFilter"
	typeQuantity     = "QuantityFilter"
	typeURIFilter    = "UriFilter"
	typeIdentifier   = "IdentifierFilter"
)

// wheres makes the typed where of every resource type.
func (b *schemaBuilder) wheres() {
	b.filters()
	has := &ast.Definition{Kind: ast.InputObject, Name: typeHas, Description: "By the type of what refers here; several must all hold."}
	b.define(has)
	for _, name := range b.s.resources {
		b.where(name)
		if len(b.s.reverse[name]) == 0 {
			continue
		}
		has.Fields = append(has.Fields, b.field(name, "", b.ref(name+suffixHas), nil))
		b.inputObject(name+suffixHas, "",
			b.field("by", "The parameter by which it refers here.", required(name+suffixParameter), nil),
			b.field("where", "", b.ref(name+suffixWhere), nil))
	}
}

func (b *schemaBuilder) where(name string) {
	self := name + suffixWhere
	def := &ast.Definition{Kind: ast.InputObject, Name: self, Description: "A condition on resources of type " + name + ": all that is in it must hold."}
	b.define(def)
	def.Fields = append(make(ast.FieldList, 0, len(b.s.arguments[name])+4),
		b.field("and", "", b.list(self), nil), b.field("or", "", b.list(self), nil), b.field("not", "", b.ref(self), nil),
		b.field("_has", "", b.ref(typeHas), nil))
	for _, a := range b.s.arguments[name] {
		if t := b.filterOf(name, a.param); t != nil {
			def.Fields = append(def.Fields, b.field(a.name, "", t, nil))
		}
	}
}

// filterOf is the input by which a parameter is asked for; nil if it cannot be.
func (b *schemaBuilder) filterOf(resourceType string, p *search.Param) *ast.Type {
	switch p.Code {
	case search.ParamID, search.ParamList:
		return b.list("ID")
	case search.ParamText, search.ParamContent:
		return b.list("String")
	}
	switch p.Type {
	case search.String:
		return b.ref(typeStringFilter)
	case search.Token:
		return b.ref(typeTokenFilter)
	case search.Date:
		return b.ref(typeDateFilter)
	case search.Number:
		return b.ref(typeNumberFilter)
	case search.Quantity:
		return b.ref(typeQuantity)
	case search.URI:
		return b.ref(typeURIFilter)
	case search.Reference:
		return b.ref(b.referenceFilter(resourceType, p))
	case search.Composite:
		return b.ref(b.compositeFilter(resourceType, p))
	}
	return nil
}

// filters makes the inputs that all types share.
func (b *schemaBuilder) filters() {
	texts, text, missing := b.list("String"), b.ref("String"), b.field("missing", "", b.ref("Boolean"), nil)
	several := func(names ...string) (out []*ast.FieldDefinition) {
		for _, name := range names {
			out = append(out, b.field(name, "", texts, nil))
		}
		return append(out, missing)
	}
	single := func(names ...string) (out []*ast.FieldDefinition) {
		for _, name := range names {
			out = append(out, b.field(name, "", text, nil))
		}
		return out
	}
	ordered := append(several("eq"), single(orderedOps[1:]...)...)
	const all = " What is in one filter must all hold; a list is of alternatives."
	b.inputObject(typeStringFilter, "All but exact without regard to case and accents; text as a search engine has it. ne: some value is not it."+all,
		append(several("eq", "startsWith", "endsWith", "contains", "exact", "text"), single(comparedOps[:]...)...)...)
	b.inputObject(typeTokenFilter, "code, ne, not, above and below are of the system, where one is given. not: no value is it; ne: some value is not it."+all,
		append(several("code", "text", "not", "in", "notIn", "above", "below"),
			b.field("ne", "", text, nil), b.field("system", "The empty one: without a system.", text, nil), b.field("ofType", "", b.list(typeTokenOfType), nil))...)
	b.inputObject(typeTokenOfType, "An identifier by its type.",
		b.field("system", "Of the type.", text, nil), b.field("code", "Of the type.", required("String"), nil),
		b.field("value", "Of the identifier.", required("String"), nil))
	b.inputObject(typeDateFilter, "As the prefixes of FHIR, by the range that a date's precision implies."+all, ordered...)
	b.inputObject(typeNumberFilter, "As the prefixes of FHIR, by the range that a number's digits imply."+all, ordered...)
	b.inputObject(typeQuantity, "As numbers; unit is a code, or without a system what is displayed."+all,
		append(slices.Clip(ordered), b.field("unit", "", text, nil), b.field("system", "", text, nil))...)
	b.inputObject(typeURIFilter, "Equal to the byte; above and below by whole segments of the path. ne: some value is not it."+all,
		append(several("eq", "above", "below"), b.field("ne", "", text, nil))...)
	b.inputObject(typeIdentifier, "A logical reference."+all,
		b.field("system", "The empty one: without a system.", text, nil), b.field("value", "", texts, nil))
}

// orderedOps are the comparisons of dates, numbers and quantities, comparedOps those of texts that no URL can say, in the order of search.Op.
var (
	orderedOps  = [...]string{"eq", "ne", "gt", "ge", "lt", "le", "sa", "eb", "ap", "overlaps"}
	comparedOps = [...]string{"ne", "gt", "lt", "ge", "le"}
)

func (b *schemaBuilder) inputObject(name, description string, fields ...*ast.FieldDefinition) {
	b.define(&ast.Definition{Kind: ast.InputObject, Name: name, Description: description, Fields: fields})
}

// referenceFilter makes, once a set of targets, the input of references to them: each target nests its own where, which is the chain.
func (b *schemaBuilder) referenceFilter(resourceType string, p *search.Param) string {
	var targets []string
	for _, t := range b.s.resources {
		if mayPointAt(p, t) {
			targets = append(targets, t)
		}
	}
	set := strings.Join(targets, " ")
	if name, ok := b.references[set]; ok {
		return name
	}
	const most = 3 // types that a name tells; more are called by the first parameter that leads to them
	name := strings.Join(targets, "Or") + suffixReference
	switch {
	case len(targets) == 0:
		name = "Foreign" + suffixReference
	case len(targets) == len(b.s.resources) && len(targets) > most:
		name = "Any" + suffixReference
	case len(targets) > most:
		name = resourceType + wordOf(p.Code) + suffixReference
	}
	b.references[set] = name
	ids := b.list("ID")
	fields := []*ast.FieldDefinition{
		b.field("nodeId", "Type/id, id, or a URL.", ids, nil), b.field("identifier", "", b.ref(typeIdentifier), nil),
		b.field("above", "", ids, nil), b.field("below", "", ids, nil), b.field("missing", "", b.ref("Boolean"), nil),
	}
	for _, t := range targets {
		fields = append(fields, b.field(t, "", b.ref(t+suffixWhere), nil))
	}
	b.inputObject(name, "", fields...)
	return name
}

// compositeFilter makes, once a list of parts, the input of composites: an object of their parts, all of which are required.
func (b *schemaBuilder) compositeFilter(resourceType string, p *search.Param) string {
	var fields []*ast.FieldDefinition
	var set strings.Builder
	for i, part := range p.Parts {
		t := b.filterOf(resourceType, part)
		if t == nil {
			t = b.ref("String")
		}
		name := partName(p, i)
		fields = append(fields, b.field(name, "", t, nil))
		set.WriteString(name + ":" + t.Name() + " ")
	}
	if name, ok := b.references[set.String()]; ok {
		return name
	}
	name := resourceType + wordOf(p.Code) + "Composite"
	b.references[set.String()] = name
	b.inputObject(name, "All parts of one value.", append(fields, b.field("missing", "", b.ref("Boolean"), nil))...)
	return name
}

// partName is the name of a part of a composite; of two that are called alike the second has a number.
func partName(p *search.Param, i int) string {
	name := argumentName(p.Parts[i].Code)
	for _, before := range p.Parts[:i] {
		if before.Code == p.Parts[i].Code {
			return name + "_2"
		}
	}
	return name
}

// wordOf is a code in one word, as types are written: general-practitioner is GeneralPractitioner.
func wordOf(code string) string {
	var b strings.Builder
	for word := range strings.FieldsFuncSeq(code, func(r rune) bool { return r == '-' || r == '_' || r == '.' }) {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}
