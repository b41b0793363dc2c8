package dialect

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// The names of GraphQL's scalars that texts are.
const (
	scalarString = "String"
	scalarID     = "ID"
)

// value makes a literal fit a type: a name, a number or a boolean stands for a text, a text for a name.
func (r *rewriter) value(v *ast.Value, t *ast.Type) {
	if v == nil || t == nil {
		return
	}
	switch v.Kind {
	case ast.Variable:
		r.scope.uses = append(r.scope.uses, &use{v, t})
	case ast.ListValue:
		elem := t
		if t.Elem != nil {
			elem = t.Elem
		}
		for _, c := range v.Children {
			r.value(c.Value, elem)
		}
	case ast.ObjectValue:
		if def := r.Schema.Types[t.Name()]; def != nil && def.Kind == ast.InputObject {
			for _, c := range v.Children {
				if f := def.Fields.ForName(c.Name); f != nil {
					r.value(c.Value, f.Type)
				}
			}
		}
	default:
		r.literal(v, t.Name())
	}
}

// literal makes a scalar literal fit a named type, if it can.
func (r *rewriter) literal(v *ast.Value, typeName string) {
	def := r.Schema.Types[typeName]
	switch {
	case typeName == scalarString || typeName == scalarID:
		switch v.Kind {
		case ast.EnumValue, ast.BooleanValue, ast.IntValue, ast.FloatValue:
			v.Kind = ast.StringValue
		}
	case def != nil && def.Kind == ast.Enum && (v.Kind == ast.StringValue || v.Kind == ast.BlockValue):
		if name := strings.ReplaceAll(v.Raw, "-", "_"); def.EnumValues.ForName(name) != nil {
			v.Kind, v.Raw = ast.EnumValue, name
		}
	}
}

// conditions notes what @skip and @include use, and the arguments of other directives.
func (r *rewriter) conditions(list ast.DirectiveList) {
	for _, d := range list {
		def := r.Schema.Directives[d.Name]
		if def == nil {
			continue
		}
		for _, arg := range d.Arguments {
			if a := def.Arguments.ForName(arg.Name); a != nil {
				r.value(arg.Value, a.Type)
			}
		}
	}
}
