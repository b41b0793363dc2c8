package graph

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/heliograph/heliograph/internal/fault"
)

// measure holds a parsed query against the limits before it is validated, which takes time that grows faster than the query.
func measure(doc *ast.QueryDocument, l *Limits) error {
	selections, aliases := len(doc.Operations)+len(doc.Fragments), 0
	var walk func(ast.SelectionSet) error
	walk = func(set ast.SelectionSet) error {
		if selections += len(set); selections > l.Selections {
			return tooMany(limitSelections, "fields", l.Selections)
		}
		keys := make(map[string]int, len(set))
		for _, s := range set {
			var inner ast.SelectionSet
			key, directives := "", 0
			switch s := s.(type) {
			case *ast.Field:
				if key, inner, directives = s.Alias, s.SelectionSet, len(s.Directives); s.Alias != s.Name {
					aliases++
				}
			case *ast.InlineFragment:
				key, inner, directives = "... on "+s.TypeCondition, s.SelectionSet, len(s.Directives)
			case *ast.FragmentSpread:
				key, directives = "..."+s.Name, len(s.Directives)
			}
			if keys[key]++; keys[key] > l.Repeats { // validation compares each with each
				return tooMany(limitRepeats, "repetitions of one field", l.Repeats)
			}
			if directives > l.Repeats {
				return tooMany(limitRepeats, "directives on one field", l.Repeats)
			}
			if aliases > l.Aliases {
				return tooMany(limitAliases, "aliases", l.Aliases)
			}
			if err := walk(inner); err != nil {
				return err
			}
		}
		return nil
	}
	for _, op := range doc.Operations {
		if err := walk(op.SelectionSet); err != nil {
			return err
		}
	}
	for _, f := range doc.Fragments {
		if err := walk(f.SelectionSet); err != nil {
			return err
		}
	}
	return reach(doc, l.Selections)
}

// maxReach is how often validation may come by the most selections that a query may have: it walks all that a fragment spreads for each
// fragment anew.
const maxReach = 5

// reach holds what operations and fragments come to, fragments expanded once in each, against the limit.
func reach(doc *ast.QueryDocument, selections int) error {
	n := 0
	fragments := make(map[string]*ast.FragmentDefinition, len(doc.Fragments))
	for _, f := range doc.Fragments {
		fragments[f.Name] = f
	}
	var seen map[string]bool
	var walk func(ast.SelectionSet) bool
	walk = func(set ast.SelectionSet) bool {
		if n += len(set); n > maxReach*selections {
			return false
		}
		for _, s := range set {
			var inner ast.SelectionSet
			switch s := s.(type) {
			case *ast.Field:
				inner = s.SelectionSet
			case *ast.InlineFragment:
				inner = s.SelectionSet
			case *ast.FragmentSpread:
				if f := fragments[s.Name]; f != nil && !seen[s.Name] {
					seen[s.Name] = true
					inner = f.SelectionSet
				}
			}
			if !walk(inner) {
				return false
			}
		}
		return true
	}
	all := make([]ast.SelectionSet, 0, len(doc.Operations)+len(doc.Fragments))
	for _, op := range doc.Operations {
		all = append(all, op.SelectionSet)
	}
	for _, f := range doc.Fragments { // several of one name are the validator's to refuse
		all = append(all, f.SelectionSet)
	}
	for _, set := range all {
		if seen = map[string]bool{}; !walk(set) {
			return past(limitSelections, selections, "the fragments of the query spread one another too often; %d selections may be come by %d times", selections, maxReach)
		}
	}
	return nil
}

// depth holds the nesting of a valid query, fragments expanded, against the limit. Each fragment is measured once.
func depth(doc *ast.QueryDocument, limit int) error {
	fragments := map[string]int{}
	var of func(ast.SelectionSet) int
	of = func(set ast.SelectionSet) int {
		deepest := 0
		for _, s := range set {
			d := 0
			switch s := s.(type) {
			case *ast.Field:
				d = 1 + of(s.SelectionSet)
			case *ast.InlineFragment:
				d = of(s.SelectionSet)
			case *ast.FragmentSpread:
				known, ok := fragments[s.Name]
				if !ok && s.Definition != nil {
					known = of(s.Definition.SelectionSet)
					fragments[s.Name] = known
				}
				d = known
			}
			deepest = max(deepest, d)
		}
		return deepest
	}
	for _, op := range doc.Operations {
		if d := of(op.SelectionSet); d > limit {
			return fault.Past(fault.Limit{Name: limitDepth, Most: int64(limit), Found: int64(d)}, "the operation nests %d deep; the limit is %d", d, limit)
		}
	}
	return nil
}
