package search

import (
	"iter"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
)

// Expansions are the codes of code sets. As the World of a Match they decide In, Above and Below of tokens, and nothing about other
// resources: Match refuses that as it does without a World.
type Expansions map[CodeSet]map[fhir.Code]struct{}

// Contains says whether a code is in a set; fault.Unsupported if the set has not been expanded.
func (x Expansions) Contains(set CodeSet, code fhir.Code) (bool, error) {
	codes, expanded := x[set]
	if !expanded {
		return false, fault.New(fault.Unsupported, "%s has not been expanded", set)
	}
	_, in := codes[code]
	return in, nil
}

// lacks names the first of the code sets that has not been expanded.
func (x Expansions) lacks(sets []CodeSet) (CodeSet, bool) {
	for _, s := range sets {
		if _, expanded := x[s]; !expanded {
			return s, true
		}
	}
	return CodeSet{}, false
}

// Require fails with fault.Unsupported if the condition needs a code set that has not been expanded.
func (x Expansions) Require(e Expr) error {
	if s, lacking := x.lacks(CodeSets(e)); lacking {
		return fault.New(fault.Unsupported, "%s has not been expanded", s)
	}
	return nil
}

// Values implements World: no other resource is known.
func (x Expansions) Values(fhir.Ref) (*Values, bool) { return nil, false }

// Referrers implements World likewise.
func (x Expansions) Referrers(fhir.Ref, *Param) iter.Seq[*Values] {
	return func(func(*Values) bool) {}
}

// Expand reads expansions as a request brings them.
func Expand(codes map[CodeSet]iter.Seq[fhir.Code]) Expansions {
	x := make(Expansions, len(codes))
	for set, list := range codes {
		x[set] = map[fhir.Code]struct{}{}
		for c := range list {
			x[set][c] = struct{}{}
		}
	}
	return x
}
