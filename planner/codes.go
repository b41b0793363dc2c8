package planner

import (
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// codes plans the expansion of the code sets that the part's condition and the caller's predicates name. Reads by key name none.
func (b *builder) codes() (*CodesNode, error) {
	if b.part.Kind != Search && b.part.Kind != Each {
		return nil, nil
	}
	sets := search.CodeSets(search.Restrict(b.query()))
	if len(sets) == 0 {
		return nil, nil
	}
	if b.snapshot.Terminology == "" {
		return nil, fault.New(fault.Unsupported, "%s: [%s] needs a terminology, and there is none", b.part.Path, shape(b.part.Query.Where))
	}
	return &CodesNode{Terminology: b.snapshot.Terminology, Sets: sets}, nil
}
