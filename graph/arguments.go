package graph

import (
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/heliograph/heliograph/internal/fault"
)

// arguments are a field's arguments with the variables of one request. The validator has seen the types of literals, and
// variables are coerced, so that what is left to find out is whether something is there.
type arguments struct {
	field *ast.Field
	vars  map[string]any
}

// lookup gives the value of an argument, coerced; ok is false if it is absent. A value may be nil.
func (a arguments) lookup(name string) (value any, ok bool) {
	arg := a.field.Arguments.ForName(name)
	if arg == nil {
		return nil, false
	}
	return literal(arg.Value, a.vars)
}

// literal evaluates a value of a query. An enum's name and an ID's digits are strings, a number is an int64 or a float64.
func literal(v *ast.Value, vars map[string]any) (value any, ok bool) {
	switch v.Kind {
	case ast.Variable:
		value, ok := vars[v.Raw]
		return value, ok
	case ast.IntValue:
		if v.ExpectedType != nil && v.ExpectedType.Name() == "ID" {
			return v.Raw, true
		}
		n, err := strconv.ParseInt(v.Raw, 10, 64)
		return n, err == nil
	case ast.FloatValue:
		f, err := strconv.ParseFloat(v.Raw, 64)
		return f, err == nil
	case ast.StringValue, ast.BlockValue, ast.EnumValue:
		return v.Raw, true
	case ast.BooleanValue:
		return v.Raw == "true", true
	case ast.ListValue:
		list := make([]any, 0, len(v.Children))
		for _, child := range v.Children {
			item, _ := literal(child.Value, vars) // an absent variable in a list is null (GraphQL 3.11)
			list = append(list, item)
		}
		return list, true
	case ast.ObjectValue:
		object := make(map[string]any, len(v.Children))
		for _, child := range v.Children {
			if value, ok := literal(child.Value, vars); ok {
				object[child.Name] = value
			}
		}
		return object, true
	}
	return nil, true
}

// text gives a string or enum argument; "" if it is absent or null.
func (a arguments) text(name string) string {
	value, _ := a.lookup(name)
	s, _ := value.(string)
	return s
}

// flag gives a Boolean argument; false if it is absent or null.
func (a arguments) flag(name string) bool {
	value, _ := a.lookup(name)
	b, _ := value.(bool)
	return b
}

// number gives an Int argument, which must not be negative; ok is false if it is absent or null.
func (a arguments) number(name string) (n int, ok bool, err error) {
	value, _ := a.lookup(name)
	i, ok := value.(int64)
	if ok && i < 0 {
		return 0, false, fault.New(fault.BadUserInput, "%s must not be negative", name)
	}
	return int(i), ok, nil
}

// texts gives a list of strings, where a single one is a list of one. A null in it is an error: it could mean nothing.
func (a arguments) texts(name string) ([]string, error) {
	value, ok := a.lookup(name)
	if !ok || value == nil {
		return nil, nil
	}
	if s, ok := value.(string); ok {
		return []string{s}, nil
	}
	list, _ := value.([]any)
	out := make([]string, 0, len(list))
	for _, item := range list {
		s, ok := item.(string)
		if !ok {
			return nil, fault.New(fault.BadUserInput, "%s has a null in its list", name)
		}
		out = append(out, s)
	}
	return out, nil
}

// has says whether any of the arguments is there and not null.
func (a arguments) has(names ...string) bool {
	for _, name := range names {
		if value, _ := a.lookup(name); value != nil {
			return true
		}
	}
	return false
}
