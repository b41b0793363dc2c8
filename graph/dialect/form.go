package dialect

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/heliograph/heliograph/graph/form"
)

// Form gives the form of the answer to an operation. The document must be valid. most bounds how many fields it may have, fragments
// written out; 0 is no bound. An error is what only the dialect can say.
func (r *Rewritten) Form(op *ast.OperationDefinition, most int) (*form.Object, *gqlerror.Error) {
	f := former{names: r.names, most: most}
	o := f.object([]ast.SelectionSet{op.SelectionSet})
	if f.err != nil {
		return nil, f.err
	}
	o.Seal()
	return o, nil
}

type former struct {
	names map[*ast.Field]name
	most  int
	size  int
	err   *gqlerror.Error
}

func (f *former) fail(at *ast.Position, format string, args ...any) {
	if f.err == nil {
		f.err = gqlerror.ErrorPosf(at, format, args...)
	}
}

// object makes the form of what selections select together.
func (f *former) object(sets []ast.SelectionSet) *form.Object {
	var fields []*ast.Field
	by := map[string][]*ast.Field{}
	seen := map[string]bool{}
	var walk func(ast.SelectionSet)
	walk = func(set ast.SelectionSet) {
		for _, s := range set {
			switch s := s.(type) {
			case *ast.Field:
				if by[s.Alias] == nil {
					fields = append(fields, s)
				}
				by[s.Alias] = append(by[s.Alias], s)
			case *ast.InlineFragment:
				walk(s.SelectionSet)
			case *ast.FragmentSpread:
				if !seen[s.Name] && s.Definition != nil {
					seen[s.Name] = true
					walk(s.Definition.SelectionSet)
				}
			}
		}
	}
	for _, set := range sets {
		walk(set)
	}
	o := &form.Object{}
	for _, first := range fields {
		if f.size++; f.most > 0 && f.size > f.most {
			f.fail(first.Position, "the operation selects more than %d fields, fragments expanded", f.most)
		}
		if f.err != nil {
			return o
		}
		f.field(o, by[first.Alias])
	}
	return o
}

// field adds the form of the fields of one response key, unless it is that of any other leaf.
func (f *former) field(o *form.Object, fields []*ast.Field) {
	out, path := f.read(fields[0])
	var sets []ast.SelectionSet
	for _, same := range fields {
		again, other := f.read(same)
		out.Repeat = max(out.Repeat, again.Repeat)
		if again.Repeat = out.Repeat; again != out || other != path {
			f.fail(same.Position, "the fields that are called %q in the answer differ in @flatten, @first, @singleton or @slice", out.As)
		}
		if len(same.SelectionSet) > 0 {
			sets = append(sets, same.SelectionSet)
		}
	}
	introspection := len(fields[0].Name) > 1 && fields[0].Name[:2] == "__"
	if len(sets) > 0 && !introspection { // the schema is told in full
		out.Sub = f.object(sets)
	}
	plain := form.Field{Key: out.Key, As: out.Key}
	if out.Sub == nil && out == plain {
		return
	}
	if out.Sub == nil && (out.Flatten || out.Slice != "") {
		f.fail(fields[0].Position, "@flatten and @slice are for fields that select something; %s does not", fields[0].Name)
	}
	o.Fields = append(o.Fields, out)
}

// read reads what a field is called and its directives, and the path of @slice.
func (f *former) read(field *ast.Field) (out form.Field, path string) {
	out = form.Field{Key: field.Alias, As: field.Alias}
	if n, ok := f.names[field]; ok {
		out.As, out.Repeat = n.as, n.repeat
	}
	for _, d := range field.Directives {
		switch d.Name {
		case "flatten":
			out.Flatten = true
		case "first":
			out.First = true
		case "singleton":
			out.Singleton = true
		case "slice":
			out.Slice = form.Hidden
			arg := d.Arguments.ForName("path")
			switch {
			case arg == nil || arg.Value.Kind == ast.Variable:
				f.fail(d.Position, "the path of @slice is written in the query: it cannot be a variable")
			case arg.Value.Raw == form.SliceIndex:
				out.Slice = form.SliceIndex
			default:
				path = arg.Value.Raw
			}
		}
	}
	return out, path
}
