package dialect

import "github.com/vektah/gqlparser/v2/ast"

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
