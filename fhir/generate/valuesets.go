package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/heliograph/heliograph/fhir"
)

// valueSets enumerates what required bindings name. Those which cannot be enumerated but draw on a single code
// system come back in open, by that system: it is still what a bare code means.
func (g *generator) valueSets(types []typeDef) (sets []fhir.ValueSet, open map[string]string) {
	open = map[string]string{}
	for _, url := range requiredSets(types) {
		codes, err := g.expand(url, nil)
		if err == nil && len(codes) > 0 {
			sets = append(sets, fhir.ValueSet{URL: url, Codes: codes})
			continue
		}
		if err == nil {
			err = fmt.Errorf("it has no codes")
		}
		g.leftOut("codes of "+url, err.Error())
		if system := g.onlySystem(url); system != "" {
			open[url] = system
		}
	}
	return sets, open
}

func requiredSets(types []typeDef) []string {
	seen := map[string]bool{}
	for _, t := range types {
		for _, e := range t.elements {
			if e.strength == "required" {
				seen[e.valueSet] = true
			}
		}
	}
	urls := make([]string, 0, len(seen))
	for url := range seen {
		urls = append(urls, url)
	}
	slices.Sort(urls)
	return urls
}

// expand lists the codes of a value set; within are the value sets that led here.
func (g *generator) expand(url string, within []string) ([]fhir.Code, error) {
	url, _, _ = strings.Cut(url, "|")
	if slices.Contains(within, url) {
		return nil, fmt.Errorf("%s includes itself", url)
	}
	set, ok := g.source.valueSets[url]
	if !ok {
		return nil, fmt.Errorf("%s is not among the definitions", url)
	}
	within = append(slices.Clone(within), url)
	var codes []fhir.Code
	for _, inc := range set.Compose.Include {
		more, err := g.include(inc, within)
		if err != nil {
			return nil, err
		}
		for _, c := range more {
			if !slices.Contains(codes, c) {
				codes = append(codes, c)
			}
		}
	}
	for _, exc := range set.Compose.Exclude {
		less, err := g.include(exc, within)
		if err != nil {
			return nil, err
		}
		codes = slices.DeleteFunc(codes, func(c fhir.Code) bool { return slices.Contains(less, c) })
	}
	return codes, nil
}

// include lists what one include (or exclude) names: system and value sets together mean their intersection.
func (g *generator) include(inc include, within []string) ([]fhir.Code, error) {
	var codes []fhir.Code
	if inc.System != "" {
		concepts, err := g.concepts(inc)
		if err != nil {
			return nil, err
		}
		for _, code := range concepts {
			codes = append(codes, fhir.Code{System: inc.System, Code: code})
		}
	}
	for i, url := range inc.ValueSet {
		more, err := g.expand(url, within)
		if err != nil {
			return nil, err
		}
		if i == 0 && inc.System == "" {
			codes = more
			continue
		}
		codes = slices.DeleteFunc(codes, func(c fhir.Code) bool { return !slices.Contains(more, c) })
	}
	return codes, nil
}

// concepts lists the codes of an include's system: those it names, those its hierarchy filters leave, or all.
func (g *generator) concepts(inc include) ([]string, error) {
	if len(inc.Concept) > 0 {
		return flatten(inc.Concept, nil), nil
	}
	system, ok := g.source.codeSystems[inc.System]
	if !ok || system.Content != "complete" {
		return nil, fmt.Errorf("code system %s is not here as a whole", inc.System)
	}
	roots := system.Concept
	for _, f := range inc.Filter {
		if f.Property != "concept" || f.Op != "is-a" && f.Op != "descendent-of" {
			return nil, fmt.Errorf("its filter %s %s cannot be enumerated", f.Property, f.Op)
		}
		roots = below(roots, f.Value, f.Op == "is-a")
	}
	return flatten(roots, nil), nil
}

func below(concepts []concept, code string, self bool) []concept {
	for _, c := range concepts {
		if c.Code == code && self {
			return []concept{c}
		}
		if c.Code == code {
			return c.Concept
		}
		if found := below(c.Concept, code, self); found != nil {
			return found
		}
	}
	return nil
}

func flatten(concepts []concept, codes []string) []string {
	for _, c := range concepts {
		codes = flatten(c.Concept, append(codes, c.Code))
	}
	return codes
}

// onlySystem is the one code system that a value set draws on, or "".
func (g *generator) onlySystem(url string) string {
	only := ""
	for _, inc := range g.source.valueSets[url].Compose.Include {
		if inc.System == "" || only != "" && inc.System != only {
			return ""
		}
		only = inc.System
	}
	return only
}
