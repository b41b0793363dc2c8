package graph

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

// The names of what every schema has besides FHIR's own types.
const (
	typeResource     = "Resource"
	typeNode         = "Node"
	typeElement      = "Element"
	typeReference    = "Reference"
	typeDecimal      = "Decimal"
	typeResourceType = "ResourceType"
	typeTotal        = "Total"
	typePageInfo     = "PageInfo"
	typeHighlight    = "Highlight"
	typeMode         = "SearchEntryMode"

	suffixList       = "List"
	suffixConnection = "Connection"
	suffixEdge       = "Edge"
	suffixParameter  = "By"
)

// Schema is the strict schema: the types of FHIR that it was asked for, their search fields, and the gateway's own. It is
// immutable and safe for concurrent use.
type Schema struct {
	doc       *ast.Schema
	defs      *fhir.Definitions
	params    *search.Parameters
	resources []string // served, sorted
	served    map[string]bool
	objects   map[string]*fhir.Type // by GraphQL name
	inputs    map[string]*fhir.Type // by GraphQL name
	arguments map[string][]argument // search arguments by resource type
	reverse   map[string][]argument // reference parameters by resource type
	// canonicals are the served types whose resources have canonicals, sorted.
	canonicals []string
	gateway    map[string]bool // root fields of schema.graphqls
	fhir       bool            // the dialect's
	instance   string          // the type of the resource that Query is; "" for the system
	skipped    []string
}

// argument ties a GraphQL name to a search parameter.
type argument struct {
	name  string
	param *search.Param
}

// NewSchema builds the schema for the given resource types, or for all when there are none; complex types follow from them.
// It fails if a type is unknown, or if two things of the definitions would have one GraphQL name.
func NewSchema(defs *fhir.Definitions, params *search.Parameters, types []string) (*Schema, error) {
	return newSchema(defs, params, types, false)
}

func newSchema(defs *fhir.Definitions, params *search.Parameters, types []string, dialect bool) (*Schema, error) {
	if len(types) == 0 {
		types = defs.Resources()
	}
	types = slices.Compact(slices.Sorted(slices.Values(types)))
	s := &Schema{
		defs: defs, params: params, resources: types,
		served: make(map[string]bool, len(types)), objects: make(map[string]*fhir.Type, 1024), inputs: make(map[string]*fhir.Type, 1024),
		arguments: make(map[string][]argument, len(types)), reverse: make(map[string][]argument, len(types)),
		gateway: make(map[string]bool, 8), fhir: dialect,
	}
	for _, name := range types {
		if !defs.IsResource(name) {
			return nil, fmt.Errorf("graph: %q is no resource type of FHIR %s", name, defs.Version)
		}
		s.served[name] = true
		if hasCanonicals(params, name) {
			s.canonicals = append(s.canonicals, name)
		}
	}
	return s, newSchemaBuilder(s).build()
}

// Types are the names of the resource types that it has, sorted. The caller must not change the slice.
func (s *Schema) Types() []string { return s.resources }

// Skipped names the search parameters ("Type.code") that got no argument, because GraphQL could not tell them from another
// name; they are sorted.
func (s *Schema) Skipped() []string { return s.skipped }

// find gives the parameter behind an argument; nil if there is none of that name.
func find(arguments []argument, name string) *search.Param {
	for i := range arguments {
		if arguments[i].name == name {
			return arguments[i].param
		}
	}
	return nil
}

// nameOf is the GraphQL name of a FHIR type: that of a backbone type is its path in one word, PatientContact.
func nameOf(fhirName string) string {
	if !strings.Contains(fhirName, ".") {
		return fhirName
	}
	var b strings.Builder
	b.Grow(len(fhirName))
	for part := range strings.SplitSeq(fhirName, ".") {
		b.WriteString(strings.ToUpper(part[:1]))
		b.WriteString(part[1:])
	}
	return b.String()
}

// argumentName is the GraphQL name of a search parameter's code.
func argumentName(code string) string { return strings.ReplaceAll(code, "-", "_") }

// validName says whether a name may be used in a schema: GraphQL's grammar, less what introspection reserves.
func validName(name string) bool {
	if name == "" || strings.HasPrefix(name, "__") {
		return false
	}
	for i := 0; i < len(name); i++ {
		c := name[i]
		letter := c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return true
}
