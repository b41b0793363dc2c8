package dialect

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// scope is an operation or a fragment, with the variables that it uses and the fragments that it spreads.
type scope struct {
	op      *ast.OperationDefinition // nil for a fragment
	name    string                   // of the fragment
	uses    []*use
	spreads []string
}

// use is a variable at a place that wants a type.
type use struct {
	value *ast.Value
	want  *ast.Type
}

// standing is a variable whose value has to be made to fit: that of from, in one of the ways below.
type standing struct {
	to, from string
	fit      fit
}

type fit uint8

const (
	asItIs fit = iota
	asText     // a number or a boolean is its JSON text
	asName     // a text is the name of an enum
)

func (r *rewriter) scopeOf(op *ast.OperationDefinition, fragment string) *scope {
	s := &scope{op: op, name: fragment}
	r.scopes = append(r.scopes, s)
	return s
}

// fragments are the scopes of fragments by name.
func (r *rewriter) fragments() map[string]*scope {
	out := map[string]*scope{}
	for _, s := range r.scopes {
		if s.op == nil && out[s.name] == nil {
			out[s.name] = s
		}
	}
	return out
}

// reached are the uses of variables by an operation and by all fragments that it spreads, by variable.
func reached(from *scope, fragments map[string]*scope) map[string][]*use {
	uses := map[string][]*use{}
	seen := map[string]bool{}
	next := []*scope{from}
	for len(next) > 0 {
		s := next[0]
		next = next[1:]
		for _, u := range s.uses {
			uses[u.value.Raw] = append(uses[u.value.Raw], u)
		}
		for _, name := range s.spreads {
			if f := fragments[name]; f != nil && !seen[name] {
				seen[name] = true
				next = append(next, f)
			}
		}
	}
	return uses
}

// variables makes the declarations of variables fit their uses: a scalar of FHIR's, or another one of GraphQL's, for what is a text or a
// name here; one value for a list; and what decides about a field must be there. What is used in several ways becomes a variable for
// each. A declaration that fits stays.
func (r *rewriter) variables() {
	ways := map[*use]string{} // the variable that a use is to have
	by := make([]map[string][]*use, len(r.scopes))
	fragments := r.fragments()
	for i, s := range r.scopes {
		if s.op == nil || len(s.op.VariableDefinitions) == 0 {
			continue
		}
		by[i] = reached(s, fragments)
		for _, v := range slices.Clone(s.op.VariableDefinitions) {
			if v.Type != nil {
				r.declare(s.op, v, by[i][v.Variable], ways)
			}
		}
	}
	for i, s := range r.scopes { // what one operation has made of a use in a fragment holds for all that spread it
		for _, uses := range by[i] {
			for _, u := range uses {
				if name := ways[u]; name != "" && s.op.VariableDefinitions.ForName(name) == nil {
					r.follow(s.op, u, name)
				}
			}
		}
	}
	for u, name := range ways {
		u.value.Raw = name
	}
	for i, s := range r.scopes {
		if by[i] != nil {
			s.op.VariableDefinitions = slices.DeleteFunc(s.op.VariableDefinitions, func(v *ast.VariableDefinition) bool {
				uses := by[i][v.Variable]
				return len(uses) > 0 && !slices.ContainsFunc(uses, func(u *use) bool { return u.value.Raw == v.Variable })
			})
		}
	}
}

// follow declares a variable of another operation's for a use in a fragment.
func (r *rewriter) follow(op *ast.OperationDefinition, u *use, name string) {
	v := op.VariableDefinitions.ForName(u.value.Raw)
	if v == nil || v.Type == nil {
		return
	}
	other := &ast.VariableDefinition{Variable: name, Type: r.fitted(v, u.want), DefaultValue: cloneValue(v.DefaultValue), Position: v.Position}
	op.VariableDefinitions = append(op.VariableDefinitions, other)
	r.stand(op, other, v.Variable, v.Type)
}

// declare makes one declaration fit.
func (r *rewriter) declare(op *ast.OperationDefinition, v *ast.VariableDefinition, uses []*use, ways map[*use]string) {
	declared := v.Type
	made := map[string]string{} // variables by the way of their use
	fits := slices.IndexFunc(uses, func(u *use) bool { return way(r.fitted(v, u.want)) == way(declared) })
	for i, u := range uses {
		t := r.fitted(v, u.want)
		name, known := made[way(t)]
		switch {
		case known: // one that decides about a field makes all others certain
			if d := op.VariableDefinitions.ForName(name); t.NonNull && !d.Type.NonNull {
				d.Type = t
			}
		case fits == i || fits < 0 && i == 0:
			name, v.Type = v.Variable, t
			r.stand(op, v, v.Variable, declared)
		default:
			name = v.Variable + "__" + strings.Trim(way(t), "[]")
			for op.VariableDefinitions.ForName(name) != nil {
				name += "_"
			}
			other := &ast.VariableDefinition{Variable: name, Type: t, DefaultValue: cloneValue(v.DefaultValue), Position: v.Position}
			op.VariableDefinitions = append(op.VariableDefinitions, other)
			r.stand(op, other, v.Variable, declared)
		}
		if made[way(t)] = name; name != v.Variable {
			ways[u] = name
		}
	}
}

// stand notes how the value of a variable is made of the one that is given.
func (r *rewriter) stand(op *ast.OperationDefinition, v *ast.VariableDefinition, from string, declared *ast.Type) {
	s := standing{to: v.Variable, from: from}
	if name := v.Type.Name(); name != declared.Name() {
		if s.fit = asName; name == scalarString || name == scalarID {
			s.fit = asText
		}
		if v.DefaultValue != nil {
			r.value(v.DefaultValue, v.Type)
		}
	}
	if s.fit == asItIs && s.to == s.from {
		return
	}
	if r.out.stands == nil {
		r.out.stands = map[string][]standing{}
	}
	r.out.stands[op.Name] = append(r.out.stands[op.Name], s)
}

// way is a type without what must be there.
func way(t *ast.Type) string { return strings.ReplaceAll(t.String(), "!", "") }

// fitted is the type that a variable has to be declared with for a use; its own where that cannot be helped.
func (r *rewriter) fitted(v *ast.VariableDefinition, want *ast.Type) *ast.Type {
	t := v.Type
	if t.Name() != want.Name() && r.loose(t.Name()) {
		t = renamed(t, want.Name())
	}
	if want.Elem != nil && t.Elem == nil {
		t = &ast.Type{Elem: t, NonNull: t.NonNull, Position: t.Position}
	}
	if t.NamedType == "Boolean" && want.NonNull && want.Elem == nil && !t.NonNull && v.DefaultValue == nil {
		c := *t
		c.NonNull = true
		t = &c
	}
	return t
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

// Adapt makes the values of variables of an operation fit their new declarations. The caller's map is changed.
func (r *Rewritten) Adapt(op *ast.OperationDefinition, variables map[string]any) {
	given := map[string]any{}
	for _, s := range r.stands[op.Name] {
		if v, ok := variables[s.from]; ok {
			given[s.to] = s.fit.value(v)
		}
	}
	for name, v := range given {
		variables[name] = v
	}
}

// value makes one value fit; what cannot be is left for the coercion of variables to refuse.
func (f fit) value(v any) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = f.value(v[i])
		}
		return out
	case bool:
		if f == asText {
			return strconv.FormatBool(v)
		}
	case json.Number:
		if f == asText {
			return v.String()
		}
	case string:
		if f == asName {
			return strings.ReplaceAll(v, "-", "_")
		}
	}
	return v
}
