package dialect

import (
	"slices"
	"strconv"
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
	// others are the response keys of kinds but the first, which all types of the kind share.
	others map[string]string
	taken  map[string]bool
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
	types := e.having(f)
	if len(types) == 0 {
		e.r.unknown(f, e)
	}
	for _, def := range types {
		kind := def.Fields.ForName(f.Name).Type.String()
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
			c.Alias = e.key(c.Alias, n+1)
		}
		e.r.field(c, place{parent: def})
		fragment.SelectionSet = append(fragment.SelectionSet, c)
	}
	return out
}

// key is the response key of the n-th kind of a field, the same for all types that have it so.
func (e *expansion) key(alias string, n int) string {
	id := alias + " " + strconv.Itoa(n)
	if key, ok := e.others[id]; ok {
		return key
	}
	if e.taken == nil {
		e.taken, e.others = keys(e.set), map[string]string{}
	}
	e.others[id] = free(e.taken, alias, n)
	return e.others[id]
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
	if len(types) == 0 {
		r.fail(f.Position, "%s cannot be looked for: %s points at no resource type that is served", f.Name, e.at.path)
		return
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
