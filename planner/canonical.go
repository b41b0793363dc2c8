package planner

import (
	"slices"
	"strings"

	"github.com/heliograph/heliograph/search"
)

// canonical gives an equivalent condition whose parts are in the order of their text, so that the plan does not depend on the
// order in which a client wrote them.
func canonical(e search.Expr) search.Expr {
	switch e := e.(type) {
	case search.And:
		return search.And(canonicalParts(e))
	case search.Or:
		return search.Or(canonicalParts(e))
	case search.Not:
		return search.Not{X: canonical(e.X)}
	case search.Chain:
		e.Where = canonical(e.Where)
		return e
	case search.Has:
		e.Where = canonical(e.Where)
		return e
	case search.List:
		if e.Where != nil {
			e.Where = canonical(e.Where)
		}
		return e
	case search.IDs:
		if len(e.IDs) > 1 {
			e.IDs = slices.Sorted(slices.Values(e.IDs))
		}
		return e
	case search.Clause:
		if len(e.Values) > 1 {
			e.Values = canonicalValues(e)
		}
		return e
	}
	return e
}

// canonicalValues are a clause's values in the order of their text.
func canonicalValues(c search.Clause) []search.Value {
	text := func(v search.Value) string {
		return search.Clause{Param: c.Param, Modifier: c.Modifier, Values: []search.Value{v}}.String()
	}
	values := slices.Clone(c.Values)
	slices.SortStableFunc(values, func(x, y search.Value) int { return strings.Compare(text(x), text(y)) })
	return values
}

func canonicalParts(parts []search.Expr) []search.Expr {
	type keyed struct {
		key  string
		part search.Expr
	}
	sorted := make([]keyed, len(parts))
	for i, p := range parts {
		p = canonical(p)
		sorted[i] = keyed{p.String(), p}
	}
	slices.SortStableFunc(sorted, func(x, y keyed) int { return strings.Compare(x.key, y.key) })
	out := make([]search.Expr, len(parts))
	for i, k := range sorted {
		out[i] = k.part
	}
	return out
}
