package terminology

import (
	"github.com/valyala/fastjson"

	"github.com/heliograph/heliograph/fhir"
)

// valueSet is a ValueSet's definition.
type valueSet struct {
	// composed says that there is a compose; activeOnly that inactive codes are left out.
	composed, activeOnly bool
	include, exclude     []component
	// expanded are the codes of a ready-made expansion; whole says that it has all of them.
	expanded []fhir.Code
	whole    bool
	// listed is about how many codes it holds itself.
	listed int
}

// component is one include or exclude.
type component struct {
	system, version string
	listed          bool // codes are listed, if only none
	codes           []string
	filters         []filter
	valueSets       []string
}

type filter struct{ property, op, value string }

func readValueSet(v *fastjson.Value) *valueSet {
	s := &valueSet{}
	if compose := v.Get("compose"); compose != nil {
		s.composed = true
		if inactive := compose.Get("inactive"); inactive != nil {
			s.activeOnly = inactive.Type() == fastjson.TypeFalse
		}
		s.include, s.exclude = s.components(compose, "include"), s.components(compose, "exclude")
	}
	if expansion := v.Get("expansion"); expansion != nil {
		s.readExpansion(expansion)
	}
	return s
}

func (s *valueSet) components(v *fastjson.Value, name string) []component {
	var out []component
	for _, e := range v.GetArray(name) {
		c := component{system: text(e, "system"), version: text(e, "version"), listed: e.Exists("concept"), valueSets: texts(e, "valueSet")}
		for _, concept := range e.GetArray("concept") {
			c.codes = append(c.codes, text(concept, "code"))
		}
		for _, f := range e.GetArray("filter") {
			c.filters = append(c.filters, filter{text(f, "property"), text(f, "op"), text(f, "value")})
		}
		s.listed += len(c.codes)
		out = append(out, c)
	}
	return out
}

// The extensions of an expansion that has not all codes (FHIR R4, "Value Set Expansion").
const (
	tooCostlyExtension = "http://hl7.org/fhir/StructureDefinition/valueset-toocostly"
	unclosedExtension  = "http://hl7.org/fhir/StructureDefinition/valueset-unclosed"
)

// readExpansion reads what contains lists, at any depth, without the abstract entries, which group others and are no codes to be used.
// It is whole if it begins at the beginning, has as many entries as it says there are, and does not say otherwise.
func (s *valueSet) readExpansion(v *fastjson.Value) {
	entries := s.contains(v.GetArray("contains"))
	s.whole = v.GetInt("offset") == 0 && (!v.Exists("total") || v.GetInt("total") <= entries)
	for _, e := range v.GetArray("extension") {
		switch text(e, "url") {
		case tooCostlyExtension, unclosedExtension:
			s.whole = false
		}
	}
	s.listed += len(s.expanded)
}

func (s *valueSet) contains(list []*fastjson.Value) (entries int) {
	for _, v := range list {
		entries++
		if code := text(v, "code"); code != "" && !v.GetBool("abstract") {
			s.expanded = append(s.expanded, fhir.Code{System: text(v, "system"), Code: code})
		}
		entries += s.contains(v.GetArray("contains"))
	}
	return entries
}
