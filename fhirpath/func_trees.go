package fhirpath

import (
	"strings"

	"github.com/heliograph/heliograph/fhir"
)

// trees are the functions on the tree of a resource, on types, and of R4's additions.
var trees = map[string]*function{
	"children":    {run: children},
	"descendants": {run: descendants},
	"is":          {types: true, run: func(ev *evaluation, n *node, in collection) collection { return ev.isType(n, in) }},
	"as":          {types: true, run: func(ev *evaluation, n *node, in collection) collection { return ev.ofType(n, in) }},
	"ofType":      {types: true, run: func(ev *evaluation, n *node, in collection) collection { return ev.ofType(n, in) }},
	"extension":   {min: 1, max: 1, run: extension},
	"getValue":    {run: getValue},
	"resolve":     {run: resolve},
	"now":         {run: func(ev *evaluation, _ *node, _ collection) collection { return ev.clock(kindDateTime) }},
	"today":       {run: func(ev *evaluation, _ *node, _ collection) collection { return ev.clock(kindDate) }},
	"timeOfDay":   {run: func(ev *evaluation, _ *node, _ collection) collection { return ev.clock(kindTime) }},
}

func children(ev *evaluation, n *node, in collection) collection {
	var out collection
	for _, i := range in {
		out = ev.children(n, out, i)
	}
	return out
}

// descendants goes level by level, so that a parent comes before its children.
func descendants(ev *evaluation, n *node, in collection) collection {
	var out collection
	for level := children(ev, n, in); len(level) > 0; level = children(ev, n, level) {
		out = append(out, level...)
	}
	return out
}

// extension are the extensions with a URL.
func extension(ev *evaluation, n *node, in collection) collection {
	url, ok := ev.text(n.args[1], ev.eval(n.args[1]))
	if !ok {
		return nil
	}
	var out collection
	for _, i := range in {
		var found collection
		found, _ = ev.member(n, nil, i, "extension")
		ev.spend(n, len(found)+1)
		for _, e := range found {
			if string(e.json.GetStringBytes("url")) == url {
				out = append(out, e)
			}
		}
	}
	return out
}

func getValue(ev *evaluation, n *node, in collection) collection {
	v, ok := ev.one(n, in)
	return maybe(v, ok && typeOf(v) != "Quantity")
}

// resolve follows references to contained resources. Of what a reference elsewhere points at only the type is known.
func resolve(ev *evaluation, n *node, in collection) collection {
	var out collection
	for _, i := range in {
		ev.spend(n, 1)
		text := ""
		if i.json != nil {
			text = string(i.json.GetStringBytes("reference"))
		}
		if s, ok := i.value().(string); ok {
			text = s
		}
		if id, ok := strings.CutPrefix(text, "#"); ok {
			out = append(out, ev.contained(n, id)...)
			continue
		}
		ref, err := fhir.ParseReference(text, "")
		t := ev.defs.Type(ref.Type)
		if err != nil || t == nil || ref.Kind == fhir.ReferenceConditional {
			continue
		}
		out = append(out, item{typ: t, away: true})
	}
	return out
}

// contained is the resource with an id in the whole resource; "" is the resource itself.
func (ev *evaluation) contained(n *node, id string) collection {
	whole := ev.resource(n)
	if id == "" || len(whole) == 0 {
		return whole
	}
	found, _ := ev.member(n, nil, whole[0], "contained")
	for _, i := range found {
		ev.spend(n, 1)
		if i.json != nil && string(i.json.GetStringBytes("id")) == id {
			return collection{i}
		}
	}
	return nil
}

// clock is the time of the evaluation in UTC; all of an evaluation see the same.
func (ev *evaluation) clock(kind string) collection {
	now := ev.now.UTC()
	t := temporal{kind: kind, known: 6, zoned: kind == kindDateTime}
	if kind == kindDate {
		t.known = 3
	}
	return single(t.set(now))
}
