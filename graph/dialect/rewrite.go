package dialect

import (
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Facts are what a rewriting asks about FHIR beyond the schema.
type Facts interface {
	// Targets are the resource types that a Reference or canonical at a field of a GraphQL type may point at; none is any.
	Targets(typeName, field string) []string
	// Canonical says whether a field of a GraphQL type is a canonical.
	Canonical(typeName, field string) bool
}

// Config is what Rewrite is made of. Schema and Facts are required.
type Config struct {
	Schema *ast.Schema
	Facts  Facts
	// Resources are the interfaces whose fields without a fragment are looked for on the types behind them; with Reference, the
	// type whose field "resource" is narrowed to the targets of the field that it is in.
	Resources []string
	Reference string
	// Primitives are names of scalars that a variable may be declared with beside the schema's own: those of FHIR.
	Primitives func(name string) bool
	// Selections is how many fields the document may have in the end; 0 is no bound.
	Selections int
	// Quiet keeps names that the document does not have out of errors.
	Quiet bool
}

// Rewritten says what became of a document.
type Rewritten struct {
	// Full says that it would select more than Config.Selections, written out on the types behind references: it is of no use, and an error says so.
	Full  bool
	names map[*ast.Field]name
	// stands are, by the name of an operation, the variables whose values have to be made to fit.
	stands map[string][]standing
}

// name is what a field is called in the answer, where that is not its response key.
type name struct {
	as     string
	repeat int
}

// Rewrite changes a parsed document in place. It need not be valid: what Rewrite cannot make sense of is left for validation, which
// has the better words. Its errors are what only the dialect can say.
func Rewrite(cfg *Config, doc *ast.QueryDocument) (*Rewritten, gqlerror.List) {
	r := &rewriter{Config: cfg, doc: doc, out: &Rewritten{names: map[*ast.Field]name{}}}
	for _, op := range doc.Operations {
		root := cfg.Schema.Query
		switch op.Operation {
		case ast.Mutation:
			root = cfg.Schema.Mutation
		case ast.Subscription:
			root = cfg.Schema.Subscription
		}
		if root == nil {
			continue
		}
		r.scope = r.scopeOf(op, "")
		r.conditions(op.Directives)
		op.SelectionSet = r.set(op.SelectionSet, place{parent: root})
	}
	for _, f := range doc.Fragments {
		if def := cfg.Schema.Types[f.TypeCondition]; def != nil {
			r.scope = r.scopeOf(nil, f.Name)
			f.SelectionSet = r.set(f.SelectionSet, place{parent: def})
		}
	}
	if r.out.Full = r.full; r.full {
		r.fail(nil, "the document selects more than %d fields, written out on the types behind references; name types by fragments (... on Patient)", cfg.Selections)
	}
	r.variables()
	return r.out, r.errs
}

// rewriter is one run of Rewrite.
type rewriter struct {
	*Config
	doc  *ast.QueryDocument
	out  *Rewritten
	errs gqlerror.List
	size int
	full bool
	// scope is the operation or fragment that is being rewritten.
	scope  *scope
	scopes []*scope
}

// place is where a selection stands.
type place struct {
	parent  *ast.Definition
	targets []string // of the reference that the parent is, or is behind
	path    string   // of that reference, for people
}

const maxErrors = 20

func (r *rewriter) fail(at *ast.Position, format string, args ...any) {
	if len(r.errs) < maxErrors {
		r.errs = append(r.errs, gqlerror.ErrorPosf(at, format, args...))
	}
}

// set rewrites one selection set.
func (r *rewriter) set(set ast.SelectionSet, at place) ast.SelectionSet {
	r.repeated(set)
	var expanded *expansion
	out := make(ast.SelectionSet, 0, len(set))
	for _, s := range set {
		if r.size++; r.Selections > 0 && r.size > r.Selections {
			r.full = true
			return nil
		}
		switch s := s.(type) {
		case *ast.Field:
			if r.hidden(s, at.parent) {
				if expanded == nil {
					expanded = r.expansion(set, at)
				}
				out = expanded.add(out, s)
				continue
			}
			r.field(s, at)
		case *ast.InlineFragment:
			r.conditions(s.Directives)
			inner := at
			if def := r.Schema.Types[s.TypeCondition]; def != nil {
				inner.parent = def
			}
			s.SelectionSet = r.set(s.SelectionSet, inner)
		case *ast.FragmentSpread:
			r.conditions(s.Directives)
			r.scope.spreads = append(r.scope.spreads, s.Name)
		}
		out = append(out, s)
	}
	return out
}

// field rewrites a field that its parent has, and what is selected of it.
func (r *rewriter) field(f *ast.Field, at place) {
	r.conditions(f.Directives)
	if len(f.SelectionSet) > 0 && f.Name[0] != '_' && r.Facts.Canonical(at.parent.Name, f.Name) {
		f.Name = "_" + f.Name
	}
	r.below(f, at, at.parent.Fields.ForName(f.Name))
}

func (r *rewriter) below(f *ast.Field, at place, def *ast.FieldDefinition) {
	if def == nil {
		return // validation says so
	}
	for _, arg := range f.Arguments {
		if d := def.Arguments.ForName(arg.Name); d != nil {
			r.value(arg.Value, d.Type)
		}
	}
	inner := place{parent: r.Schema.Types[def.Type.Name()], targets: at.targets, path: at.path}
	switch {
	case inner.parent == nil || len(f.SelectionSet) == 0:
		return
	case inner.parent.Name == r.Reference, r.Facts.Canonical(at.parent.Name, f.Name):
		inner.targets, inner.path = r.Facts.Targets(at.parent.Name, f.Name), at.parent.Name+"."+strings.TrimPrefix(f.Name, "_")
	case r.behind(inner.parent):
		if arg := f.Arguments.ForName("type"); arg != nil && arg.Value.Kind == ast.EnumValue {
			inner.targets = []string{arg.Value.Raw}
		}
	default:
		inner.targets, inner.path = nil, ""
	}
	f.SelectionSet = r.set(f.SelectionSet, inner)
}

// repeated gives the second and later of the fields with one response key in one selection set, where they select something, keys of
// their own: in this dialect they are elements of one list. The schema's own fields are GraphQL's and merge.
func (r *rewriter) repeated(set ast.SelectionSet) {
	var seen map[string]*ast.Field
	var count map[string]int
	var taken map[string]bool
	for _, s := range set {
		f, ok := s.(*ast.Field)
		if !ok || len(f.SelectionSet) == 0 || strings.HasPrefix(f.Name, "__") {
			continue
		}
		if seen == nil {
			seen, count = map[string]*ast.Field{}, map[string]int{}
		}
		first := seen[f.Alias]
		if first == nil {
			seen[f.Alias], count[f.Alias] = f, 1
			continue
		}
		n := count[f.Alias] + 1
		count[f.Alias] = n
		r.out.names[first] = name{as: first.Alias, repeat: 1}
		r.out.names[f] = name{as: f.Alias, repeat: n}
		if taken == nil {
			taken = keys(set)
		}
		f.Alias = free(taken, f.Alias, n)
	}
}

// keys are the response keys that a selection set has itself.
func keys(set ast.SelectionSet) map[string]bool {
	out := make(map[string]bool, len(set))
	for _, s := range set {
		if f, ok := s.(*ast.Field); ok {
			out[f.Alias] = true
		}
	}
	return out
}

// free is a response key that is not taken, and is from now on.
func free(taken map[string]bool, key string, n int) string {
	for ; ; n++ {
		if candidate := key + "__" + strconv.Itoa(n); !taken[candidate] {
			taken[candidate] = true
			return candidate
		}
	}
}
