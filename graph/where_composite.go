package graph

import (
	"maps"
	"slices"
	"strings"

	"github.com/heliograph/heliograph/search"
)

// compositeFilter reads an object of a composite's parts. Alternatives of parts are alternatives of the whole, each with each.
func (w *whereReader) compositeFilter(p *search.Param, m input, at string) []search.Expr {
	if len(m) == 0 || len(m) == 1 && m["missing"] != nil {
		return nil
	}
	texts := []string{""}
	for i, part := range p.Parts {
		name := partName(p, i)
		path := at + "." + name
		if m[name] == nil {
			w.bad(path, "a composite wants all of its parts")
			continue
		}
		var next []string
		alternatives := w.part(part, m[name], path)
		if len(alternatives)*len(texts) > maxConditions {
			w.failed(path, past(limitConditions, maxConditions, "the parts have more than %d combinations", maxConditions))
			continue
		}
		for _, one := range alternatives {
			for _, before := range texts {
				if i > 0 {
					before += "$"
				}
				next = append(next, before+one)
			}
		}
		texts = next
	}
	if len(w.errs) > 0 {
		return []search.Expr{search.False{}}
	}
	return []search.Expr{w.clause(p, "", texts, at)}
}

// part gives FHIR's texts of a part, alternatives: what a part of a composite can say is less than what a filter can.
func (w *whereReader) part(p *search.Param, value any, at string) []string {
	m := asInput(value)
	switch p.Type {
	case search.String:
		return w.only(m, at, escaped, "startsWith")
	case search.URI:
		return w.only(m, at, escaped, "eq")
	case search.Reference:
		return w.only(m, at, escaped, "nodeId")
	case search.Token:
		return w.tokenPart(m, at)
	case search.Date, search.Number, search.Quantity:
		return w.orderedPart(m, at)
	}
	return w.texts(value, at, escaped)
}

// only reads the one member that a part may have.
func (w *whereReader) only(m input, at string, text func(string) string, names ...string) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(m)) {
		switch {
		case m[name] == nil:
		case !slices.Contains(names, name):
			w.bad(at+"."+name, "a part of a composite has %s only", strings.Join(names, ", "))
		case out != nil:
			w.bad(at+"."+name, "a part of a composite is one comparison")
		default:
			out = w.texts(m[name], at+"."+name, text)
		}
	}
	return out
}

func (w *whereReader) tokenPart(m input, at string) []string {
	system, qualified := m["system"].(string)
	if !qualified {
		return w.only(m, at, escaped, "code")
	}
	rest := maps.Clone(m)
	delete(rest, "system")
	if rest["code"] == nil {
		rest["code"] = ""
	}
	return w.only(rest, at, func(s string) string { return escaped(system) + "|" + escaped(s) }, "code")
}

func (w *whereReader) orderedPart(m input, at string) []string {
	units := unitsOf(m)
	ops := orderedOps[:len(orderedOps)-1] // overlaps has no prefix
	var given []string
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if m[name] != nil && name != "system" && name != "unit" {
			given = append(given, name)
		}
	}
	if len(given) != 1 || !slices.Contains(ops, given[0]) {
		w.bad(at, "a part of a composite is one comparison of %s", strings.Join(ops, ", "))
		return nil
	}
	return w.texts(m[given[0]], at+"."+given[0], func(s string) string { return prefixed(given[0], s) + units })
}
