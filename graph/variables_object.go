package graph

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/core"
)

// object is a variable's value as an input object: what it has must be known and of its type, what it must have be there.
// All that is wrong is said at once, each with the names that lead there.
func (c coercion) object(def *ast.Definition, given map[string]any) (map[string]any, error) {
	out := make(map[string]any, len(given))
	var problems []error
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
		coerced, err := c.value(f.Type, value)
		if err != nil {
			problems = append(problems, below(f.Name, err))
			continue
		}
		out[f.Name] = coerced
	}
	if len(given) > known {
		problems = append(problems, c.unknown(def, given)...)
	}
	return out, errors.Join(problems...)
}

// below puts a name before each problem of an error.
func below(name string, err error) error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return fmt.Errorf("%s: %w", name, err)
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, below(name, e))
	}
	return errors.Join(all...)
}

// unknown are the errors of members that an input object does not have, in the order of their names. A name that is like
// none is a client's own text and not repeated.
func (c coercion) unknown(def *ast.Definition, given map[string]any) (problems []error) {
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
	for _, name := range unknown {
		if like := core.SuggestionList(name, names); len(like) > 0 && !c.quiet {
			problems = append(problems, fmt.Errorf("%s has no member %q; did you mean %s?", def.Name, name, like[0]))
			continue
		}
		problems = append(problems, fmt.Errorf("%s has no member of a name that is given", def.Name))
	}
	return problems
}

// coerceScalar is a variable's value as one of our own scalars.
func coerceScalar(name string, value any) (any, error) {
	if name != typeDecimal {
		return value, nil
	}
	switch v := value.(type) {
	case json.Number:
		return v, nil
	case string:
		if isNumber(v) {
			return json.Number(v), nil
		}
	}
	return nil, fmt.Errorf("the value is not a number, or a string with one")
}

// isNumber says whether a text is a number of JSON.
func isNumber(s string) bool {
	return s != "" && strings.IndexByte("-0123456789", s[0]) >= 0 && json.Valid([]byte(s))
}
