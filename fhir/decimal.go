package fhir

import (
	"errors"
	"strconv"
	"strings"
)

// MaxExponent bounds the decimal exponent of a number: of its first digit and of its last.
const MaxExponent = 1_000_000

// The errors of ParseDecimal. They never repeat the text.
var (
	ErrNotDecimal = errors.New("fhir: not a decimal number")
	ErrExponent   = errors.New("fhir: the exponent of the number is beyond a million")
)

// Decimal is an exact decimal number together with the precision that it was written in: 1.50 and 1.5 are equal
// and have different Bounds. The zero value is 0.
type Decimal struct {
	negative bool
	digits   string // without leading zeros, so empty for zero; trailing zeros are kept
	exponent int    // of the last digit
}

// ParseDecimal reads a number as JSON and FHIR write it: -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?.
// It returns ErrNotDecimal or ErrExponent.
func ParseDecimal(s string) (Decimal, error) {
	whole, fraction, exponent, ok := splitNumber(s)
	if !ok {
		return Decimal{}, ErrNotDecimal
	}
	d := Decimal{negative: s[0] == '-', digits: whole}
	if fraction != "" {
		d.digits += fraction
	}
	d.digits = strings.TrimLeft(d.digits, "0")
	if exponent != "" {
		// At most 8 digits and a sign: what is longer is too large, unless it is zeros.
		sign, number := 1, exponent
		if number[0] == '+' || number[0] == '-' {
			if number[0] == '-' {
				sign = -1
			}
			number = number[1:]
		}
		if number = strings.TrimLeft(number, "0"); len(number) > 8 {
			return Decimal{}, ErrExponent
		}
		n, _ := strconv.Atoi("0" + number)
		d.exponent = sign * n
	}
	d.exponent -= len(fraction)
	if d.exponent < -MaxExponent || d.exponent > MaxExponent || d.exponent+len(d.digits) > MaxExponent {
		return Decimal{}, ErrExponent
	}
	if d.digits == "" {
		d.negative = false
	}
	return d, nil
}

// splitNumber checks the grammar of a number and returns its digits before and after the point and its exponent.
func splitNumber(s string) (whole, fraction, exponent string, ok bool) {
	rest := strings.TrimPrefix(s, "-")
	n := countDigits(rest)
	if n == 0 || n > 1 && rest[0] == '0' {
		return "", "", "", false
	}
	whole, rest = rest[:n], rest[n:]
	if rest != "" && rest[0] == '.' {
		n := countDigits(rest[1:])
		if n == 0 {
			return "", "", "", false
		}
		fraction, rest = rest[1:1+n], rest[1+n:]
	}
	if rest == "" {
		return whole, fraction, "", true
	}
	if rest[0] != 'e' && rest[0] != 'E' {
		return "", "", "", false
	}
	exponent = rest[1:]
	number := exponent
	if number != "" && (number[0] == '+' || number[0] == '-') {
		number = number[1:]
	}
	return whole, fraction, exponent, number != "" && countDigits(number) == len(number)
}

func countDigits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// IsZero says whether the number is 0, however it was written.
func (d Decimal) IsZero() bool { return d.digits == "" }

// String writes the number exactly, in the precision that it has, with an exponent where plain digits would not
// show that precision or would be long.
func (d Decimal) String() string {
	text, sign := d.digits, ""
	if text == "" {
		text = "0"
	}
	if d.negative {
		sign = "-"
	}
	switch point := len(text) + d.exponent; {
	case d.exponent == 0:
		return sign + text
	case d.exponent < 0 && point > 0:
		return sign + text[:point] + "." + text[point:]
	case d.exponent < 0 && point > -20:
		return sign + "0." + strings.Repeat("0", -point) + text
	}
	return sign + text + "e" + strconv.Itoa(d.exponent)
}

// Compare orders numbers by value, whatever their precision: -1, 0 or 1.
func (d Decimal) Compare(o Decimal) int {
	return strings.Compare(string(d.AppendKey(nil)), string(o.AppendKey(nil)))
}
