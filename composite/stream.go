package composite

import (
	"context"
	"iter"
	"time"

	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// rows is what flows between operators: hits in the order of their node, hydrated above a Hydrate or a match with bodies. An
// error ends the stream.
type rows = iter.Seq2[Row, error]

// stream is the engine's one switch from nodes to operators.
func (x *Execution) stream(ctx context.Context, n planner.Node) rows {
	switch n := n.(type) {
	case *planner.Match:
		return x.match(ctx, n, n.Request)
	case *planner.Intersect:
		return x.intersect(ctx, n)
	case *planner.Union:
		return x.union(ctx, n)
	case *planner.Except:
		return x.except(ctx, n)
	case *planner.Hydrate:
		return x.hydrate(ctx, n)
	case *planner.Filter:
		return x.filter(ctx, n)
	case *planner.Window:
		return x.window(n)
	case *planner.Sort:
		return x.sort(ctx, n)
	default:
		return failed(fault.New(fault.Internal, "node %T gives no rows", n))
	}
}

func failed(err error) rows {
	return func(yield func(Row, error) bool) { yield(Row{}, err) }
}

// match asks a store. The request is the node's own, or the node's narrowed by a semi-join. The answer's position is noted
// before its first row goes on, for what is above verifies by it.
func (x *Execution) match(ctx context.Context, n *planner.Match, req search.Request) rows {
	s, err := x.searcher(n.Store)
	if err != nil {
		return failed(err)
	}
	return func(yield func(Row, error) bool) {
		began, count := time.Now(), 0
		defer func() { x.called(n, count, began) }()
		answer := s.Search(ctx, x.coded(req))
		for hit, err := range answer.Rows {
			if err != nil {
				yield(Row{}, err)
				return
			}
			if count++; count == 1 {
				x.reached(n.Store, answer.At())
			}
			if !yield(Row{Resource: bodyOf(hit), Order: hit.Order, Score: hit.Score}, nil) {
				return
			}
		}
		if count == 0 {
			x.reached(n.Store, answer.At())
		}
	}
}

func bodyOf(h search.Hit) search.Resource {
	if h.Resource != nil {
		return *h.Resource
	}
	return search.Resource{Ref: h.Ref, Version: h.Version}
}
