package search

// ParamType is the type of a search parameter.
type ParamType uint8

// The types of search parameter (FHIR R4, 3.1.1.4).
const (
	String ParamType = iota + 1
	Token
	Date
	Number
	Quantity
	Reference
	URI
	Composite
	Special
)

// Param is a search parameter of one resource type, resolved. Params are shared and immutable: the pointer is the
// identity within one Parameters.
type Param struct {
	// Resource is the type it belongs to; Code its name in a URL ("value-quantity").
	Resource, Code string
	Type           ParamType
	// Targets are the resource types that a reference parameter may point at.
	Targets []string
	// Parts are the components of a composite.
	Parts []*Param
	// Canonical has the values of a quantity parameter with UCUM units in base units, so that 70.5 kg and 70500 g are equal;
	// of a composite, those of its quantities. What does not convert is there as stored. Only an Indexer and a Reader with
	// UnitsCanonical use it: it is not among the parameters that can be asked for by name, and has no Canonical itself. nil for
	// all other parameters.
	Canonical *Param
	// Epoch identifies what rows indexed for it hold: a hash of expression, type and the indexer's version.
	Epoch uint64
	// Description is the definition's own text.
	Description string
}

// The parameters that every type has and that are not ordinary index values.
const (
	ParamID          = "_id"
	ParamLastUpdated = "_lastUpdated"
	ParamText        = "_text"
	ParamContent     = "_content"
	ParamList        = "_list"
	ParamFilter      = "_filter"
)
