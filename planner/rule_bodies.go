package planner

import "github.com/heliograph/heliograph/search"

// fuseBodies lets the primary put the resources into its hits, instead of reading them again by key. Hits and resources are then
// of one position, so that there is nothing to verify.
var fuseBodies = Rule{Name: "fuse-bodies", Apply: func(n Node, s *Snapshot) Node {
	h, ok := n.(*Hydrate)
	if !ok {
		return n
	}
	m, ok := h.Input.(*Match)
	if !ok || m.Store != h.Store || !s.claims(m.Store, search.CanBodies) {
		return n
	}
	fused := *m
	fused.Request.Bodies = true
	return &fused
}}
