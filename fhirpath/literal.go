package fhirpath

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/heliograph/heliograph/internal/fault"
)

// literal reads a string, number, quantity, date, dateTime or time.
func (p *parser) literal() *node {
	t := p.advance()
	n := &node{op: opLiteral, pos: t.pos}
	switch t.kind {
	case tokString:
		n.value = collection{{sys: t.text}}
	case tokTemporal:
		v, ok := parseTemporal(t.text, literalKind(t.text))
		if !ok {
			p.fail(t.pos, "this is no date, time or dateTime: write @2015-02-04, @T14:30 or @2015-02-04T14:30:00Z, or less of them from the right")
		}
		n.value = collection{{sys: v}}
	default:
		n.value = collection{{sys: p.numeral(t)}}
	}
	return n
}

// numeral is a number, or a quantity if a unit follows.
func (p *parser) numeral(t token) any {
	if len(t.text) > maxDigits {
		p.fail(t.pos, "a number of more than %d digits", maxDigits)
	}
	unit := p.ahead
	calendar := unit.kind == tokWord && slices.Contains(calendarUnits, strings.TrimSuffix(unit.text, "s"))
	if unit.kind == tokString || calendar {
		p.advance()
		v, _ := parseNumber(t.text)
		if calendar {
			return quantity{value: v, unit: strings.TrimSuffix(unit.text, "s"), calendar: true}
		}
		return quantity{value: v, unit: unit.text}
	}
	if i, err := strconv.ParseInt(t.text, 10, 64); err == nil {
		return i
	}
	v, _ := parseNumber(t.text)
	return v
}

// constant is a variable of the environment (FHIRPath "Environment variables"; R4, "Using FHIRPath").
func (p *parser) constant(t token) *node {
	n := &node{op: opConstant, name: t.text, pos: t.pos}
	fixed := map[string]string{"sct": "http://snomed.info/sct", "loinc": "http://loinc.org", "ucum": "http://unitsofmeasure.org"}
	value, ok := fixed[t.text]
	if name, is := strings.CutPrefix(t.text, "vs-"); is {
		value, ok = "http://hl7.org/fhir/ValueSet/"+name, true
	}
	if name, is := strings.CutPrefix(t.text, "ext-"); is {
		value, ok = "http://hl7.org/fhir/StructureDefinition/"+name, true
	}
	if ok {
		return &node{op: opLiteral, pos: t.pos, value: collection{{sys: value}}}
	}
	if known := []string{"resource", "rootResource", "context"}; !slices.Contains(known, t.text) {
		p.fail(t.pos, "there is no %%%s: there are %%resource, %%rootResource, %%context, %%ucum, %%sct, %%loinc, %%vs-…, %%ext-…", t.text)
	}
	return n
}

// maxPattern is the longest regular expression; RE2 takes time in proportion to the pattern's size and the text's.
const maxPattern = 256

// pattern compiles a regular expression that stands in the expression itself.
func (p *parser) pattern(n *node) *regexp.Regexp {
	text, ok := n.value.first().(string)
	if !ok {
		p.fail(n.pos, "the regular expression should be a string")
	}
	return compilePattern(p.lex.source, n.pos, text)
}

func compilePattern(source string, pos int, text string) *regexp.Regexp {
	if len(text) > maxPattern {
		fail(source, pos, fault.TooCostly, "the regular expression is longer than %d bytes", maxPattern)
	}
	re, err := regexp.Compile("(?s)" + text)
	if err != nil {
		fail(source, pos, fault.BadUserInput, "this is no regular expression of RE2")
	}
	return re
}

// function finds a function by its name.
func (p *parser) function(t token) *function {
	if fn := functions[t.text]; fn != nil {
		return fn
	}
	if why, ok := refused[t.text]; ok {
		fail(p.lex.source, t.pos, fault.Unsupported, "%s() is not supported: %s", t.text, why)
	}
	known := make([]string, 0, len(functions))
	for name := range functions {
		known = append(known, name)
	}
	slices.Sort(known)
	p.fail(t.pos, "there is no function %s()%s", t.text, p.cfg.suggest(t.text, known))
	return nil
}

func arity(fn *function) string {
	switch {
	case fn.max == 0:
		return "no argument"
	case fn.min == fn.max && fn.min == 1:
		return "1 argument"
	case fn.min == fn.max:
		return strconv.Itoa(fn.min) + " arguments"
	}
	return strconv.Itoa(fn.min) + " to " + strconv.Itoa(fn.max) + " arguments"
}
