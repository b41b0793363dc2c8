package planner

import "github.com/heliograph/heliograph/search"

// each plans a search per parent: by one store that answers the whole of it, else by one that is asked within the ids of what it
// does not answer; what shows on whole resources alone is filtered before a parent's page is cut.
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
	b.residual = nil
	c, ok := b.choose(q, features, b.part.Limit)
	if !ok {
		if c, q, n.Within, err = b.eachWithin(q, features, c); err != nil {
			return nil, err
		}
	}
	if len(b.residual) > 0 {
		n.Verify, n.Filter, n.Residue = b.answered(n.Verify), search.Simplify(search.And(b.residual)), b.why
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
// answers, within the set of the others; what shows on whole resources alone is residual.
func (b *builder) eachWithin(q search.Query, features search.Feature, whole choice) (choice, search.Query, Node, error) {
	base := q
	base.Where = search.True{}
	c, ok := b.choose(base, features|search.CanWithin, 0)
	if !ok {
		if c, ok = b.choose(base, features, 0); !ok {
			return c, q, nil, whole.refusal(b.part)
		}
	}
	own, rest := b.eachParts(q, features, c.store)
	n, err := b.set(with(q, search.Simplify(rest)))
	if err != nil {
		return c, q, nil, err
	}
	if n != nil && !c.store.Claims.Has(search.CanWithin) {
		return c, q, nil, whole.refusal(b.part)
	}
	q.Where = search.Simplify(own)
	return c, q, n, nil
}

// eachParts divides a condition into what a store answers, together, and the rest.
func (b *builder) eachParts(q search.Query, features search.Feature, st *StoreState) (own, rest search.And) {
	parts, ok := q.Where.(search.And)
	if !ok {
		parts = search.And{q.Where}
	}
	for _, p := range parts {
		joined := q
		joined.Where = search.Simplify(append(own[:len(own):len(own)], p))
		if b.eligible(st, joined, search.Restrict(joined), features) == nil {
			own = append(own, p)
		} else {
			rest = append(rest, p)
		}
	}
	return own, rest
}
