package search

import (
	"github.com/valyala/fastjson"

	"github.com/heliograph/heliograph/fhir"
)

// tokens appends the items of a token parameter (FHIR R4, 3.1.1.4.10). A code has the system that its required binding
// implies; a boolean, string, id or uri has none; a ContactPoint has its system code ("phone") for one.
func (e *extraction) tokens(items []Item, n found) []Item {
	switch n.path.typ.Name {
	case "CodeableConcept":
		return e.concept(items, n.value)
	case "Coding":
		return e.coding(items, n.value)
	case "Identifier":
		return e.identifier(items, n.value)
	case "ContactPoint":
		if value := text(n.value, "value"); value != "" {
			items = append(items, Item{System: text(n.value, "system"), Code: value})
		}
		return items
	}
	if n.path.typ.Kind != fhir.KindPrimitive {
		return items // of a choice: a Quantity, a Range or a Reference is no token
	}
	var code string
	switch n.value.Type() {
	case fastjson.TypeString:
		code = string(n.value.GetStringBytes())
	case fastjson.TypeTrue:
		code = "true"
	case fastjson.TypeFalse:
		code = "false"
	default:
		e.skip(n, "not a code")
	}
	if code == "" {
		return items
	}
	return append(items, Item{System: e.x.params.defs.ImpliedSystem(n.path.element, code), Code: code})
}

// concept appends an item for each coding, and one for the text, which has no code and is found by its words only.
func (e *extraction) concept(items []Item, v *fastjson.Value) []Item {
	for _, c := range v.GetArray("coding") {
		items = e.coding(items, c)
	}
	if words := Normalise(text(v, "text")); words != "" {
		items = append(items, Item{Text: words})
	}
	return items
}

func (e *extraction) coding(items []Item, v *fastjson.Value) []Item {
	it := Item{System: text(v, "system"), Code: text(v, "code"), Text: Normalise(text(v, "display"))}
	if it.System == "" && it.Code == "" && it.Text == "" {
		return items
	}
	return append(items, it)
}

func (e *extraction) identifier(items []Item, v *fastjson.Value) []Item {
	it := Item{System: text(v, "system"), Code: text(v, "value")}
	if kind := v.Get("type"); kind != nil {
		it.Text = Normalise(text(kind, "text"))
		for _, c := range kind.GetArray("coding") {
			if code := (fhir.Code{System: text(c, "system"), Code: text(c, "code")}); code != (fhir.Code{}) {
				it.Types = append(it.Types, code)
			}
		}
	}
	if it.System == "" && it.Code == "" && it.Text == "" && it.Types == nil {
		return items
	}
	return append(items, it)
}
