package planner

import (
	"fmt"

	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// RankedWindow is how many rows an order by relevance has: the best. They are ranked once, and pages run over them.
const RankedWindow = 1000

// ranked plans a search by relevance: a window that one store ranks, of what it answers; the rest is filtered from whole resources
// behind it.
func (b *builder) ranked(q search.Query, primary *StoreState) (Node, error) {
	if err := search.CheckScore(q); err != nil {
		return nil, b.part.at(err)
	}
	b.residual = nil
	m, err := b.ranks(q)
	if err != nil {
		return nil, err
	}
	m.Request.Query.Sort, m.Request.Score, m.Request.Limit = q.Sort, true, RankedWindow+1
	window := &Window{Input: m, Query: q, After: b.part.After, Reverse: b.part.Reverse}
	q.Sort = nil
	return b.filtered(&Hydrate{Input: window, Store: primary.ID, Verify: b.answered(q.Where), Query: q}, q), nil
}

// ranks asks a store that ranks for all of a condition, or for as much of an AND as such a store answers, the words among it.
func (b *builder) ranks(q search.Query) (*Match, error) {
	c, ok := b.choose(q, search.CanScore, 0)
	parts, and := q.Where.(search.And)
	if !ok && and {
		var kept search.And
		for _, p := range parts {
			if _, able := b.choose(with(q, p), search.CanScore, 0); able {
				kept = append(kept, p)
			} else if err := b.postpone(with(q, p)); err != nil {
				return nil, err
			}
		}
		q.Where = search.Simplify(kept)
		if search.CheckScore(q) == nil {
			c, ok = b.choose(q, search.CanScore, 0)
		}
	}
	if !ok {
		return nil, c.refusal(b.part)
	}
	b.reject(c)
	return b.match(c, q), nil
}

// scored has the matches of a tree give scores, where they are asked for and there are words to rank by. Where they cannot, there are
// none, and the plan says why: nothing of the answer hangs on them.
func (b *builder) scored(tree Node, q search.Query) {
	if !b.part.Score || len(search.Words(q.Where)) == 0 {
		return
	}
	if err := search.CheckScore(q); err != nil {
		b.degraded = append(b.degraded, "no scores: "+message(err))
		return
	}
	lacking := ""
	onSpine(tree, func(m *Match) {
		if !b.snapshot.claims(m.Store, search.CanScore) || len(search.Words(m.Request.Query.Where)) == 0 {
			lacking = fmt.Sprintf("no scores: %s, which answers [%s], does not rank its matches", m.Store, shape(m.Request.Query.Where))
		}
	})
	if lacking != "" {
		b.degraded = append(b.degraded, lacking)
		return
	}
	onSpine(tree, func(m *Match) { m.Request.Score = true })
}

// at says which part an error is about.
func (p *Part) at(err error) error { return fault.New(fault.Of(err), "%s: %s", p.Path, message(err)) }

// WindowOf is the window below a page's input; nil where the order is not by relevance.
func WindowOf(n Node) *Window {
	switch n := n.(type) {
	case *Window:
		return n
	case *Hydrate:
		return WindowOf(n.Input)
	case *Filter:
		return WindowOf(n.Input)
	}
	return nil
}
