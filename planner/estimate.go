package planner

import "github.com/heliograph/heliograph/search"

// estimate is about how many rows satisfy a condition: by the store's statistics, else by those of the first store that has
// some; -1 if none has.
func (b *builder) estimate(st *StoreState, resourceType string, where search.Expr) int64 {
	if st.Statistics.Rows != nil {
		return estimate(&st.Statistics, resourceType, where)
	}
	for i := range b.snapshot.Stores {
		if s := &b.snapshot.Stores[i].Statistics; s.Rows != nil {
			return estimate(s, resourceType, where)
		}
	}
	return -1
}

func estimate(s *search.Statistics, resourceType string, e search.Expr) int64 {
	total := s.Rows[resourceType]
	switch e := e.(type) {
	case search.False:
		return 0
	case search.IDs:
		return min(total, int64(len(e.IDs)))
	case search.And:
		least := total
		for _, p := range e {
			least = min(least, estimate(s, resourceType, p))
		}
		return least
	case search.Or:
		var sum int64
		for _, p := range e {
			sum += estimate(s, resourceType, p)
		}
		return min(total, sum)
	case search.Not:
		if n := estimate(s, resourceType, e.X); n < total { // all is what is said of a condition that nothing is known of
			return total - n
		}
	case search.Exists:
		if p, ok := s.Params[resourceType][e.Param.Code]; ok {
			return min(total, p.Rows)
		}
	case search.Clause:
		if p, ok := s.Params[resourceType][e.Param.Code]; ok && p.Distinct > 0 {
			return min(total, (p.Rows/p.Distinct+1)*int64(len(e.Values)))
		}
	}
	return total
}

// rowsOf is the estimate of a tree; -1 when it is unknown.
func rowsOf(n Node) int64 {
	switch n := n.(type) {
	case *Match:
		return n.Estimate
	case *Intersect:
		return rowsOf(n.Parts[0])
	case *Union:
		var sum int64
		for _, p := range n.Parts {
			rows := rowsOf(p)
			if rows < 0 {
				return -1
			}
			sum += rows
		}
		return sum
	case *Except:
		return rowsOf(n.From)
	}
	return -1
}

// matches is the estimate of what a tree finds before a page is cut.
func matches(n Node) int64 {
	for {
		switch of := n.(type) {
		case *Page:
			n = of.Input
		case *Sort:
			n = of.Input
		case *Filter:
			n = of.Input
		case *Hydrate:
			n = of.Input
		case *Window:
			n = of.Input
		default:
			return rowsOf(n)
		}
	}
}

// perParent is about how many resources refer to one, of those to which any does; -1 when no store knows.
func (b *builder) perParent() int64 {
	for i := range b.snapshot.Stores {
		s := &b.snapshot.Stores[i].Statistics
		if p, ok := s.Params[b.part.Query.Type][b.part.Param.Code]; ok && p.Distinct > 0 {
			return min(p.Rows/p.Distinct+1, estimate(s, b.part.Query.Type, b.part.Query.Where))
		} else if s.Rows != nil {
			return 0 // nothing of the type refers to anything by it
		}
	}
	return -1
}

// compareEstimates orders the most selective first, the unknown last.
func compareEstimates(x, y int64) int {
	switch {
	case x == y:
		return 0
	case x < 0:
		return 1
	case y < 0 || x < y:
		return -1
	}
	return 1
}
