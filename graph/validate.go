package graph

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/core"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// The bounds of what names are suggested for: an error costs a comparison with every name of a type, of which some have hundreds.
const (
	maxSuggestedErrors = 5
	maxSuggestedText   = 8 << 10
)

// maxInvalid is how many errors a document that is not valid is told; what follows is not looked for.
const maxInvalid = 50

// validate applies the rules of GraphQL's validation (5). Names are suggested where few are wrong.
func (h *Handler) validate(s *Schema, text string, doc *ast.QueryDocument) (gqlerror.List, error) {
	found := h.rules.quiet.apply(s.doc, doc)
	if len(found) == 0 {
		return overlap(s.doc, doc, &h.limits)
	}
	if !h.quiet && len(found) <= maxSuggestedErrors && len(text) <= maxSuggestedText && !longNames(text) {
		found = h.rules.suggesting.apply(s.doc, doc)
	}
	var errs gqlerror.List
	for i, e := range found {
		if i == maxInvalid {
			errs = append(errs, &gqlerror.Error{Message: "there are more errors", Extensions: map[string]any{"code": codeValidate}})
			break
		}
		errs = append(errs, invalid(e, codeValidate))
	}
	return errs, nil
}

// longNames says whether a word of a query is longer than those for which a like one is looked for.
func longNames(text string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(text, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}), func(word string) bool { return len(word) > maxSuggested })
}

// ruleSet are rules in the order of their names, in which errors come.
type ruleSet []core.Rule

func ordered(r *rules.Rules) ruleSet {
	var out ruleSet
	for name, rule := range r.GetInner() {
		out = append(out, core.Rule{Name: name, RuleFunc: rule})
	}
	slices.SortFunc(out, func(a, b core.Rule) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// enough ends a walk that has found enough errors: the library's walker has no other way to be stopped.
type enough struct{}

// apply walks a document with all rules, until there are more errors than are told.
func (r ruleSet) apply(s *ast.Schema, doc *ast.QueryDocument) (errs gqlerror.List) {
	defer func() {
		if p := recover(); p != nil && p != any(enough{}) {
			panic(p)
		}
	}()
	var observers core.Events
	for _, rule := range r {
		rule.RuleFunc(&observers, func(options ...core.ErrorOption) {
			e := &gqlerror.Error{Rule: rule.Name}
			for _, o := range options {
				o(e)
			}
			if errs = append(errs, e); len(errs) > maxInvalid {
				panic(enough{})
			}
		})
	}
	core.Walk(s, doc, &observers)
	return errs
}
