package planner

import (
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// each plans a search per parent: by one store that answers the whole of it, else by one that is asked within the ids of what it
// does not answer.
func (b *builder) each() (Node, error) {
	primary, err := b.primary()
	if err != nil {
		return nil, err
	}
	q := b.query()
	features := search.CanEach
	if b.part.Total != NoTotal {
		features |= search.CanCount
	}
	n := &EachNode{
		Primary: primary.ID, ParentTypes: b.part.Targets, Limit: b.part.Limit, Cap: b.part.Cap, Rows: b.part.Rows, Verify: q.Where,
	}
	c, ok := b.choose(q, features, b.part.Limit)
	if !ok {
		if c, q, n.Within, err = b.eachWithin(q, features, c); err != nil {
			return nil, err
		}
	}
	b.reject(c)
	n.Store, n.Why = c.store.ID, c.why()
	n.Request = search.EachRequest{
		Request: search.Request{
			Query: q, AtLeast: b.op.AtLeast, After: b.part.After, Reverse: b.part.Reverse, Limit: b.part.window() - b.part.Offset,
			Bodies: n.Within == nil && c.store.Primary && c.store.Claims.Has(search.CanBodies),
		},
		Param: b.part.Param, Offset: b.part.Offset, Count: b.part.Total != NoTotal,
	}
	return rewrite(n, b.snapshot), nil
}

// eachWithin splits a search per parent that no store answers as a whole: one store searches per parent for the parts that it
// answers, within the set of the others. What shows on whole resources alone is refused: pages of many parents would have to be read
// whole to be filtered.
func (b *builder) eachWithin(q search.Query, features search.Feature, whole choice) (choice, search.Query, Node, error) {
	base := q
	base.Where = search.True{}
	c, ok := b.choose(base, features|search.CanWithin, 0)
	if !ok {
		return c, q, nil, whole.refusal(b.part)
	}
	parts, ok := q.Where.(search.And)
	if !ok {
		parts = search.And{q.Where}
	}
	var own, rest search.And
	for _, p := range parts {
		joined := base
		joined.Where = search.Simplify(append(own[:len(own):len(own)], p))
		if b.eligible(c.store, joined, search.Restrict(joined), features) == nil {
			own = append(own, p)
		} else {
			rest = append(rest, p)
		}
	}
	b.residual = nil
	n, err := b.set(with(q, search.Simplify(rest)))
	if err != nil {
		return c, q, nil, err
	}
	if len(b.residual) > 0 {
		return c, q, nil, fault.New(fault.Unsupported, "%s: [%s] can only be filtered from whole resources, and not below many parents",
			b.part.Path, shape(search.Simplify(search.And(b.residual))))
	}
	q.Where = search.Simplify(own)
	return c, q, n, nil
}
