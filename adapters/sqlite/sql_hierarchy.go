package sqlite

import "github.com/heliograph/heliograph/search"

// related compiles a clause about a hierarchy. A row's own values do not decide it.
func (c *compiler) related(typ string, e search.Clause) part {
	as, _ := c.leaf(e)
	p := c.accesses(typ, e, as, false)
	p.cond = func(s scope) *writer { return in(s, p.set()) }
	return p
}

// hierarchy is the access to references by place in a hierarchy: to a resource and what is a part of it, or to it and what it is a part
// of. What is a part of what, the references of `partof` or `part-of` to the same type say. An id without a type is looked for among each.
func (c *compiler) hierarchy(p *paramName, m search.Modifier, v *search.Value) (out []access) {
	if m == search.Below && v.Version != "" {
		return nil // a part is of no version
	}
	for _, s := range c.names.kind(p, subTarget) {
		typ := s.sub[len(subTarget):]
		if typ == "" || v.Type != "" && typ != v.Type {
			continue
		}
		edges := c.partOf(typ)
		const family = 8 // resources, at a guess
		out = append(out, access{table: "rx", rows: family*s.frequency() + 1, where: func(x string) *writer {
			return sqlf(x+".sid = ? AND "+x+".target IN (?)", s.id, relatives(m, boundKey(v.Code), edges))
		}})
	}
	return out
}

// partOf are the keys of the references that make the hierarchy of a type.
func (c *compiler) partOf(typ string) (sids []int64) {
	for _, code := range []string{"partof", "part-of"} {
		if sid, _ := c.edge(&search.Param{Resource: typ, Code: code}, typ); sid != 0 {
			sids = append(sids, sid)
		}
	}
	return sids
}

// relatives selects an id and, over any number of levels, the ids above it or below it. Rows are of current resources, so that what is
// gone leads no further; UNION ends circles.
func relatives(m search.Modifier, id string, edges []int64) *writer {
	next := "SELECT r.id FROM h CROSS JOIN rx r ON r.target = h.id AND r.sid "
	if m == search.Above {
		next = "SELECT r.target FROM h CROSS JOIN rx r" + by("rx_source") + " ON r.id = h.id AND r.sid "
	}
	return sqlf("WITH RECURSIVE h(id) AS (SELECT ? UNION ?) SELECT id FROM h", id, (&writer{}).text(next).in(edges))
}
