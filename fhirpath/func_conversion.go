package fhirpath

import (
	"strconv"
	"strings"
)

// conversions are the functions to…() and convertsTo…().
var conversions = converters(map[string]func(any) (any, bool){
	"Boolean":    toBoolean,
	"Integer":    toInteger,
	"Decimal":    toDecimal,
	"String":     toString,
	"Quantity":   toQuantity,
	kindDate:     toTemporal(kindDate),
	kindDateTime: toTemporal(kindDateTime),
	kindTime:     toTemporal(kindTime),
})

func converters(to map[string]func(any) (any, bool)) map[string]*function {
	fns := map[string]*function{}
	for name, convert := range to {
		params := 0
		if name == "Quantity" {
			params = 1
		}
		fns["to"+name] = &function{max: params, run: func(ev *evaluation, n *node, in collection) collection {
			return maybe(ev.convert(n, in, convert))
		}}
		fns["convertsTo"+name] = &function{max: params, run: func(ev *evaluation, n *node, in collection) collection {
			if len(in) == 0 {
				return nil
			}
			_, ok := ev.convert(n, in, convert)
			return truth(ok)
		}}
	}
	return fns
}

func (ev *evaluation) convert(n *node, in collection, to func(any) (any, bool)) (any, bool) {
	v, ok := ev.one(n, in)
	if !ok {
		return nil, false
	}
	out, ok := to(v)
	if q, is := out.(quantity); is && ok && len(n.args) > 1 {
		unit, _ := ev.argument(n, 1)
		same, known := q.compare(quantity{value: q.value, unit: unit})
		return q, known && same == 0
	}
	return out, ok
}

func toBoolean(v any) (any, bool) {
	switch v := v.(type) {
	case bool:
		return v, true
	case string:
		switch strings.ToLower(v) {
		case "true", "t", "yes", "y", "1", "1.0":
			return true, true
		case "false", "f", "no", "n", "0", "0.0":
			return false, true
		}
	case int64, number:
		d, _ := asNumber(v)
		if d.big {
			return nil, false
		}
		if d.d.IsZero() {
			return false, true
		}
		one, _ := asNumber(int64(1))
		return true, d.d.Equal(one.d)
	}
	return nil, false
}

func toInteger(v any) (any, bool) {
	switch v := v.(type) {
	case int64:
		return v, true
	case bool:
		if v {
			return int64(1), true
		}
		return int64(0), true
	case string:
		i, err := strconv.ParseInt(v, 10, 64)
		return i, err == nil
	}
	return nil, false
}

func toDecimal(v any) (any, bool) {
	switch v := v.(type) {
	case int64, number:
		return asNumber(v)
	case bool:
		i, _ := toInteger(v)
		return asNumber(i)
	case string:
		if len(v) > maxDigits {
			return nil, false
		}
		return parseNumber(v)
	}
	return nil, false
}

func toString(v any) (any, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case int64:
		return strconv.FormatInt(v, 10), true
	case number:
		return v.String(), true
	case temporal:
		return v.text, true
	case quantity:
		return v.String(), true
	}
	return nil, false
}

func toQuantity(v any) (any, bool) {
	switch v := v.(type) {
	case quantity:
		return v, true
	case string:
		return parseQuantity(v)
	}
	d, ok := toDecimal(v)
	if !ok {
		return nil, false
	}
	return quantity{value: d.(number), unit: "1"}, true
}

func toTemporal(kind string) func(any) (any, bool) {
	return func(v any) (any, bool) {
		switch v := v.(type) {
		case string:
			return parseTemporal(v, kind)
		case temporal:
			return v.as(kind)
		}
		return nil, false
	}
}

// as converts between Date and DateTime.
func (t temporal) as(kind string) (any, bool) {
	if t.kind == kind {
		return t, true
	}
	if t.kind == kindTime || kind == kindTime {
		return nil, false
	}
	t.kind = kind
	if kind == kindDate && t.known > 3 {
		t.known, t.zoned, t.nanos = 3, false, 0
	}
	t.text = t.write()
	return t, true
}
