package search

import (
	"iter"

	"github.com/heliograph/heliograph/fhir"
)

// World is what Match may ask about other resources, all at one position and of one tenant.
type World interface {
	// Values are the index values of a current resource; false if there is none.
	Values(ref fhir.Ref) (*Values, bool)
	// Referrers are the current resources of Param's type that refer to ref through param.
	Referrers(ref fhir.Ref, param *Param) iter.Seq[*Values]
	// Expand says whether a coding is in a value set; an error if the value set is unknown or cannot be expanded.
	Expand(valueSet string, code fhir.Code) (bool, error)
	// Subsumes says whether ancestor subsumes (or is) descendant in their code system.
	Subsumes(ancestor, descendant fhir.Code) (bool, error)
}
