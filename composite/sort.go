package composite

import (
	"context"
	"slices"
	"time"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// sort reads its input whole, orders it, and gives what is behind After.
func (x *Execution) sort(ctx context.Context, n *planner.Sort) rows {
	return func(yield func(Row, error) bool) {
		all, err := x.ordered(ctx, n)
		if err != nil {
			yield(Row{}, err)
			return
		}
		for _, r := range all {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// ordered gives the rows behind After in order, the first Limit where there is one. It never keeps more than twice as many.
func (x *Execution) ordered(ctx context.Context, n *planner.Sort) ([]Row, error) {
	began := time.Now()
	_, counted := n.Input.(*planner.Filter) // which has counted the rows already
	var all []Row
	for r, err := range x.stream(ctx, n.Input) {
		if err == nil && !counted {
			err = x.scan()
		}
		if err != nil {
			return nil, err
		}
		if r.values == nil {
			if r.values, err = x.values(r.Resource); err != nil {
				return nil, err
			}
		}
		r.Order, r.values = search.OrderKey(r.values, n.Keys), nil
		if n.After != nil && compareRows(r, place(r.Ref.Type, n.After), n.Reverse) <= 0 {
			continue
		}
		if all = append(all, r); n.Limit > 0 && len(all) >= 2*n.Limit {
			all = first(all, n)
		}
	}
	all = first(all, n)
	x.worked(n, len(all), began)
	return all, nil
}

func first(all []Row, n *planner.Sort) []Row {
	slices.SortFunc(all, func(a, b Row) int { return compareRows(a, b, n.Reverse) })
	if n.Limit > 0 && len(all) > n.Limit {
		clear(all[n.Limit:])
		all = all[:n.Limit]
	}
	return all
}

// place is a row where a cursor stands.
func place(resourceType string, c *search.Cursor) Row {
	return Row{Resource: search.Resource{Ref: fhir.Ref{Type: resourceType, ID: c.ID}}, Order: c.Order}
}
