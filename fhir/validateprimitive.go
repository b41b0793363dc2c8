package fhir

import (
	"bytes"

	"github.com/valyala/fastjson"
)

// primitives checks the value or values of a primitive element.
func (v *validation) primitives(o *fastjson.Object, f *Field, value *fastjson.Value) {
	if !f.Element.List() {
		v.push(f.JSON, -1)
		switch value.Type() {
		case fastjson.TypeNull:
			v.report("structure", "is null: leave the member out")
		case fastjson.TypeArray:
			v.report("structure", "is an array: "+f.Element.Name+" does not repeat")
		default:
			v.primitive(f, value)
		}
		v.pop()
		return
	}
	nulls := false
	for i, item := range v.list(f, value) {
		if item.Type() == fastjson.TypeNull {
			nulls = true
			continue
		}
		v.push(f.JSON, i)
		v.primitive(f, item)
		v.pop()
	}
	if nulls {
		v.nulls(o, f, value)
	}
}

// nulls checks that where a value is null its sibling says something.
func (v *validation) nulls(o *fastjson.Object, f *Field, value *fastjson.Value) {
	siblings := o.Get("_" + f.JSON).GetArray()
	for i, item := range value.GetArray() {
		if item.Type() == fastjson.TypeNull && (i >= len(siblings) || siblings[i].Type() == fastjson.TypeNull) {
			v.push(f.JSON, i)
			v.report("structure", "is null, and nothing in _"+f.JSON+" stands for it")
			v.pop()
		}
	}
}

// sibling checks the `_name` member of a primitive: ids and extensions of its values.
func (v *validation) sibling(o *fastjson.Object, f *Field, value *fastjson.Value) {
	main := o.Get(f.JSON)
	if !f.Element.List() {
		v.push(f.JSON, -1)
		v.extended(f, value, main != nil)
		v.pop()
		return
	}
	values := main.GetArray()
	items := v.list(f, value)
	if main != nil && len(values) != len(items) {
		v.bendAt(f.JSON, "structure", "and _"+f.JSON+" differ in length: fill the shorter one with null")
	}
	for i, item := range items {
		if item.Type() == fastjson.TypeNull {
			if main == nil {
				v.reportAt(f.JSON, "structure", "has neither a value nor an extension at a place of _"+f.JSON)
			}
			continue
		}
		v.push(f.JSON, i)
		v.extended(f, item, i < len(values) && values[i].Type() != fastjson.TypeNull)
		v.pop()
	}
}

// extended checks the id and extensions of one primitive; without a value there must be an extension.
func (v *validation) extended(f *Field, value *fastjson.Value, hasValue bool) {
	o, err := value.Object()
	if err != nil {
		v.report("structure", "has an underscored sibling that is not an object")
		return
	}
	v.object(o, f.typ)
	if !hasValue && o.Len() > 0 && o.Get("extension") == nil {
		v.report("structure", "has neither a value nor an extension")
	}
}

// primitive checks one value.
func (v *validation) primitive(f *Field, value *fastjson.Value) {
	problem := ""
	switch form := f.typ.format; form {
	case formatBoolean:
		if kind := value.Type(); kind != fastjson.TypeTrue && kind != fastjson.TypeFalse {
			v.report("structure", "is not true or false")
		}
		return
	case formatInteger, formatUnsigned, formatPositive, formatDecimal:
		if value.Type() != fastjson.TypeNumber {
			v.report("structure", "is not a JSON number, which "+f.typ.Name+" is")
			return
		}
		problem = form.numberProblem(value.MarshalTo(v.buffer[:0]))
	default:
		text, err := value.StringBytes()
		if err != nil {
			v.report("structure", "is not a JSON string, which "+f.typ.Name+" is")
			return
		}
		if problem = form.textProblem(text); problem == "" && f.Element.set != nil && !f.Element.set.has(text) {
			v.bend("code-invalid", "is not a code of "+f.Element.Binding.ValueSet+", which is required here")
			return
		}
	}
	if problem != "" {
		v.report("value", problem)
	}
	if f.Type.Name == "canonical" && len(f.Type.Targets) > 0 {
		v.canonical(f, value.GetStringBytes())
	}
}

// canonical checks the type of resource that a canonical names, where its URL has one.
func (v *validation) canonical(f *Field, url []byte) {
	if at := bytes.IndexByte(url, '|'); at >= 0 {
		url = url[:at]
	}
	name := literalType(url)
	if len(url) > 1 && url[0] == '#' {
		name = v.containedType(url[1:])
	}
	if v.mayTarget(f, name) {
		return
	}
	v.bend("structure", "names a "+string(name)+", which "+f.Element.Name+" may not")
}

func (s *ValueSet) has(code []byte) bool {
	_, ok := s.index[string(code)]
	return ok
}
