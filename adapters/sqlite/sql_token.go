package sqlite

import "github.com/heliograph/heliograph/search"

// systems gives the keys of a system (or of all) of a parameter, or the key that many share, about how many rows there are, and how
// many of one code.
func (c *compiler) systems(p *paramName, kind, system string, one bool) (own []int64, shared int64, rows, each float64) {
	if !one {
		for _, s := range c.names.kind(p, kind) {
			own, rows, each = append(own, s.id), rows+s.count(), each+s.frequency()
		}
		return own, 0, rows, each
	}
	if s := c.names.sub(p, kind+system); s != nil && system != overflow {
		return []int64{s.id}, 0, s.count(), s.frequency()
	}
	if s := c.names.sub(p, kind+overflow); s != nil {
		return nil, s.id, s.count(), s.frequency()
	}
	return nil, 0, 0, 0
}

// sids are the keys of a parameter's rows of some kinds.
func (c *compiler) sids(p *paramName, kinds ...string) (ids []int64) {
	for _, kind := range kinds {
		for _, s := range c.names.kind(p, kind) {
			ids = append(ids, s.id)
		}
	}
	return ids
}

// coded is the access to a code of a system, or of any. Where no code and no system is asked for, what is text alone is among it.
func (c *compiler) coded(p *paramName, kind string, v *search.Value, code string) []access {
	out := c.ofSystem(p, kind, v, code)
	if kind != subSystem || code != "" || v.System != "" {
		return out
	}
	if bare := c.sids(p, subBare); len(bare) > 0 {
		out = append(out, access{table: "tx", rows: float64(p.rows.Load()) / 2, where: func(x string) *writer {
			return (&writer{}).text(x + ".sid ").in(bare)
		}})
	}
	return out
}

func (c *compiler) ofSystem(p *paramName, kind string, v *search.Value, code string) []access {
	own, shared, rows, each := c.systems(p, kind, v.System, v.HasSystem)
	if len(own) == 0 && shared == 0 {
		return nil
	}
	keys := func(x string) *writer { return (&writer{}).text(x + ".sid ").in(own) }
	if shared != 0 {
		keys = func(x string) *writer { return sqlf(x+".sid = ? AND "+x+".system = ?", shared, v.System) }
	}
	if v.HasSystem && code == "" {
		return []access{{table: "tx", rows: rows, where: keys}}
	}
	a := keyed("tx", "code", boundKey(code), each, keys)
	if shared == 0 {
		a.sids = own
	}
	a.byID = len(own) == 1 && (v.HasSystem || c.names.sub(p, kind+overflow) == nil)
	return []access{a}
}

func (c *compiler) tokenAccess(p *paramName, m search.Modifier, v *search.Value) []access {
	switch m {
	case search.Plain:
		return c.coded(p, subSystem, v, v.Code)
	case search.Compared:
		return c.differing(p, v, v.Code)
	case search.OfType:
		typed := search.Value{System: v.System, HasSystem: true}
		return c.coded(p, subOfType, &typed, v.Type+"|"+v.Code)
	default:
		c.fail("%s.%s:%s is not searched here", p.typ.key.typ, p.code, m)
		return nil
	}
}
