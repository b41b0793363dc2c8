package search

// Caller is on whose behalf a query runs. The transport fills it in; the planner sees it as data.
type Caller struct {
	// Tenant is the first part of every key. Never empty.
	Tenant string
	// Policy holds, by resource type, a predicate that every resource of the type must satisfy for the caller to
	// see it; "*" is for the types that have no entry of their own. Nil allows everything.
	Policy map[string]Expr
}

// Predicate is what the caller may see of a type: True without a policy.
func (c Caller) Predicate(resourceType string) Expr {
	if c.Policy == nil {
		return True{}
	}
	if p, ok := c.Policy[resourceType]; ok {
		return p
	}
	if p, ok := c.Policy["*"]; ok {
		return p
	}
	return True{}
}

// Query is a search: which resources of one type, in which order.
type Query struct {
	Caller Caller
	Type   string
	// Where is the condition; nil means True.
	Where Expr
	// Sort are the keys, most significant first. Ties, and everything without keys, are by id ascending, bytewise.
	Sort []SortKey
}

// SortKey is one key of a sort: lowest value ascending or highest descending, missing last both ways.
type SortKey struct {
	Param *Param
	Desc  bool
}

// Expr is a condition on a resource. The set is closed: True, False, And, Or, Not, Clause, Exists, IDs, Text, Chain,
// Has, List, FHIRPath.
type Expr interface {
	// String prints the condition in a stable, readable form, which plans show and tests pin. Values are printed;
	// it must not reach a log.
	String() string
	expr()
}

type (
	// True holds for every resource, False for none.
	True  struct{}
	False struct{}
	// And holds if all do (all of none do), Or if any does.
	And []Expr
	Or  []Expr
	// Not holds if X does not.
	Not struct{ X Expr }
)

// Clause holds if any index value of Param matches any of Values.
type Clause struct {
	Param    *Param
	Modifier Modifier
	Values   []Value
	// Through says, by resource type as Caller.Policy does, what the resources of a hierarchy must satisfy for Above and Below of a
	// reference to lead through them. Restrict puts the caller's predicates there.
	Through map[string]Expr
}

// Exists holds if the resource has an index value for Param (`:missing=false`).
type Exists struct{ Param *Param }

// IDs holds for the resources with one of these logical ids (`_id`).
type IDs struct{ IDs []string }

// Text holds if the narrative (`_text`) or the whole content (`_content`) has all words of any of the alternatives.
type Text struct {
	Content bool
	// Any are alternatives; each is a list of tokens (Tokens) that must all be there.
	Any [][]string
}

// Chain holds if Param refers to a resource of type Target, current and of the same tenant, for which Where holds.
type Chain struct {
	Param  *Param
	Target string
	Where  Expr
}

// Has holds if a resource of Param's type refers to this one through Param, and Where holds for it (`_has`).
type Has struct {
	Param *Param
	Where Expr
}

// List holds for the members of a List resource (`_list`).
type List struct {
	ID string
	// Where must hold for the List itself; nil is True. Restrict puts the caller's predicate there.
	Where Expr
}

func (True) expr()   {}
func (False) expr()  {}
func (And) expr()    {}
func (Or) expr()     {}
func (Not) expr()    {}
func (Clause) expr() {}
func (Exists) expr() {}
func (IDs) expr()    {}
func (Text) expr()   {}
func (Chain) expr()  {}
func (Has) expr()    {}
func (List) expr()   {}

// Modifier changes how a clause compares. What FHIR writes as :not, :missing or :not-in is expressed with Not and
// Exists; :[type] is in the reference value.
type Modifier uint8

// The modifiers (FHIR R4, 3.1.1.4).
const (
	Plain        Modifier = iota
	Exact                 // string: the raw text is equal
	Contains              // string: a substring of the normalised text
	TextOf                // token: a word prefix of the display text; GRAPHQL's token.text
	OfType                // token: identifier by type and value
	Identifier            // reference: by its logical identifier
	Above                 // uri, token, reference: the value or an ancestor
	Below                 // uri, token, reference: the value or a descendant
	In                    // token: member of a value set
	TextAdvanced          // token, string: by a text engine's own analysis
	Equals                // string: the normalised text is equal; of `_filter` and the typed where, not of URLs
	EndsWith              // string: the normalised text ends with it; likewise
	Compared              // string: the normalised text by Op, bytewise; token, uri: Ne, some index value that is not it; likewise
)

// Op compares a value of the query with an index value of an ordered type (FHIR R4, 3.1.1.4.4 prefixes).
type Op uint8

// The operators. "The range of the query value" is the range that its precision implies.
const (
	Eq       Op = iota // the query's range contains the index value's
	Ne                 // not Eq, of some index value
	Gt                 // the index value has a part above the query value
	Lt                 // … below
	Ge                 // Gt or Eq
	Le                 // Lt or Eq
	Sa                 // the index value starts after the query's range ends
	Eb                 // the index value ends before the query's range starts
	Overlaps           // the ranges overlap; `ap` is read as this on a widened range
)

// Value is one encoded value of a Clause. Which fields count depends on the parameter's type and the modifier:
//
//	string     Text: normalised (Normalise), or the raw text for Exact. Compared: Op (Ne, Gt, Lt, Ge, Le) besides
//	token      Code; System if HasSystem ("" means: has no system). Code "" with HasSystem: any code of the system.
//	           TextOf: Text, normalised. OfType: System, Type (the type's code), Code (the identifier's value). In: Text is the
//	           value set's canonical URL (with |version) or "ValueSet/id". Above, Below: System and Code, both there.
//	date       Op, Lo, Hi: microseconds since the epoch, half open
//	number     Op, N (the number itself), NLo, NHi (the range its precision implies): fhir.Decimal order-preserving bytes
//	quantity   as number; System if HasSystem, Code (a code or, without a system, a unit as displayed)
//	reference  Type ("" for any), Code (the id), Version; or Text: an absolute URL or canonical (Version: its |version).
//	           Identifier: System/HasSystem and Code as for token
//	uri        Text. Of token and uri Compared wants Op Ne
//	composite  Parts: one value for each part of the parameter
type Value struct {
	// Raw is the text that was read, prefix included; it is printed and never compared.
	Raw           string
	Op            Op
	Text          string
	System, Code  string
	HasSystem     bool
	Type, Version string
	Lo, Hi        int64
	N, NLo, NHi   string
	Parts         []Value
}
