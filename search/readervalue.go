package search

import (
	"strings"

	"github.com/heliograph/heliograph/fhir"
)

// value reads one alternative, which still has its escapes.
func (s *reading) value(p *Param, m Modifier, target, text string) (Value, error) {
	if text == "" {
		return Value{}, s.empty()
	}
	if m == TextAdvanced {
		return Value{Text: unescape(text)}, nil
	}
	switch p.Type {
	case String:
		return s.stringValue(m, unescape(text))
	case Token:
		return s.tokenValue(m, text)
	case Date:
		return s.dateValue(unescape(text))
	case Number:
		return s.numberValue(unescape(text))
	case Quantity:
		return s.quantityValue(text)
	case Reference:
		if m == Identifier {
			return s.codeValue(text)
		}
		return s.referenceValue(target, text)
	case URI:
		return s.uriValue(m, unescape(text))
	case Composite:
		return s.compositeValue(p, text)
	default:
		return Value{}, s.bad("%s.%s cannot be searched by", p.Resource, p.Code)
	}
}

func (s *reading) stringValue(m Modifier, text string) (Value, error) {
	if m == Exact {
		return Value{Text: text}, nil
	}
	v := Value{Text: Normalise(text)}
	if v.Text == "" {
		return v, s.bad("nothing is left of the text without accents and white space")
	}
	return v, nil
}

func (s *reading) tokenValue(m Modifier, text string) (Value, error) {
	switch m {
	case TextOf:
		return s.stringValue(Contains, unescape(text))
	case In:
		return Value{Text: unescape(text)}, nil
	case OfType:
		parts := split(text, '|')
		if len(parts) != 3 || parts[1] == "" || parts[2] == "" {
			return Value{}, s.bad("write system|type|value")
		}
		return Value{System: unescape(parts[0]), HasSystem: true, Type: unescape(parts[1]), Code: unescape(parts[2])}, nil
	case Above, Below:
		v, err := s.codeValue(text)
		if err == nil && (v.System == "" || v.Code == "") {
			return v, s.bad("write system|code: a code is above or below others within its code system")
		}
		return v, err
	default:
		return s.codeValue(text)
	}
}

// codeValue reads code, system|code, |code and system| (3.1.1.4.10).
func (s *reading) codeValue(text string) (Value, error) {
	parts := split(text, '|')
	switch {
	case len(parts) == 1:
		return Value{Code: unescape(parts[0])}, nil
	case len(parts) > 2:
		return Value{}, s.bad("write code, system|code, |code or system|; a | within one of them as \\|")
	case parts[0] == "" && parts[1] == "":
		return Value{}, s.bad("there is neither a system nor a code")
	}
	return Value{System: unescape(parts[0]), HasSystem: true, Code: unescape(parts[1])}, nil
}

// prefix takes the comparison from the beginning of a value (3.1.1.4.5).
func prefix(text string) (Op, string) {
	if len(text) < 2 {
		return Eq, text
	}
	if text[:2] == "eq" {
		return Eq, text[2:]
	}
	for op, name := range opNames {
		if name == text[:2] {
			return Op(op), text[2:]
		}
	}
	return Eq, text
}

// dateValue reads a date with a prefix (3.1.1.4.7). `ap` widens the range by a tenth of its distance from now. A blank is
// read as the plus of a zone that was not encoded in a URL.
func (s *reading) dateValue(text string) (Value, error) {
	op, rest := prefix(text)
	lo, hi, err := fhir.ParseSearchRange(strings.ReplaceAll(rest, " ", "+"), s.config.Location)
	if err != nil {
		return Value{}, s.bad("the value is not a date; write eq, ne, gt, lt, ge, le, sa, eb, ap or nothing and YYYY, YYYY-MM, YYYY-MM-DD or "+
			"YYYY-MM-DDThh:mm:ss with a zone (%s)", err)
	}
	if op == Overlaps {
		tenth := (s.config.Now().UnixMicro() - lo) / 10
		if tenth < 0 {
			tenth = -tenth
		}
		lo, hi = lo-tenth, hi+tenth
	}
	return Value{Op: op, Lo: lo, Hi: hi}, nil
}

