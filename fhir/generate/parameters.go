package main

import (
	"cmp"
	"slices"
	"strings"

	"github.com/heliograph/heliograph/fhir"
)

// parameters returns the search parameters of the version, by code and then canonical URL.
func (g *generator) parameters(types []typeDef) []fhir.SearchParameter {
	known := map[string]bool{}
	for _, t := range types {
		known[t.name] = true
	}
	var out []fhir.SearchParameter
	for _, p := range g.source.parameters {
		if p.Version != g.version {
			g.leftOut("search parameter "+p.URL, "it is of FHIR "+p.Version)
			continue
		}
		if strange := slices.DeleteFunc(slices.Clone(p.Base), func(b string) bool { return known[b] }); len(strange) > 0 {
			g.leftOut("search parameter "+p.URL, "its base "+strings.Join(strange, ", ")+" is unknown")
			continue
		}
		out = append(out, g.parameter(p, known))
	}
	slices.SortFunc(out, func(a, b fhir.SearchParameter) int {
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.URL, b.URL))
	})
	return out
}

func (g *generator) parameter(p parameter, known map[string]bool) fhir.SearchParameter {
	out := fhir.SearchParameter{
		Code: p.Code, URL: p.URL, Type: p.Type, Base: p.Base,
		Expression: oneLine(p.Expression), Description: oneLine(p.Description),
	}
	for _, target := range p.Target {
		if !known[target] {
			g.leftOut("target "+target+" of "+p.URL, "it is not a resource type")
			continue
		}
		out.Targets = append(out.Targets, target)
	}
	for _, c := range p.Component {
		out.Components = append(out.Components, fhir.Component{Definition: c.Definition, Expression: oneLine(c.Expression)})
	}
	return out
}
