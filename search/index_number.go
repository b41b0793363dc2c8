package search

import (
	"github.com/valyala/fastjson"

	"github.com/heliograph/heliograph/fhir"
)

// systemCurrencies is the code system of currencies (FHIR R4, Money).
const systemCurrencies = "urn:iso:std:iso:4217"

// numbers appends the items of a number parameter: a number is a point, a Range has both its ends.
func (e *extraction) numbers(items []Item, n found) []Item {
	switch {
	case n.path.typ.Name == "Range":
		return e.spread(items, n, true)
	case n.path.typ.Kind == fhir.KindPrimitive:
		if key, ok := e.number(n, n.value); ok {
			items = append(items, Item{NLo: key, NHi: key})
		}
	}
	return items
}

// quantities appends the items of a quantity parameter (FHIR R4, 3.1.1.4.11): a comparator opens one end, a Range has two,
// SampledData is searched by the bounds of its values.
func (e *extraction) quantities(items []Item, n found) []Item {
	switch n.path.typ.Name {
	case "Range":
		return e.spread(items, n, false)
	case "SampledData":
		return e.sampled(items, n)
	case "Money":
		if key, ok := e.number(n, n.value.Get("value")); ok {
			it := Item{NLo: key, NHi: key, Code: text(n.value, "currency")}
			if it.Code != "" {
				it.System, it.Text = systemCurrencies, it.Code
			}
			items = append(items, it)
		}
		return items
	}
	if !e.x.params.defs.Is(n.path.typ.Name, "Quantity") {
		return items
	}
	key, ok := e.number(n, n.value.Get("value"))
	if !ok {
		return items
	}
	it := unit(n.value)
	it.NLo, it.NHi = key, key
	if c := n.value.GetStringBytes("comparator"); len(c) > 0 {
		if c[0] == '<' {
			it.NLo = MinNumber
		} else {
			it.NHi = MaxNumber
		}
	}
	return append(items, it)
}

// unit is an item with the unit of a Quantity.
func unit(v *fastjson.Value) Item {
	return Item{System: text(v, "system"), Code: text(v, "code"), Text: text(v, "unit")}
}

// spread appends a Range, with or without its unit; an end that is not there is open.
func (e *extraction) spread(items []Item, n found, bare bool) []Item {
	low, high := n.value.Get("low"), n.value.Get("high")
	var it Item
	lowKey, hasLow := e.number(n, member(low, "value"))
	highKey, hasHigh := e.number(n, member(high, "value"))
	if !hasLow && !hasHigh {
		return items
	}
	if hasLow && hasHigh && lowKey > highKey {
		e.skip(n, "the range ends below its beginning")
		return items
	}
	if !bare {
		if it = unit(high); low != nil {
			it = unit(low)
		}
	}
	it.NLo, it.NHi = MinNumber, MaxNumber
	if hasLow {
		it.NLo = lowKey
	}
	if hasHigh {
		it.NHi = highKey
	}
	return append(items, it)
}

func member(v *fastjson.Value, key string) *fastjson.Value {
	if v == nil {
		return nil
	}
	return v.Get(key)
}

// number gives the key of a number; false if there is none or it is malformed, which is reported.
func (e *extraction) number(n found, v *fastjson.Value) (string, bool) {
	if v == nil || v.Type() == fastjson.TypeNull {
		return "", false
	}
	if v.Type() != fastjson.TypeNumber {
		e.skip(n, "not a number")
		return "", false
	}
	e.key = v.MarshalTo(e.key[:0])
	d, err := fhir.ParseDecimal(string(e.key))
	if err != nil {
		e.skip(n, err.Error())
		return "", false
	}
	e.key = d.AppendKey(e.key[:0])
	return string(e.key), true
}
