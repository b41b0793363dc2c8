package sqlite

import "github.com/heliograph/heliograph/search"

// comparedAccess is the access to strings by their order, or to those that are not a text: the key is a text's beginning.
func comparedAccess(p *paramName, v *search.Value) access {
	rows := float64(p.rows.Load())
	key, order := "", ""
	switch v.Op {
	case search.Gt, search.Ge:
		key, order = ">=", ">"
	case search.Lt, search.Le:
		key, order = "<=", "<"
	case search.Ne:
		order = "<>"
	}
	if v.Op == search.Ge || v.Op == search.Le {
		order += "="
	}
	return access{table: "sx", rows: rows/2 + 1, where: func(x string) *writer {
		w := sqlf(x+".pid = ?", p.id)
		if key != "" {
			w.add(sqlf(" AND "+x+".norm "+key+" ?", cutKey(v.Text)))
		}
		if order == "" {
			return w.text(" AND 0")
		}
		return w.add(sqlf(" AND coalesce("+x+".rest, "+x+".norm) "+order+" ?", v.Text))
	}}
}

// differing is the access to tokens, or uris, that are not a code.
func (c *compiler) differing(p *paramName, v *search.Value, code string) []access {
	_, _, rows, _ := c.systems(p, subSystem, "", false)
	all := c.sids(p, subSystem, subBare)
	if len(all) == 0 || v.Op != search.Ne {
		return nil
	}
	same := c.coded(p, subSystem, v, code)
	return []access{{table: "tx", rows: rows, where: func(x string) *writer {
		w := (&writer{}).text(x + ".sid ").in(all)
		for i := range same {
			w.text(" AND NOT (").add(same[i].where(x)).text(")")
		}
		return w
	}}}
}
