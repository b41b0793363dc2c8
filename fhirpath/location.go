package fhirpath

import (
	"slices"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
)

// Location is where a node stands in the JSON of a resource; without steps it is the resource itself.
type Location struct {
	Steps []Step
	// Type is the node's type; nil where the definitions do not say.
	Type *fhir.Type
}

// Step is a member of an object, or an element of a list that is one. A primitive's place is that of its value, also if it has only
// what stands under _name.
type Step struct {
	Name  string
	Index int // -1 for a member that is no list
}

// Locate gives the places of the nodes that the expression finds in a resource. The errors are those of Evaluate; a result that is
// calculated, and has no place, is BadUserInput.
func (e *Expression) Locate(resource []byte) ([]Location, error) {
	v, err := read(resource)
	if err != nil {
		return nil, err
	}
	root := e.resourceItem(v)
	items, err := e.run(root, &Container{whole: collection{root}}, true, nil)
	if err != nil {
		return nil, err
	}
	out := make([]Location, 0, len(items))
	for _, i := range items {
		if i.sys != nil || i.away {
			return nil, fault.New(fault.BadUserInput, "FHIRPath: the expression gives a value that is not an element of the resource")
		}
		l := Location{Type: i.typ}
		for s := i.at; s != nil; s = s.parent {
			l.Steps = append(l.Steps, Step{s.name, s.index})
		}
		slices.Reverse(l.Steps)
		out = append(out, l)
	}
	return out, nil
}
