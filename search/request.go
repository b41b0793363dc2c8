package search

import (
	"iter"
	"strconv"

	"github.com/heliograph/heliograph/fhir"
)

// Position is a place in a primary's change log. Positions are dense and in commit order: who sees n sees everything
// below n. 0 is before the first change.
type Position int64

// Request asks a store for the resources that satisfy a query. The caller's predicate (Query.Caller) applies at every type
// that the query visits; a store applies it itself (Restrict).
type Request struct {
	Query Query
	// AtLeast is the lowest position that the answer may be of; a store that has not reached it fails with StoreLagging.
	AtLeast Position
	// After starts behind this place in the order; nil at the beginning. Reverse walks the same order backward, so that
	// After is then the place before which it goes on.
	After   *Cursor
	Reverse bool
	// Limit is the greatest number of hits; 0 is no limit.
	Limit int
	// Within, when not nil, restricts the answer to these ids of Query.Type: the other side of a semi-join. It is
	// read once, and may give a million ids.
	Within iter.Seq[string]
	// Codes are the expansions of the code sets that the query's clauses need (CodeSets of what Restrict gives); each is read at
	// most once, and may give 50,000 codes. A clause whose expansion is not given is Unsupported: no store expands anything itself.
	Codes map[CodeSet]iter.Seq[fhir.Code]
	// Bodies asks a primary to put the resource itself into each hit, read in the same snapshot.
	Bodies bool
	// Score asks for each hit's relevance, in whatever order, and an order by relevance (SortKey.ByScore) for the best first; both only
	// of a store that claims CanScore, and only with words to rank by (CheckScore). Such an order has no keys and no places:
	// it is given from its beginning, ties by id, and Hit.Order is empty.
	Score bool
}

// Cursor is a place in an order: the order key and, for ties, the id of the last row examined.
type Cursor struct {
	Order []byte
	ID    string
}

// Hit is one row of an answer.
type Hit struct {
	Ref     fhir.Ref
	Version int64
	// Order is the encoded order key (OrderKey): bytewise order, then Ref, is the order asked for. Empty without sort keys.
	Order []byte
	// Score is over 0 and under 1, more for more of the words searched for and for rarer ones; 0 where the resource has none of them, or
	// was not asked for. Scores are compared within a store and a search alone.
	Score float64
	// Resource is there if Request.Bodies asked for it.
	Resource *Resource
}

// Key names a resource, or with Version one version of it.
type Key struct {
	fhir.Ref
	// Version is 0 for the current one.
	Version int64
}

// Resource is one stored version of a resource.
type Resource struct {
	Ref     fhir.Ref
	Version int64
	// Position is that of the change which made this version; LastUpdated its meta.lastUpdated in microseconds.
	Position    Position
	LastUpdated int64
	// Deleted marks a tombstone: it has no Body.
	Deleted bool
	Body    fhir.Body
}

// Append appends the resource as it is served: its body with meta.versionId and meta.lastUpdated.
func (r *Resource) Append(dst []byte) []byte {
	return r.Body.Append(dst, strconv.FormatInt(r.Version, 10), fhir.FormatInstant(r.LastUpdated))
}

// EachRequest is a search per parent: for every parent on its own, the resources that satisfy Request.Query and refer to
// the parent through Param, ordered by the query's sort, Offset skipped and at most Request.Limit given. Request.After, when
// set, applies to every parent alike and is given only with one parent.
type EachRequest struct {
	Request
	// Param is a reference parameter of Request.Query.Type.
	Param   *Param
	Parents []fhir.Ref
	Offset  int
	// Request.Score and an order by relevance are Unsupported here.
	//
	// Count asks for the number of all matches of each parent besides.
	Count bool
}

// EachHit is a hit with the index of its parent in EachRequest.Parents. Hits come grouped by parent, in order.
type EachHit struct {
	Parent int
	Hit
}

// Statistics are what a planner may know of a store's content: cheap, approximate, never used for an answer.
type Statistics struct {
	// Rows are current resources by type.
	Rows map[string]int64
	// Params are by type and parameter code.
	Params map[string]map[string]ParamStatistics
}

// ParamStatistics describe the index values of one parameter of one type.
type ParamStatistics struct {
	// Rows is the number of index values, Distinct about how many different ones.
	Rows, Distinct int64
}
