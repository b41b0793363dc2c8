package graph

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/fhirpath"
	"github.com/heliograph/heliograph/graph/form"
	"github.com/heliograph/heliograph/internal/fault"
)

// memberSlice is the member of an element that has the value of @slice's path. The shape takes it away.
const memberSlice = form.Hidden

// maxSlice is how long the value of @slice's path may be, as JSON: it becomes part of a name.
const maxSlice = 200

// slicing are the selections of a field with, where @slice has a path, the member that is its value.
func (c *collected) slicing() []ast.SelectionSet {
	sets := c.selections()
	d := c.fields[0].Directives.ForName("slice")
	if d == nil {
		return sets
	}
	path := d.Arguments.ForName("path")
	if path == nil || path.Value.Raw == form.SliceIndex {
		return sets
	}
	return append([]ast.SelectionSet{{&ast.Field{ // the form looks for it in the first place
		Alias: memberSlice, Name: memberSlice, Position: d.Position, Arguments: ast.ArgumentList{path},
	}}}, sets...)
}

// sliced enters the expression of a @slice on elements of a type.
func (c *compiler) sliced(f *ast.Field, t *fhir.Type, typeName string) int {
	if t == nil {
		t = c.schema.defs.Type(typeName)
	}
	c.op.slices = append(c.op.slices, picked{f, t})
	return len(c.op.slices)
}

// slicer is the expression of a @slice, for one request.
type slicer struct {
	expression fhirpath.Metered
	typ        *fhir.Type
	field      *fetch // that of the place in the query
	err        error
}

func (k *asker) slice(p *picked) slicer {
	s := slicer{typ: p.typ, field: &fetch{field: p.field}}
	expression, err := k.compiler.Compile(p.field.Arguments[0].Value.Raw)
	if err != nil {
		s.err = err
		return s
	}
	s.expression = expression.Under(k.meter)
	return s
}

// sliced is the value of an expression of @slice on an element.
func (x *request) sliced(i int, element []byte) fill {
	s := &x.slices[i]
	failed := func(err error) fill { return fill{kind: fillError, fetch: s.field, err: err} }
	if s.err != nil {
		return failed(s.err)
	}
	values, err := s.expression.EvaluateIn(x.within, s.typ.Name, element)
	switch {
	case err != nil:
		return failed(err)
	case len(values) == 0:
		return fill{}
	case len(values) > 1:
		return failed(fault.New(fault.BadUserInput, "the path of @slice gives several values of one element"))
	case values[0].JSON[0] == '{' || values[0].JSON[0] == '[':
		return failed(fault.New(fault.BadUserInput, "the path of @slice gives an object; it is to give one value"))
	case len(values[0].JSON) > maxSlice:
		return failed(fault.New(fault.TooCostly, "the path of @slice gives a value of more than %d bytes", maxSlice))
	}
	return fill{kind: fillText, text: string(values[0].JSON)}
}

// sliceable refuses a path of @slice where there is no FHIR element to evaluate it on.
func (c *compiler) sliceable(f *ast.Field, kind pageKind) error {
	d := f.Directives.ForName("slice")
	if d == nil || kind == edgeRow || d.Arguments.ForName("path").Value.Raw == form.SliceIndex {
		return nil
	}
	return fault.New(fault.BadUserInput, "@slice of %s has no path but %s: a path is evaluated on elements of resources", f.Name, form.SliceIndex)
}
