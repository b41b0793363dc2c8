package fhir

import (
	_ "embed"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Compartment is what belongs to a patient, an encounter, a person or a device (R4, 3.1.1.5.11, CompartmentDefinition).
type Compartment struct {
	// Type is that of the resource whose compartment it is.
	Type string

	params map[string][]string
}

// CompartmentSelf stands among the parameters of the type whose resource is in its own compartment.
const CompartmentSelf = "{def}"

// Types are the types that may be in it, sorted.
func (c *Compartment) Types() []string { return slices.Sorted(maps.Keys(c.params)) }

// Params are the reference parameters of a type any of which puts a resource into the compartment; nil if none does. The caller
// must not change the slice.
func (c *Compartment) Params(resourceType string) []string { return c.params[resourceType] }

//go:embed compartments.txt
var compartmentsText string

var compartments = sync.OnceValue(func() map[string]*Compartment {
	out := map[string]*Compartment{}
	var current *Compartment
	for line := range strings.Lines(compartmentsText) {
		fields := strings.Fields(line)
		switch {
		case fields[0] == "#":
		case len(fields) == 1:
			current = &Compartment{Type: fields[0], params: map[string][]string{}}
			out[fields[0]] = current
		default:
			current.params[fields[0]] = fields[1:]
		}
	}
	return out
})

// Compartment is the compartment of a type of resource; nil if the type has none.
func (d *Definitions) Compartment(resourceType string) *Compartment {
	return compartments()[resourceType]
}

// Compartments are the types that have one, sorted.
func (d *Definitions) Compartments() []string { return slices.Sorted(maps.Keys(compartments())) }
