package fhir

import (
	"iter"
	"slices"
	"strings"
)

// Type returns a type by its FHIR name, or a backbone type by its path; nil if there is none.
func (d *Definitions) Type(name string) *Type { return d.types[name] }

// Resources returns the names of the concrete resource types, sorted. The caller must not change the slice.
func (d *Definitions) Resources() []string { return d.resources }

// IsResource says whether name is a concrete resource type: "Patient", but not "Resource".
func (d *Definitions) IsResource(name string) bool {
	t := d.types[name]
	return t != nil && t.Kind == KindResource
}

// Types yields every type in the order of their names.
func (d *Definitions) Types() iter.Seq[*Type] {
	return func(yield func(*Type) bool) {
		names := make([]string, 0, len(d.types))
		for name := range d.types {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			if !yield(d.types[name]) {
				return
			}
		}
	}
}

// Is says whether a type is the base or specialises it, directly or not: Is("Age", "Quantity"),
// Is("Patient", "Resource"). Unknown names are nothing but themselves.
func (d *Definitions) Is(name, base string) bool {
	if name == base {
		return true
	}
	for t := d.types[name]; t != nil; t = t.parent {
		if t.Name == base {
			return true
		}
	}
	return false
}

// Subtypes returns the names of the types that specialise base, directly or not, sorted, without base itself.
func (d *Definitions) Subtypes(base string) []string {
	var names []string
	for name := range d.types {
		if name != base && d.Is(name, base) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// SearchParameters returns the search parameters of a resource type, those of Resource and DomainResource
// included, sorted by code. For "Resource" it returns those that all types share. The caller must not change the
// slice.
func (d *Definitions) SearchParameters(resourceType string) []*SearchParameter {
	return d.parameters[resourceType]
}

// SearchParameter returns the search parameter that has a code on a resource type; nil if there is none.
func (d *Definitions) SearchParameter(resourceType, code string) *SearchParameter {
	list := d.parameters[resourceType]
	i, ok := slices.BinarySearchFunc(list, code, func(p *SearchParameter, code string) int {
		return strings.Compare(p.Code, code)
	})
	if !ok {
		return nil
	}
	return list[i]
}

// SearchParameterByURL returns a search parameter by its canonical URL, without version; nil if there is none.
func (d *Definitions) SearchParameterByURL(url string) *SearchParameter { return d.byURL[url] }

// ValueSet returns an enumerable value set by its canonical URL, without version; nil if it is not held.
func (d *Definitions) ValueSet(url string) *ValueSet { return d.valueSets[url] }

// ImpliedSystem returns the code system that a bare code of an element means: the one that its required binding
// gives the code, or the only one that the bound value set draws on. It is "" where the binding says nothing.
func (d *Definitions) ImpliedSystem(e *Element, code string) string {
	if e == nil || e.Binding == nil || e.Binding.Strength != "required" {
		return ""
	}
	if set := d.valueSets[e.Binding.ValueSet]; set != nil {
		if i, ok := set.index[code]; ok {
			return set.Codes[i].System
		}
		return ""
	}
	return d.systems[e.Binding.ValueSet]
}

// Field returns the member that an object of the type may have under a JSON name, without leading underscore.
func (t *Type) Field(jsonName string) (Field, bool) {
	i, ok := t.byJSON[jsonName]
	if !ok {
		return Field{}, false
	}
	return t.fields[i], true
}

// Fields yields the members that an object of the type may have, in the order of the definition; a choice
// element has one a type. "resourceType" is not among them.
func (t *Type) Fields() iter.Seq[Field] {
	return func(yield func(Field) bool) {
		for _, f := range t.fields {
			if !yield(f) {
				return
			}
		}
	}
}

// Contains says whether the value set holds a code; with system "" the code of any system counts.
func (v *ValueSet) Contains(system, code string) bool {
	i, ok := v.index[code]
	if !ok || system == "" || v.Codes[i].System == system {
		return ok
	}
	// The index has the first system of a code only; a code that several systems share is rare.
	return slices.Contains(v.Codes[i:], Code{System: system, Code: code})
}

// DescriptionFor is the part of the description that is about one resource type, where a parameter that
// several types share has a line for each; else all of it.
func (p *SearchParameter) DescriptionFor(resourceType string) string {
	_, after, ok := strings.Cut(p.Description, "* ["+resourceType+"](")
	if !ok {
		return p.Description
	}
	if _, text, found := strings.Cut(after, "): "); found {
		after = text
	}
	text, _, _ := strings.Cut(after, " * [")
	return strings.TrimSpace(text)
}
