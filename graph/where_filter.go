package graph

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// clause lets the Reader read alternatives that are escaped as FHIR wants them.
func (w *whereReader) clause(p *search.Param, modifier string, texts []string, at string) search.Expr {
	if texts == nil {
		return search.False{} // no alternative, no match
	}
	for range texts {
		w.spend(at)
	}
	if w.count > maxConditions {
		return search.False{} // it is said, and not worth reading
	}
	name := p.Code
	if modifier != "" {
		name += ":" + modifier
	}
	e, err := w.reader.Clause(p.Resource, name, []string{strings.Join(texts, ",")})
	if err != nil {
		f := *asFault(err)
		f.Message = strings.ReplaceAll(strings.TrimPrefix(f.Message, name+": "), "; "+name+": ", "; ")
		return w.failed(at, &f)
	}
	return e
}

// escaped is a text that stands for itself (FHIR R4, 3.1.1.4.2, "Escaping Search Parameters").
func escaped(text string) string {
	if !strings.ContainsAny(text, `\,$|`) {
		return text
	}
	return escaper.Replace(text)
}

var escaper = strings.NewReplacer(`\`, `\\`, `,`, `\,`, `$`, `\$`, `|`, `\|`)

// texts are the alternatives of a member, each made FHIR's text of; nil if there are none.
func (w *whereReader) texts(value any, at string, text func(string) string) []string {
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	var out []string
	for i, v := range list {
		s, ok := v.(string)
		if !ok {
			w.bad(at+"["+strconv.Itoa(i)+"]", "a null in a list means nothing")
			continue
		}
		out = append(out, text(s))
	}
	return out
}

// plainFilter reads members that are lists of texts; modifiers are FHIR's, by the member's name.
func (w *whereReader) plainFilter(p *search.Param, m input, at string, modifiers map[string]string) (out []search.Expr) {
	for _, name := range slices.Sorted(maps.Keys(modifiers)) {
		if v := m[name]; v != nil {
			path := at + "." + name
			out = append(out, w.clause(p, modifiers[name], w.texts(v, path, escaped), path))
		}
	}
	return out
}

func (w *whereReader) stringFilter(p *search.Param, m input, at string) []search.Expr {
	out := w.plainFilter(p, m, at, map[string]string{"startsWith": "", "contains": "contains", "exact": "exact", "text": "text-advanced"})
	// What no URL can say is read as what normalises alike.
	for _, own := range [...]struct {
		name string
		is   search.Modifier
	}{{"endsWith", search.EndsWith}, {"eq", search.Equals}} {
		v := m[own.name]
		if v == nil {
			continue
		}
		path := at + "." + own.name
		e := w.clause(p, "contains", w.texts(v, path, escaped), path)
		if c, ok := e.(search.Clause); ok {
			c.Modifier = own.is
			e = c
		}
		out = append(out, e)
	}
	return append(out, w.compared(p, m, at, "contains", escaped)...)
}

// compared reads the comparisons that no URL can say: with a text as it stands, read as a modifier has it.
func (w *whereReader) compared(p *search.Param, m input, at, modifier string, text func(string) string) (out []search.Expr) {
	for i, name := range comparedOps {
		v, given := m[name].(string)
		if !given {
			continue
		}
		e := w.clause(p, modifier, []string{text(v)}, at+"."+name)
		if c, ok := e.(search.Clause); ok {
			c.Modifier, c.Values = search.Compared, slices.Clone(c.Values)
			c.Values[0].Op = search.Ne + search.Op(i)
			c.Values[0].Raw = name + c.Values[0].Raw
			e = c
		}
		out = append(out, e)
	}
	return out
}

func (w *whereReader) tokenFilter(p *search.Param, m input, at string) []search.Expr {
	system, qualified := m["system"].(string)
	ofSystem := func(code string) string {
		if qualified {
			return escaped(system) + "|" + escaped(code)
		}
		return escaped(code)
	}
	var out []search.Expr
	used := false
	for _, name := range [...]string{"above", "below", "code", "not"} {
		v := m[name]
		if v == nil {
			continue
		}
		path, modifier := at+"."+name, name
		if name == "code" {
			modifier = ""
		}
		used = true
		e := w.clause(p, modifier, w.texts(v, path, ofSystem), path)
		if _, none := e.(search.False); none && name == "not" {
			e = search.Not{X: e}
		}
		out = append(out, e)
	}
	if m["ne"] != nil {
		used, out = true, append(out, w.compared(p, m, at, "", ofSystem)...)
	}
	if qualified && !used {
		out = append(out, w.clause(p, "", []string{escaped(system) + "|"}, at+".system"))
	}
	out = append(out, w.plainFilter(p, m, at, map[string]string{"text": "text", "in": "in"})...)
	if v := m["notIn"]; v != nil {
		path := at + ".notIn"
		out = append(out, w.clause(p, "not-in", w.texts(v, path, escaped), path))
	}
	if v := m["ofType"]; v != nil {
		out = append(out, w.ofType(p, v, at+".ofType"))
	}
	return out
}

func (w *whereReader) ofType(p *search.Param, value any, at string) search.Expr {
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	var texts []string
	for _, v := range list {
		m := asInput(v)
		system, _ := m["system"].(string)
		code, _ := m["code"].(string)
		id, _ := m["value"].(string)
		texts = append(texts, escaped(system)+"|"+escaped(code)+"|"+escaped(id))
	}
	return w.clause(p, "of-type", texts, at)
}

// orderedFilter reads the comparisons of a date, a number or a quantity.
func (w *whereReader) orderedFilter(p *search.Param, m input, at string) (out []search.Expr) {
	units := unitsOf(m)
	for _, op := range orderedOps {
		v := m[op]
		if v == nil {
			continue
		}
		path, prefix := at+"."+op, op
		if op == "overlaps" {
			prefix = "eq"
		}
		e := w.clause(p, "", w.texts(v, path, func(s string) string { return prefixed(prefix, s) + units }), path)
		if op == "overlaps" {
			e = overlapping(e)
		}
		out = append(out, e)
	}
	if units != "" && len(out) == 0 {
		out = append(out, w.bad(at, "unit and system go with a comparison"))
	}
	return out
}

// prefixed is a comparison as an argument has it. A plain number or date needs no eq; what is none must not be read as a prefix.
func prefixed(prefix, text string) string {
	if prefix == "eq" && text != "" && (text[0] >= '0' && text[0] <= '9' || text[0] == '-') {
		prefix = ""
	}
	return prefix + escaped(text)
}

// unitsOf is what follows a quantity's number: |system|unit.
func unitsOf(m input) string {
	system, _ := m["system"].(string)
	unit, _ := m["unit"].(string)
	switch {
	case unit != "":
		return "|" + escaped(system) + "|" + escaped(unit)
	case system != "":
		return "|" + escaped(system)
	}
	return ""
}

// overlapping makes equality of the ranges overlap: no prefix of FHIR's says that of the value as it stands.
func overlapping(e search.Expr) search.Expr {
	switch e := e.(type) {
	case search.Or:
		out := make(search.Or, len(e))
		for i := range e {
			out[i] = overlapping(e[i])
		}
		return out
	case search.Clause:
		e.Values = slices.Clone(e.Values)
		for i := range e.Values {
			e.Values[i].Op = search.Overlaps
			e.Values[i].Raw = "po" + strings.TrimPrefix(e.Values[i].Raw, "eq")
		}
		return e
	}
	return e
}

func (w *whereReader) referenceFilter(p *search.Param, m input, at string, depth int) []search.Expr {
	out := w.plainFilter(p, m, at, map[string]string{"nodeId": "", "above": "above", "below": "below"})
	if id := asInput(m["identifier"]); id != nil {
		out = append(out, w.identifier(p, id, at+".identifier"))
	}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if inner := asInput(m[name]); inner != nil && w.schema.served[name] {
			w.spend(at)
			out = append(out, search.Chain{Param: p, Target: name, Where: w.object(name, inner, at+"."+name, depth+1)})
		}
	}
	return out
}

func (w *whereReader) identifier(p *search.Param, m input, at string) search.Expr {
	system, qualified := m["system"].(string)
	if !qualified {
		if m["value"] == nil {
			return search.True{}
		}
		return w.clause(p, "identifier", w.texts(m["value"], at, escaped), at)
	}
	if m["value"] == nil {
		return w.clause(p, "identifier", []string{escaped(system) + "|"}, at)
	}
	return w.clause(p, "identifier", w.texts(m["value"], at, func(s string) string { return escaped(system) + "|" + escaped(s) }), at)
}

func asFault(err error) *fault.Error {
	if f, ok := err.(*fault.Error); ok {
		return f
	}
	return &fault.Error{Code: codeOf(err), Message: messageOf(err, codeOf(err))}
}
