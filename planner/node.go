package planner

import (
	"github.com/heliograph/heliograph/search"
)

// Node is a step of a plan. The set is closed: Match, Intersect, Union, Except, Filter, Sort, Window, Hydrate, Page, Count, EachNode,
// GetNode, HistoryNode, CodesNode. The engine has one switch over it.
type Node interface {
	// Inputs are the nodes it reads.
	Inputs() []Node
	// label is its line in the plan's text.
	label() string
}

// Match searches one store: the request that the store is sent, which it answers fully.
type Match struct {
	Store   string
	Request search.Request
	// Within says that the store is asked only within the ids which the inputs before it in the Intersect above left over; the
	// engine puts them into the request.
	Within bool
	// Why says why this store, "" when there is no other; Estimate is the expected number of rows, -1 when unknown.
	Why      string
	Estimate int64
}

// Intersect keeps what all inputs have. All inputs but the last are read whole, the smallest estimate first. Order and versions
// are the last one's.
type Intersect struct{ Parts []Node }

// Union gives what any input has, once; its inputs have one order, which Reverse walks backward.
type Union struct {
	Parts   []Node
	Reverse bool
}

// Except gives what From has and Without has not, in From's order.
type Except struct{ From, Without Node }

// Hydrate reads each row's resource from the primary, in batches, and drops what is no longer there or does not match at its
// current version any more. Only what has changed since the stores answered is matched anew, with Verify.
type Hydrate struct {
	Input  Node
	Store  string
	Verify search.Expr
	Query  search.Query
}

// Filter keeps the hydrated rows that satisfy Where: what no store could answer, or nothing but a whole resource shows.
type Filter struct {
	Input Node
	Query search.Query
	Where search.Expr
	Why   string
}

// Sort orders hydrated rows here, within the request's budget, and gives those behind After: the first Limit of them, or with
// Limit 0 all.
type Sort struct {
	Input   Node
	Keys    []search.SortKey
	After   *search.Cursor
	Reverse bool
	Limit   int
}

// Window gives the best matches in the order of their relevance, from the cursor on, out of a ranking that is made once and kept: at
// most RankedWindow. Input asks for one more, which shows that there are more. Query is what the ranking belongs to.
type Window struct {
	Input   *Match
	Query   search.Query
	After   *search.Cursor
	Reverse bool
}

// Page takes Limit rows behind Offset, pulling from its input until it has them; with Limit 0 it takes all and fails past Cap.
type Page struct {
	Input         Node
	Offset, Limit int
	Cap           int
}

// Count gives the number of matches: by the store when Match is set, else by counting Input, which is ids alone unless they have
// to be filtered. It is exact for everything that no change after the answer's position touches.
//
// With AtMost, matches are counted up to that; where there are more, the number is Estimate, at least AtMost + 1. Match then searches
// rather than counts: its Request's Limit is AtMost + 1.
type Count struct {
	Match    *Match
	Input    Node
	AtMost   int
	Estimate int64 // of statistics; -1 when unknown
}

// EachNode searches one store per parent, the parents of a level in calls of at most MaxKeys. Hits that come without their
// resource (Request.Bodies is false) are read from Primary and verified as in Hydrate; pages are filled up again.
type EachNode struct {
	Store, Primary string
	// Within gives the ids that the store is asked within, where it does not answer all of the condition; else nil. Verify is
	// all of it.
	Within Node
	Verify search.Expr
	// Request is for a page and one row more; the engine puts the parents in.
	Request search.EachRequest
	// Limit is the page; with Limit 0 all are given, and more than Cap fail. Without Rows only counts are asked for.
	Limit, Cap int
	Rows       bool
	// ParentTypes are the types that parents may be of; empty is any.
	ParentTypes []string
	// Filter is what nothing but a whole resource shows, and Residue why it is left; nil when there is nothing of the kind. Verify
	// is then all of the condition but that.
	Filter  search.Expr
	Residue string
	Why     string
}

// GetNode reads by key from the primary: the keys of a level in calls of at most MaxKeys.
type GetNode struct {
	Store   string
	Caller  search.Caller
	Targets []string
}

// HistoryNode lists versions from the primary.
type HistoryNode struct {
	Store string
	Part  Part
}

// CodesNode asks a terminology for the codes of the sets that a part's clauses compare with, each once an execution and before anything
// else of the part is run; they go to the stores with every request that needs them.
type CodesNode struct {
	Terminology string
	Sets        []search.CodeSet
}

// MaxKeys is how many keys or parents go into one store call.
const MaxKeys = 1000
