package ucum

import (
	"errors"
	"math/big"
	"strconv"
	"strings"
)

// The bounds of a unit expression; what is beyond them is ErrTooLarge.
const (
	// MaxLength is in bytes.
	MaxLength = 200
	// MaxExponent is that of one unit, and of a base unit in the whole.
	MaxExponent = 99
	// maxBits is the size of a factor's numerator and denominator: some thousand digits. No product of a few real units
	// comes near.
	maxBits = 4096
)

// The errors of Parse. They do not repeat the expression.
var (
	ErrSyntax    = errors.New("ucum: not a unit expression")
	ErrUnknown   = errors.New("ucum: a unit that is not in the table")
	ErrNotLinear = errors.New("ucum: a unit that is not a factor and an offset from base units, or that is part of a larger expression")
	ErrTooLarge  = errors.New("ucum: a unit expression beyond the bounds")
)

// Parse reads a case-sensitive unit expression (UCUM §§2–12): units with or without prefixes and with exponents, whole
// numbers, "." and "/" from left to right, parentheses, and annotations, which mean nothing. More than the grammar, an
// annotation may also follow a number or a parenthesis, as in "/100{WBC}". The error is one of ErrSyntax, ErrUnknown,
// ErrNotLinear and ErrTooLarge; the work is bounded whatever the text.
func (t *Table) Parse(code string) (Unit, error) {
	p := parser{table: t, text: code}
	value, err := p.whole()
	if err != nil {
		return Unit{}, err
	}
	u := Unit{factor: value.factor, base: baseCode(value.powers)}
	if len(u.base) > MaxLength {
		return Unit{}, ErrTooLarge
	}
	if value.function != "" {
		if u.offset = offset(value.function); u.offset == nil {
			return Unit{}, ErrNotLinear
		}
	}
	return u, nil
}

// parser reads one expression.
type parser struct {
	table     *Table
	text      string
	at        int
	resolving bool // the table is being made: the units that the text names may have to be resolved
}

// whole reads all of the text: a term, or "/" and a term.
func (p *parser) whole() (term, error) {
	if len(p.text) > MaxLength {
		return term{}, ErrTooLarge
	}
	value, err := p.term(p.accept('/'))
	if err == nil && p.at < len(p.text) {
		err = ErrSyntax
	}
	return value, err
}

func (p *parser) accept(c byte) bool {
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

// term reads components with "." and "/" between them; the first one counts inverted if that is asked for.
func (p *parser) term(inverted bool) (term, error) {
	value, err := p.component()
	if err == nil && inverted {
		value, err = one().times(value, -1)
	}
	for err == nil {
		sign := 1
		switch {
		case p.accept('.'):
		case p.accept('/'):
			sign = -1
		default:
			return value, nil
		}
		var next term
		if next, err = p.component(); err == nil {
			value, err = value.times(next, sign)
		}
	}
	return term{}, err
}

// component reads a parenthesis, a number, a unit with its exponent or nothing, and an annotation after it.
func (p *parser) component() (term, error) {
	value, empty := one(), false
	var err error
	if p.accept('(') {
		if value, err = p.term(false); err == nil && !p.accept(')') {
			err = ErrSyntax
		}
	} else {
		var symbol string
		if symbol, err = p.symbol(); err == nil && symbol != "" {
			value, err = p.simple(symbol)
		}
		empty = symbol == ""
	}
	if err != nil {
		return term{}, err
	}
	annotated, err := p.annotation()
	if err == nil && empty && !annotated {
		err = ErrSyntax
	}
	return value, err
}

// symbol reads up to an operator, a parenthesis or an annotation; what is between square brackets belongs to it.
func (p *parser) symbol() (string, error) {
	start, inside := p.at, false
	for ; p.at < len(p.text); p.at++ {
		switch c := p.text[p.at]; {
		case c < '!' || c > '~' || c == '[' && inside || c == ']' && !inside:
			return "", ErrSyntax
		case c == '[' || c == ']':
			inside = c == '['
		case !inside && strings.IndexByte("./(){}", c) >= 0:
			return p.text[start:p.at], nil
		}
	}
	if inside {
		return "", ErrSyntax
	}
	return p.text[start:], nil
}

func (p *parser) annotation() (bool, error) {
	if !p.accept('{') {
		return false, nil
	}
	for ; p.at < len(p.text); p.at++ {
		switch c := p.text[p.at]; {
		case c == '}':
			p.at++
			return true, nil
		case c < '!' || c > '~' || c == '{':
			return false, ErrSyntax
		}
	}
	return false, ErrSyntax
}

// simple reads a number or a unit with its exponent.
func (p *parser) simple(symbol string) (term, error) {
	bare := strings.TrimRight(symbol, "0123456789")
	if bare == "" {
		n, ok := new(big.Int).SetString(symbol, 10)
		if !ok || n.Sign() == 0 {
			return term{}, ErrSyntax
		}
		return one().times(term{factor: new(big.Rat).SetInt(n)}, 1)
	}
	exponent := 1
	if digits := symbol[len(bare):]; digits != "" {
		if digits = strings.TrimLeft(digits, "0"); len(digits) > 2 {
			return term{}, ErrTooLarge
		}
		exponent, _ = strconv.Atoi("0" + digits)
		if name, ok := strings.CutSuffix(bare, "-"); ok {
			bare, exponent = name, -exponent
		} else {
			bare = strings.TrimSuffix(bare, "+")
		}
	}
	e, code, prefix := p.table.lookup(bare)
	if e == nil {
		return term{}, ErrUnknown
	}
	if p.resolving {
		if err := p.table.resolve(code, e); err != nil {
			return term{}, err
		}
	}
	value := e.value
	if prefix != nil {
		value.factor = new(big.Rat).Mul(value.factor, prefix)
	}
	if exponent == 1 {
		return value, nil
	}
	return one().times(value, exponent)
}
