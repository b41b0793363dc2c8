package planner

import (
	"math"

	"github.com/heliograph/heliograph/search"
)

// unknownRows is taken for an estimate where there are no statistics.
const unknownRows = 1000

// cost is what a condition costs on a store, in milliseconds: a call, its rows, and, where the store is not the primary, the
// rows' hydration. With a window no more rows than that are read.
func (b *builder) cost(st *StoreState, resourceType string, where search.Expr, window int) float64 {
	rows := float64(b.estimate(st, resourceType, where))
	if rows < 0 {
		rows = unknownRows
	}
	if window > 0 {
		rows = math.Min(rows, float64(window+b.part.Offset))
	}
	ms := st.FixedMS + rows*st.PerRowUS/1000*multiplier(where)
	if p := b.snapshot.primary(); p != nil && !st.Primary {
		ms += p.FixedMS + rows*p.PerRowUS/1000
	}
	return ms
}

// multiplier is the prior for what a feature costs more than a basic clause.
func multiplier(e search.Expr) float64 {
	switch e := e.(type) {
	case search.And:
		return widest(e)
	case search.Or:
		return widest(e)
	case search.Not:
		return multiplier(e.X)
	case search.Chain:
		return 3 * multiplier(e.Where)
	case search.Has:
		return 3.5 * multiplier(e.Where)
	case search.Text:
		return 1.5
	case search.Clause:
		switch e.Modifier {
		case search.In, search.Above, search.Below:
			return 2
		case search.TextAdvanced:
			return 1.5
		}
	}
	return 1
}

func widest(parts []search.Expr) float64 {
	m := 1.0
	for _, p := range parts {
		m = math.Max(m, multiplier(p))
	}
	return m
}
