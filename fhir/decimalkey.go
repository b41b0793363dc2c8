package fhir

import "strings"

// The first byte of a key.
const (
	keyNegative = 1
	keyZero     = 2
	keyPositive = 3
)

// keyExponent is added to an exponent so that three bytes hold it without a sign.
const keyExponent = 1 << 23

// AppendKey appends bytes whose bytewise order is the order of the numbers. Equal numbers have equal keys, and no
// key is the beginning of another one, so that more may follow it in a longer key.
//
// A key is a byte for the sign, three for the exponent of the first digit, one for each pair of digits (1 to 100)
// and an end; negative numbers have all after the first byte inverted.
func (d Decimal) AppendKey(dst []byte) []byte {
	significant := strings.TrimRight(d.digits, "0")
	if significant == "" {
		return append(dst, keyZero)
	}
	sign, invert := byte(keyPositive), byte(0)
	if d.negative {
		sign, invert = keyNegative, 0xFF
	}
	e := d.exponent + len(d.digits) + keyExponent
	dst = append(dst, sign, byte(e>>16)^invert, byte(e>>8)^invert, byte(e)^invert)
	for i := 0; i < len(significant); i += 2 {
		pair := (significant[i] - '0') * 10
		if i+1 < len(significant) {
			pair += significant[i+1] - '0'
		}
		dst = append(dst, (pair+1)^invert)
	}
	return append(dst, invert)
}

// Bounds returns the half-open range [lo, hi) that the number stands for in the precision that it was written in
// (R4, Search, "number"): half a unit of the last digit to each side. 100 is [99.5, 100.5), 1e2 is [50, 150).
func (d Decimal) Bounds() (lo, hi Decimal) {
	far := Decimal{negative: d.negative, digits: d.digits + "5", exponent: d.exponent - 1}
	if d.IsZero() {
		return Decimal{negative: true, digits: "5", exponent: far.exponent}, far
	}
	near := Decimal{negative: d.negative, digits: strings.TrimLeft(decrement(d.digits)+"5", "0"), exponent: far.exponent}
	if d.negative {
		return far, near
	}
	return near, far
}

// Approximate returns the closed range [lo, hi] of ten percent to each side, which the prefix ap means.
func (d Decimal) Approximate() (lo, hi Decimal) {
	less := Decimal{negative: d.negative, digits: times(d.digits, 9), exponent: d.exponent - 1}
	more := Decimal{negative: d.negative, digits: times(d.digits, 11), exponent: d.exponent - 1}
	if d.negative {
		return more, less
	}
	return less, more
}

// decrement subtracts one from a positive whole number.
func decrement(digits string) string {
	b := []byte(digits)
	for i := len(b) - 1; i >= 0; i-- {
		if b[i] > '0' {
			b[i]--
			break
		}
		b[i] = '9'
	}
	return string(b)
}

// times multiplies a whole number by a small factor.
func times(digits string, factor int) string {
	b := make([]byte, len(digits)+2)
	carry := 0
	for i := len(digits) - 1; i >= 0; i-- {
		carry += int(digits[i]-'0') * factor
		b[i+2] = byte('0' + carry%10)
		carry /= 10
	}
	b[0], b[1] = byte('0'+carry/10), byte('0'+carry%10)
	return strings.TrimLeft(string(b), "0")
}
