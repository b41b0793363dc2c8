package fhirpath

import (
	"strings"

	"github.com/shopspring/decimal"

	"github.com/heliograph/heliograph/fhir"
)

// The bounds of numbers in arithmetic: beyond them a result is empty, as the language has it for an overflow.
const (
	maxDigits   = 400
	maxExponent = 400
	// division is how many digits after the point a quotient has.
	division = 28
)

// number is a Decimal of the language: exact, and with the digits that it was written in.
type number struct {
	text string // "" where calculated
	d    decimal.Decimal
	big  bool // beyond the bounds: it may be compared and shown, not calculated with
}

// parseNumber reads a number as JSON writes it; false for anything else.
func parseNumber(text string) (number, bool) {
	v, err := fhir.ParseDecimal(strings.TrimPrefix(text, "+"))
	if err != nil {
		// A literal may begin with zeros, which JSON does not allow.
		trimmed := strings.TrimLeft(text, "0")
		if trimmed == "" || trimmed[0] == '.' {
			trimmed = "0" + trimmed
		}
		if v, err = fhir.ParseDecimal(trimmed); err != nil {
			return number{}, false
		}
	}
	text = v.String()
	n := number{text: text}
	d, err := decimal.NewFromString(text)
	n.d = d
	if err != nil || len(text) > maxDigits || d.Exponent() > maxExponent || d.Exponent() < -maxExponent {
		n.d, n.big = decimal.Decimal{}, true
	}
	return n, true
}

// calculated is a result of arithmetic; false if it is beyond the bounds.
func calculated(d decimal.Decimal) (number, bool) {
	if d.Exponent() > maxExponent || d.Exponent() < -maxExponent || d.NumDigits() > maxDigits {
		return number{}, false
	}
	return number{d: d}, true
}

// String is the number as it was written, or as it was calculated.
func (n number) String() string {
	if n.text != "" {
		return n.text
	}
	return n.d.String()
}

// compare orders by value, whatever the precision.
func (n number) compare(o number) int {
	if !n.big && !o.big {
		return n.d.Cmp(o.d)
	}
	a, _ := fhir.ParseDecimal(n.String())
	b, _ := fhir.ParseDecimal(o.String())
	return a.Compare(b)
}

// places is how many digits follow the point.
func (n number) places() int32 {
	if n.big {
		return 0
	}
	return max(0, -n.d.Exponent())
}

// asNumber widens an integer; false for what is no number.
func asNumber(v any) (number, bool) {
	switch v := v.(type) {
	case int64:
		return number{d: decimal.NewFromInt(v)}, true
	case number:
		return v, true
	}
	return number{}, false
}
