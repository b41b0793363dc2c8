package fhirpath

import (
	"slices"
	"strconv"
	"strings"

	"github.com/valyala/fastjson"

	"github.com/heliograph/heliograph/fhir"
)

// key is a text that two items share exactly if they are equal, as sets (distinct, union, in, …) need it.
func (ev *evaluation) key(n *node, i item) string {
	if v := i.value(); v != nil {
		if _, ok := v.(quantity); !ok || i.sys != nil {
			k := keyOf(v)
			ev.spendText(n, len(k))
			return k
		}
	}
	if i.json == nil {
		return "~" + string(appendCanonical(ev, n, nil, i.sibling))
	}
	return "{" + string(appendCanonical(ev, n, nil, i.json))
}

func keyOf(v any) string {
	switch v := v.(type) {
	case bool:
		return "b" + strconv.FormatBool(v)
	case string:
		return "s" + v
	case int64, number:
		d, _ := asNumber(v)
		return "n" + numberKey(d.String())
	case quantity:
		if c, unit, ok := v.canonical(); ok {
			return "q" + unit + "\x00" + numberKey(c.String())
		}
		return "Q" + v.unit + "\x00" + numberKey(v.value.String())
	case temporal:
		t := v
		if t.zoned && t.known > 3 {
			t = t.utc()
		}
		t.nanos, t.kind = v.nanos, map[bool]string{true: kindTime, false: kindDateTime}[v.kind == kindTime]
		return "t" + t.kind + t.write()
	}
	return ""
}

func numberKey(text string) string {
	d, err := fhir.ParseDecimal(text)
	if err != nil {
		return text
	}
	return string(d.AppendKey(nil))
}

// appendCanonical appends a node with its members sorted and its numbers by value.
func appendCanonical(ev *evaluation, n *node, dst []byte, v *fastjson.Value) []byte {
	ev.spend(n, 1)
	if v == nil {
		return append(dst, "null"...)
	}
	switch v.Type() {
	case fastjson.TypeObject:
		o := v.GetObject()
		names := make([]string, 0, o.Len())
		o.Visit(func(key []byte, _ *fastjson.Value) { names = append(names, string(key)) })
		slices.Sort(names)
		dst = append(dst, '{')
		for _, name := range names {
			dst = append(appendCanonical(ev, n, append(strconv.AppendQuote(dst, name), ':'), o.Get(name)), ',')
		}
		return append(dst, '}')
	case fastjson.TypeArray:
		dst = append(dst, '[')
		for _, e := range v.GetArray() {
			dst = append(appendCanonical(ev, n, dst, e), ',')
		}
		return append(dst, ']')
	case fastjson.TypeNumber:
		return append(append(dst, 'n'), numberKey(string(v.MarshalTo(nil)))...)
	}
	from := len(dst)
	dst = v.MarshalTo(dst)
	ev.spendText(n, len(dst)-from)
	return dst
}

// keys are the keys of a collection, to be looked up.
func (ev *evaluation) keys(n *node, c collection) map[string]bool {
	set := make(map[string]bool, len(c))
	for _, i := range c {
		set[ev.key(n, i)] = true
	}
	return set
}

// distinct keeps the first of equal items.
func (ev *evaluation) distinct(n *node, c collection) collection {
	set := make(map[string]bool, len(c))
	out := make(collection, 0, len(c))
	for _, i := range c {
		if k := ev.key(n, i); !set[k] {
			set[k] = true
			out = append(out, i)
		}
	}
	return out
}

// equal compares two items as = does; false for known where a precision or a unit leaves it open.
func (ev *evaluation) equal(n *node, a, b item) (same, known bool) {
	x, y := a.value(), b.value()
	if t, ok := x.(temporal); ok {
		if o, ok := y.(temporal); ok {
			if (t.kind == kindTime) != (o.kind == kindTime) {
				return false, true
			}
			c, known := t.compare(o)
			return c == 0, known
		}
	}
	if q, ok := x.(quantity); ok {
		if o, ok := y.(quantity); ok && (a.sys != nil || b.sys != nil) {
			c, known := q.compare(o)
			return c == 0, known
		}
	}
	x, y = alike(x, y)
	if t, ok := x.(temporal); ok && typeOf(y) == kindDateTime {
		return ev.equal(n, single(t)[0], single(y)[0])
	}
	if x != nil && y != nil && (a.sys != nil || b.sys != nil) {
		ky, kx := keyOf(y), keyOf(x)
		ev.spendText(n, len(kx)+len(ky))
		return kx == ky, true
	}
	return ev.key(n, a) == ev.key(n, b), true
}

// alike converts a string to the date or time that the other one is, and a number to a quantity.
func alike(x, y any) (any, any) {
	if s, ok := x.(string); ok {
		if t, is := y.(temporal); is {
			if made, ok := parseTemporal(s, t.kind); ok {
				return made, y
			}
		}
	}
	if _, ok := y.(string); ok {
		if _, is := x.(temporal); is {
			b, a := alike(y, x)
			return a, b
		}
	}
	if d, ok := asNumber(x); ok {
		if _, is := y.(quantity); is {
			return quantity{value: d, unit: "1"}, y
		}
	}
	if d, ok := asNumber(y); ok {
		if _, is := x.(quantity); is {
			return x, quantity{value: d, unit: "1"}
		}
	}
	return x, y
}

// equivalent compares two items as ~ does: strings without case and with white space folded, numbers in the precision of the coarser.
func (ev *evaluation) equivalent(n *node, a, b item) bool {
	x, y := a.value(), b.value()
	if s, ok := x.(string); ok {
		if o, ok := y.(string); ok {
			ev.spendText(n, len(s)+len(o))
			return folded(s) == folded(o)
		}
	}
	if d, ok := asNumber(x); ok {
		if o, ok := asNumber(y); ok && !d.big && !o.big {
			places := min(d.places(), o.places())
			return d.d.Round(places).Equal(o.d.Round(places))
		}
	}
	same, known := ev.equal(n, a, b)
	return same && known
}

func folded(s string) string { return strings.Join(strings.Fields(strings.ToLower(s)), " ") }
