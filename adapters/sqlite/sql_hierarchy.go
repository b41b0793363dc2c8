package sqlite

import "github.com/heliograph/heliograph/search"

// hierarchy compares references with a resource and its parts (:below), or with it and what it is a part of (:above), over any number
// of levels: the hierarchy is walked from the resource asked for, which is small, and the references to what it meets are looked up.
func (c *compiler) hierarchy(typ string, e search.Clause) part {
	name := c.names.param(c.tenant, e.Param)
	if name == nil {
		return c.compile(typ, search.False{})
	}
	var elsewhere []access
	const family = 8 // resources of a hierarchy, at a guess
	p := part{}
	var ways []way
	for i := range e.Values {
		v := &e.Values[i]
		if v.Text != "" {
			elsewhere = append(elsewhere, c.referenceAccess(name, search.Plain, v)...)
			continue
		}
		if e.Modifier == search.Below && v.Version != "" {
			continue // a part is referred to whatever its version, and the value asks for one
		}
		for _, s := range c.names.kind(name, subTarget) {
			if s.sub != subTarget && (v.Type == "" || s.sub == subTarget+v.Type) {
				ways = append(ways, way{sid: s.id, target: s.sub[len(subTarget):], id: boundKey(v.Code)})
				p.rows += family*s.frequency() + 1
			}
		}
	}
	p.set = func() *writer {
		var sets []*writer
		for _, w := range ways {
			x := c.fresh("x")
			sets = append(sets, sqlf("SELECT "+x+".id FROM rx "+x+" WHERE "+x+".sid = ? AND "+x+".target IN (?)", w.sid, c.climb(e, w)))
		}
		for _, a := range elsewhere {
			x := c.fresh("x")
			sets = append(sets, sqlf("SELECT "+x+".id FROM "+a.table+" "+x+" WHERE ?", a.where(x)))
		}
		return union(sets)
	}
	p.cond = func(s scope) *writer { return in(s, p.set()) }
	return p
}

// way is the references of a parameter to a type, and the resource of the type from which its hierarchy is walked.
type way struct {
	sid        int64
	target, id string
}

// climb selects the ids that are met from a resource down to its parts, or up. Each step reads what a part is a part of, so the part
// must satisfy the clause's predicate.
func (c *compiler) climb(e search.Clause, w way) *writer {
	d, x := c.fresh("d"), c.fresh("x")
	edges := (&writer{}).text(x + ".sid ").in(c.partOf(w.target))
	step, from := x+".id", sqlf("rx "+x+" ON ? AND "+x+".target = "+d+".id", edges)
	if e.Modifier == search.Above {
		step, from = x+".target", sqlf("rx "+x+by("rx_source")+" ON ? AND "+x+".id = "+d+".id", edges)
	}
	where := sqlf("")
	if predicate := search.Simplify(e.Predicate(w.target)); e.Through != nil && !isTrue(predicate) {
		where = sqlf(" WHERE ?", c.there(w.target, x+".id", c.compile(w.target, predicate), 10))
	}
	return sqlf("WITH RECURSIVE "+d+"(id) AS (SELECT ? UNION SELECT "+step+" FROM "+d+" CROSS JOIN ??) SELECT id FROM "+d, w.id, from, where)
}

func isTrue(e search.Expr) bool {
	_, is := e.(search.True)
	return is
}

// partOf are the keys of the references by which resources of a type are parts of others of it; 0, which no row has, if there are none.
func (c *compiler) partOf(typ string) []int64 {
	out := []int64{0}
	for _, p := range search.Hierarchical(typ) {
		if sid, _ := c.edge(p, typ); sid != 0 {
			out = append(out, sid)
		}
	}
	return out
}
