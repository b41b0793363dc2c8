package graph

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/heliograph/heliograph/internal/fault"
)

// inputs turns the arguments of mutations into FHIR's JSON: members in the order in which they were written, numbers with their
// digits. What is a variable is taken from the request's own text, because a decoded one has lost both.
type inputs struct {
	schema *Schema
	def    *ast.OperationDefinition
	vars   map[string]any             // coerced
	text   map[string]json.RawMessage // as they came
	// problems are what is wrong with literals of our own scalars, which validation does not look at.
	problems []string
}

func newInputs(schema *Schema, def *ast.OperationDefinition, vars map[string]any, text []byte) (*inputs, error) {
	in := &inputs{schema: schema, def: def, vars: vars}
	if len(text) == 0 {
		return in, nil
	}
	if err := json.Unmarshal(text, &in.text); err != nil {
		return nil, notJSON("variables", err)
	}
	return in, nil
}

// json gives an argument as JSON; nil if it is absent or null.
func (in *inputs) json(f *ast.Field, name string) ([]byte, error) {
	arg := f.Arguments.ForName(name)
	if arg == nil {
		return nil, nil
	}
	def := f.Definition.Arguments.ForName(name)
	if arg.Value.Kind == ast.Variable && isJSON(def.Type) {
		if text, ok := in.text[arg.Value.Raw]; ok {
			return notNull(text), nil
		}
	}
	in.problems = in.problems[:0]
	dst, ok := in.literal(nil, def.Type, arg.Value, name)
	if len(in.problems) > 0 {
		return nil, fault.New(fault.BadUserInput, "%s", strings.Join(in.problems, "; "))
	}
	if !ok {
		return nil, nil
	}
	return notNull(dst), nil
}

func notNull(text []byte) []byte {
	if string(text) == "null" {
		return nil
	}
	return text
}

// isJSON says whether a type is one of the scalars whose values are JSON as it is.
func isJSON(t *ast.Type) bool {
	return t.Elem == nil && (t.NamedType == typeFHIRResource || t.NamedType == typeJSON)
}

// literal appends a value of the query that stands where t is expected. ok is false for a variable that is absent.
func (in *inputs) literal(dst []byte, t *ast.Type, v *ast.Value, path string) (out []byte, ok bool) {
	switch {
	case v.Kind == ast.Variable:
		return in.variable(dst, t, v.Raw, path)
	case v.Kind == ast.NullValue:
		return append(dst, "null"...), true
	case t != nil && t.Elem != nil && v.Kind != ast.ListValue: // a single one is a list of one
		dst, ok = in.literal(append(dst, '['), t.Elem, v, path)
		return append(dst, ']'), ok
	case v.Kind == ast.ListValue:
		return in.literalList(dst, t, v, path), true
	case v.Kind == ast.ObjectValue:
		return in.literalObject(dst, t, v, path), true
	}
	return in.literalScalar(dst, t, v, path), true
}

func (in *inputs) literalList(dst []byte, t *ast.Type, v *ast.Value, path string) []byte {
	var elem *ast.Type
	if t != nil {
		elem = t.Elem
	}
	dst = append(dst, '[')
	for i, child := range v.Children {
		var ok bool
		if dst, ok = in.literal(comma(dst, i), elem, child.Value, path); !ok {
			dst = append(dst, "null"...) // an absent variable in a list is null (GraphQL 3.11)
		}
	}
	return append(dst, ']')
}

func (in *inputs) literalObject(dst []byte, t *ast.Type, v *ast.Value, path string) []byte {
	var def *ast.Definition
	if t != nil && !isJSON(t) {
		def = in.schema.doc.Types[t.NamedType]
	}
	o := in.begin(dst, def, path)
	for _, child := range v.Children {
		var member *ast.Type
		if def != nil {
			member = def.Fields.ForName(child.Name).Type
		}
		mark := o.member(child.Name)
		var ok bool
		if o.dst, ok = in.literal(o.dst, member, child.Value, path+"."+child.Name); !ok {
			o.dst = o.dst[:mark]
			continue
		}
		o.end(child.Name, mark)
	}
	return append(o.dst, '}')
}

func (in *inputs) literalScalar(dst []byte, t *ast.Type, v *ast.Value, path string) []byte {
	decimal := t != nil && t.NamedType == typeDecimal
	switch v.Kind {
	case ast.IntValue, ast.FloatValue:
		if t != nil && t.NamedType == "ID" {
			return appendString(dst, v.Raw)
		}
		return append(dst, v.Raw...)
	case ast.BooleanValue:
		if decimal {
			break
		}
		return append(dst, v.Raw...)
	case ast.StringValue, ast.BlockValue:
		if decimal && isNumber(v.Raw) {
			return append(dst, v.Raw...)
		}
		if decimal {
			break
		}
		return appendString(dst, v.Raw)
	}
	if decimal {
		in.problem(path, "not a number, or a string with one")
	} else {
		in.problem(path, "a name without quotes is no JSON")
	}
	return append(dst, "null"...)
}

func (in *inputs) problem(path, format string, args ...any) {
	in.problems = append(in.problems, path+": "+fmt.Sprintf(format, args...))
}

// appendString appends a JSON string of what is to be stored: unlike the strings of an answer, without the escapes of HTML.
func appendString(dst []byte, s string) []byte {
	dst, _ = jsontext.AppendQuote(dst, s) // an error says that it was not UTF-8, which is replaced
	return dst
}
