package planner

// onSpine calls f for the matches whose order is that of the tree.
func onSpine(n Node, f func(*Match)) {
	switch n := n.(type) {
	case *Match:
		f(n)
	case *Intersect:
		onSpine(n.Parts[len(n.Parts)-1], f)
	case *Union:
		for _, p := range n.Parts {
			onSpine(p, f)
		}
	case *Except:
		onSpine(n.From, f)
	case *Hydrate:
		onSpine(n.Input, f)
	case *Filter:
		onSpine(n.Input, f)
	}
}

// reverseUnions tells the unions on the spine in which direction their inputs come.
func reverseUnions(n Node, reverse bool) {
	switch n := n.(type) {
	case *Intersect:
		reverseUnions(n.Parts[len(n.Parts)-1], reverse)
	case *Union:
		n.Reverse = reverse
		for _, p := range n.Parts {
			reverseUnions(p, reverse)
		}
	case *Except:
		reverseUnions(n.From, reverse)
	case *Hydrate:
		reverseUnions(n.Input, reverse)
	case *Filter:
		reverseUnions(n.Input, reverse)
	}
}

// clone copies a tree, its matches included.
func clone(n Node) Node {
	if m, ok := n.(*Match); ok {
		c := *m
		return &c
	}
	return withInputs(n, clone)
}
