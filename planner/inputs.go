package planner

// Inputs implements Node.
func (*Match) Inputs() []Node { return nil }

// Inputs implements Node.
func (n *Intersect) Inputs() []Node { return n.Parts }

// Inputs implements Node.
func (n *Union) Inputs() []Node { return n.Parts }

// Inputs implements Node.
func (n *Except) Inputs() []Node { return []Node{n.From, n.Without} }

// Inputs implements Node.
func (n *Hydrate) Inputs() []Node { return []Node{n.Input} }

// Inputs implements Node.
func (n *Filter) Inputs() []Node { return []Node{n.Input} }

// Inputs implements Node.
func (n *Sort) Inputs() []Node { return []Node{n.Input} }

// Inputs implements Node.
func (n *Window) Inputs() []Node { return []Node{n.Input} }

// Inputs implements Node.
func (n *Page) Inputs() []Node { return []Node{n.Input} }

// Inputs implements Node.
func (n *Count) Inputs() []Node {
	if n.Input != nil {
		return []Node{n.Input}
	}
	return nil
}

// Inputs implements Node.
func (n *EachNode) Inputs() []Node {
	if n.Within != nil {
		return []Node{n.Within}
	}
	return nil
}

// Inputs implements Node.
func (*GetNode) Inputs() []Node { return nil }

// Inputs implements Node.
func (*CodesNode) Inputs() []Node { return nil }

// Inputs implements Node.
func (*HistoryNode) Inputs() []Node { return nil }
