package main

import (
	"cmp"
	"slices"
	"strings"

	"github.com/heliograph/heliograph/fhir"
)

const structureURL = "http://hl7.org/fhir/StructureDefinition/"

// typeDef is a type with all its elements, inherited ones included.
type typeDef struct {
	kind                             fhir.Kind
	name, base, description, pattern string
	elements                         []elementDef
}

type elementDef struct {
	name        string // with "[x]" for a choice
	min         int
	max         string
	types       []fhir.TypeRef
	strength    string
	valueSet    string
	description string
	summary     bool
}

// types returns all types, bases before what derives from them, each followed by its backbone types.
func (g *generator) types() []typeDef {
	kept := map[string]structure{}
	for _, s := range g.source.structures {
		if why := g.refuse(s); why != "" {
			g.leftOut("type "+s.Name, why)
			continue
		}
		kept[s.Name] = g.correct(s)
	}
	order := make([]structure, 0, len(kept))
	for _, s := range kept {
		order = append(order, s)
	}
	slices.SortFunc(order, func(a, b structure) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(depth(kept, a), depth(kept, b)), cmp.Compare(a.Name, b.Name))
	})
	var all []typeDef
	for _, s := range order {
		all = append(all, g.split(s)...)
	}
	return all
}

func (g *generator) refuse(s structure) string {
	switch {
	case s.FHIRVersion != g.version:
		return "it is of FHIR " + s.FHIRVersion
	case s.Derivation == "constraint":
		return "it is a profile of " + s.Type
	case s.Kind == "logical":
		return "it is a logical model"
	}
	return ""
}

// rank orders the kinds: abstract, primitive, complex, resources.
func rank(s structure) int {
	switch {
	case s.Abstract:
		return 0
	case s.Kind == "primitive-type":
		return 1
	case s.Kind == "complex-type":
		return 2
	}
	return 3
}

func depth(kept map[string]structure, s structure) int {
	n := 0
	for s.BaseDefinition != "" {
		s = kept[strings.TrimPrefix(s.BaseDefinition, structureURL)]
		n++
	}
	return n
}

// split makes the type of a structure and one for each element that has children of its own.
func (g *generator) split(s structure) []typeDef {
	root := s.Snapshot.Element[0]
	kind := []fhir.Kind{fhir.KindAbstract, fhir.KindPrimitive, fhir.KindComplex, fhir.KindResource}[rank(s)]
	top := typeDef{kind: kind, name: s.Name, base: strings.TrimPrefix(s.BaseDefinition, structureURL), description: describe(root)}
	out := []typeDef{top}
	at := map[string]int{s.Name: 0}
	parents := map[string]bool{}
	for _, e := range s.Snapshot.Element[1:] {
		parents[e.Path[:strings.LastIndexByte(e.Path, '.')]] = true
	}
	for _, e := range s.Snapshot.Element[1:] {
		dot := strings.LastIndexByte(e.Path, '.')
		owner, name := &out[at[e.Path[:dot]]], e.Path[dot+1:]
		if kind == fhir.KindPrimitive && name == "value" {
			owner.pattern = pattern(e)
			continue
		}
		if e.Max == "0" {
			continue
		}
		d := g.element(e, name)
		if parents[e.Path] {
			at[e.Path] = len(out)
			out = append(out, typeDef{kind: fhir.KindBackbone, name: e.Path, base: e.Type[0].Code, description: describe(e)})
			d.types = []fhir.TypeRef{{Name: e.Path}}
			owner = &out[at[e.Path[:dot]]]
		}
		owner.elements = append(owner.elements, d)
	}
	return out
}

func (g *generator) element(e element, name string) elementDef {
	d := elementDef{name: name, min: e.Min, max: e.Max, description: oneLine(e.Short), summary: e.IsSummary}
	if e.Binding != nil && e.Binding.ValueSet != "" {
		d.strength = e.Binding.Strength
		d.valueSet, _, _ = strings.Cut(e.Binding.ValueSet, "|")
	}
	if e.ContentReference != "" {
		d.types = []fhir.TypeRef{{Name: strings.TrimPrefix(e.ContentReference, "#")}}
		return d
	}
	for _, t := range e.Type {
		d.types = append(d.types, g.typeRef(e.Path, t))
	}
	return d
}

func (g *generator) typeRef(path string, t elementType) fhir.TypeRef {
	ref := fhir.TypeRef{Name: t.Code}
	if strings.HasPrefix(t.Code, "http://hl7.org/fhirpath/") {
		ref.Name = "string"
		for _, x := range t.Extension {
			if x.ValueURL != "" {
				ref.Name = x.ValueURL
			}
		}
		// The published definition says string; the text of the specification (Resource, "Logical Id") says id.
		if strings.Count(path, ".") == 1 && strings.HasSuffix(path, ".id") && g.isResource(path[:len(path)-3]) {
			ref.Name = "id"
		}
	}
	for _, profile := range t.TargetProfile {
		target := strings.TrimPrefix(profile, structureURL)
		if target == "Resource" {
			return fhir.TypeRef{Name: ref.Name}
		}
		if !g.isResource(target) {
			g.leftOut("target "+target+" of "+path, "it is not a resource type")
			continue
		}
		ref.Targets = append(ref.Targets, target)
	}
	return ref
}

func (g *generator) isResource(name string) bool {
	return slices.ContainsFunc(g.source.structures, func(s structure) bool {
		return s.Name == name && s.Kind == "resource" && g.refuse(s) == ""
	})
}

// pattern is the regular expression of a primitive's value.
func pattern(e element) string {
	for _, t := range e.Type {
		for _, x := range t.Extension {
			if x.ValueString != "" {
				return x.ValueString
			}
		}
	}
	return ""
}

// describe is the short description, unless it only repeats the type's name.
func describe(e element) string {
	if strings.HasPrefix(e.Short, "Primitive Type") {
		return oneLine(e.Definition)
	}
	return oneLine(e.Short)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
