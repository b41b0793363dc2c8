package search

import (
	"github.com/valyala/fastjson"

	"github.com/heliograph/heliograph/fhir"
)

// refersTo says whether a reference leads to a resource of a type. Nothing is read: the type is in the reference itself, in
// the contained resource that it names, in Reference.type, or the element allows no other.
func (e *evaluator) refersTo(v *fastjson.Value, s *step) bool {
	return e.referredType(v, s.targets) == s.key
}

// referredType gives the type of resource that a Reference names; "" if nothing tells.
func (e *evaluator) referredType(v *fastjson.Value, targets []string) string {
	literal := v.GetStringBytes("reference")
	if t := v.GetStringBytes("type"); len(literal) == 0 && len(t) > 0 {
		return string(t)
	}
	if len(literal) > 0 && literal[0] == '#' {
		if c := e.contained(literal[1:]); c != nil {
			return string(c.GetStringBytes("resourceType"))
		}
		return ""
	}
	if r, err := fhir.ParseReference(string(literal), ""); err == nil && r.Type != "" {
		return r.Type
	}
	if t := v.GetStringBytes("type"); len(t) > 0 {
		return string(t)
	}
	if len(targets) == 1 && targets[0] != "Resource" {
		return targets[0]
	}
	return ""
}

// contained gives the contained resource with an id, the resource itself for "", nil if there is none.
func (e *evaluator) contained(id []byte) *fastjson.Value {
	if len(id) == 0 {
		return e.root
	}
	if len(e.ids) == 0 {
		for _, c := range e.root.GetArray("contained") {
			if id := string(c.GetStringBytes("id")); e.ids[id] == nil {
				e.ids[id] = c
			}
		}
	}
	return e.ids[string(id)]
}
