package sqlite

import (
	"slices"

	"github.com/heliograph/heliograph/search"
)

// part is a condition on resources of one type in the forms that SQL may take.
type part struct {
	// rows is about how many resources satisfy it.
	rows float64
	// set selects their ids, perhaps repeated; all of them are current.
	set func() *writer
	// cond is true for the row of a scope.
	cond func(scope) *writer
	// single is the one access that is all there is to it, nil otherwise.
	single *access
	// entries are the accesses whose union is all there is to it.
	entries []access
	// points says that the condition is a few look-ups by id; spanned that a row with the resource's span decides it.
	points, spanned bool
	// candidates, of a display's text, selects the rows that the condition is looked for in.
	candidates func() *writer
	// dates is what a date clause of a parameter with one value a resource asks of the row.
	dates *datePart
}

type datePart struct {
	param  *paramName
	where  []access
	values []*search.Value
}

// probe is about what a look-up by id costs, in rows of a set.
const probe = 2

// in is "id IN (set)", which the engine computes once.
func in(s scope, set *writer) *writer { return sqlf(s.id+" IN (?)", set) }

// compile compiles a condition.
func (c *compiler) compile(typ string, e search.Expr) part {
	switch e := e.(type) {
	case nil, search.True:
		return part{rows: c.live(typ), set: func() *writer { return c.all(typ) }, cond: func(scope) *writer { return sqlf("1") }}
	case search.False:
		return part{set: func() *writer { return sqlf("SELECT '' AS id WHERE 0") }, cond: func(scope) *writer { return sqlf(never) }}
	case search.And:
		return c.and(typ, c.parts(typ, e))
	case search.Or:
		return c.or(typ, e)
	case search.Not:
		x := c.compile(typ, e.X)
		return c.filtered(typ, max(0, c.live(typ)-x.rows), func(s scope) *writer { return sqlf("NOT (?)", x.cond(s)) })
	case search.Clause:
		return c.clause(typ, e)
	case search.Exists:
		return c.exists(typ, e)
	case search.IDs:
		return c.ids(typ, e.IDs)
	case search.Text:
		return c.text(typ, e)
	case search.Chain:
		return c.chain(typ, e)
	case search.Has:
		return c.has(typ, e)
	case search.List:
		return c.list(typ, e)
	default:
		c.fail("condition %T", e)
		return part{}
	}
}

// all selects the ids of a type.
func (c *compiler) all(typ string) *writer {
	return sqlf("SELECT id FROM resource WHERE tid = ? AND deleted = 0", c.tid(typ))
}

// filtered is a part that looks at every resource of the type.
func (c *compiler) filtered(typ string, rows float64, cond func(scope) *writer) part {
	return part{rows: rows, cond: cond, set: func() *writer {
		s := scope{typ: typ, alias: c.fresh("s"), cands: c.live(typ)}
		s.id = s.alias + ".id"
		return sqlf("SELECT "+s.id+" FROM resource "+s.alias+" WHERE "+s.alias+".tid = ? AND "+s.alias+".deleted = 0 AND ?",
			c.tid(typ), cond(s))
	}}
}

// match is the condition evaluated by search.Match on the stored values: as good as an index where few rows come by.
func (c *compiler) match(s scope, e search.Expr) *writer {
	return matched(s, &program{typ: s.typ, where: e})
}

// parts compiles the parts of a conjunction, with comparisons of one date parameter merged where a resource has one value at most.
func (c *compiler) parts(typ string, e search.And) []part {
	var out []part
	at := map[*paramName]int{}
	for _, x := range e {
		p := c.compile(typ, x)
		if p.dates != nil {
			if i, ok := at[p.dates.param]; ok {
				out[i] = c.merged(out[i], p)
				continue
			}
			at[p.dates.param] = len(out)
		}
		out = append(out, p)
	}
	return out
}

// merged is two date comparisons of one row.
func (c *compiler) merged(a, b part) part {
	d := &datePart{param: a.dates.param, where: slices.Concat(a.dates.where, b.dates.where),
		values: slices.Concat(a.dates.values, b.dates.values)}
	rows := min(a.rows, b.rows) / 3
	set := func() *writer {
		x := c.fresh("x")
		return sqlf("SELECT "+x+".id FROM dx "+x+" WHERE ?", d.on(x))
	}
	spanned := a.spanned && b.spanned
	return part{rows: rows, dates: d, set: set, spanned: spanned, cond: func(s scope) *writer {
		if s.span != "" && spanned || s.alias != "" && (rows > probe*s.cands || d.param.typ.chron == d.param.code) {
			return sqlf("(?) AND (?)", a.cond(s), b.cond(s))
		}
		return in(s, set())
	}}
}

