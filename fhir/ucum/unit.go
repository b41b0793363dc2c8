package ucum

import (
	"math/big"
	"strconv"
	"strings"
)

// Unit is a parsed unit expression. It is immutable; the zero value is of no use.
type Unit struct {
	factor, offset *big.Rat
	base           string
}

// Base is the expression in base units: their codes with their exponents in the order of the codes, dots between them, as in
// "g.m-1.s-2"; "1" if there are none. Units are commensurable exactly if their bases are equal, and parsing a base gives a
// unit that is its own base with the factor 1.
func (u Unit) Base() string { return u.base }

// The bounds of a number; see Unit.Canonical.
const (
	// MaxDigits is that of the number as it is written.
	MaxDigits = 400
	// MaxScale is that of its exponent.
	MaxScale = 1000
	// Precision is how many significant digits a canonical number has at most.
	Precision = 24
)

// Canonical gives a number of this unit as a number of base units. The number is written as JSON writes numbers, and so is
// the result, without trailing zeros after the point. The calculation is exact; its result is rounded to Precision
// significant digits, half away from zero, so that equal quantities give the same text and the order of numbers
// is kept (different numbers that agree in so many digits may become equal). It is false for what is not a number,
// has more than MaxDigits digits or an exponent beyond MaxScale.
func (u Unit) Canonical(text string) (string, bool) {
	n, ok := number(text)
	if !ok || u.factor == nil {
		return "", false
	}
	n.Mul(n, u.factor)
	if u.offset != nil {
		n.Add(n, u.offset)
	}
	return rounded(n), true
}

// number reads a number as JSON writes it, within the bounds.
func number(s string) (*big.Rat, bool) {
	mantissa, exponent, scaled := s, "", false
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		mantissa, exponent, scaled = s[:i], s[i+1:], true
	}
	whole, fraction, pointed := strings.Cut(strings.TrimPrefix(mantissa, "-"), ".")
	if len(s) > MaxDigits || !digits(whole) || len(whole) > 1 && whole[0] == '0' || pointed && !digits(fraction) {
		return nil, false
	}
	if scaled {
		plain := exponent
		if plain != "" && (plain[0] == '+' || plain[0] == '-') {
			plain = plain[1:]
		}
		if n, err := strconv.Atoi(exponent); !digits(plain) || err != nil || n > MaxScale || n < -MaxScale {
			return nil, false
		}
	}
	return new(big.Rat).SetString(s)
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// rounded writes a number with at most Precision significant digits.
func rounded(r *big.Rat) string {
	if r.Sign() == 0 {
		return "0"
	}
	numerator, denominator := new(big.Int).Abs(r.Num()), r.Denom()
	// The quotient × 10^scale has Precision digits, or one more, for which scale is one too high.
	scale := Precision - decimals(numerator) + decimals(denominator)
	q, rest, divisor := quotient(numerator, denominator, scale)
	if decimals(q) > Precision {
		scale--
		q, rest, divisor = quotient(numerator, denominator, scale)
	}
	if rest.Lsh(rest, 1).Cmp(divisor) >= 0 {
		q.Add(q, big.NewInt(1))
	}
	all := q.String()
	significant := strings.TrimRight(all, "0")
	text := plain(significant, len(all)-len(significant)-scale)
	if r.Sign() < 0 {
		return "-" + text
	}
	return text
}

// quotient divides n × 10^scale by d, and gives what it has divided by, too.
func quotient(n, d *big.Int, scale int) (q, rest, divisor *big.Int) {
	ten := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(scale, -scale))), nil)
	if scale >= 0 {
		n = new(big.Int).Mul(n, ten)
	} else {
		d = ten.Mul(ten, d)
	}
	q, rest = new(big.Int).QuoRem(n, d, new(big.Int))
	return q, rest, d
}

// decimals is the number of decimal digits of a positive number.
func decimals(n *big.Int) int { return len(n.String()) }

// plain writes digits × 10^exponent: without an exponent where that is not long.
func plain(digits string, exponent int) string {
	const long = 30
	point := len(digits) + exponent
	switch {
	case exponent >= 0 && point <= long:
		return digits + strings.Repeat("0", exponent)
	case exponent < 0 && point > 0:
		return digits[:point] + "." + digits[point:]
	case exponent < 0 && point > -long:
		return "0." + strings.Repeat("0", -point) + digits
	default:
		return digits + "e" + strconv.Itoa(exponent)
	}
}
