package search

import (
	"math/big"
	"strings"

	"github.com/valyala/fastjson"

	"github.com/heliograph/heliograph/fhir"
)

// sampled appends the bounds of a SampledData's values: origin + factor × the lowest and the highest sample. A sample below
// or above the limits of detection opens that end; errors ("E") count for nothing.
func (e *extraction) sampled(items []Item, n found) []Item {
	s := samples{}
	if !s.read(string(n.value.GetStringBytes("data"))) {
		e.skip(n, "the sampled data are not numbers")
		return items
	}
	origin, factor := n.value.Get("origin", "value"), n.value.Get("factor")
	it := Item{NLo: MinNumber, NHi: MaxNumber}
	if o := n.value.Get("origin"); o != nil {
		it = unit(o)
		it.NLo, it.NHi = MinNumber, MaxNumber
	}
	if s.lowest == "" && !s.below && !s.above {
		return items
	}
	lo, okLo := scaled(s.lowest, origin, factor)
	hi, okHi := scaled(s.highest, origin, factor)
	if !okLo || !okHi {
		e.skip(n, "the sampled data cannot be scaled")
		return items
	}
	if lo > hi { // a negative factor
		lo, hi = hi, lo
	}
	if s.lowest != "" && !s.below {
		it.NLo = lo
	}
	if s.lowest != "" && !s.above {
		it.NHi = hi
	}
	return append(items, it)
}

// samples are what matters of the data: the lowest and highest as text and key.
type samples struct {
	lowest, highest       string
	lowestKey, highestKey string
	below, above          bool
}

func (s *samples) read(data string) bool {
	for word := range strings.FieldsSeq(data) {
		switch word {
		case "E":
		case "L":
			s.below = true
		case "U":
			s.above = true
		default:
			d, err := fhir.ParseDecimal(word)
			if err != nil || strings.ContainsAny(word, "eE") {
				return false
			}
			key := string(d.AppendKey(nil))
			if s.lowest == "" || key < s.lowestKey {
				s.lowest, s.lowestKey = word, key
			}
			if s.highest == "" || key > s.highestKey {
				s.highest, s.highestKey = word, key
			}
		}
	}
	return true
}

// scaled gives the key of origin + factor × sample; "" for no sample. Numbers with an exponent are refused: they could be
// of any size.
func scaled(sample string, origin, factor *fastjson.Value) (string, bool) {
	if sample == "" {
		return "", true
	}
	sum, ok := new(big.Rat).SetString(sample)
	if f := numberText(factor); ok && f != "" {
		var r *big.Rat
		if r, ok = plainNumber(f); ok {
			sum.Mul(sum, r)
		}
	}
	if o := numberText(origin); ok && o != "" {
		var r *big.Rat
		if r, ok = plainNumber(o); ok {
			sum.Add(sum, r)
		}
	}
	if !ok {
		return "", false
	}
	digits, _ := sum.FloatPrec() // exact: all three are decimal fractions
	d, err := fhir.ParseDecimal(sum.FloatString(digits))
	return string(d.AppendKey(nil)), err == nil
}

func numberText(v *fastjson.Value) string {
	if v == nil || v.Type() == fastjson.TypeNull {
		return ""
	}
	return string(v.MarshalTo(nil))
}

func plainNumber(s string) (*big.Rat, bool) {
	if strings.ContainsAny(s, "eE") || len(s) > 100 {
		return nil, false
	}
	if _, err := fhir.ParseDecimal(s); err != nil {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}
