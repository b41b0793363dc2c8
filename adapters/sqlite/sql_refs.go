package sqlite

import "github.com/heliograph/heliograph/search"

// edge gives the key of the references from a parameter to a type; 0, which no row has, if there are none.
func (c *compiler) edge(p *search.Param, target string) (sid int64, rows float64) {
	name := c.names.param(c.tenant, p)
	if name == nil {
		return 0, 0
	}
	s := c.names.sub(name, subTarget+target)
	if s == nil {
		return 0, 0
	}
	return s.id, float64(s.rows.Load())
}

// there is a condition on the resource at the other end of an edge: id is written so. What look-ups of index rows decide needs no
// resource: rows are of current ones.
func (c *compiler) there(typ, id string, p part, cands float64) *writer {
	if p.points {
		return sqlf("(?)", p.cond(scope{typ: typ, id: id, cands: cands}))
	}
	t := scope{typ: typ, alias: c.fresh("t"), cands: cands}
	t.id = t.alias + ".id"
	return sqlf("EXISTS (SELECT 1 FROM resource "+t.alias+" WHERE "+t.alias+".tid = ? AND "+t.id+" = "+id+" AND "+t.alias+".deleted = 0 AND (?))",
		c.tid(typ), p.cond(t))
}

// chain follows references forward: from the targets back where these are few, else from each resource to its targets.
func (c *compiler) chain(typ string, e search.Chain) part {
	sid, rows := c.edge(e.Param, e.Target)
	where := c.compile(e.Target, e.Where)
	targets := max(c.live(e.Target), 1)
	p := part{rows: rows*min(1, where.rows/targets) + 1}
	p.set = func() *writer {
		x := c.fresh("x")
		if where.rows*probe < rows || rows == 0 {
			return sqlf("SELECT "+x+".id FROM rx "+x+" WHERE "+x+".sid = ? AND "+x+".target IN (?)", sid, where.set())
		}
		return sqlf("SELECT "+x+".id FROM rx "+x+" WHERE "+x+".sid = ? AND ?", sid, c.there(e.Target, x+".target", where, rows))
	}
	p.cond = func(s scope) *writer {
		if p.rows <= probe*s.cands {
			return in(s, p.set())
		}
		x := c.fresh("x")
		return sqlf("EXISTS (SELECT 1 FROM rx "+x+by("rx_source")+" WHERE "+x+".sid = ? AND "+x+".id = "+s.id+" AND ?)", sid,
			c.there(e.Target, x+".target", where, s.cands))
	}
	return p
}

// has follows references backward: from the referrers' set where it is small, else from each resource to its referrers until one
// satisfies. Referrers come newest first, and none is looked at that is too old for a condition on the time.
func (c *compiler) has(typ string, e search.Has) part {
	source := e.Param.Resource
	sid, rows := c.edge(e.Param, typ)
	where := c.compile(source, e.Where)
	p := part{rows: min(where.rows, c.live(typ))}
	referred := func() *writer {
		x := c.fresh("x")
		return sqlf("SELECT "+x+".target FROM rx "+x+by("rx_source")+" WHERE "+x+".sid = ? AND "+x+".id IN (?)", sid, where.set())
	}
	each := func(id string, cands float64) *writer {
		x := c.fresh("x")
		w := sqlf("EXISTS (SELECT 1 FROM rx "+x+" WHERE "+x+".sid = ? AND "+x+".target = "+id, sid)
		if at, ok := c.since(source, e.Where); ok {
			w.add(sqlf(" AND "+x+".chron >= ?", at))
		}
		return w.add(sqlf(" AND ?)", c.there(source, x+".id", where, cands)))
	}
	fan := rows / max(c.live(typ), 1)
	// tried is how many referrers are looked at before one satisfies, if those that do are spread evenly; bounded is what it costs at
	// worst, against the set.
	tried := min(fan+1, c.live(source)/max(where.rows, 1)+1)
	fromEach := func(cands float64) bool {
		const worst = 8
		return 2*cands*tried < where.rows && cands*(fan+1) < worst*where.rows
	}
	p.set = func() *writer {
		s := scope{typ: typ, alias: c.fresh("s")}
		s.id = s.alias + ".id"
		w := sqlf("SELECT "+s.id+" FROM resource "+s.alias+" WHERE "+s.alias+".tid = ? AND "+s.alias+".deleted = 0 AND ", c.tid(typ))
		if fromEach(c.live(typ)) {
			return w.add(each(s.id, c.live(typ)*(fan+1)))
		}
		return w.add(in(s, referred()))
	}
	p.cond = func(s scope) *writer {
		if fromEach(s.cands) || where.rows > probe*s.cands*(fan+1) {
			return each(s.id, s.cands*(fan+1))
		}
		return in(s, referred())
	}
	return p
}

// since is the earliest end that the newest time of a type's resource can have if it satisfies a condition.
func (c *compiler) since(typ string, e search.Expr) (at int64, ok bool) {
	switch e := e.(type) {
	case search.And:
		for _, x := range e {
			if t, bounded := c.since(typ, x); bounded && (!ok || t > at) {
				at, ok = t, true
			}
		}
	case search.Clause:
		t := c.names.typeOf(c.tenant, typ)
		if t == nil || t.chron == "" || t.chron != e.Param.Code || e.Param.Type != search.Date {
			return 0, false
		}
		for i := range e.Values {
			t, bounded := earliest(&e.Values[i])
			if !bounded {
				return 0, false
			}
			if i == 0 || t < at {
				at, ok = t, true
			}
		}
	}
	return at, ok
}

// earliest is the earliest end of a range that satisfies a value.
func earliest(v *search.Value) (int64, bool) {
	switch v.Op {
	case search.Eq, search.Ge, search.Overlaps:
		return v.Lo, true
	case search.Gt, search.Sa:
		return v.Hi, true
	default:
		return 0, false
	}
}

// list gives the members of a List.
func (c *compiler) list(typ string, e search.List) part {
	var sid int64
	if t := c.names.typeOf(c.tenant, "List"); t != nil {
		sid, _ = c.edge(&search.Param{Resource: "List", Code: "item"}, typ)
	}
	where := c.compile("List", e.Where)
	members := func() *writer {
		x := c.fresh("x")
		return sqlf("SELECT "+x+".target FROM rx "+x+by("rx_source")+" WHERE "+x+".sid = ? AND "+x+".id = ? AND ?", sid, e.ID,
			c.there("List", x+".id", where, 1))
	}
	p := c.filtered(typ, 50, func(s scope) *writer { return in(s, members()) })
	return p
}
