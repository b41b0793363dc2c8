package graph

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/heliograph/heliograph/internal/fault"
)

// coercion makes values of the types of a schema, those of one variable after another.
type coercion struct {
	schema   *ast.Schema
	quiet    bool     // names of the schema that are not given are not told
	problems []string // of the variable, each with the names that lead there
}

// The bounds of a variable: how deeply it may nest, and after how many mistakes no more are looked for.
const (
	maxVariableDepth = 200
	maxProblems      = 20
)

// spot is where a value stands in its variable.
type spot struct {
	up    *spot
	name  string // of a member; "" for an item
	item  int
	depth int
}

func (s *spot) String() string {
	var parts []string
	for ; s != nil; s = s.up {
		switch {
		case s.name != "":
			parts = append(parts, s.name+": ")
		case s.up != nil:
			parts = append(parts, "item "+strconv.Itoa(s.item)+": ")
		}
	}
	slices.Reverse(parts)
	return strings.Join(parts, "")
}

// bad notes a problem. It gives nil, for what cannot be coerced.
func (c *coercion) bad(at *spot, format string, args ...any) any {
	if !c.full() {
		c.problems = append(c.problems, at.String()+fmt.Sprintf(format, args...))
	}
	return nil
}

func (c *coercion) full() bool { return len(c.problems) >= maxProblems }

// variables is GraphQL's CoerceVariableValues (6.1.2) over values that were decoded with UseNumber. Messages name the
// variable and the type, never the value.
func (c *coercion) variables(op *ast.OperationDefinition, given map[string]any) (map[string]any, error) {
	if len(op.VariableDefinitions) == 0 {
		return nil, nil
	}
	out := make(map[string]any, len(op.VariableDefinitions))
	for _, v := range op.VariableDefinitions {
		value, ok := given[v.Variable]
		if !ok && v.DefaultValue != nil {
			out[v.Variable], _ = literal(v.DefaultValue, nil)
			continue
		}
		if !ok && !v.Type.NonNull {
			continue
		}
		out[v.Variable] = c.value(v.Type, value, &spot{})
		if len(c.problems) > 0 {
			if c.full() {
				c.problems = append(c.problems, "and what follows was not looked at")
			}
			e := gqlerror.ErrorPosf(v.Position, "variable $%s of type %s: %s", v.Variable, v.Type.String(), strings.Join(c.problems, "; "))
			e.Err = fault.New(fault.BadUserInput, "%s", e.Message)
			return nil, e
		}
	}
	return out, nil
}

// checkConditions refuses a null for a variable of @skip or @include: validation lets it through where there is a default.
func (d *document) checkConditions(op *ast.OperationDefinition, vars map[string]any) error {
	for _, name := range d.conditions {
		if v := op.VariableDefinitions.ForName(name); v != nil && vars[name] == nil {
			e := gqlerror.ErrorPosf(v.Position, "variable $%s must not be null: @skip or @include needs it", name)
			e.Err = fault.New(fault.BadUserInput, "%s", e.Message)
			return e
		}
	}
	return nil
}

func (c *coercion) value(t *ast.Type, value any, at *spot) any {
	switch {
	case c.full():
		return nil
	case value == nil && t.NonNull:
		return c.bad(at, "a value is required")
	case value == nil:
		return nil
	case at.depth > maxVariableDepth:
		return c.bad(at, "it nests deeper than %d", maxVariableDepth)
	case t.Elem == nil:
		return c.named(t.NamedType, value, at)
	}
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	out := make([]any, len(list))
	for i, item := range list {
		before := len(c.problems)
		out[i] = c.value(t.Elem, item, &spot{up: at, item: i, depth: at.depth + 1})
		if len(c.problems) > before {
			return nil // the other items will have the same
		}
	}
	return out
}

func (c *coercion) named(name string, value any, at *spot) any {
	def := c.schema.Types[name]
	if def != nil && def.Kind == ast.Scalar && !def.BuiltIn {
		return c.scalar(name, value, at)
	}
	switch v := value.(type) {
	case map[string]any:
		if def != nil && def.Kind == ast.InputObject {
			return c.object(def, v, at)
		}
	case string:
		if name == "String" || name == "ID" {
			return v
		}
		if def != nil && def.Kind == ast.Enum &&
			slices.ContainsFunc(def.EnumValues, func(e *ast.EnumValueDefinition) bool { return e.Name == v }) {
			return v
		}
	case bool:
		if name == "Boolean" {
			return v
		}
	case json.Number:
		if n := number(name, string(v)); n != nil {
			return n
		}
	}
	return c.bad(at, "the value is not of the type %s", name)
}

// number is a number as one of GraphQL's scalars; nil if it is none of its values.
func number(name, digits string) any {
	switch name {
	case "Int":
		if f, err := strconv.ParseFloat(digits, 64); err == nil && f == math.Trunc(f) && f >= math.MinInt32 && f <= math.MaxInt32 {
			return int64(f)
		}
	case "ID":
		if _, err := strconv.ParseInt(digits, 10, 64); err == nil {
			return digits
		}
	case "Float":
		if f, err := strconv.ParseFloat(digits, 64); err == nil {
			return f
		}
	}
	return nil
}
