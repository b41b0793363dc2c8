package search

import (
	"slices"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
)

// Match says whether a condition holds for a resource, given its index values. It is the semantics of search (FHIR R4,
// 3.1.1): what every store must answer, the filter of subscriptions, and what a store's hits are verified with.
//
// Without a World, conditions about other resources or code systems (Chain, Has, List, In, Above and Below of tokens and
// references) fail with fault.Unsupported naming the clause, wherever in the tree they stand and whatever the resource is. With
// Expansions as the World those about codes are decided.
// What no index value can decide (TextAdvanced, a modifier that the parameter's type does not have, FHIRPath) fails likewise.
// And and Or stop at the first part that decides them.
func Match(e Expr, v *Values, w World) (bool, error) {
	var known Expansions
	switch w := w.(type) {
	case nil:
	case Expansions:
		known = w
	default:
		return match(e, v, w)
	}
	if err := alone(e, known, false); err != nil {
		return false, err
	}
	return match(e, v, known)
}

func match(e Expr, v *Values, w World) (bool, error) {
	switch e := e.(type) {
	case nil, True:
		return true, nil
	case False:
		return false, nil
	case And:
		return matchAll(e, v, w)
	case Or:
		return matchAny(e, v, w)
	case Not:
		ok, err := match(e.X, v, w)
		return !ok && err == nil, err
	case Clause:
		return matchClause(e, v, w)
	case Exists:
		return hasValue(e.Param, v), nil
	case IDs:
		return slices.Contains(e.IDs, v.Ref.ID), nil
	case Text:
		return matchText(e, v), nil
	case Chain:
		return matchChain(e, v, w)
	case Has:
		return matchHas(e, v, w)
	case List:
		return matchList(e, v, w)
	case FHIRPath:
		return matchFHIRPath(e, w)
	default:
		return false, fault.New(fault.Unsupported, "condition %T", e)
	}
}

func matchAll(parts []Expr, v *Values, w World) (bool, error) {
	for _, p := range parts {
		if ok, err := match(p, v, w); err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}

func matchAny(parts []Expr, v *Values, w World) (bool, error) {
	for _, p := range parts {
		if ok, err := match(p, v, w); err != nil || ok {
			return ok && err == nil, err
		}
	}
	return false, nil
}

// matchClause compares every index value with every value asked for. One pair is enough: values are OR, and so are
// repetitions of an element (3.1.1.3). For Ne that means: some index value is not equal.
func matchClause(e Clause, v *Values, w World) (bool, error) {
	compare, err := comparison(e.Param, e.Modifier)
	if err != nil {
		return false, err
	}
	if e.climbs() {
		compare = func(i *Item, q *Value, w World) (bool, error) { return matchHierarchy(e, i, q, w) }
	}
	items := itemsOf(e.Param, v)
	for i := range items {
		for j := range e.Values {
			if ok, err := compare(&items[i], &e.Values[j], w); err != nil || ok {
				return ok && err == nil, err
			}
		}
	}
	return false, nil
}

// itemsOf are the index values of a parameter, those that are not in Values.Params included.
func itemsOf(p *Param, v *Values) []Item {
	switch p.Code {
	case ParamID:
		return []Item{{Code: v.Ref.ID}}
	case ParamLastUpdated:
		return []Item{{Lo: v.LastUpdated, Hi: v.LastUpdated + 1}}
	default:
		return v.Of(p.Code)
	}
}

func hasValue(p *Param, v *Values) bool {
	switch p.Code {
	case ParamText:
		return len(v.Narrative) > 0
	case ParamContent:
		return len(v.Content) > 0
	default:
		return len(itemsOf(p, v)) > 0
	}
}

// matchText wants all words of an alternative among the resource's tokens, wherever they stand.
func matchText(e Text, v *Values) bool {
	tokens := v.Narrative
	if e.Content {
		tokens = v.Content
	}
	for _, words := range e.Any {
		if !slices.ContainsFunc(words, func(word string) bool { return !slices.Contains(tokens, word) }) {
			return true
		}
	}
	return false
}

// matchChain follows every reference to a resource of the target type. A reference to a version counts as one to the
// resource: what is looked at is its current version (3.1.1.4.12 leaves this open), so that chains, `_has` and reverse
// lists agree.
func matchChain(e Chain, v *Values, w World) (bool, error) {
	for _, item := range v.Of(e.Param.Code) {
		if item.Type != e.Target || item.ID == "" {
			continue
		}
		target, there := w.Values(fhir.Ref{Type: item.Type, ID: item.ID})
		if !there {
			continue
		}
		if ok, err := match(e.Where, target, w); err != nil || ok {
			return ok && err == nil, err
		}
	}
	return false, nil
}

func matchHas(e Has, v *Values, w World) (bool, error) {
	for referrer := range w.Referrers(v.Ref, e.Param) {
		if ok, err := match(e.Where, referrer, w); err != nil || ok {
			return ok && err == nil, err
		}
	}
	return false, nil
}

// matchList looks for the resource among the items of a current List (3.1.1.5.6); an unknown or deleted one has none.
func matchList(e List, v *Values, w World) (bool, error) {
	list, there := w.Values(fhir.Ref{Type: "List", ID: e.ID})
	if !there {
		return false, nil
	}
	member := slices.ContainsFunc(list.Of("item"), func(i Item) bool { return i.Type == v.Ref.Type && i.ID == v.Ref.ID })
	if !member {
		return false, nil
	}
	return match(e.Where, list, w)
}

// alone fails with the first condition that needs more of a World than these expansions, or, unless the resource is there as a
// whole, more than its index values.
func alone(e Expr, known Expansions, whole bool) error {
	part := func(e Expr) error { return alone(e, known, whole) }
	switch e := e.(type) {
	case And:
		return firstError(e, part)
	case Or:
		return firstError(e, part)
	case Not:
		return part(e.X)
	case Chain:
		return needsWorld("chain " + e.Param.Code + ":" + e.Target)
	case Has:
		return needsWorld("_has:" + e.Param.Resource + ":" + e.Param.Code)
	case List:
		return needsWorld(ParamList)
	case FHIRPath:
		if !whole || e.Program == nil {
			return needsResource()
		}
	case Clause:
		_, lacking := known.lacks(e.CodeSets())
		if lacking || e.Param.Type != Token && usesWorld(e.Param, e.Modifier) {
			return needsWorld(e.Param.Code + ":" + e.Modifier.String())
		}
	}
	return nil
}

func usesWorld(p *Param, m Modifier) bool {
	switch m {
	case In:
		return true
	case Above, Below:
		return p.Type == Token || p.Type == Reference
	default:
		return false
	}
}

func needsWorld(what string) error {
	return fault.New(fault.Unsupported, "%s cannot be decided from one resource alone", what)
}
