package fhir

import (
	"fmt"
	"slices"
	"strings"
)

// finish makes the look-ups and checks that every name leads somewhere.
func (r *reader) finish() error {
	for _, e := range r.all {
		if e.Binding != nil && e.Binding.Strength == "required" {
			e.set = r.defs.valueSets[e.Binding.ValueSet]
		}
	}
	for _, name := range r.names {
		t := r.defs.types[name]
		if t.Kind == KindResource {
			r.defs.resources = append(r.defs.resources, name)
		}
		if err := r.defs.makeFields(t); err != nil {
			return err
		}
	}
	slices.Sort(r.defs.resources)
	for _, set := range r.defs.valueSets {
		set.index = make(map[string]int, len(set.Codes))
		for i, c := range set.Codes {
			if _, ok := set.index[c.Code]; !ok {
				set.index[c.Code] = i
			}
		}
	}
	return r.defs.placeParameters(r.parameters)
}

// makeFields lists the JSON members of a type: a choice element has one a type.
func (d *Definitions) makeFields(t *Type) error {
	n := 0
	for i, e := range t.Elements {
		n += len(e.Types)
		if e.Min > 0 && i < maxElements {
			t.required.add(i)
		}
	}
	if n > maxFields || len(t.Elements) > maxElements {
		return fmt.Errorf("%s has more than %d members or %d elements", t.Name, maxFields, maxElements)
	}
	if t.Kind == KindPrimitive {
		t.format = formatOf(t)
	}
	t.fields = make([]Field, 0, n)
	t.byJSON = make(map[string]int, n)
	for i, e := range t.Elements {
		for _, ref := range e.Types {
			target := d.types[ref.Name]
			if target == nil {
				return fmt.Errorf("%s.%s has the unknown type %s", t.Name, e.Name, ref.Name)
			}
			name := e.Name
			if e.Choice {
				name += strings.ToUpper(ref.Name[:1]) + ref.Name[1:]
			}
			t.byJSON[name] = len(t.fields)
			t.fields = append(t.fields, Field{JSON: name, Element: e, Type: ref, typ: target, element: i})
		}
	}
	return nil
}

// placeParameters lists the parameters of each resource type, those of its bases included, by code.
func (d *Definitions) placeParameters(all []*SearchParameter) error {
	byBase := map[string][]*SearchParameter{}
	for _, p := range all {
		for _, base := range p.Base {
			if d.types[base] == nil {
				return fmt.Errorf("the base %s of %s is unknown", base, p.URL)
			}
			byBase[base] = append(byBase[base], p)
		}
	}
	d.parameters = make(map[string][]*SearchParameter, len(d.resources)+2)
	place := func(name string) {
		var list []*SearchParameter
		for t := d.types[name]; t != nil; t = t.parent {
			list = append(list, byBase[t.Name]...)
		}
		slices.SortStableFunc(list, func(a, b *SearchParameter) int { return strings.Compare(a.Code, b.Code) })
		d.parameters[name] = list
	}
	for _, name := range d.resources {
		place(name)
	}
	for name, t := range d.types {
		if t.Kind == KindAbstract && len(byBase[name]) > 0 {
			place(name)
		}
	}
	return nil
}