// numberValue reads a number with a prefix (3.1.1.4.6). `ap` is ten percent to each side, or the precision where that is wider.
func (s *reading) numberValue(text string) (Value, error) {
	op, rest := prefix(text)
	v, err := parseNumber(op, rest)
	if err != nil {
		return v, s.bad("the value is not a number; write eq, ne, gt, lt, ge, le, sa, eb, ap or nothing and digits, as in 5.4 or 54e-1 (%s)", err)
	}
	return v, nil
}

func parseNumber(op Op, text string) (Value, error) {
	n, err := fhir.ParseDecimal(text)
	if err != nil {
		return Value{}, err
	}
	lo, hi := n.Bounds()
	v := Value{Op: op, N: numberKey(n), NLo: numberKey(lo), NHi: numberKey(hi)}
	if op == Overlaps {
		lo, hi = n.Approximate()
		v.NLo, v.NHi = min(v.NLo, numberKey(lo)), max(v.NHi, numberKey(hi))
	}
	return v, nil
}

func numberKey(d fhir.Decimal) string { return string(d.AppendKey(nil)) }

// quantityValue reads number, number|system|code and number||code (3.1.1.4.11). number|system, which other
// servers take, is any unit of the system; what is no URI there is more likely a unit that lacks a bar, and refused.
func (s *reading) quantityValue(text string) (Value, error) {
	parts := split(text, '|')
	if len(parts) == 2 && !strings.Contains(parts[1], ":") || len(parts) > 3 || len(parts) == 3 && parts[2] == "" {
		return Value{}, s.bad("write number, number|system|code or number||code, the last for a unit of any system")
	}
	v, err := s.numberValue(unescape(parts[0]))
	if len(parts) > 1 && parts[1] != "" {
		v.System, v.HasSystem = unescape(parts[1]), true
	}
	if len(parts) > 2 {
		v.Code = unescape(parts[2])
	}
	return v, err
}

func (s *reading) uriValue(m Modifier, text string) (Value, error) {
	if m != Plain && strings.HasPrefix(strings.ToLower(text), "urn:") {
		return Value{}, s.bad(":%s compares the paths of URLs; a URN has none", m)
	}
	return Value{Text: text}, nil
}

// referenceValue reads id, Type/id, Type/id/_history/version, a URL and a canonical (3.1.1.4.12).
func (s *reading) referenceValue(target, text string) (Value, error) {
	whole := unescape(text)
	if fhir.ValidID(whole) {
		return Value{Type: target, Code: whole}, nil
	}
	ref, err := fhir.ParseReference(whole, s.config.Base)
	if err != nil || ref.Kind == fhir.ReferenceContained || ref.Kind == fhir.ReferenceConditional {
		return Value{}, s.bad("the value is not a reference; write id, Type/id or a URL")
	}
	if ref.Kind != fhir.ReferenceLocal {
		if target != "" && ref.Type != target {
			return Value{}, s.bad("the value does not refer to a %s", target)
		}
		v := Value{Text: ref.URL}
		if ref.Kind == fhir.ReferenceCanonical {
			v.Version = ref.Version
		}
		return v, nil
	}
	switch {
	case target != "" && ref.Type != target:
		return Value{}, s.bad("the value refers to a %s, the modifier says %s", ref.Type, target)
	case !s.params.Definitions().IsResource(ref.Type):
		return Value{}, s.bad("%s is not a resource type", printable(ref.Type))
	}
	return Value{Type: ref.Type, Code: ref.ID, Version: ref.Version}, nil
}

// compositeValue reads the parts, parted by dollar signs (3.1.1.4.18).
func (s *reading) compositeValue(p *Param, text string) (Value, error) {
	texts := split(text, '$')
	if len(texts) != len(p.Parts) {
		codes := make([]string, len(p.Parts))
		for i, part := range p.Parts {
			codes[i] = part.Code
		}
		return Value{}, s.bad("%s.%s wants %d parts, %s", p.Resource, p.Code, len(p.Parts), strings.Join(codes, "$"))
	}
	var v Value
	var errs []error
	for i, part := range p.Parts {
		one, err := s.value(part, Plain, "", texts[i])
		one.Raw = texts[i]
		v.Parts, errs = append(v.Parts, one), append(errs, err)
	}
	return v, together(errs)
}
