package search

import (
	"fmt"
	"slices"
	"strings"

	"github.com/heliograph/heliograph/fhir"
)

// yields fails if no value that the program finds gives an item of a parameter type: what is asked for could never be found.
func (c *compiler) yields(p program, t ParamType) error {
	if p.test != nil && t == Token || slices.ContainsFunc(p.paths, func(way path) bool { return c.gives(way.typ, t) }) {
		return nil
	}
	return fmt.Errorf("it leads to %s, which %s", p.leads(), wantedBy(t))
}

// gives says whether values of a FHIR type give items of a parameter type: what the functions of an extraction take.
func (c *compiler) gives(typ *fhir.Type, t ParamType) bool {
	name, primitive := typ.Name, typ.Kind == fhir.KindPrimitive
	textual := primitive && !slices.Contains([]string{"boolean", "integer", "decimal", "positiveInt", "unsignedInt"}, name)
	switch t {
	case String:
		return textual || name == "HumanName" || name == "Address"
	case Token:
		return textual || name == "boolean" || slices.Contains([]string{"CodeableConcept", "Coding", "Identifier", "ContactPoint"}, name)
	case Date:
		return slices.Contains([]string{"date", "dateTime", "instant", "Period", "Timing"}, name)
	case Number:
		return name == "Range" || primitive && !textual && name != "boolean"
	case Quantity:
		return slices.Contains([]string{"Range", "SampledData", "Money"}, name) || c.defs.Is(name, "Quantity")
	case Reference:
		return slices.Contains([]string{"Reference", "canonical", "uri", "Resource"}, name)
	case URI:
		return textual
	}
	return false
}

// wantedBy says what a parameter type takes.
func wantedBy(t ParamType) string {
	takes := map[ParamType]string{
		String: "strings, HumanName and Address", Token: "CodeableConcept, Coding, Identifier, ContactPoint, codes, strings and booleans",
		Date: "date, dateTime, instant, Period and Timing", Number: "numbers and Range", Quantity: "Quantity, Money, Range and SampledData",
		Reference: "Reference, canonical and uri", URI: "uris and strings",
	}
	return "gives no values of type " + t.String() + ": these are taken from " + takes[t]
}

// leads names the FHIR types that a program finds.
func (p program) leads() string {
	if p.test != nil {
		return "boolean"
	}
	var names []string
	for _, way := range p.paths {
		if !slices.Contains(names, way.typ.Name) {
			names = append(names, way.typ.Name)
		}
	}
	if len(names) > maxNamed {
		names = append(names[:maxNamed:maxNamed], "…")
	}
	return strings.Join(names, ", ")
}

// targets are the resource types that the references found may point at; nil when one may point anywhere.
func (p program) targets(defs *fhir.Definitions) []string {
	var out []string
	for _, way := range p.paths {
		if way.typ.Name != "Reference" && way.typ.Name != "canonical" {
			continue
		}
		if len(way.targets) == 0 || slices.Contains(way.targets, "Resource") {
			return nil
		}
		out = append(out, way.targets...)
	}
	return slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(out))), func(name string) bool { return !defs.IsResource(name) })
}
