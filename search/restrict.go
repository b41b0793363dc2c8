package search

// Restrict gives the query's condition with the caller's predicate of every type that it visits put into it: at the root and
// inside every chain, `_has` and hierarchy of references. It is what a store has to evaluate. The policy's own chains and `_has` are taken as they
// are: they say what the caller may see, not what it asks.
func Restrict(q Query) Expr {
	where := q.Where
	if where == nil {
		where = True{}
	}
	if q.Caller.Policy == nil {
		return Simplify(where)
	}
	return Simplify(And{q.Caller.Predicate(q.Type), restrict(where, q.Caller)})
}

func restrict(e Expr, c Caller) Expr {
	switch e := e.(type) {
	case nil:
		return True{}
	case And:
		return And(restrictAll(e, c))
	case Or:
		return Or(restrictAll(e, c))
	case Not:
		return Not{X: restrict(e.X, c)}
	case Chain:
		e.Where = And{c.Predicate(e.Target), restrict(e.Where, c)}
		return e
	case Has:
		e.Where = And{c.Predicate(e.Param.Resource), restrict(e.Where, c)}
		return e
	case List:
		e.Where = And{c.Predicate("List"), restrict(e.Where, c)}
		return e
	case Clause:
		if e.climbs() {
			e.Through = c.Policy
		}
		return e
	default:
		return e
	}
}

func restrictAll(parts []Expr, c Caller) []Expr {
	out := make([]Expr, len(parts))
	for i, p := range parts {
		out[i] = restrict(p, c)
	}
	return out
}
