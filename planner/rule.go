package planner

// Rule rewrites one node of a plan whose inputs have been rewritten already. It gives an equivalent node: the same rows in the
// same order, cheaper. A rule may be switched off by name (Snapshot.Off), which changes cost, never an answer.
type Rule struct {
	Name  string
	Apply func(Node, *Snapshot) Node
}

// Rules are all rules, in the order in which they are tried at each node.
func Rules() []Rule {
	return []Rule{fuseBodies, pushSemiJoin, pushSort, pushLimit}
}

func rewrite(n Node, s *Snapshot) Node {
	n = withInputs(n, func(in Node) Node { return rewrite(in, s) })
	for _, r := range Rules() {
		if !s.Off[r.Name] {
			n = r.Apply(n, s)
		}
	}
	return n
}

// withInputs gives a copy of the node with each input replaced; a leaf as it is.
func withInputs(n Node, f func(Node) Node) Node {
	switch n := n.(type) {
	case *Intersect:
		return &Intersect{Parts: mapNodes(n.Parts, f)}
	case *Union:
		return &Union{Parts: mapNodes(n.Parts, f), Reverse: n.Reverse}
	case *Except:
		return &Except{From: f(n.From), Without: f(n.Without)}
	case *Hydrate:
		c := *n
		c.Input = f(n.Input)
		return &c
	case *Filter:
		c := *n
		c.Input = f(n.Input)
		return &c
	case *Sort:
		c := *n
		c.Input = f(n.Input)
		return &c
	case *Page:
		c := *n
		c.Input = f(n.Input)
		return &c
	case *EachNode:
		if n.Within == nil {
			return n
		}
		c := *n
		c.Within = f(n.Within)
		return &c
	case *Count:
		if n.Input == nil {
			return n
		}
		c := *n
		c.Input = f(n.Input)
		return &c
	}
	return n
}

func mapNodes(nodes []Node, f func(Node) Node) []Node {
	out := make([]Node, len(nodes))
	for i, n := range nodes {
		out[i] = f(n)
	}
	return out
}
