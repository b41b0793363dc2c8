package search

import "strings"

// Claims say what a store can answer, fully and as Match would. They are data, may change at run time (an index
// that is being built), and everything that is not claimed is refused with Unsupported.
type Claims struct {
	// Features are what it can do besides single clauses.
	Features Feature
	// Params are the clauses that it can answer. A clause is claimed if any entry covers it.
	Params []ParamClaim
	// Building are parameters, as "Type.code", whose index is not complete yet: refused with ParameterBuilding.
	Building map[string]float64
}

// Feature is a set of abilities.
type Feature uint32

// The features.
const (
	CanAll       Feature = 1 << iota // every resource of a type, without a condition
	CanAnd                           // And of what it claims
	CanOr                            // Or
	CanNot                           // Not
	CanChain                         // Chain, any depth
	CanHas                           // Has, any depth
	CanIDs                           // IDs
	CanText                          // Text over the narrative
	CanContent                       // Text over the content
	CanList                          // List
	CanSort                          // sort by every parameter that it claims
	CanCount                         // exact counts
	CanEach                          // search per parent
	CanWithin                        // semi-joins with an id set
	CanScore                         // relevance
	CanBodies                        // resources in hits
	CanWalk                          // hops and paths
	CanAggregate                     // aggregates
	CanScan                          // current rows by key
)

// ParamClaim claims clauses. Empty fields mean "any".
type ParamClaim struct {
	Types     []string   // resource types
	ParamType ParamType  // 0: any
	Codes     []string   // parameter codes
	Modifiers []Modifier // nil: Plain only
}

var featureNames = [...]string{"all", "and", "or", "not", "chain", "has", "ids", "text", "content", "list", "sort", "count", "each",
	"within", "score", "bodies", "walk", "aggregate", "scan"}

// String names the features, joined by "+".
func (f Feature) String() string {
	var names []string
	for i, name := range featureNames {
		if f&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, "+")
}
