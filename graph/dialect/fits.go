package dialect

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// having are the types that have a field, with all that is selected of it; where none has, those that have the field, of which validation
// then tells what is amiss.
func (e *expansion) having(f *ast.Field) (whole []*ast.Definition) {
	var some []*ast.Definition
	for _, def := range e.types {
		d := def.Fields.ForName(f.Name)
		if d == nil || !e.r.fits(f, d, def) {
			continue
		}
		some = append(some, def)
		if e.r.Facts.Canonical(def.Name, f.Name) || e.r.selects(f.SelectionSet, e.r.Schema.Types[d.Type.Name()], map[string]bool{}) {
			whole = append(whole, def)
		}
	}
	if len(whole) == 0 && len(some) > 0 {
		return some[:1]
	}
	return whole
}

// selects says whether a selection can be made on a type. What is hidden behind an interface is not looked into.
func (r *rewriter) selects(set ast.SelectionSet, def *ast.Definition, seen map[string]bool) bool {
	for _, s := range set {
		ok := true
		switch s := s.(type) {
		case *ast.Field:
			d := def.Fields.ForName(s.Name)
			switch {
			case strings.HasPrefix(s.Name, "__"), r.hidden(s, def), d != nil && len(s.SelectionSet) > 0 && r.Facts.Canonical(def.Name, s.Name):
			case d == nil || !r.fits(s, d, def):
				ok = false
			case len(s.SelectionSet) > 0:
				ok = r.selects(s.SelectionSet, r.Schema.Types[d.Type.Name()], seen)
			}
		case *ast.InlineFragment:
			ok = r.applies(s.TypeCondition, def) && r.selects(s.SelectionSet, r.on(s.TypeCondition, def), seen)
		case *ast.FragmentSpread:
			f := r.doc.Fragments.ForName(s.Name)
			key := s.Name + " " + def.Name
			if f != nil && !seen[key] { // what was seen, and did not fit, has ended all
				seen[key] = true
				ok = r.applies(f.TypeCondition, def) && r.selects(f.SelectionSet, r.on(f.TypeCondition, def), seen)
			}
		}
		if !ok {
			return false
		}
	}
	return true
}

// applies says whether a fragment may stand where a type is.
func (r *rewriter) applies(condition string, def *ast.Definition) bool {
	other := r.Schema.Types[condition]
	return condition == "" || other == nil || slices.ContainsFunc(r.Schema.PossibleTypes[other.Name], func(t *ast.Definition) bool {
		return slices.Contains(r.Schema.PossibleTypes[def.Name], t)
	})
}

// on is the type that the fields of a fragment are of.
func (r *rewriter) on(condition string, def *ast.Definition) *ast.Definition {
	if other := r.Schema.Types[condition]; other != nil {
		return other
	}
	return def
}

// fits says whether a selection can be made of a field: an object has one, a scalar none.
func (r *rewriter) fits(f *ast.Field, d *ast.FieldDefinition, parent *ast.Definition) bool {
	def := r.Schema.Types[d.Type.Name()]
	leaf := def == nil || def.Kind == ast.Scalar || def.Kind == ast.Enum
	return leaf == (len(f.SelectionSet) == 0) || r.Facts.Canonical(parent.Name, f.Name)
}
