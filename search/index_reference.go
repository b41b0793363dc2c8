package search

import (
	"slices"
	"strings"

	"github.com/valyala/fastjson"

	"github.com/heliograph/heliograph/fhir"
)

// references appends the items of a reference parameter (FHIR R4, 3.1.1.4.12).
func (e *extraction) references(items []Item, p *Param, n found) []Item {
	switch n.path.typ.Name {
	case "Reference":
		return e.reference(items, n)
	case "canonical", "uri":
		if n.value.Type() != fastjson.TypeString {
			e.skip(n, "not a canonical")
			return items
		}
		if it, ok := e.canonical(string(n.value.GetStringBytes())); ok {
			items = append(items, it)
		}
	case "Resource":
		// The resource itself, in a Bundle: a reference to the stored resource of its type and id.
		t, id := text(n.value, "resourceType"), text(n.value, "id")
		if id != "" && slices.Contains(p.Targets, t) {
			items = append(items, Item{Type: t, ID: id})
		}
	}
	return items
}

// reference reads a Reference: its literal, its logical identifier, or both in one item. One that has neither gives none.
func (e *extraction) reference(items []Item, n found) []Item {
	var it Item
	if identifier := n.value.Get("identifier"); identifier != nil {
		it.System, it.Code = text(identifier, "system"), text(identifier, "value")
	}
	if v := n.value.Get("reference"); v != nil && v.Type() != fastjson.TypeNull {
		if v.Type() != fastjson.TypeString {
			e.skip(n, "the reference is not a string")
		} else if !e.literal(&it, n, string(v.GetStringBytes())) {
			e.skip(n, "the reference is neither Type/id nor a URL")
		}
	}
	if it.Code == "" && it.System == "" && it.ID == "" && it.URL == "" {
		return items
	}
	return append(items, it)
}

// literal puts a literal reference into an item. One to a contained resource is kept as its fragment, so that the parameter
// is not missing; it leads to no other resource. A bare id is one of the type that Reference.type or the element names.
func (e *extraction) literal(it *Item, n found, s string) bool {
	if s == "" {
		return true
	}
	r, err := fhir.ParseReference(s, e.x.config.Base)
	switch {
	case err != nil:
		t := e.referredType(n.value, n.path.targets)
		if !fhir.ValidID(s) || !e.x.params.defs.IsResource(t) {
			return false
		}
		it.Type, it.ID = t, s
	case r.Kind == fhir.ReferenceLocal && e.x.params.defs.IsResource(r.Type):
		it.Type, it.ID, it.Version = r.Type, r.ID, r.Version
	case r.Kind == fhir.ReferenceCanonical:
		it.URL, it.Version = r.URL, r.Version
	default:
		it.URL = s
	}
	return true
}

// canonical reads a canonical or uri: a relative one that names a resource here is a reference to it, any other is a URL and
// its version.
func (e *extraction) canonical(s string) (Item, bool) {
	if r, err := fhir.ParseReference(s, e.x.config.Base); err == nil && r.Kind == fhir.ReferenceLocal && r.Fragment == "" &&
		e.x.params.defs.IsResource(r.Type) && !strings.Contains(s, "://") {
		return Item{Type: r.Type, ID: r.ID, Version: r.Version}, true
	}
	url, version, _ := strings.Cut(s, "|")
	return Item{URL: url, Version: version}, url != ""
}
