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
	// Contains says whether a code is in a code set; an error if the set has not been expanded.
	Contains(set CodeSet, code fhir.Code) (bool, error)
}
