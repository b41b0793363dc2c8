package patch

import (
	"github.com/go-json-experiment/json/jsontext"

	"github.com/heliograph/heliograph/fhir"
)

// sameMembers compares two objects of as many members each.
func sameMembers(a, b *tree) bool {
	of := make(map[string]*tree, len(b.members))
	for _, m := range b.members {
		of[m.name] = m.value
	}
	for _, m := range a.members {
		if other := of[m.name]; other == nil || !equal(m.value, other) {
			return false
		}
	}
	return true
}

// equal compares as RFC 6902 (4.6) does: members in any order, numbers by value, strings by their characters.
func equal(a, b *tree) bool {
	switch {
	case a.isObject() && b.isObject():
		if len(a.members) != len(b.members) {
			return false
		}
		return sameMembers(a, b)
	case a.isList() && b.isList():
		if len(a.items) != len(b.items) {
			return false
		}
		for i := range a.items {
			if !equal(a.items[i], b.items[i]) {
				return false
			}
		}
		return true
	case a.opened || b.opened || jsontext.Value(a.raw).Kind() != jsontext.Value(b.raw).Kind():
		return false
	}
	if string(a.raw) == string(b.raw) {
		return true
	}
	if a.raw[0] == '"' {
		x, _ := jsontext.AppendUnquote(nil, a.raw)
		y, _ := jsontext.AppendUnquote(nil, b.raw)
		return string(x) == string(y)
	}
	x, err := fhir.ParseDecimal(string(a.raw))
	y, other := fhir.ParseDecimal(string(b.raw))
	return err == nil && other == nil && x.Compare(y) == 0
}
