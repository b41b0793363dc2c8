package graph

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/core"
)

// object is a variable's value as an input object: what it has must be known and of its type, what it must have be there.
func (c *coercion) object(def *ast.Definition, given map[string]any, at *spot) any {
	out := make(map[string]any, len(given))
	known := 0
	for _, f := range def.Fields {
		value, ok := given[f.Name]
		if ok {
			known++
		}
		switch {
		case !ok && f.DefaultValue != nil:
			out[f.Name], _ = literal(f.DefaultValue, nil)
			continue
		case !ok && !f.Type.NonNull:
			continue
		}
		out[f.Name] = c.value(f.Type, value, &spot{up: at, name: f.Name, depth: at.depth + 1})
	}
	if len(given) > known && !c.full() {
		c.unknown(def, given, at)
	}
	return out
}

// maxSuggested is the length of a name for which a like one is looked for.
const maxSuggested = 80

// unknown notes the members that an input object does not have, in the order of their names. A name that is like none is a client's
// own text and not repeated.
func (c *coercion) unknown(def *ast.Definition, given map[string]any, at *spot) {
	var unknown, names []string
	for name := range given {
		if def.Fields.ForName(name) == nil {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	for _, f := range def.Fields {
		names = append(names, f.Name)
	}
	for _, name := range unknown[:min(len(unknown), maxProblems)] {
		if !c.quiet && len(name) <= maxSuggested {
			if like := core.SuggestionList(name, names); len(like) > 0 {
				c.bad(at, "%s has no member %q; did you mean %s?", def.Name, name, like[0])
				continue
			}
		}
		c.bad(at, "%s has no member of a name that is given", def.Name)
	}
}

// scalar is a variable's value as one of our own scalars.
func (c *coercion) scalar(name string, value any, at *spot) any {
	if name != typeDecimal {
		return value
	}
	switch v := value.(type) {
	case json.Number:
		return v
	case string:
		if isNumber(v) {
			return json.Number(v)
		}
	}
	return c.bad(at, "the value is not a number, or a string with one")
}

// isNumber says whether a text is a number of JSON.
func isNumber(s string) bool {
	return s != "" && strings.IndexByte("-0123456789", s[0]) >= 0 && json.Valid([]byte(s))
}
