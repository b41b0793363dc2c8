package planner

import (
	"slices"

	"github.com/heliograph/heliograph/search"
)

// tree is the set of a query as matches and merge nodes: one match where one store answers the whole of it, best in the order
// asked for, else parts. AND is AND: parts that no store claims become a residual filter or fail; nothing is dropped.
func (b *builder) tree(q search.Query) (Node, error) {
	c, ok := b.choose(q, 0, b.part.Limit)
	if !ok && len(q.Sort) > 0 {
		if err := b.buildingSort(q); err != nil {
			return nil, err
		}
		q.Sort = nil
		c, ok = b.choose(q, 0, 0)
	}
	b.reject(c)
	if ok {
		return b.match(c, q), nil
	}
	n, err := b.divide(q)
	if n == nil && err == nil {
		return b.all(q)
	}
	return n, err
}

// all is every resource of a type, for what is filtered or subtracted from it.
func (b *builder) all(q search.Query) (Node, error) { return b.leaf(with(q, search.True{})) }

func (b *builder) leaf(q search.Query) (Node, error) {
	c, ok := b.choose(q, 0, 0)
	if !ok {
		return nil, c.refusal(b.part)
	}
	return b.match(c, q), nil
}

func with(q search.Query, where search.Expr) search.Query {
	q.Where, q.Sort = where, nil
	return q
}

// set is the set of a condition; nil if it is left to be filtered from whole resources.
func (b *builder) set(q search.Query) (Node, error) {
	if c, ok := b.choose(q, 0, 0); ok {
		return b.match(c, q), nil
	}
	return b.divide(q)
}

// divide is set for a condition that no store answers as a whole.
func (b *builder) divide(q search.Query) (Node, error) {
	switch where := q.Where.(type) {
	case search.And:
		return b.intersection(q, where)
	case search.Or:
		return b.union(q, where)
	case search.Not:
		return b.except(q, where)
	}
	return nil, b.postpone(q)
}

// intersection answers the parts of an AND: together those that one store is best on, and by themselves those that have to be
// divided further. What is negated is subtracted from the rest; what is left over is filtered.
func (b *builder) intersection(q search.Query, parts search.And) (Node, error) {
	var sets, without []Node
	g := grouping{b: b, query: q, join: func(parts []search.Expr) search.Expr { return search.Simplify(search.And(parts)) }}
	for _, p := range parts {
		pq := with(q, p)
		if c, ok := b.choose(pq, 0, 0); ok {
			g.add(c, p)
			continue
		}
		not, negated := p.(search.Not)
		var n Node
		var err error
		if negated {
			n, err = b.negated(q, not)
		} else {
			n, err = b.divide(pq)
		}
		switch {
		case err != nil:
			return nil, err
		case n == nil:
		case negated:
			without = append(without, n)
		default:
			sets = append(sets, n)
		}
	}
	sets = append(sets, g.matches()...)
	return b.subtracted(q, b.intersect(sets), without)
}

// subtracted is from less all of without; from nil is everything.
func (b *builder) subtracted(q search.Query, from Node, without []Node) (Node, error) {
	if len(without) == 0 {
		return from, nil
	}
	if from == nil {
		var err error
		if from, err = b.all(q); err != nil {
			return nil, err
		}
	}
	if len(without) == 1 {
		return &Except{From: from, Without: without[0]}, nil
	}
	return &Except{From: from, Without: &Union{Parts: without}}, nil
}

// intersect orders the inputs: the most selective first. Where an order is asked for, the last is the largest that can give it.
func (b *builder) intersect(sets []Node) Node {
	switch len(sets) {
	case 0:
		return nil
	case 1:
		return sets[0]
	}
	slices.SortStableFunc(sets, func(x, y Node) int { return compareEstimates(rowsOf(x), rowsOf(y)) })
	for i, n := range slices.Backward(sets) {
		m, ok := n.(*Match)
		if ok && len(b.part.Query.Sort) > 0 && b.snapshot.sorts(m.Store, b.part.Query) {
			sets = append(slices.Delete(sets, i, i+1), n)
			break
		}
	}
	return &Intersect{Parts: sets}
}

// union answers the branches of an OR: together those that one store is best on. A branch that needs a residual filter cannot
// be told from the others afterwards, so the whole OR is then the residual.
func (b *builder) union(q search.Query, parts search.Or) (Node, error) {
	before := len(b.residual)
	g := grouping{b: b, query: q, join: func(parts []search.Expr) search.Expr { return search.Simplify(search.Or(parts)) }}
	var nodes []Node
	for _, p := range parts {
		pq := with(q, p)
		if c, ok := b.choose(pq, 0, 0); ok {
			g.add(c, p)
			continue
		}
		n, err := b.divide(pq)
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, n)
	}
	if len(b.residual) > before {
		b.residual = b.residual[:before]
		return nil, b.postpone(with(q, parts))
	}
	return &Union{Parts: append(nodes, g.matches()...)}, nil
}

// except answers a NOT as everything less the negated condition.
func (b *builder) except(q search.Query, not search.Not) (Node, error) {
	without, err := b.negated(q, not)
	if without == nil || err != nil {
		return nil, err
	}
	return b.subtracted(q, nil, []Node{without})
}

// negated is the set that a NOT takes away; nil if the whole NOT is left to be filtered, for a superset must not be taken away.
func (b *builder) negated(q search.Query, not search.Not) (Node, error) {
	before := len(b.residual)
	n, err := b.set(with(q, not.X))
	if err != nil || len(b.residual) == before {
		return n, err
	}
	b.residual = b.residual[:before]
	return nil, b.postpone(with(q, not))
}

// grouping collects the parts of a condition by the store that is best on each, so that a store is asked once for all its parts.
type grouping struct {
	b      *builder
	query  search.Query
	join   func([]search.Expr) search.Expr
	groups []group
}

type group struct {
	choice choice
	parts  []search.Expr
}

func (g *grouping) add(c choice, part search.Expr) {
	for i := range g.groups {
		if g.groups[i].choice.store == c.store {
			g.groups[i].parts = append(g.groups[i].parts, part)
			return
		}
	}
	g.groups = append(g.groups, group{choice: c, parts: []search.Expr{part}})
}

// matches are one match a group, or one a part where the store does not claim the parts together.
func (g *grouping) matches() []Node {
	var out []Node
	for _, gr := range g.groups {
		q := with(g.query, g.join(gr.parts))
		if g.b.eligible(gr.choice.store, q, search.Restrict(q), 0) == nil {
			out = append(out, g.b.match(gr.choice, q))
			continue
		}
		for _, p := range gr.parts {
			out = append(out, g.b.match(gr.choice, with(g.query, p)))
		}
	}
	return out
}
