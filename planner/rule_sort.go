package planner

// pushSort lets the stores give the order, where all matches that the order comes from can: nothing has to be read whole.
var pushSort = Rule{Name: "push-sort", Apply: func(n Node, s *Snapshot) Node {
	sort, ok := n.(*Sort)
	if !ok {
		return n
	}
	able := true
	onSpine(sort.Input, func(m *Match) {
		q := m.Request.Query
		q.Sort = sort.Keys
		able = able && s.sorts(m.Store, q)
	})
	if !able {
		return n
	}
	out := clone(sort.Input)
	onSpine(out, func(m *Match) {
		m.Request.Query.Sort, m.Request.After, m.Request.Reverse = sort.Keys, sort.After, sort.Reverse
	})
	reverseUnions(out, sort.Reverse)
	return out
}}
