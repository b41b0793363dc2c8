package fhirpath

import (
	"math"

	"github.com/shopspring/decimal"
)

// maths are the functions on numbers. Roots, powers and logarithms that are not exact have the precision of float64.
var maths = map[string]*function{
	"abs":      {run: abs},
	"ceiling":  {run: toWhole(decimal.Decimal.Ceil)},
	"floor":    {run: toWhole(decimal.Decimal.Floor)},
	"truncate": {run: toWhole(func(d decimal.Decimal) decimal.Decimal { return d.Truncate(0) })},
	"exp":      {run: toFloat(func(x, _ float64) float64 { return math.Exp(x) })},
	"ln":       {run: toFloat(func(x, _ float64) float64 { return math.Log(x) })},
	"sqrt":     {run: toFloat(func(x, _ float64) float64 { return math.Sqrt(x) })},
	"log":      {min: 1, max: 1, run: toFloat(func(x, base float64) float64 { return math.Log(x) / math.Log(base) })},
	"power":    {min: 1, max: 1, run: power},
	"round":    {max: 1, run: round},
}

// number is the only item as a number; false for none, and for one beyond the bounds of arithmetic.
func (ev *evaluation) number(n *node, c collection) (number, bool) {
	v, ok := ev.one(n, c)
	if !ok {
		return number{}, false
	}
	d, is := asNumber(v)
	if !is {
		ev.fail(n, "a number is wanted here, not %s", typeOf(v))
	}
	return d, !d.big
}

func abs(ev *evaluation, n *node, in collection) collection {
	if q, ok := ev.quantity(n, in); ok {
		q.value, _ = calculated(q.value.d.Abs())
		return maybe(q, !q.value.big)
	}
	d, ok := ev.number(n, in)
	if !ok {
		return nil
	}
	if i, is := in[0].value().(int64); is {
		return maybe(max(i, -i), i != math.MinInt64)
	}
	return maybe(calculatedAny(d.d.Abs()))
}

// quantity is the only item, if it is a quantity.
func (ev *evaluation) quantity(n *node, in collection) (quantity, bool) {
	v, _ := ev.one(n, in)
	q, ok := v.(quantity)
	return q, ok
}

func calculatedAny(d decimal.Decimal) (any, bool) {
	n, ok := calculated(d)
	return n, ok
}

func toWhole(change func(decimal.Decimal) decimal.Decimal) run {
	return func(ev *evaluation, n *node, in collection) collection {
		d, ok := ev.number(n, in)
		if !ok {
			return nil
		}
		return maybe(whole(change(d.d)))
	}
}

func toFloat(calculate func(x, arg float64) float64) run {
	return func(ev *evaluation, n *node, in collection) collection {
		d, ok := ev.number(n, in)
		if !ok {
			return nil
		}
		arg := number{}
		if len(n.args) > 1 {
			if arg, ok = ev.number(n.args[1], ev.eval(n.args[1])); !ok {
				return nil
			}
		}
		x, _ := d.d.Float64()
		y, _ := arg.d.Float64()
		return float(calculate(x, y))
	}
}

// float is a result; what is no number or infinite is empty.
func float(f float64) collection {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil
	}
	return maybe(calculatedAny(decimal.NewFromFloat(f)))
}

func power(ev *evaluation, n *node, in collection) collection {
	base, ok := ev.number(n, in)
	exponent, also := ev.number(n.args[1], ev.eval(n.args[1]))
	if !ok || !also {
		return nil
	}
	e := exponent.d
	if e.IsInteger() && e.Sign() >= 0 && e.Cmp(decimal.NewFromInt(maxDigits)) <= 0 && int64(base.d.NumDigits())*e.IntPart() <= maxDigits {
		exact := decimal.NewFromInt(1)
		for range e.IntPart() {
			exact = exact.Mul(base.d)
		}
		if _, is := in[0].value().(int64); is {
			return maybe(whole(exact))
		}
		return maybe(calculatedAny(exact))
	}
	x, _ := base.d.Float64()
	y, _ := e.Float64()
	return float(math.Pow(x, y))
}

func round(ev *evaluation, n *node, in collection) collection {
	d, ok := ev.number(n, in)
	places := int64(0)
	if len(n.args) > 1 {
		places, _ = ev.integer(n.args[1], ev.eval(n.args[1]))
	}
	if places < 0 || places > maxExponent {
		ev.fail(n, "round() takes 0 to %d places", maxExponent)
	}
	if !ok {
		return nil
	}
	return maybe(calculatedAny(d.d.Round(int32(places))))
}
