package composite

import (
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

// Call asks for one part of a plan. Calls of one level are given to Execution.Run together.
type Call struct {
	// Part is the number of the part.
	Part int
	// Keys are what to read, for a Get: distinct, any number.
	Keys []search.Key
	// Parents are what to search below, for an Each: distinct, any number; one alone when the part has a cursor.
	Parents []fhir.Ref
}

// Result is what a Call gave. Exactly one of the fields that its kind names is set; Err says why there is nothing.
type Result struct {
	// Resources answer a Get: one a key, in order; an unknown key's has Version 0, a deleted one's is a tombstone. They also
	// answer a History, newest first.
	Resources []search.Resource
	// Pages answer a Search (one page) or an Each (one a parent, in order).
	Pages []Page
	Err   error
}

// Page is an answer's rows with what a connection says of them.
type Page struct {
	// Rows are in the direction of the page: of a part with Reverse the last comes first.
	Rows []Row
	// Total is the number of all matches, -1 when it was not asked for.
	Total int64
	// More says that rows follow in the direction of the page. It is exact.
	More bool
	// Err is set when this page alone failed (TooCostly for one parent): it then has no rows.
	Err error
}

// Row is a hydrated row.
type Row struct {
	search.Resource
	// Order is the row's order key, for a cursor.
	Order []byte
	Score float64

	// values are its index values, where a node below has taken them.
	values *search.Values
}

// Report says what became of an execution, for extensions.
type Report struct {
	// Position is the lowest position of the answers used; AtHead is false when it may be below the primary's head.
	Position search.Position
	AtHead   bool
	// Degraded names what stood in for what.
	Degraded []string
	// Calls is the number of store calls.
	Calls int
}
