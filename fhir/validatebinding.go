package fhir

import (
	"bytes"

	"github.com/valyala/fastjson"
)

// bound checks a Coding or CodeableConcept against the value set that is required.
func (v *validation) bound(o *fastjson.Object, f *Field) {
	ok := true
	switch f.typ.Name {
	case "Coding":
		ok = f.Element.set.hasCoding(o)
	case "CodeableConcept":
		ok = false
		codings := o.Get("coding").GetArray()
		for _, coding := range codings {
			ok = ok || f.Element.set.hasCoding(coding.GetObject())
		}
		// An extension alone says why there is no code.
		ok = ok || len(codings) == 0 && o.Get("extension") != nil
	}
	if !ok {
		v.bend("code-invalid", "has no code of "+f.Element.Binding.ValueSet+", which is required here")
	}
}

func (s *ValueSet) hasCoding(coding *fastjson.Object) bool {
	if coding == nil {
		return false
	}
	code := coding.Get("code").GetStringBytes()
	system := coding.Get("system").GetStringBytes()
	i, ok := s.index[string(code)]
	if !ok || s.Codes[i].System == string(system) {
		return ok
	}
	return len(system) > 0 && s.Contains(string(system), string(code))
}

// target checks that a literal reference may point at the type of resource that it names.
func (v *validation) target(o *fastjson.Object, f *Field) {
	reference := o.Get("reference").GetStringBytes()
	if len(reference) == 0 {
		return
	}
	var name []byte
	if reference[0] == '#' {
		if len(reference) == 1 {
			return // the container itself
		}
		found := v.containedType(reference[1:])
		if found == nil {
			v.bendAt("reference", "not-found", "names a contained resource that is not there")
			return
		}
		name = found
	} else {
		name = literalType(reference)
	}
	if v.mayTarget(f, name) {
		return
	}
	v.bendAt("reference", "structure", "points at a "+string(name)+", which "+f.Element.Name+" may not")
}

// mayTarget says whether an element may point at a type of resource; what is no type of ours is not judged.
func (v *validation) mayTarget(f *Field, name []byte) bool {
	if len(name) == 0 || len(f.Type.Targets) == 0 || !v.defs.IsResource(string(name)) {
		return true
	}
	for _, target := range f.Type.Targets {
		if string(name) == target {
			return true
		}
	}
	return false
}

// containedType is the type of the contained resource with an id; nil if there is none.
func (v *validation) containedType(id []byte) []byte {
	for _, c := range v.root.GetArray("contained") {
		if bytes.Equal(c.GetStringBytes("id"), id) {
			return c.GetStringBytes("resourceType")
		}
	}
	return nil
}

// literalType is the type that a relative reference or the URL of a FHIR server names; empty if it names none.
func literalType(reference []byte) []byte {
	if query := bytes.IndexByte(reference, '?'); query >= 0 {
		reference = reference[:query]
		if typeName(reference) {
			return reference
		}
		return nil
	}
	if at := bytes.Index(reference, []byte("/_history/")); at >= 0 {
		reference = reference[:at]
	}
	end := bytes.LastIndexByte(reference, '/')
	if end < 0 || !ValidID(reference[end+1:]) {
		return nil
	}
	name := reference[bytes.LastIndexByte(reference[:end], '/')+1 : end]
	if !typeName(name) {
		return nil
	}
	return name
}
