package graph

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// overlaps is GraphQL's rule that fields of one response key can be merged (5.3.2), on documents that are valid but for it. It merges the
// selections as execution does and compares the fields of a key with the first of them, rather than each with each: its time grows with
// what the merged selections come to, which has a limit.
type overlaps struct {
	schema *ast.Schema
	limits *Limits
	fields int // collected so far
	errs   gqlerror.List
}

// maxConflicts is after how many conflicts no more are looked for.
const maxConflicts = 20

// overlap gives the conflicts of a document, or the error of a limit.
func overlap(s *ast.Schema, doc *ast.QueryDocument, l *Limits) (gqlerror.List, error) {
	o := overlaps{schema: s, limits: l}
	for _, op := range doc.Operations {
		if err := o.merge([]ast.SelectionSet{op.SelectionSet}, true); err != nil {
			return nil, err
		}
	}
	return o.errs, nil
}

// merge looks at selections that apply to one object, or with named false only where their objects may be of different types: then names and
// arguments may differ, the shape of the answer may not.
func (o *overlaps) merge(sets []ast.SelectionSet, named bool) error {
	if len(o.errs) >= maxConflicts {
		return nil
	}
	c := collector{all: true, applies: func(string) bool { return true }}
	for _, set := range sets {
		c.add(set)
	}
	for _, of := range c.out {
		if o.fields += len(of.fields); o.fields > o.limits.Fields+o.limits.Selections {
			return past(limitFields, o.limits.Fields, "the operation selects more than %d fields, fragments expanded", o.limits.Fields)
		}
		if err := o.key(&of, named); err != nil {
			return err
		}
	}
	return nil
}

// key looks at the fields of one response key, and at what is selected below them.
func (o *overlaps) key(of *collected, named bool) error {
	for _, f := range of.fields[1:] {
		if o.differ(of.fields[0].Definition.Type, f.Definition.Type) {
			o.conflict(of, f, fmt.Sprintf("they return conflicting types %s and %s", of.fields[0].Definition.Type, f.Definition.Type))
			return nil
		}
	}
	groups := [][]*ast.Field{of.fields}
	if named {
		groups = o.together(of.fields)
		for _, group := range groups {
			if !o.same(of.key, group) {
				return nil
			}
		}
	}
	if len(groups) > 1 {
		if err := o.merge(of.selections(), false); err != nil {
			return err
		}
	}
	for _, group := range groups {
		sub := collected{fields: group}
		if sets := sub.selections(); len(sets) > 0 {
			if err := o.merge(sets, named); err != nil {
				return err
			}
		}
	}
	return nil
}

// together groups fields that may apply to one object: those on one object type, with those on interfaces.
func (o *overlaps) together(fields []*ast.Field) [][]*ast.Field {
	first := fields[0].ObjectDefinition
	if !slices.ContainsFunc(fields, func(f *ast.Field) bool { return f.ObjectDefinition != first }) {
		return [][]*ast.Field{fields}
	}
	var types []string
	for _, f := range fields {
		if d := f.ObjectDefinition; d.Kind == ast.Object && !slices.Contains(types, d.Name) {
			types = append(types, d.Name)
		}
	}
	if len(types) == 0 {
		return [][]*ast.Field{fields}
	}
	var groups [][]*ast.Field
	for _, name := range types {
		var group []*ast.Field
		for _, f := range fields {
			if f.ObjectDefinition.Kind != ast.Object || f.ObjectDefinition.Name == name {
				group = append(group, f)
			}
		}
		groups = append(groups, group)
	}
	return groups
}

// same says whether fields are one field with the same arguments.
func (o *overlaps) same(key string, group []*ast.Field) bool {
	first := group[0]
	for _, f := range group[1:] {
		switch {
		case f.Name != first.Name:
			o.conflict(&collected{key, group}, f, fmt.Sprintf("%q and %q are different fields", first.Name, f.Name))
			return false
		case !sameArguments(first.Arguments, f.Arguments):
			o.conflict(&collected{key, group}, f, "they have differing arguments")
			return false
		}
	}
	return true
}

// differ says whether two types cannot stand under one key: their lists and non-nulls differ, or their leaves.
func (o *overlaps) differ(a, b *ast.Type) bool {
	if a.NonNull != b.NonNull || (a.Elem == nil) != (b.Elem == nil) {
		return true
	}
	if a.Elem != nil {
		return o.differ(a.Elem, b.Elem)
	}
	x, y := o.schema.Types[a.NamedType], o.schema.Types[b.NamedType]
	return x != y && (x.IsLeafType() || y.IsLeafType())
}

func (o *overlaps) conflict(of *collected, other *ast.Field, why string) {
	e := &gqlerror.Error{
		Message:    fmt.Sprintf("Fields %q conflict because %s. Use different aliases on the fields to fetch both if this was intentional.", of.key, why),
		Extensions: map[string]any{"code": codeValidate},
	}
	for _, f := range [...]*ast.Field{of.fields[0], other} {
		e.Locations = append(e.Locations, gqlerror.Location{Line: f.Position.Line, Column: f.Position.Column})
	}
	o.errs = append(o.errs, e)
}

func sameArguments(a, b ast.ArgumentList) bool {
	if len(a) != len(b) {
		return false
	}
	for _, x := range a {
		if y := b.ForName(x.Name); y == nil || !sameValue(x.Value, y.Value) {
			return false
		}
	}
	return true
}

// sameValue compares values as they are written; the members of an object have no order.
func sameValue(a, b *ast.Value) bool {
	if a.Kind != b.Kind || a.Raw != b.Raw || len(a.Children) != len(b.Children) {
		return false
	}
	x, y := a.Children, b.Children
	if a.Kind == ast.ObjectValue {
		byName := func(a, b *ast.ChildValue) int { return strings.Compare(a.Name, b.Name) }
		x, y = slices.SortedStableFunc(slices.Values(x), byName), slices.SortedStableFunc(slices.Values(y), byName)
	}
	for i := range x {
		if x[i].Name != y[i].Name || !sameValue(x[i].Value, y[i].Value) {
			return false
		}
	}
	return true
}
