package fhirpath

import (
	"math"
	"math/bits"

	"github.com/shopspring/decimal"
)

// arithmetic evaluates + - * / div mod. A division by zero and what goes beyond the bounds of numbers are empty.
func (ev *evaluation) arithmetic(n *node, left, right collection) collection {
	x, ok := ev.one(n.args[0], left)
	y, also := ev.one(n.args[1], right)
	if !ok || !also {
		return nil
	}
	switch a := x.(type) {
	case string:
		if b, ok := y.(string); ok && n.name == "+" {
			ev.spendText(n, len(a)+len(b))
			return single(a + b)
		}
	case temporal:
		if q, ok := y.(quantity); ok && (n.name == "+" || n.name == "-") {
			return ev.shift(n, a, q)
		}
	case quantity:
		return ev.quantities(n, a, y)
	case int64:
		if b, ok := y.(int64); ok && n.name != "/" {
			return integers(n.name, a, b)
		}
	}
	a, ok := asNumber(x)
	b, also := asNumber(y)
	if q, is := y.(quantity); is && ok && n.name == "*" {
		return ev.quantities(n, q, x)
	}
	if !ok || !also {
		ev.fail(n, "%s is not defined for %s and %s", n.name, typeOf(x), typeOf(y))
	}
	return maybe(decimals(n.name, a, b))
}

func maybe(v any, ok bool) collection {
	if !ok {
		return nil
	}
	return single(v)
}

// integers calculates in 64 bits; an overflow is empty.
func integers(op string, a, b int64) collection {
	switch op {
	case "+":
		sum := a + b
		return maybe(sum, (sum > a) == (b > 0))
	case "-":
		d := a - b
		return maybe(d, (d < a) == (b > 0))
	case "*":
		high, low := bits.Mul64(uint64(max(a, -a)), uint64(max(b, -b)))
		return maybe(a*b, high == 0 && low <= math.MaxInt64 && a != math.MinInt64 && b != math.MinInt64)
	}
	if b == 0 || a == math.MinInt64 {
		return nil
	}
	if op == "div" {
		return single(a / b)
	}
	return single(a % b)
}

func decimals(op string, a, b number) (any, bool) {
	if a.big || b.big {
		return nil, false
	}
	if (op == "/" || op == "div" || op == "mod") && b.d.IsZero() {
		return nil, false
	}
	switch op {
	case "+":
		return calculated(a.d.Add(b.d))
	case "-":
		return calculated(a.d.Sub(b.d))
	case "*":
		return calculated(a.d.Mul(b.d))
	case "/":
		q, ok := calculated(a.d.DivRound(b.d, division))
		if ok { // 1 rather than 1.000…0
			q, _ = parseNumber(q.d.String())
		}
		return q, ok
	case "div":
		return whole(a.d.DivRound(b.d, division).Truncate(0))
	}
	return calculated(a.d.Mod(b.d))
}

// whole is an Integer; false if it is too large for one.
func whole(d decimal.Decimal) (any, bool) {
	if !d.BigInt().IsInt64() {
		return nil, false
	}
	return d.IntPart(), true
}

// shift adds a quantity of time to a date, time or dateTime, or takes it away.
func (ev *evaluation) shift(n *node, t temporal, q quantity) collection {
	sign := int64(1)
	if n.name == "-" {
		sign = -1
	}
	moved, ok := t.add(q, sign)
	if !ok && !q.calendar && q.unit != "s" && q.unit != "ms" {
		ev.fail(n, "to a date or time a quantity in years, months, weeks, days, hours, minutes, seconds or milliseconds is added")
	}
	return maybe(moved, ok)
}

// quantities calculates with a quantity and another one of the same unit, or a number.
func (ev *evaluation) quantities(n *node, q quantity, y any) collection {
	if d, ok := asNumber(y); ok && (n.name == "*" || n.name == "/") {
		v, fine := decimals(n.name, q.value, d)
		if !fine {
			return nil
		}
		q.value = v.(number)
		return single(q)
	}
	o, ok := y.(quantity)
	if !ok || n.name != "+" && n.name != "-" && n.name != "/" {
		ev.fail(n, "%s is not defined for Quantity and %s", n.name, typeOf(y))
	}
	if q.unit != o.unit || q.calendar != o.calendar {
		a, unit, known := q.canonical()
		b, other, sure := o.canonical()
		if !known || !sure || unit != other {
			return nil
		}
		q, o = quantity{value: a, unit: unit}, quantity{value: b, unit: unit}
	}
	v, fine := decimals(n.name, q.value, o.value)
	if !fine {
		return nil
	}
	if n.name == "/" {
		return single(quantity{value: v.(number), unit: "1"})
	}
	q.value = v.(number)
	return single(q)
}

// sign evaluates a leading + or -.
func (ev *evaluation) sign(n *node) collection {
	v, ok := ev.one(n, ev.eval(n.args[0]))
	if !ok || n.name == "+" {
		return maybe(v, ok)
	}
	switch v := v.(type) {
	case int64:
		return maybe(-v, v != math.MinInt64)
	case number:
		return maybe(decimals("-", number{}, v))
	case quantity:
		d, fine := decimals("-", number{}, v.value)
		if fine {
			v.value = d.(number)
		}
		return maybe(v, fine)
	}
	ev.fail(n, "a sign before %s", typeOf(v))
	return nil
}
