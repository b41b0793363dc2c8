package fhirpath

import (
	"github.com/valyala/fastjson"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
)

// memberOf evaluates a path step. A name that begins a path and is that of a resource type stands for the resources of this type.
func (ev *evaluation) memberOf(n *node) collection {
	in := ev.input(n)
	if n.args[0] == nil && n.name[0] >= 'A' && n.name[0] <= 'Z' {
		if t := ev.defs.Type(n.name); t != nil && (t.Kind == fhir.KindResource || t.Kind == fhir.KindAbstract) {
			return ev.filterType(n, in, typeName{fhir: t})
		}
	}
	var out collection
	misspelt := len(in) > 0
	for _, i := range in {
		before := len(out)
		var known bool
		out, known = ev.member(n, out, i, n.name)
		misspelt = misspelt && !known && i.sure
		ev.spend(n, len(out)-before+1)
	}
	if misspelt {
		ev.misspelt(n, in[0].typ)
	}
	return out
}

// misspelt refuses an element that no item can have, whatever the data.
func (ev *evaluation) misspelt(n *node, t *fhir.Type) {
	var known []string
	for _, e := range t.Elements {
		known = append(known, e.Name)
	}
	if f, ok := t.Field(n.name); ok && f.Element.Choice {
		ev.fail(n, "%s has no element %q: write %s.ofType(%s)", t.Name, n.name, f.Element.Name, f.Type.Name)
	}
	ev.fail(n, "%s has no element %q%s", t.Name, n.name, ev.cfg.suggest(n.name, known))
}

// member appends the values of an element of an item, and says whether the item's type may have it.
func (ev *evaluation) member(n *node, out collection, i item, name string) (collection, bool) {
	switch {
	case i.away:
		fail(ev.source, n.pos, fault.Unsupported, "what a reference points at is not loaded: only its type can be asked for")
	case i.sys != nil || i.typ == nil:
		return out, false
	case i.typ.Kind == fhir.KindPrimitive:
		return ev.primitiveMember(out, i, name)
	case i.json == nil || i.json.Type() != fastjson.TypeObject:
		return out, false
	case name == "resourceType" && i.typ.Kind == fhir.KindResource:
		return append(out, item{json: i.json.Get(name), typ: ev.defs.Type("code"), at: ev.spot(i.at, name, -1)}), true
	}
	if f, ok := i.typ.Field(name); ok && !f.Element.Choice {
		return ev.field(out, i, f), true
	}
	known := false
	for _, e := range i.typ.Elements {
		if !e.Choice || e.Name != name {
			continue
		}
		known = true
		for _, t := range e.Types {
			f, ok := i.typ.Field(name + upper(t.Name))
			if ok && (i.json.Exists(f.JSON) || i.json.Exists("_"+f.JSON)) {
				return ev.field(out, i, f), true
			}
		}
	}
	return out, known
}

func upper(name string) string { return string(name[0]&^0x20) + name[1:] }

// primitiveMember is the id or an extension of a primitive: what stands beside it.
func (ev *evaluation) primitiveMember(out collection, i item, name string) (collection, bool) {
	if name != "id" && name != "extension" {
		return out, false
	}
	if i.sibling == nil {
		return out, true
	}
	f, ok := ev.defs.Type("Element").Field(name)
	if !ok {
		return out, true
	}
	return ev.field(out, item{json: i.sibling, at: ev.siblingSpot(i.at)}, f), true
}

// siblingSpot is where the object beside a primitive stands.
func (ev *evaluation) siblingSpot(at *spot) *spot {
	if at == nil {
		return nil
	}
	return &spot{at.parent, "_" + at.name, at.index}
}

func (ev *evaluation) spot(parent *spot, name string, index int) *spot {
	if !ev.places {
		return nil
	}
	return &spot{parent, name, index}
}

// field appends the values of a JSON member, and of its sibling if they are primitives.
func (ev *evaluation) field(out collection, i item, f fhir.Field) collection {
	v := i.json.Get(f.JSON)
	made := item{typ: f.Definition(), sure: !f.Element.Choice}
	var beside *fastjson.Value
	if made.typ != nil && made.typ.Kind == fhir.KindPrimitive {
		beside = i.json.Get("_" + f.JSON)
	}
	if v == nil && beside == nil {
		return out
	}
	values, list := elements(v)
	siblings, also := elements(beside)
	for k := range max(len(values), len(siblings)) {
		made.json, made.sibling = at(values, k), at(siblings, k)
		if made.json == nil && made.sibling == nil {
			continue
		}
		index := -1
		if list || also {
			index = k
		}
		made.at = ev.spot(i.at, f.JSON, index)
		out = append(out, ev.concrete(made))
	}
	return out
}

// concrete gives a resource that stands in an element of type Resource its own type.
func (ev *evaluation) concrete(i item) item {
	if i.typ != nil && i.typ.Kind == fhir.KindAbstract && i.json != nil {
		if t := ev.defs.Type(string(i.json.GetStringBytes("resourceType"))); t != nil {
			i.typ, i.sure = t, false
		}
	}
	return i
}

// elements are those of a list, or the value itself; whether it is a list.
func elements(v *fastjson.Value) ([]*fastjson.Value, bool) {
	if v == nil {
		return nil, false
	}
	if v.Type() == fastjson.TypeArray {
		return v.GetArray(), true
	}
	return []*fastjson.Value{v}, false
}

func at(values []*fastjson.Value, i int) *fastjson.Value {
	if i >= len(values) || values[i].Type() == fastjson.TypeNull {
		return nil
	}
	return values[i]
}

// children appends all children of an item, in the order of the definition.
func (ev *evaluation) children(n *node, out collection, i item) collection {
	from := len(out)
	switch {
	case i.away:
		out, _ = ev.member(n, out, i, "id")
	case i.sys != nil || i.typ == nil:
		return out
	case i.typ.Kind == fhir.KindPrimitive:
		out, _ = ev.primitiveMember(out, i, "id")
		out, _ = ev.primitiveMember(out, i, "extension")
	case i.json != nil:
		for f := range i.typ.Fields() {
			ev.spend(n, 1)
			out = ev.field(out, i, f)
		}
	}
	ev.spend(n, len(out)-from)
	for k := from; k < len(out); k++ {
		out[k].sure = false
	}
	return out
}
