package composite

import (
	"context"
	"slices"

	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// Hydration starts with small batches, for a page may be full soon, and doubles them.
const (
	firstBatch = 64
	lastBatch  = planner.MaxKeys
)

// hydrate reads the rows' resources from the primary, a batch at a time, and gives those that are there and still match.
func (x *Execution) hydrate(ctx context.Context, n *planner.Hydrate) rows {
	return func(yield func(Row, error) bool) {
		size := firstBatch
		batch := make([]Row, 0, size)
		flush := func() bool {
			kept, err := x.verified(ctx, verification{node: n, query: n.Query, where: n.Verify}, batch)
			if err != nil {
				yield(Row{}, err)
				return false
			}
			for _, r := range kept {
				if !yield(r.Row, nil) {
					return false
				}
			}
			batch, size = batch[:0], min(2*size, lastBatch)
			return true
		}
		for r, err := range x.stream(ctx, n.Input) {
			if err != nil {
				yield(Row{}, err)
				return
			}
			batch = append(batch, r)
			if len(batch) >= size && !flush() {
				return
			}
		}
		if len(batch) > 0 {
			flush()
		}
	}
}

func (x *Execution) filter(ctx context.Context, n *planner.Filter) rows {
	return func(yield func(Row, error) bool) {
		for r, err := range x.stream(ctx, n.Input) {
			keep := false
			if err == nil {
				err = ctx.Err() // an expression may take long, and many rows stand in memory
			}
			if err == nil {
				keep, err = x.passes(&r, n.Where)
			}
			if err != nil {
				yield(Row{}, err)
				return
			}
			if keep && !yield(r, nil) {
				return
			}
		}
	}
}

// passes matches a row, and leaves its index values in it for a sort above where it has had to take them.
func (x *Execution) passes(r *Row, where search.Expr) (bool, error) {
	if err := x.scan(); err != nil {
		return false, err
	}
	v := &search.Values{Ref: r.Ref}
	if !wholly(where) {
		var err error
		if v, err = x.values(r.Resource); err != nil {
			return false, err
		}
		r.values = v
	}
	return search.MatchResource(where, v, x.known(where), func() ([]byte, error) { return r.Resource.Append(nil), nil })
}

// wholly says whether a condition asks for the resource itself and for no index value.
func wholly(e search.Expr) bool {
	switch e := e.(type) {
	case search.FHIRPath:
		return true
	case search.And:
		return !slices.ContainsFunc(e, func(p search.Expr) bool { return !wholly(p) })
	case search.Or:
		return !slices.ContainsFunc(e, func(p search.Expr) bool { return !wholly(p) })
	case search.Not:
		return wholly(e.X)
	}
	return false
}
