package search

import (
	"strconv"
	"strings"
	"time"

	"github.com/heliograph/heliograph/fhir"
)

// argument is a value as an argument has it, with its prefix and its escapes; false if its encoded form is no value that could be
// written, and the text that was read is not there.
func (v *Value) argument(p *Param, m Modifier) (text string, ok bool) {
	switch p.Type {
	case Composite:
		parts := make([]string, len(v.Parts))
		for i := range v.Parts {
			if parts[i], ok = v.Parts[i].argument(p.Parts[i], Plain); !ok {
				return "", false
			}
			parts[i] = escapeOnly(parts[i], "$")
		}
		return strings.Join(parts, "$"), len(parts) == len(p.Parts)
	case Date, Number, Quantity:
		if op, text, ok := v.ordered(p); ok && op != "po" {
			return op + text, true
		}
		return "", false
	case Token:
		return v.tokenText(m)
	case Reference:
		if m == Identifier {
			return v.tokenText(Plain)
		}
		return escape(v.formatReference()), v.Code != "" || v.Text != ""
	default:
		return escape(v.Text), v.Text != ""
	}
}

func (v *Value) tokenText(m Modifier) (string, bool) {
	switch {
	case m == TextOf, m == In, m == TextAdvanced:
		return escape(v.Text), v.Text != ""
	case m == OfType:
		return escape(v.System) + "|" + escape(v.Type) + "|" + escape(v.Code), v.Type != "" && v.Code != ""
	case v.HasSystem:
		return escape(v.System) + "|" + escape(v.Code), v.System != "" || v.Code != ""
	}
	return escape(v.Code), v.Code != ""
}

// ordered is a value of an ordered type as an operator of _filter and what it compares with, escaped: as it was read, else in the form
// of FHIR that has just its range.
func (v *Value) ordered(p *Param) (op, text string, ok bool) {
	if v.Raw != "" {
		if rest, period := strings.CutPrefix(v.Raw, "po"); period {
			return "po", rest, true
		}
		_, rest := prefix(v.Raw)
		return v.Op.String(), rest, true
	}
	op = v.Op.String()
	if p.Type == Date {
		if text, ok = dateText(v.Lo, v.Hi); v.Op == Overlaps {
			op = "po"
		}
		return op, text, ok
	}
	if text, ok = decimalText(v); !ok || p.Type == Number {
		return op, text, ok
	}
	switch {
	case v.HasSystem && v.Code == "":
		text += "|" + escape(v.System)
		ok = strings.Contains(v.System, ":")
	case v.HasSystem:
		text += "|" + escape(v.System) + "|" + escape(v.Code)
		ok = v.System != ""
	case v.Code != "":
		text += "||" + escape(v.Code)
	}
	return op, text, ok
}

// dateLayouts are FHIR's precisions, in UTC.
var dateLayouts = [...]string{
	"2006", "2006-01", "2006-01-02", "2006-01-02T15:04Z", "2006-01-02T15:04:05Z", "2006-01-02T15:04:05.0Z", "2006-01-02T15:04:05.00Z",
	"2006-01-02T15:04:05.000Z", "2006-01-02T15:04:05.0000Z", "2006-01-02T15:04:05.00000Z", "2006-01-02T15:04:05.000000Z",
}

// dateText is the date in UTC whose range is [lo, hi).
func dateText(lo, hi int64) (string, bool) {
	at := time.UnixMicro(lo).UTC()
	for _, layout := range dateLayouts {
		text := at.Format(layout)
		if l, h, err := fhir.ParseSearchRange(text, nil); err == nil && l == lo && h == hi {
			return text, true
		}
	}
	return "", false
}

// maxPrecision bounds the digits that a printed number is tried with.
const maxPrecision = 40

// decimalText is the number that has a value's key and range, with as many digits as the range asks for.
func decimalText(v *Value) (string, bool) {
	d, ok := fhir.ParseDecimalKey(v.N)
	if !ok {
		return "", false
	}
	plain := d.String()
	mantissa, exponent, _ := strings.Cut(strings.ToLower(plain), "e")
	e, _ := strconv.Atoi(exponent)
	point := "."
	if strings.Contains(mantissa, ".") {
		point = ""
	}
	tail := ""
	if exponent != "" {
		tail = "e" + exponent
	}
	for n := range maxPrecision {
		texts := []string{mantissa + tail}
		if n > 0 {
			texts[0] = mantissa + point + strings.Repeat("0", n) + tail
			// fewer digits than stand before the point: 100 as 1e2
			if short, all := strings.CutSuffix(mantissa, strings.Repeat("0", n)); all && point != "" && short != "" && short != "-" {
				texts = append(texts, short+"e"+strconv.Itoa(e+n))
			}
		}
		for _, text := range texts {
			if w, err := parseNumber(v.Op, text); err == nil && w.N == v.N && w.NLo == v.NLo && w.NHi == v.NHi {
				return text, true
			}
		}
	}
	return "", false
}
