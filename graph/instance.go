package graph

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/heliograph/heliograph/graph/form"
)

// keyInstance is the response key under which an instance is read. The form takes it away. With a space in it no document can have it.
const keyInstance = "the instance"

// instance compiles a query whose fields are those of one resource: a read of the resource, beside what asks for the schema.
func (c *compiler) instance(roots []collected) error {
	var fields ast.SelectionSet
	for _, r := range roots {
		if name := r.fields[0].Name; name == "__schema" || name == "__type" {
			if err := c.root(r); err != nil {
				return err
			}
			continue
		}
		for _, f := range r.fields {
			fields = append(fields, f)
		}
	}
	if len(fields) == 0 {
		return nil
	}
	field := &ast.Field{Alias: keyInstance, Name: c.schema.instance, SelectionSet: fields, Position: c.op.def.Position}
	r := collected{key: keyInstance, fields: []*ast.Field{field}}
	f, err := c.add(&fetch{kind: fetchInstance, typ: c.schema.instance, field: field, parent: -1, path: c.schema.instance}, r, c.schema.instance, 1)
	if err != nil {
		return err
	}
	c.op.roots = append(c.op.roots, root{key: keyInstance, kind: rootFetch, fetch: f.index, fields: r.fields})
	return nil
}

// instanceForm is the form of the answer of an instance: its members are the answer's own.
func instanceForm(o *form.Object) *form.Object {
	out := &form.Object{Fields: []form.Field{{Key: keyInstance, As: keyInstance, Flatten: true, Sub: o}}}
	out.Seal()
	return out
}
