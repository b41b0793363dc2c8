package search

import (
	"slices"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/fhir/ucum"
)

// systemUCUM is the code system of UCUM's units (FHIR R4, Using UCUM).
const systemUCUM = "http://unitsofmeasure.org"

// canonicalSuffix ends the code of a Param.Canonical. It sorts below whatever may continue a code, so that such a parameter
// comes right after its original, and no parameter of FHIR has it.
const canonicalSuffix = "#canonical"

// canonicalOf makes the Canonical of a parameter, once; nil where there is nothing to convert.
func canonicalOf(p *Param) *Param {
	convertible := p.Type == Quantity ||
		p.Type == Composite && slices.ContainsFunc(p.Parts, func(part *Param) bool { return part.Type == Quantity })
	if p.Canonical != nil || !convertible {
		return p.Canonical
	}
	twin := *p
	twin.Code += canonicalSuffix
	twin.Epoch = mix(p.Epoch ^ fnvOffset)
	twin.Parts = slices.Clone(p.Parts)
	for i, part := range twin.Parts {
		if c := canonicalOf(part); c != nil {
			twin.Parts[i] = c
		}
	}
	p.Canonical = &twin
	return p.Canonical
}

// inBaseUnits adds, for the items of a parameter from start on, those of its Canonical.
func (e *extraction) inBaseUnits(twin *Param, start int) {
	end := len(e.items)
	for i := start; i < end; i++ {
		e.items = append(e.items, e.conversions.item(twin, e.items[i]))
	}
	e.distinct(end)
	e.params = append(e.params, ParamValues{Code: twin.Code, Type: twin.Type})
	e.ends = append(e.ends, len(e.items))
}

// item gives an item in base units, or as it is if it has no unit that converts.
func (c conversions) item(p *Param, it Item) Item {
	if p.Type == Composite {
		it.Parts = slices.Clone(it.Parts)
		for i, part := range p.Parts {
			if part.Type == Quantity {
				it.Parts[i] = c.item(part, it.Parts[i])
			}
		}
		return it
	}
	keys, base, ok := c.keys(it.System, it.Code, it.NLo, it.NHi)
	if !ok {
		return it
	}
	return Item{System: systemUCUM, Code: base, NLo: keys[0], NHi: keys[1]}
}

// canonicalValue gives a value asked for in base units; false if it, or one of a composite's quantities, has no unit that
// converts: then it is compared as it stands with what is stored.
func canonicalValue(p *Param, v Value) (Value, bool) {
	if p.Type == Composite {
		v.Parts = slices.Clone(v.Parts)
		for i, part := range p.Parts {
			if part.Type != Quantity {
				continue
			}
			var ok bool
			if v.Parts[i], ok = canonicalValue(part, v.Parts[i]); !ok {
				return v, false
			}
		}
		return v, true
	}
	keys, base, ok := conversions(nil).keys(v.System, v.Code, v.N, v.NLo, v.NHi)
	if ok {
		v.Code, v.N, v.NLo, v.NHi = base, keys[0], keys[1], keys[2]
	}
	return v, ok
}

// conversions remember what was converted for one resource: a quantity comes up for several parameters. A nil one remembers
// nothing.
type conversions map[[2]string]conversion // of a unit's code and an encoded number

type conversion struct {
	key, base string
	ok        bool
}

// keys converts encoded numbers of a unit; open ends stay open. It is false for units that are not UCUM's, or not known to
// it, or not linear, and for numbers beyond all measure (ucum.MaxScale).
func (c conversions) keys(system, code string, keys ...string) (converted []string, base string, ok bool) {
	if system != systemUCUM || code == "" {
		return nil, "", false
	}
	converted = make([]string, len(keys))
	for i, key := range keys {
		open := key == MinNumber || key == MaxNumber
		if open {
			converted[i], key = key, numberKey(fhir.Decimal{}) // whatever the number, the base is the same
		}
		one, known := c[[2]string{code, key}]
		if !known {
			if one = convert(code, key); c != nil {
				c[[2]string{code, key}] = one
			}
		}
		if !one.ok {
			return nil, "", false
		}
		if base = one.base; !open {
			converted[i] = one.key
		}
	}
	return converted, base, true
}

func convert(code, key string) conversion {
	unit, err := ucum.Standard().Parse(code)
	if err != nil {
		return conversion{}
	}
	d, ok := fhir.ParseDecimalKey(key)
	if !ok {
		return conversion{}
	}
	text, ok := unit.Canonical(d.String())
	if !ok {
		return conversion{}
	}
	if d, err = fhir.ParseDecimal(text); err != nil {
		return conversion{}
	}
	return conversion{key: numberKey(d), base: unit.Base(), ok: true}
}

// inUnits gives a clause as a reader with UnitsCanonical asks for it: the values that convert of Param.Canonical, the others
// as they stand.
func (s *reading) inUnits(c Clause) Expr {
	if s.config.Units != UnitsCanonical || c.Param.Canonical == nil || c.Modifier != Plain {
		return c
	}
	stored, canonical := Clause{Param: c.Param}, Clause{Param: c.Param.Canonical}
	for _, v := range c.Values {
		if converted, ok := canonicalValue(canonical.Param, v); ok {
			canonical.Values = append(canonical.Values, converted)
		} else {
			stored.Values = append(stored.Values, v)
		}
	}
	switch {
	case len(canonical.Values) == 0:
		return stored
	case len(stored.Values) == 0:
		return canonical
	default:
		return Or{stored, canonical}
	}
}

// orderParam is the parameter whose values a sort by p compares.
func (s *reading) orderParam(p *Param) *Param {
	if s.config.Units == UnitsCanonical && p.Type == Quantity {
		return p.Canonical
	}
	return p
}
