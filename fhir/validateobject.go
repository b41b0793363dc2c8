package fhir

import "github.com/valyala/fastjson"

// presence is what an object of a type has.
type presence struct {
	fields   memberSet
	elements elementSet
}

// object checks the members of an object of a type.
func (v *validation) object(o *fastjson.Object, t *Type) {
	if o.Len() == 0 {
		v.report("structure", "is an empty object: leave the member out")
		return
	}
	var seen presence
	members := 0
	o.Visit(func(key []byte, value *fastjson.Value) {
		members++
		v.member(o, t, key, value, &seen)
	})
	if members == 1 && t.Kind == KindResource {
		v.report("structure", "has nothing but its resourceType")
	}
	for word, required := range t.required {
		if required&^seen.elements[word] == 0 {
			continue
		}
		for i, e := range t.Elements {
			if i>>6 == word && t.required.has(i) && !seen.elements.has(i) {
				v.missing(e)
			}
		}
	}
}

func (v *validation) missing(e *Element) {
	name := e.Name
	if e.Choice {
		name += "[x]"
	}
	v.bend("required", "lacks "+name+", which is required")
}

func (v *validation) member(o *fastjson.Object, t *Type, key []byte, value *fastjson.Value, seen *presence) {
	name, sibling := key, false
	if len(key) > 1 && key[0] == '_' {
		name, sibling = key[1:], true
	}
	i, ok := t.byJSON[string(name)]
	if !ok || sibling && t.fields[i].typ.Kind != KindPrimitive {
		if string(key) != "resourceType" || t.Kind != KindResource {
			v.unknown(t, key)
		}
		return
	}
	f := &t.fields[i]
	switch {
	case !seen.elements.has(f.element):
		seen.elements.add(f.element)
		seen.fields.add(i)
	case f.Element.Choice && !seen.fields.has(i):
		seen.fields.add(i)
		v.reportAt(f.JSON, "structure", "is a second value of "+f.Element.Name+"[x]: only one is allowed")
	}
	if sibling {
		v.sibling(o, f, value)
		return
	}
	if f.typ.Kind == KindPrimitive {
		v.primitives(o, f, value)
		return
	}
	v.complexes(f, value)
}

// unknown reports a member that the type does not have; its name is repeated only if it can be one of FHIR's.
func (v *validation) unknown(t *Type, key []byte) {
	named := len(key) > 0 && len(key) <= 64
	for i, c := range key {
		named = named && (c|0x20 >= 'a' && c|0x20 <= 'z' || i > 0 && c >= '0' && c <= '9' || i == 0 && c == '_')
	}
	if !named {
		v.report("structure", "has a member that "+t.Name+" does not have")
		return
	}
	v.report("structure", "has a member "+string(key)+", which "+t.Name+" does not have")
}

// list returns the values of a repeating element, or reports that the JSON has the wrong shape.
func (v *validation) list(f *Field, value *fastjson.Value) []*fastjson.Value {
	items, err := value.Array()
	switch {
	case err != nil:
		v.reportAt(f.JSON, "structure", "is not an array: "+f.Element.Name+" repeats")
	case len(items) == 0:
		v.reportAt(f.JSON, "structure", "is an empty array: leave the member out")
	case len(items) > f.Element.Max:
		v.reportAt(f.JSON, "structure", "has more values than are allowed")
	}
	return items
}

// complexes checks the value or values of an element that is no primitive.
func (v *validation) complexes(f *Field, value *fastjson.Value) {
	if !f.Element.List() {
		v.push(f.JSON, -1)
		v.complex(f, value)
		v.pop()
		return
	}
	for i, item := range v.list(f, value) {
		v.push(f.JSON, i)
		v.complex(f, item)
		v.pop()
	}
}

func (v *validation) complex(f *Field, value *fastjson.Value) {
	o, err := value.Object()
	switch {
	case value.Type() == fastjson.TypeNull:
		v.report("structure", "is null: leave the member out")
	case value.Type() == fastjson.TypeArray:
		v.report("structure", "is an array: "+f.Element.Name+" does not repeat")
	case err != nil:
		v.report("structure", "is not an object")
	case f.Type.Name == "Resource":
		v.inner(f, value)
	default:
		v.object(o, f.typ)
		if f.Element.set != nil {
			v.bound(o, f)
		}
		if f.typ.Name == "Reference" {
			v.target(o, f)
		}
	}
}

// inner checks a resource within a resource.
func (v *validation) inner(f *Field, value *fastjson.Value) {
	if f.JSON != "contained" {
		outer, contained := v.root, v.contained
		v.root, v.contained = value, false
		v.resource(value, "")
		v.root, v.contained = outer, contained
		return
	}
	if v.contained {
		v.report("structure", "is contained in a contained resource: contain it in the outermost one")
		return
	}
	v.contained = true
	v.resource(value, "")
	v.contained = false
}
