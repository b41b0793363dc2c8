package graph

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/heliograph/heliograph/graph/form"
	"github.com/heliograph/heliograph/graph/projection"
	"github.com/heliograph/heliograph/search"
)

// operation is a compiled operation. It is immutable and shared by requests: what depends on variables is either read from
// the fields' arguments at each request, or (@skip, @include) makes an operation of its own.
type operation struct {
	def     *ast.OperationDefinition
	flags   flags
	roots   []root
	fetches []*fetch // each behind its parent
	holes   []hole
	picks   []picked
	slices  []picked         // the expressions of @slice
	gateway ast.SelectionSet // the root fields that gqlgen answers
	// mutations are the roots of a mutation, which has no others.
	mutations []*mutation
	// subscription is the root of a subscription, which has no others.
	subscription *subscription
	form         *form.Object // in the FHIR dialect
	schema       bool         // it asks for the schema
	size         int          // fields, fragments expanded
}

// onlySchema says whether it asks for the schema and nothing else.
func (o *operation) onlySchema() bool {
	for i := range o.roots {
		if k := o.roots[i].kind; k != rootSchema && k != rootTypename {
			return false
		}
	}
	return o.schema
}

// informs says whether the OperationOutcome of a payload is selected.
func (o *operation) informs() bool {
	return slices.ContainsFunc(o.fetches, func(f *fetch) bool { return f.kind == fetchInformation })
}

type rootKind uint8

const (
	rootTypename rootKind = iota
	rootFetch
	rootGateway
	rootSchema  // __schema and __type
	rootPayload // a field of a payload that the write itself tells
)

// root is a field at the top.
type root struct {
	key    string
	kind   rootKind
	fetch  int
	fields []*ast.Field // of one response key
}

type fetchKind uint8

const (
	fetchRead fetchKind = iota
	fetchNode
	fetchList
	fetchConnection
	fetchReference
	fetchCanonical // the resource of a canonical
	fetchReverseList
	fetchReverseConnection
	fetchHistory
	fetchInstance    // the resource that the endpoint is of
	fetchWritten     // the resource of a payload
	fetchInformation // the OperationOutcome of a payload
)

// fetch is a field that asks the stores: a part of the plan, and what its rows become.
type fetch struct {
	index int
	kind  fetchKind
	field *ast.Field // the first of its response key: arguments, location
	typ   string     // of its rows; "" for any
	owner string     // the type it is a field of, for a reverse one
	// targets are the types of what a canonical may name; none is all.
	targets []string
	parent  int    // the fetch on whose rows it hangs; -1 at the top
	path    string // for people
	// fields is how many are selected of each of its rows, fragments expanded.
	fields int
	shapes []*shape // one, or those of a connection's edges
	page   *connection
	// where is the typed where, if it is the same for all requests.
	where *constantWhere
}

// constantWhere is a typed where without variables, read once.
type constantWhere struct {
	value input
	expr  search.Expr
	err   error
	count int // of its conditions
}

// names says whether a fetch is of one thing that may have no name, which is then nothing.
func (f *fetch) names() bool { return f.kind == fetchNode || f.kind == fetchWritten }

// shape is a selection on a resource.
type shape struct {
	plan *projection.Plan
	// meta says that it reads the resource's meta, which must then be complete.
	meta bool
}

// hole is what belongs into a hole of a projection: the nodeId of the object around it, the value of an expression on it, what a fetch gave,
// or what stands beside canonicals.
type hole struct {
	node      bool
	slice     int // 1 + an index in operation.slices
	fetch     *fetch
	canonical *canonical
}

// connection is a selection on a connection.
type connection struct {
	fields []pageField
	// count and rows say whether the number of matches, and the rows of a page, are needed.
	count, rows bool
	// score says that relevance is.
	score bool
}

type pageKind uint8

const (
	pageConstant pageKind = iota
	pageCount
	pageOffset
	pageSize
	pageEdges
	pageFirst
	pagePrevious
	pageNext
	pageLast
	pageInfo
	infoNext
	infoPrevious
	infoStart
	infoEnd
	edgeMode
	edgeScore
	edgeRow
	edgeCursor
	edgeHighlights
	highlightPath
	highlightFragments
	edgeVersion
	versionID
	versionUpdated
	versionMethod
	versionDeleted
)

// pageField is a field of a connection, an edge or a pageInfo.
type pageField struct {
	head  string // `"key":`
	key   string
	kind  pageKind
	text  string // of a constant
	sub   []pageField
	shape int
}