func (d *datePart) on(x string) *writer {
	parts := make([]*writer, len(d.where))
	for i, a := range d.where {
		parts[i] = a.where(x)
	}
	return joined(parts, " AND ", "1")
}

// along is on for a row of a walk along the parameter's times: no index is taken for the other end of the ranges, which would give
// another order.
func (d *datePart) along(x string, desc bool) *writer {
	lo, hi := x+".lo", "+"+x+".hi"
	if desc {
		lo, hi = "+"+x+".lo", x+".hi"
	}
	parts := make([]*writer, len(d.values))
	for i, v := range d.values {
		parts[i] = dateWhere(lo, hi, v)
	}
	return joined(parts, " AND ", "1")
}

// and joins parts: the one with the fewest rows leads, the others are conditions on it.
func (c *compiler) and(typ string, parts []part) part {
	switch len(parts) {
	case 0:
		return c.compile(typ, search.True{})
	case 1:
		return parts[0]
	}
	lead := leader(parts)
	rows := parts[lead].rows
	cond := func(s scope) *writer {
		conds := []*writer{parts[lead].cond(s)}
		return joined(append(conds, conditions(parts, lead, s)...), " AND ", "1")
	}
	return part{rows: rows / 2, cond: cond, set: func() *writer {
		s := scope{typ: typ, alias: c.fresh("s"), cands: rows}
		s.id = s.alias + ".id"
		set, left := c.narrowed(typ, parts, lead)
		if len(left) == 0 {
			return set
		}
		w := sqlf("SELECT "+s.id+" FROM resource "+s.alias+" WHERE "+s.alias+".tid = ? AND "+s.alias+".deleted = 0 AND ?",
			c.tid(typ), in(s, set))
		return w.add(all(left, -1, s))
	}}
}

func leader(parts []part) int {
	lead := 0
	for i := range parts {
		if parts[i].rows < parts[lead].rows {
			lead = i
		}
	}
	return lead
}

// conditions are all parts but one (−1: all) as conditions on a row.
func conditions(parts []part, but int, s scope) []*writer {
	var out []*writer
	for i := range parts {
		if i != but {
			out = append(out, parts[i].cond(s))
		}
	}
	return out
}

func (c *compiler) or(typ string, e search.Or) part {
	parts := make([]part, len(e))
	rows := 0.0
	for i, x := range e {
		parts[i] = c.compile(typ, x)
		rows += parts[i].rows
	}
	return part{rows: min(rows, c.live(typ)),
		set: func() *writer {
			sets := make([]*writer, len(parts))
			for i := range parts {
				sets[i] = parts[i].set()
			}
			return union(sets)
		},
		cond: func(s scope) *writer { return sqlf("(?)", joined(conditions(parts, -1, s), " OR ", never)) },
	}
}

// accesses is the union of accesses; verify matches what they give besides.
func (c *compiler) accesses(typ string, e search.Expr, as []access, verify bool) part {
	p := part{}
	points := !verify
	for _, a := range as {
		p.rows += a.rows
		points = points && a.point
	}
	p.points = points
	if !verify {
		p.entries = as
	}
	if len(as) == 1 && !verify {
		p.single = &as[0]
	}
	candidates := func() *writer {
		sets := make([]*writer, len(as))
		for i, a := range as {
			x := c.fresh("x")
			sets[i] = sqlf("SELECT "+x+".id FROM "+a.table+" "+x+" WHERE ?", a.where(x))
		}
		return union(sets)
	}
	p.set = candidates
	if verify {
		p.set = func() *writer {
			s := scope{typ: typ, alias: c.fresh("s")}
			s.id = s.alias + ".id"
			return sqlf("SELECT "+s.id+" FROM resource "+s.alias+" WHERE "+s.alias+".tid = ? AND ? AND ?", c.tid(typ),
				in(s, candidates()), c.match(s, e))
		}
	}
	p.cond = func(s scope) *writer {
		switch {
		case len(as) == 0:
			return sqlf(never)
		case points:
			return c.probes(s, as)
		case s.alias != "" && p.rows > probe*s.cands:
			return c.match(s, e)
		default:
			return in(s, p.set())
		}
	}
	return p
}

// probes looks a row up by its id in each access.
func (c *compiler) probes(s scope, as []access) *writer {
	parts := make([]*writer, len(as))
	for i, a := range as {
		x := c.fresh("x")
		parts[i] = sqlf("EXISTS (SELECT 1 FROM "+a.table+" "+x+by(a.hint)+" WHERE ? AND "+x+".id = "+s.id+")", a.where(x))
	}
	return joined(parts, " OR ", never)
}
