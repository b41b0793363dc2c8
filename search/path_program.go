package search

import "github.com/heliograph/heliograph/fhir"

// program is an expression compiled for one type: the union of paths, each with a type that is known beforehand, or a
// test whose outcome is the value.
type program struct {
	paths []path
	test  *test
}

// path leads from a resource (or, in a part of a composite, from its element) to values of one FHIR type.
type path struct {
	steps []step
	// root says that the path begins at the resource wherever the program is evaluated (%resource).
	root bool
	// typ is the type of what is found; element the element that it was found in, nil for the beginning itself.
	typ     *fhir.Type
	element *fhir.Element
	targets []string
}

type stepKind uint8

const (
	stepMember   stepKind = iota // the values of member key, one by one
	stepIndex                    // of all values so far the one with index
	stepWhere                    // those that satisfy test
	stepRefersTo                 // the references to a resource of type key
	stepResource                 // the resources of type key
)

type step struct {
	kind    stepKind
	key     string
	index   int
	test    *test
	targets []string // of a stepRefersTo: what the element may refer to
}

// test is a condition compiled for one type. Its outcome is true, false or empty, as in FHIRPath.
type test struct {
	op    string // "and", "or", "=", "!=", "exists", "not", "path"
	left  *test
	right *test
	// program is what "exists", "path", "=" and "!=" look at; value is what it is compared with: raw JSON text of a boolean or
	// number, or a string.
	program program
	value   string
	text    bool
}

func (p path) then(s step) path {
	steps := make([]step, len(p.steps), len(p.steps)+1)
	copy(steps, p.steps)
	p.steps = append(steps, s)
	return p
}
