package search

// orderedComparison compares dates, numbers and quantities under a prefix (FHIR R4, 3.1.1.4.5 to 3.1.1.4.11).
//
// Dates are half open, [lo, hi): q is the range of the query's precision, t that of the element (3.1.1.4.7).
//
//	eq  q.lo ≤ t.lo and t.hi ≤ q.hi   the query's range contains the element's
//	ne  not eq
//	gt  t.hi > q.hi                   a part of the element is above the query's range
//	lt  t.lo < q.lo
//	ge  gt or eq                      le  lt or eq
//	sa  t.lo ≥ q.hi                   eb  t.hi ≤ q.lo
//	ap  t.lo < q.hi and t.hi > q.lo   on the widened range
//
// Numbers (3.1.1.4.6) are closed, [lo, hi], and mostly a point. The implied range of a query value n, [n.lo, n.hi), counts for
// eq, ne and ap alone; the others compare with n itself, whatever its precision.
//
//	eq  n.lo ≤ t.lo and t.hi < n.hi   ne  not eq
//	gt  t.hi > n                      lt  t.lo < n
//	ge  t.hi ≥ n or eq                le  t.lo ≤ n or eq
//	sa  t.lo > n                      eb  t.hi < n
//	ap  t.lo ≤ n.hi and t.hi ≥ n.lo   on the widened range, ends included
//
// Quantities (3.1.1.4.11) are numbers whose unit matches besides; ne wants the unit to match, too.
func orderedComparison(t ParamType) compare {
	switch t {
	case Date:
		return plain(matchDate)
	case Number:
		return plain(matchNumber)
	default:
		return plain(func(i *Item, q *Value) bool { return matchUnit(i, q) && matchNumber(i, q) })
	}
}

func matchDate(i *Item, q *Value) bool {
	contained := q.Lo <= i.Lo && i.Hi <= q.Hi
	switch q.Op {
	case Eq:
		return contained
	case Ne:
		return !contained
	case Gt:
		return i.Hi > q.Hi
	case Lt:
		return i.Lo < q.Lo
	case Ge:
		return i.Hi > q.Hi || contained
	case Le:
		return i.Lo < q.Lo || contained
	case Sa:
		return i.Lo >= q.Hi
	case Eb:
		return i.Hi <= q.Lo
	case Overlaps:
		return i.Lo < q.Hi && i.Hi > q.Lo
	default:
		return false
	}
}

func matchNumber(i *Item, q *Value) bool {
	contained := q.NLo <= i.NLo && i.NHi < q.NHi
	switch q.Op {
	case Eq:
		return contained
	case Ne:
		return !contained
	case Gt:
		return i.NHi > q.N
	case Lt:
		return i.NLo < q.N
	case Ge:
		return i.NHi >= q.N || contained
	case Le:
		return i.NLo <= q.N || contained
	case Sa:
		return i.NLo > q.N
	case Eb:
		return i.NHi < q.N
	case Overlaps:
		return i.NLo <= q.NHi && i.NHi >= q.NLo
	default:
		return false
	}
}

// matchUnit: number alone matches any unit; number|system|code the system and the code as stored; number||code a code or a
// unit as displayed. number|system (not in R4, but met in the wild) is any code of the system.
func matchUnit(i *Item, q *Value) bool {
	switch {
	case q.HasSystem && q.Code == "":
		return i.System == q.System
	case q.HasSystem:
		return i.System == q.System && i.Code == q.Code
	case q.Code != "":
		return i.Code == q.Code || i.Text == q.Code
	default:
		return true
	}
}
