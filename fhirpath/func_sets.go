package fhirpath

// sets are the functions on collections as sets.
var sets = map[string]*function{
	"distinct": {run: func(ev *evaluation, n *node, in collection) collection { return ev.distinct(n, in) }},
	"isDistinct": {run: func(ev *evaluation, n *node, in collection) collection {
		return truth(len(ev.distinct(n, in)) == len(in))
	}},
	"subsetOf": {min: 1, max: 1, run: func(ev *evaluation, n *node, in collection) collection {
		return truth(ev.within(n, in, ev.eval(n.args[1])))
	}},
	"supersetOf": {min: 1, max: 1, run: func(ev *evaluation, n *node, in collection) collection {
		return truth(ev.within(n, ev.eval(n.args[1]), in))
	}},
	"union": {min: 1, max: 1, run: func(ev *evaluation, n *node, in collection) collection {
		return ev.distinct(n, ev.joined(n, in))
	}},
	"combine":   {min: 1, max: 1, run: func(ev *evaluation, n *node, in collection) collection { return ev.joined(n, in) }},
	"intersect": {min: 1, max: 1, run: intersect},
	"exclude":   {min: 1, max: 1, run: exclude},
}

// subsets are the functions that take some items of a collection.
var subsets = map[string]*function{
	"single": {run: func(ev *evaluation, n *node, in collection) collection {
		if len(in) > 1 {
			ev.fail(n, "single() is of one item, and there are %d", len(in))
		}
		return in
	}},
	"first": {run: func(_ *evaluation, _ *node, in collection) collection { return slice(in, 0, 1) }},
	"last":  {run: func(_ *evaluation, _ *node, in collection) collection { return slice(in, int64(len(in))-1, 1) }},
	"tail":  {run: func(_ *evaluation, _ *node, in collection) collection { return slice(in, 1, int64(len(in))) }},
	"skip": {min: 1, max: 1, run: func(ev *evaluation, n *node, in collection) collection {
		from, _ := ev.integer(n.args[1], ev.eval(n.args[1]))
		return slice(in, max(0, from), int64(len(in)))
	}},
	"take": {min: 1, max: 1, run: func(ev *evaluation, n *node, in collection) collection {
		count, _ := ev.integer(n.args[1], ev.eval(n.args[1]))
		return slice(in, 0, count)
	}},
}

// slice is at most count items from one on.
func slice(in collection, from, count int64) collection {
	length := int64(len(in))
	if from < 0 || from >= length || count <= 0 {
		return nil
	}
	end := from + min(count, length-from)
	return in[from:end:end]
}

func (ev *evaluation) within(n *node, some, all collection) bool {
	keys := ev.keys(n, all)
	for _, i := range some {
		if !keys[ev.key(n, i)] {
			return false
		}
	}
	return true
}

func (ev *evaluation) joined(n *node, in collection) collection {
	other := ev.eval(n.args[1])
	ev.spend(n, len(in)+len(other))
	return append(in[:len(in):len(in)], other...)
}

func intersect(ev *evaluation, n *node, in collection) collection {
	keys := ev.keys(n, ev.eval(n.args[1]))
	var out collection
	for _, i := range ev.distinct(n, in) {
		if keys[ev.key(n, i)] {
			out = append(out, i)
		}
	}
	return out
}

func exclude(ev *evaluation, n *node, in collection) collection {
	keys := ev.keys(n, ev.eval(n.args[1]))
	var out collection
	for _, i := range in {
		if !keys[ev.key(n, i)] {
			out = append(out, i)
		}
	}
	return out
}
