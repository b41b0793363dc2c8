package ucum

import (
	_ "embed"
	"fmt"
	"hash/fnv"
	"math/big"
	"strings"
	"sync"
)

// standardText is made by go run ./fhir/ucum/generate (make generate) from the published definitions.
//
//go:embed units.txt
var standardText string

var standard = sync.OnceValue(func() *Table {
	t, err := Decode(standardText)
	if err != nil {
		panic(err) // the text is part of the program and read by its tests: not an input
	}
	return t
})

// Standard is the table of UCUM's units, decoded once, at the first call (a few milliseconds).
func Standard() *Table { return standard() }

// Table knows prefixes and units. It is immutable and safe for concurrent use.
type Table struct {
	prefixes    map[string]*big.Rat
	units       map[string]*entry
	fingerprint uint64
}

// entry is a unit of the table: its definition, and what it is in base units once that is resolved.
type entry struct {
	metric       bool
	factor, unit string // the definition; "" for a base unit
	function     string // of a special unit
	value        term
	state        state
}

type state uint8

const (
	unresolved state = iota
	resolving
	resolved
)

// Decode reads the text form of a table, one fact a line, its fields separated by tabs:
//
//	P code factor                         a prefix
//	B code                                a base unit
//	U code metric factor unit             a unit is factor × unit; metric is m (it takes prefixes) or -
//	S code metric function factor unit    a special unit: function(factor × unit)
//
// A unit that is defined as 1 × 1 has a dimension of its own. UCUM's arbitrary units are so defined, and are not to be
// compared with each other (§24); of the others ([HPF], bit, [NTU]) a comparison with plain numbers would say as little.
// An error names the line or the unit.
func Decode(text string) (*Table, error) {
	h := fnv.New64a()
	h.Write([]byte(text))
	t := &Table{prefixes: map[string]*big.Rat{}, units: map[string]*entry{}, fingerprint: h.Sum64()}
	number := 0
	for line := range strings.Lines(text) {
		number++
		if err := t.line(strings.Split(strings.TrimSuffix(line, "\n"), "\t")); err != nil {
			return nil, fmt.Errorf("ucum: line %d: %w", number, err)
		}
	}
	for code, e := range t.units {
		if err := t.resolve(code, e); err != nil {
			return nil, fmt.Errorf("ucum: %s: %w", code, err)
		}
	}
	return t, nil
}

// Fingerprint is a hash of the text that the table was read from: what one table converts, another one with the same
// fingerprint converts to the same.
func (t *Table) Fingerprint() uint64 { return t.fingerprint }

var fieldsOf = map[string]int{"P": 3, "B": 2, "U": 5, "S": 6}

func (t *Table) line(f []string) error {
	if f[0] == "#" {
		return nil
	}
	if len(f) != fieldsOf[f[0]] || f[1] == "" {
		return fmt.Errorf("%q has no such fields", f[0])
	}
	if f[0] == "P" {
		factor, ok := number(f[2])
		if !ok || factor.Sign() <= 0 || t.prefixes[f[1]] != nil {
			return fmt.Errorf("prefix %s is not a positive number, or is there twice", f[1])
		}
		t.prefixes[f[1]] = factor
		return nil
	}
	e := &entry{metric: f[0] == "B"}
	if f[0] != "B" {
		e.metric = f[2] == "m"
		e.factor, e.unit = f[len(f)-2], f[len(f)-1]
		if f[0] == "S" {
			e.function = f[3]
		}
	}
	if t.units[f[1]] != nil {
		return fmt.Errorf("unit %s is there twice", f[1])
	}
	t.units[f[1]] = e
	return nil
}

// resolve expresses a unit in base units, and those that its definition names before it.
func (t *Table) resolve(code string, e *entry) error {
	switch {
	case e.state == resolved:
		return nil
	case e.state == resolving:
		return fmt.Errorf("it is defined by itself")
	case e.unit == "" || e.function == "" && e.factor == "1" && e.unit == "1":
		e.value = term{factor: big.NewRat(1, 1), powers: []power{{code, 1}}}
		e.state = resolved
		return nil
	}
	e.state = resolving
	p := parser{table: t, text: e.unit, resolving: true}
	value, err := p.whole()
	if err != nil {
		return err
	}
	factor, ok := number(e.factor)
	if !ok || factor.Sign() <= 0 || value.function != "" {
		return fmt.Errorf("its factor is not a positive number, or its unit is special")
	}
	value.factor = new(big.Rat).Mul(value.factor, factor)
	value.function = e.function
	e.value, e.state = value, resolved
	return nil
}

// lookup finds a unit, alone or with a prefix, and gives the prefix's factor; nil without one.
func (t *Table) lookup(symbol string) (*entry, string, *big.Rat) {
	if e := t.units[symbol]; e != nil {
		return e, symbol, nil
	}
	for n := min(2, len(symbol)-1); n > 0; n-- {
		if factor := t.prefixes[symbol[:n]]; factor != nil {
			if e := t.units[symbol[n:]]; e != nil && e.metric {
				return e, symbol[n:], factor
			}
		}
	}
	return nil, "", nil
}
