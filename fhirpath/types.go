package fhirpath

func (ev *evaluation) isType(n *node, c collection) collection {
	if len(c) > 1 {
		ev.fail(n, "is wants one item, and there are %d", len(c))
	}
	if len(c) == 0 {
		return nil
	}
	return truth(c[0].is(ev.defs, n.typ))
}

// ofType keeps the items of a type. Also as() does: R4's search parameters use it on lists.
func (ev *evaluation) ofType(n *node, c collection) collection { return ev.filterType(n, c, n.typ) }

func (ev *evaluation) filterType(n *node, c collection, t typeName) collection {
	var out collection
	ev.spend(n, len(c))
	for _, i := range c {
		if i.is(ev.defs, t) {
			out = append(out, i)
		}
	}
	return out
}
