package patch

import (
	"github.com/valyala/fastjson"

	"github.com/heliograph/heliograph/fhir"
)

// slot is the operation's value for an element: a value[x], a resource, or parts that name the elements of a backbone.
func (c change) slot(field fhir.Field) (slot, error) { return slotOf(c.value, field) }

func slotOf(part *fastjson.Value, field fhir.Field) (slot, error) {
	var s slot
	if name := valueName(part); name != "" {
		s.value, s.sibling = planted(part.Get(name)), planted(part.Get("_"+name))
		return s, nil
	}
	if r := part.Get("resource"); r != nil {
		return slot{value: planted(r)}, nil
	}
	nested := part.GetArray("part")
	if len(nested) == 0 {
		return s, bad("part %q has neither a value[x], a resource nor parts", part.GetStringBytes("name"))
	}
	t := field.Definition()
	if t == nil || isPrimitive(t) {
		return s, bad("%s takes a value[x]", field.JSON)
	}
	s.value = object()
	for _, p := range nested {
		inner := change{name: string(p.GetStringBytes("name")), value: p}
		f, err := inner.field(t)
		if err != nil {
			return s, err
		}
		value, err := slotOf(p, f)
		if err != nil {
			return s, err
		}
		if err := vacant(s.value, t, f); err != nil {
			return s, err
		}
		primitive := isPrimitive(f.Definition())
		e := elementOf(s.value, f.JSON, f.Element.List(), primitive)
		e.slots = append(e.slots, value)
		e.store(primitive)
	}
	return s, nil
}

// planted is a value of the patch as a tree; nil for none.
func planted(v *fastjson.Value) *tree {
	if v == nil || v.Type() == fastjson.TypeNull {
		return nil
	}
	return &tree{raw: fhir.AppendJSON(nil, v)}
}
