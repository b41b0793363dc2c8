package dialect

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// behind says whether a type is an interface behind which fields are looked for.
func (r *rewriter) behind(def *ast.Definition) bool {
	return def.Kind == ast.Interface && slices.Contains(r.Resources, def.Name)
}

// hidden says whether a field is one of the types behind an interface, and not of the interface itself.
func (r *rewriter) hidden(f *ast.Field, parent *ast.Definition) bool {
	return r.behind(parent) && !strings.HasPrefix(f.Name, "__") && parent.Fields.ForName(f.Name) == nil
}

// expansion is what the fields without a fragment of one selection set become: an inline fragment a type.
type expansion struct {
	r     *rewriter
	set   ast.SelectionSet
	at    place
	types []*ast.Definition
	by    map[string]*ast.InlineFragment
}

func (r *rewriter) expansion(set ast.SelectionSet, at place) *expansion {
	e := &expansion{r: r, set: set, at: at, by: map[string]*ast.InlineFragment{}}
	for _, def := range r.Schema.PossibleTypes[at.parent.Name] {
		if len(at.targets) == 0 || slices.Contains(at.targets, def.Name) || slices.ContainsFunc(at.targets, func(t string) bool { return slices.Contains(r.Resources, t) }) {
			e.types = append(e.types, def)
		}
	}
	return e
}

// add appends to a selection what a field becomes: a field of each type that has it. Where the types of these fields differ so that
// GraphQL would not merge them, each kind has a response key of its own.
func (e *expansion) add(out ast.SelectionSet, f *ast.Field) ast.SelectionSet {
	var kinds []string
	found := false
	for _, def := range e.types {
		d := def.Fields.ForName(f.Name)
		if d == nil || !e.r.fits(f, d, def) {
			continue
		}
		found = true
		kind := d.Type.String()
		n := slices.Index(kinds, kind)
		if n < 0 {
			n, kinds = len(kinds), append(kinds, kind)
		}
		fragment := e.by[def.Name]
		if fragment == nil {
			fragment = &ast.InlineFragment{TypeCondition: def.Name, Position: f.Position}
			e.by[def.Name] = fragment
			out = append(out, fragment)
		}
		c := e.r.clone(f)
		if c == nil {
			return out
		}
		if n > 0 {
			given, ok := e.r.out.names[c]
			if !ok {
				given = name{as: c.Alias}
			}
			e.r.out.names[c] = given
			c.Alias = e.r.free(e.set, c.Alias, n+1)
		}
		e.r.field(c, place{parent: def})
		fragment.SelectionSet = append(fragment.SelectionSet, c)
	}
	if !found {
		e.r.unknown(f, e)
	}
	return out
}

// fits says whether a selection can be made of a field: an object has one, a scalar none.
func (r *rewriter) fits(f *ast.Field, d *ast.FieldDefinition, parent *ast.Definition) bool {
	def := r.Schema.Types[d.Type.Name()]
	leaf := def == nil || def.Kind == ast.Scalar || def.Kind == ast.Enum
	return leaf == (len(f.SelectionSet) == 0) || r.Facts.Canonical(parent.Name, f.Name)
}

func (r *rewriter) unknown(f *ast.Field, e *expansion) {
	where := "of the schema"
	if e.at.path != "" {
		where = "that " + e.at.path + " may point at"
	}
	var types []string
	for _, def := range e.types {
		types = append(types, def.Name)
	}
	const few = 12
	if !r.Quiet && len(types) > 0 && len(types) <= few {
		where += " (" + strings.Join(types, ", ") + ")"
	}
	what := "field"
	if len(f.SelectionSet) > 0 {
		what = "field with fields of its own"
	}
	r.fail(f.Position, "no resource type %s has a %s called %s", where, what, f.Name)
}

// clone copies a field with all that is selected of it; nil where there would be too much.
func (r *rewriter) clone(f *ast.Field) *ast.Field {
	if r.size++; r.Selections > 0 && r.size > r.Selections {
		r.full = true
		return nil
	}
	c := *f
	if n, ok := r.out.names[f]; ok {
		r.out.names[&c] = n
	}
	c.Arguments = cloneArguments(f.Arguments)
	c.Directives = cloneDirectives(f.Directives)
	c.SelectionSet = r.cloneSet(f.SelectionSet)
	return &c
}

func (r *rewriter) cloneSet(set ast.SelectionSet) ast.SelectionSet {
	var out ast.SelectionSet
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			if c := r.clone(s); c != nil {
				out = append(out, c)
			}
		case *ast.InlineFragment:
			c := *s
			c.Directives, c.SelectionSet = cloneDirectives(s.Directives), r.cloneSet(s.SelectionSet)
			out = append(out, &c)
		case *ast.FragmentSpread:
			c := *s
			c.Directives = cloneDirectives(s.Directives)
			out = append(out, &c)
		}
		if r.full {
			return nil
		}
	}
	return out
}

func cloneDirectives(list ast.DirectiveList) ast.DirectiveList {
	var out ast.DirectiveList
	for _, d := range list {
		c := *d
		c.Arguments = cloneArguments(d.Arguments)
		out = append(out, &c)
	}
	return out
}

func cloneArguments(list ast.ArgumentList) ast.ArgumentList {
	var out ast.ArgumentList
	for _, a := range list {
		c := *a
		c.Value = cloneValue(a.Value)
		out = append(out, &c)
	}
	return out
}

func cloneValue(v *ast.Value) *ast.Value {
	if v == nil {
		return nil
	}
	c := *v
	c.Children = nil
	for _, child := range v.Children {
		d := *child
		d.Value = cloneValue(child.Value)
		c.Children = append(c.Children, &d)
	}
	return &c
}
