package ucum

import (
	"math/big"
	"strconv"
	"strings"
)

// term is a product of base units with a factor. Terms share memory: none is ever changed.
type term struct {
	factor   *big.Rat
	powers   []power // sorted by base, no exponent 0
	function string  // of a special unit, which goes into no product
}

// power is a base unit with its exponent.
type power struct {
	base     string
	exponent int
}

func one() term { return term{factor: big.NewRat(1, 1)} }

// times is t × o to the power of n, which is not beyond MaxExponent.
func (t term) times(o term, n int) (term, error) {
	if t.function != "" || o.function != "" {
		return term{}, ErrNotLinear
	}
	size := max(o.factor.Num().BitLen(), o.factor.Denom().BitLen())
	if size*max(n, -n) > maxBits {
		return term{}, ErrTooLarge
	}
	out := term{factor: new(big.Rat).Mul(t.factor, pow(o.factor, n))}
	if max(out.factor.Num().BitLen(), out.factor.Denom().BitLen()) > maxBits {
		return term{}, ErrTooLarge
	}
	out.powers = make([]power, 0, len(t.powers)+len(o.powers))
	a, b := t.powers, o.powers
	for len(a) > 0 || len(b) > 0 {
		var next power
		switch {
		case len(b) == 0 || len(a) > 0 && a[0].base < b[0].base:
			next, a = a[0], a[1:]
		case len(a) == 0 || b[0].base < a[0].base:
			next, b = power{b[0].base, b[0].exponent * n}, b[1:]
		default:
			next = power{a[0].base, a[0].exponent + b[0].exponent*n}
			a, b = a[1:], b[1:]
		}
		if next.exponent > MaxExponent || next.exponent < -MaxExponent {
			return term{}, ErrTooLarge
		}
		if next.exponent != 0 {
			out.powers = append(out.powers, next)
		}
	}
	return out, nil
}

func pow(r *big.Rat, n int) *big.Rat {
	switch n {
	case 1:
		return r
	case -1:
		return new(big.Rat).Inv(r)
	}
	e := big.NewInt(int64(max(n, -n)))
	out := new(big.Rat).SetFrac(new(big.Int).Exp(r.Num(), e, nil), new(big.Int).Exp(r.Denom(), e, nil))
	if n < 0 {
		out.Inv(out)
	}
	return out
}

// baseCode writes a product of base units as an expression: the units by code, bytewise, with their exponents and dots
// between them; "1" for none.
func baseCode(powers []power) string {
	if len(powers) == 0 {
		return "1"
	}
	var b strings.Builder
	for i, p := range powers {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(p.base)
		if p.exponent != 1 {
			b.WriteString(strconv.Itoa(p.exponent))
		}
	}
	return b.String()
}

// offset is what a special unit's function adds, in base units, after the factor (UCUM, table of special units); nil for
// functions that do more.
func offset(function string) *big.Rat {
	switch function {
	case "Cel", "degRe":
		return big.NewRat(27315, 100)
	case "degF":
		return big.NewRat(45967*5, 100*9)
	default:
		return nil
	}
}
