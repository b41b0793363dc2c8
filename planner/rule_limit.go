package planner

// pushLimit lets the store stop, or the sort forget, as soon as the page is full: one row more than the page shows whether rows
// follow. It holds only where every row of the input reaches the page: hits that are hydrated first may be dropped.
var pushLimit = Rule{Name: "push-limit", Apply: func(n Node, _ *Snapshot) Node {
	p, ok := n.(*Page)
	if !ok {
		return n
	}
	limit := p.Offset + p.Limit + 1
	if p.Limit == 0 {
		limit = p.Offset + p.Cap + 1
	}
	out := *p
	switch in := p.Input.(type) {
	case *Match:
		m := *in
		m.Request.Limit = limit
		out.Input = &m
	case *Sort:
		s := *in
		s.Limit = limit
		out.Input = &s
	}
	return &out
}}
