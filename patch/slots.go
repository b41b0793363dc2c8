package patch

// slot is one element of a resource: its value, and what stands beside a primitive under _name. Either may be nil.
type slot struct{ value, sibling *tree }

// element is a named element of an object: one slot, or those of a list.
type element struct {
	object *tree
	name   string
	list   bool
	slots  []slot
}

// elementOf reads an element of an object.
func elementOf(object *tree, name string, list, primitive bool) *element {
	e := &element{object: object, name: name, list: list}
	e.fill(object.get(name), func(s *slot, t *tree) { s.value = t })
	if primitive {
		e.fill(object.get("_"+name), func(s *slot, t *tree) { s.sibling = t })
	}
	return e
}

func (e *element) fill(t *tree, set func(*slot, *tree)) {
	if t == nil {
		return
	}
	items := []*tree{t}
	if e.list && t.isList() {
		items = t.items
	}
	for i, item := range items {
		if i >= len(e.slots) {
			e.slots = append(e.slots, slot{})
		}
		if !item.isNull() {
			set(&e.slots[i], item)
		}
	}
}

// store writes the slots back; members of which nothing is left go.
func (e *element) store(primitive bool) {
	e.object.set(e.name, e.joined(func(s slot) *tree { return s.value }))
	if primitive {
		e.object.set("_"+e.name, e.joined(func(s slot) *tree { return s.sibling }))
	}
}

func (e *element) joined(of func(slot) *tree) *tree {
	out, any := array(), false
	for _, s := range e.slots {
		t := of(s)
		if t == nil {
			t = &tree{raw: []byte("null")}
		} else {
			any = true
		}
		out.items = append(out.items, t)
	}
	switch {
	case !any:
		return nil
	case e.list:
		return out
	}
	return out.items[0]
}
