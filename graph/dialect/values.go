package dialect

import (
	"slices"
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
		r.uses = append(r.uses, use{v.Raw, t})
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

// use is a variable at a place that wants a type.
type use struct {
	variable string
	want     *ast.Type
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

// variables makes the declarations of variables fit their uses: a scalar of FHIR's, or another one of GraphQL's, for what is a text or
// a name here; one value for a list; and what decides about a field must be there.
func (r *rewriter) variables() {
	for _, op := range r.doc.Operations {
		for _, v := range op.VariableDefinitions {
			if v.Type == nil {
				continue
			}
			r.declare(op, v)
		}
	}
}

func (r *rewriter) declare(op *ast.OperationDefinition, v *ast.VariableDefinition) {
	i := slices.IndexFunc(r.uses, func(u use) bool { return u.variable == v.Variable })
	if i < 0 {
		return
	}
	want := r.uses[i].want
	declared, wanted := v.Type.Name(), want.Name()
	if declared != wanted && r.loose(declared) {
		v.Type = renamed(v.Type, wanted)
		if wanted == scalarString || wanted == scalarID {
			if r.out.Texts == nil {
				r.out.Texts = map[string][]string{}
			}
			r.out.Texts[op.Name] = append(r.out.Texts[op.Name], v.Variable)
		}
		r.value(v.DefaultValue, v.Type)
	}
	if want.Elem != nil && v.Type.Elem == nil {
		v.Type = &ast.Type{Elem: v.Type, NonNull: v.Type.NonNull, Position: v.Type.Position}
	}
	if declared == "Boolean" && want.NonNull && want.Elem == nil && !v.Type.NonNull && v.DefaultValue == nil {
		t := *v.Type
		t.NonNull = true
		v.Type = &t
	}
}

// loose says whether a declared type is one whose values may stand for texts.
func (r *rewriter) loose(name string) bool {
	switch name {
	case scalarString, scalarID, "Boolean", "Int", "Float":
		return true
	}
	return r.Schema.Types[name] == nil && r.Primitives != nil && r.Primitives(name)
}

// renamed is a type with another name in it.
func renamed(t *ast.Type, name string) *ast.Type {
	c := *t
	if t.Elem != nil {
		c.Elem = renamed(t.Elem, name)
		return &c
	}
	c.NamedType = name
	return &c
}
