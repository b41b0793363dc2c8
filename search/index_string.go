package search

import "github.com/valyala/fastjson"

// strings appends the items of a string parameter: of a name or an address every part and its text (FHIR R4, 3.1.1.4.8).
func (e *extraction) strings(items []Item, n found) []Item {
	switch n.path.typ.Name {
	case "HumanName":
		return e.stringsOf(items, n, "text", "family", "given", "prefix", "suffix")
	case "Address":
		return e.stringsOf(items, n, "text", "line", "city", "district", "state", "postalCode", "country")
	}
	return e.string(items, n, n.value)
}

func (e *extraction) string(items []Item, n found, v *fastjson.Value) []Item {
	if v.Type() != fastjson.TypeString {
		if v.Type() != fastjson.TypeObject {
			e.skip(n, "not a string")
		}
		return items
	}
	exact := string(v.GetStringBytes())
	if normal := Normalise(exact); normal != "" {
		items = append(items, Item{Text: normal, Exact: exact})
	}
	return items
}

// stringsOf appends the strings in members of an object, lists flattened.
func (e *extraction) stringsOf(items []Item, n found, names ...string) []Item {
	for _, name := range names {
		v := n.value.Get(name)
		switch {
		case v == nil:
		case v.Type() == fastjson.TypeArray:
			for _, part := range v.GetArray() {
				if part.Type() != fastjson.TypeNull {
					items = e.string(items, n, part)
				}
			}
		case v.Type() != fastjson.TypeNull:
			items = e.string(items, n, v)
		}
	}
	return items
}

// uris appends the item of a uri parameter: the text as it stands.
func (e *extraction) uris(items []Item, n found) []Item {
	if n.value.Type() != fastjson.TypeString {
		e.skip(n, "not a uri")
		return items
	}
	if s := string(n.value.GetStringBytes()); s != "" {
		items = append(items, Item{Text: s})
	}
	return items
}
