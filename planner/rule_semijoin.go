package planner

import "github.com/heliograph/heliograph/search"

// pushSemiJoin has the inputs of an intersection searched within the ids that the ones before them left over, where their store
// claims that.
var pushSemiJoin = Rule{Name: "push-semi-join", Apply: func(n Node, s *Snapshot) Node {
	x, ok := n.(*Intersect)
	if !ok {
		return n
	}
	out := &Intersect{Parts: make([]Node, len(x.Parts))}
	for i, p := range x.Parts {
		out.Parts[i] = p
		if m, ok := p.(*Match); ok && i > 0 && s.claims(m.Store, search.CanWithin) {
			c := *m
			c.Within = true
			out.Parts[i] = &c
		}
	}
	return out
}}
