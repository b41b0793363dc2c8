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

// coercion makes values of the types of a schema.
type coercion struct {
	schema *ast.Schema
	quiet  bool // names of the schema that are not given are not told
}

// variables is GraphQL's CoerceVariableValues (6.1.2) over values that were decoded with UseNumber. Messages name the
// variable and the type, never the value.
func (c coercion) variables(op *ast.OperationDefinition, given map[string]any) (map[string]any, error) {
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
		coerced, err := c.value(v.Type, value)
		if err != nil {
			e := gqlerror.ErrorPosf(v.Position, "variable $%s of type %s: %s", v.Variable, v.Type.String(), strings.ReplaceAll(err.Error(), "\n", "; "))
			e.Err = fault.New(fault.BadUserInput, "%s", e.Message)
			return nil, e
		}
		out[v.Variable] = coerced
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

func (c coercion) value(t *ast.Type, value any) (any, error) {
	if value == nil {
		if t.NonNull {
			return nil, fmt.Errorf("a value is required")
		}
		return nil, nil
	}
	if t.Elem == nil {
		return c.named(t.NamedType, value)
	}
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	out := make([]any, len(list))
	for i, item := range list {
		var err error
		if out[i], err = c.value(t.Elem, item); err != nil {
			return nil, below(fmt.Sprintf("item %d", i), err)
		}
	}
	return out, nil
}

func (c coercion) named(name string, value any) (any, error) {
	def := c.schema.Types[name]
	if def != nil && def.Kind == ast.Scalar && !def.BuiltIn {
		return coerceScalar(name, value)
	}
	switch v := value.(type) {
	case map[string]any:
		if def != nil && def.Kind == ast.InputObject {
			return c.object(def, v)
		}
	case string:
		if name == "String" || name == "ID" {
			return v, nil
		}
		if def != nil && def.Kind == ast.Enum &&
			slices.ContainsFunc(def.EnumValues, func(e *ast.EnumValueDefinition) bool { return e.Name == v }) {
			return v, nil
		}
	case bool:
		if name == "Boolean" {
			return v, nil
		}
	case json.Number:
		return coerceNumber(name, string(v))
	}
	return nil, fmt.Errorf("the value is not of the type %s", name)
}

func coerceNumber(name, digits string) (any, error) {
	switch name {
	case "Int":
		if f, err := strconv.ParseFloat(digits, 64); err == nil && f == math.Trunc(f) && f >= math.MinInt32 && f <= math.MaxInt32 {
			return int64(f), nil
		}
	case "ID":
		if _, err := strconv.ParseInt(digits, 10, 64); err == nil {
			return digits, nil
		}
	case "Float":
		if f, err := strconv.ParseFloat(digits, 64); err == nil {
			return f, nil
		}
	}
	return nil, fmt.Errorf("the value is not of the type %s", name)
}
