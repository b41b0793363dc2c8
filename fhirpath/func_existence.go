package fhirpath

// existence are the functions that ask whether there is something.
var existence = map[string]*function{
	"empty":     {run: func(_ *evaluation, _ *node, in collection) collection { return truth(len(in) == 0) }},
	"exists":    {max: 1, run: exists},
	"all":       {min: 1, max: 1, run: all},
	"count":     {run: func(_ *evaluation, _ *node, in collection) collection { return single(int64(len(in))) }},
	"hasValue":  {run: hasValue},
	"not":       {run: not},
	"allTrue":   {run: func(ev *evaluation, n *node, in collection) collection { return truth(!ev.some(n, in, false)) }},
	"anyTrue":   {run: func(ev *evaluation, n *node, in collection) collection { return truth(ev.some(n, in, true)) }},
	"allFalse":  {run: func(ev *evaluation, n *node, in collection) collection { return truth(!ev.some(n, in, true)) }},
	"anyFalse":  {run: func(ev *evaluation, n *node, in collection) collection { return truth(ev.some(n, in, false)) }},
	"iif":       {min: 2, max: 3, run: iif},
	"where":     {min: 1, max: 1, run: where},
	"select":    {min: 1, max: 1, run: choose},
	"repeat":    {min: 1, max: 1, run: repeat},
	"aggregate": {min: 1, max: 2, run: aggregate},
}

// each evaluates an argument for each item, with $this and $index, until visit says false.
func (ev *evaluation) each(n, arg *node, in collection, visit func(i int, result collection) bool) {
	total := ev.focus.total
	for i := range in {
		result := ev.in(focus{this: in[i : i+1 : i+1], index: i, total: total}, arg)
		ev.spend(n, 1)
		if !visit(i, result) {
			return
		}
	}
}

func exists(ev *evaluation, n *node, in collection) collection {
	if len(n.args) == 1 {
		return truth(len(in) > 0)
	}
	found := false
	ev.each(n, n.args[1], in, func(_ int, c collection) bool {
		found, _ = ev.condition(n.args[1], c)
		return !found
	})
	return truth(found)
}

func all(ev *evaluation, n *node, in collection) collection {
	every := true
	ev.each(n, n.args[1], in, func(_ int, c collection) bool {
		every, _ = ev.condition(n.args[1], c)
		return every
	})
	return truth(every)
}

func where(ev *evaluation, n *node, in collection) collection {
	var out collection
	ev.each(n, n.args[1], in, func(i int, c collection) bool {
		if holds, _ := ev.condition(n.args[1], c); holds {
			out = append(out, in[i])
		}
		return true
	})
	return out
}

func choose(ev *evaluation, n *node, in collection) collection {
	var out collection
	ev.each(n, n.args[1], in, func(_ int, c collection) bool {
		ev.spend(n, len(c))
		out = append(out, c...)
		return true
	})
	return out
}

// repeat evaluates its argument on what it found until nothing new comes. What stands at two places is two items.
func repeat(ev *evaluation, n *node, in collection) collection {
	var out collection
	seen := map[any]bool{}
	for len(in) > 0 {
		var fresh collection
		ev.each(n, n.args[1], in, func(_ int, c collection) bool {
			for _, i := range c {
				ev.spend(n, 1)
				if k := ev.identity(n, i); !seen[k] {
					seen[k] = true
					i.sure = false
					fresh = append(fresh, i)
				}
			}
			return true
		})
		out = append(out, fresh...)
		in = fresh
	}
	return out
}

// identity tells places apart, and values by what they are.
func (ev *evaluation) identity(n *node, i item) any {
	switch {
	case i.sys != nil:
		return ev.key(n, i)
	case i.json != nil:
		return i.json
	}
	return i.sibling
}

func aggregate(ev *evaluation, n *node, in collection) collection {
	var total collection
	if len(n.args) > 2 {
		total = ev.eval(n.args[2])
	}
	for i := range in {
		total = ev.in(focus{this: in[i : i+1 : i+1], index: i, total: total}, n.args[1])
		ev.spend(n, len(total))
	}
	return total
}

func iif(ev *evaluation, n *node, in collection) collection {
	f := focus{this: in, index: ev.focus.index, total: ev.focus.total}
	if holds, _ := ev.condition(n.args[1], ev.in(f, n.args[1])); holds {
		return ev.in(f, n.args[2])
	}
	if len(n.args) > 3 {
		return ev.in(f, n.args[3])
	}
	return nil
}

func not(ev *evaluation, n *node, in collection) collection {
	b, known := ev.condition(n, in)
	return maybe(!b, known)
}

func hasValue(_ *evaluation, _ *node, in collection) collection {
	return truth(len(in) == 1 && in[0].value() != nil && typeOf(in[0].value()) != "Quantity")
}

// some says whether an item is the boolean b; items that are no booleans are an error.
func (ev *evaluation) some(n *node, in collection, b bool) bool {
	for _, i := range in {
		v, ok := i.value().(bool)
		if !ok {
			ev.fail(n, "%s() is of booleans", n.name)
		}
		if v == b {
			return true
		}
	}
	return false
}
