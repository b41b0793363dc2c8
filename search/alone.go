package search

import (
	"errors"
	"slices"
	"strings"

	"github.com/heliograph/heliograph/internal/fault"
)

// Alone says whether Match decides a condition without a World, whatever the resource is: nil, or fault.Unsupported that names every
// clause of which it does not.
func Alone(e Expr) error {
	var problems []string
	eachLeaf(e, func(leaf Expr) {
		err := alone(leaf, nil, false)
		if err == nil {
			err = compares(leaf)
		}
		var f *fault.Error
		if errors.As(err, &f) && !slices.Contains(problems, f.Message) {
			problems = append(problems, f.Message)
		}
	})
	if len(problems) == 0 {
		return nil
	}
	return fault.New(fault.Unsupported, "%s", strings.Join(problems, "; "))
}

// eachLeaf calls f with what And, Or and Not join.
func eachLeaf(e Expr, f func(Expr)) {
	switch e := e.(type) {
	case And:
		for _, part := range e {
			eachLeaf(part, f)
		}
	case Or:
		for _, part := range e {
			eachLeaf(part, f)
		}
	case Not:
		eachLeaf(e.X, f)
	default:
		f(e)
	}
}
