package search

import (
	"slices"
	"strings"
)

// Simplify gives an equivalent condition in normal form: constants folded, And in And and Or in Or flattened, double
// negation removed, And and Or of one part unwrapped, equal parts of an And or Or merged, and the alternatives in an Or that ask the same
// of one parameter (clauses, ids, words) made one. It is pure; Simplify(Simplify(e)) equals Simplify(e). The order of the parts is
// kept.
func Simplify(e Expr) Expr {
	switch e := e.(type) {
	case nil:
		return True{}
	case And:
		return simplifyJunction([]Expr(e), func(x Expr) ([]Expr, bool) { a, ok := x.(And); return a, ok }, True{}, False{},
			func(parts []Expr) Expr { return And(parts) })
	case Or:
		return simplifyJunction([]Expr(e), func(x Expr) ([]Expr, bool) { o, ok := x.(Or); return o, ok }, False{}, True{},
			anyOf)
	case Not:
		switch x := Simplify(e.X).(type) {
		case True:
			return False{}
		case False:
			return True{}
		case Not:
			return x.X
		default:
			return Not{X: x}
		}
	case Chain:
		e.Where = Simplify(e.Where)
		if isConst(e.Where, False{}) {
			return False{}
		}
		return e
	case Has:
		e.Where = Simplify(e.Where)
		if isConst(e.Where, False{}) {
			return False{}
		}
		return e
	case List:
		if e.Where = Simplify(e.Where); isConst(e.Where, False{}) {
			return False{}
		}
		return e
	default:
		return simplifyLeaf(e)
	}
}

// simplifyLeaf folds what holds of none or of all, and gives each value once.
func simplifyLeaf(e Expr) Expr {
	switch e := e.(type) {
	case Clause:
		if len(e.Values) == 0 {
			return False{}
		}
		if ids, plain := e.ids(); plain {
			return Simplify(ids)
		}
		e.Values = distinctValues(e.Values)
		return e
	case IDs:
		if len(e.IDs) == 0 {
			return False{}
		}
		e.IDs = distinctTexts(e.IDs, func(id string) string { return id })
		return e
	case Text:
		if len(e.Any) == 0 {
			return False{}
		}
		e.Any = distinctTexts(e.Any, func(words []string) string { return strings.Join(words, " ") })
		return e
	case Exists:
		if e.Param.Code == ParamID || e.Param.Code == ParamLastUpdated {
			return True{} // every resource has them
		}
		return e
	default:
		return e
	}
}

// simplifyJunction normalises the parts of an And (unit True, zero False) or an Or (unit False, zero True).
func simplifyJunction(parts []Expr, same func(Expr) ([]Expr, bool), unit, zero Expr, build func([]Expr) Expr) Expr {
	var out []Expr
	var seen map[string]bool
	add := func(x Expr) bool {
		if isConst(x, zero) {
			return false
		}
		if isConst(x, unit) {
			return true
		}
		if key := appendExpr(nil, x); !seen[string(key)] {
			if seen == nil {
				seen = make(map[string]bool, len(parts))
			}
			seen[string(key)] = true
			out = append(out, x)
		}
		return true
	}
	for _, p := range parts {
		p = Simplify(p)
		inner, flat := same(p)
		if !flat {
			inner = []Expr{p}
		}
		for _, x := range inner {
			if !add(x) {
				return zero
			}
		}
	}
	switch len(out) {
	case 0:
		return unit
	case 1:
		return out[0]
	}
	return build(out)
}

func isConst(x, c Expr) bool {
	switch c.(type) {
	case True:
		_, ok := x.(True)
		return ok
	default:
		_, ok := x.(False)
		return ok
	}
}

// anyOf is an Or of two or more simplified parts.
func anyOf(parts []Expr) Expr {
	type subject struct {
		kind  string
		param *Param
		how   Modifier
	}
	at := map[subject]int{}
	var out []Expr
	for _, p := range parts {
		var about subject
		switch p := p.(type) {
		case Clause:
			about = subject{"clause", p.Param, p.Modifier}
		case IDs:
			about = subject{kind: ParamID}
		case Text:
			about = subject{kind: p.name()}
		default:
			out = append(out, p)
			continue
		}
		if i, there := at[about]; there {
			out[i] = joined(out[i], p)
			continue
		}
		at[about] = len(out)
		out = append(out, p)
	}
	if len(out) == 1 {
		return out[0]
	}
	return Or(out)
}

// joined makes one condition of two that ask the same.
func joined(x, y Expr) Expr {
	switch x := x.(type) {
	case Clause:
		x.Values = distinctValues(slices.Concat(x.Values, y.(Clause).Values))
		return x
	case IDs:
		return Simplify(IDs{IDs: slices.Concat(x.IDs, y.(IDs).IDs)})
	case Text:
		return Simplify(Text{Content: x.Content, Any: slices.Concat(x.Any, y.(Text).Any)})
	}
	return Or{x, y}
}

// ids are those that a clause asks for, if it is about `_id` and its values are ids.
func (e Clause) ids() (ids IDs, ok bool) {
	if e.Param.Code != ParamID || e.Modifier != Plain {
		return IDs{}, false
	}
	for i := range e.Values {
		if e.Values[i].HasSystem {
			return IDs{}, false
		}
		ids.IDs = append(ids.IDs, e.Values[i].Code)
	}
	return ids, true
}

// distinctValues gives each value once, as first written.
func distinctValues(values []Value) []Value {
	return distinctTexts(values, func(v Value) string { return string(v.appendKey(nil)) })
}

// distinctTexts gives each of a list once; the list itself if it has no other.
func distinctTexts[T any](list []T, key func(T) string) []T {
	if len(list) < 2 {
		return list
	}
	seen := make(map[string]bool, len(list))
	out := make([]T, 0, len(list))
	for _, x := range list {
		if k := key(x); !seen[k] {
			seen[k] = true
			out = append(out, x)
		}
	}
	if len(out) == len(list) {
		return list
	}
	return out
}
