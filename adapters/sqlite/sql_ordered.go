package sqlite

import (
	"strconv"

	"github.com/heliograph/heliograph/search"
)

func dateAccess(p *paramName, v *search.Value) access {
	rows := float64(p.rows.Load())
	return access{table: "dx", rows: rows/share(v.Op) + 1, where: func(x string) *writer {
		return sqlf(x+".pid = ? AND ?", p.id, dateWhere(x+".lo", x+".hi", v))
	}}
}

// share is the part of all that a comparison is thought to let through: one in …
func share(op search.Op) float64 {
	switch op {
	case search.Eq, search.Overlaps:
		return 30
	case search.Ne:
		return 1
	default:
		return 3
	}
}

// dateWhere compares as search.Match does, with a bound on one column first where the comparison is a choice, so that every prefix is
// one range of an index.
func dateWhere(lo, hi string, v *search.Value) *writer {
	switch v.Op {
	case search.Eq:
		return sqlf(lo+" >= ? AND "+lo+" <= ? AND "+hi+" <= ?", v.Lo, v.Hi, v.Hi)
	case search.Ne:
		return sqlf("("+lo+" < ? OR "+hi+" > ?)", v.Lo, v.Hi)
	case search.Gt:
		return sqlf(hi+" > ?", v.Hi)
	case search.Lt:
		return sqlf(lo+" < ?", v.Lo)
	case search.Ge:
		return sqlf(hi+" >= ? AND ("+hi+" > ? OR "+lo+" >= ?)", v.Lo, v.Hi, v.Lo)
	case search.Le:
		return sqlf(lo+" <= ? AND ("+lo+" < ? OR "+hi+" <= ?)", v.Hi, v.Lo, v.Hi)
	case search.Sa:
		return sqlf(lo+" >= ?", v.Hi)
	case search.Eb:
		return sqlf(hi+" <= ?", v.Lo)
	case search.Overlaps:
		return sqlf(lo+" < ? AND "+hi+" > ?", v.Hi, v.Lo)
	default:
		return sqlf(never)
	}
}

func quantityAccess(p *paramName, t search.ParamType, v *search.Value) access {
	rows := float64(p.rows.Load())
	return access{table: "qx", rows: rows/share(v.Op) + 1, where: func(x string) *writer {
		w := sqlf(x+".pid = ? AND ?", p.id, numberWhere(x+".lo", x+".hi", v))
		if t == search.Quantity {
			w.add(unitWhere(x+".system", x+".code", x+".unit", v))
		}
		return w
	}}
}

// numberWhere compares as search.Match does, bounded like dateWhere.
func numberWhere(lo, hi string, v *search.Value) *writer {
	n, nlo, nhi := []byte(v.N), []byte(v.NLo), []byte(v.NHi)
	equal := func() *writer { return sqlf(lo+" >= ? AND "+hi+" < ?", nlo, nhi) }
	switch v.Op {
	case search.Eq:
		return sqlf(lo+" < ? AND ?", nhi, equal())
	case search.Ne:
		return sqlf("("+lo+" < ? OR "+hi+" >= ?)", nlo, nhi)
	case search.Gt:
		return sqlf(hi+" > ?", n)
	case search.Lt:
		return sqlf(lo+" < ?", n)
	case search.Ge:
		return sqlf(hi+" >= ? AND ("+hi+" >= ? OR ?)", []byte(min(v.N, v.NLo)), n, equal())
	case search.Le:
		return sqlf(lo+" <= ? AND ("+lo+" <= ? OR ?)", []byte(max(v.N, v.NHi)), n, equal())
	case search.Sa:
		return sqlf(lo+" > ?", n)
	case search.Eb:
		return sqlf(hi+" < ?", n)
	case search.Overlaps:
		return sqlf(lo+" <= ? AND "+hi+" >= ?", nhi, nlo)
	default:
		return sqlf(never)
	}
}

// unitWhere is " AND …" for the unit asked for, nothing without one.
func unitWhere(system, code, unit string, v *search.Value) *writer {
	switch {
	case v.HasSystem && v.Code == "":
		return sqlf(" AND "+system+" = ?", v.System)
	case v.HasSystem:
		return sqlf(" AND "+system+" = ? AND "+code+" = ?", v.System, v.Code)
	case v.Code != "":
		return sqlf(" AND ("+code+" = ? OR "+unit+" = ?)", v.Code, v.Code)
	default:
		return &writer{}
	}
}

// compositeAccess compares all parts of one row.
func (c *compiler) compositeAccess(p *paramName, param *search.Param, v *search.Value) access {
	rows := float64(p.rows.Load())
	a := access{table: "cx", rows: rows/10 + 1}
	if len(v.Parts) != len(param.Parts) || len(param.Parts) > maxParts {
		if len(param.Parts) > maxParts {
			c.fail("%s.%s has more than %d parts", param.Resource, param.Code, maxParts)
		}
		a.where = func(string) *writer { return sqlf(never) }
		return a
	}
	leads := param.Parts[0].Type == search.Token && v.Parts[0].Code != ""
	if leads {
		a.rows = p.frequency()
	}
	a.point = leads
	for i, part := range param.Parts {
		c.part("", part.Type, i, &v.Parts[i]) // refuses what it cannot
	}
	a.where = func(x string) *writer {
		w := sqlf(x+".pid = ?", p.id)
		if leads {
			w.add(sqlf(" AND "+x+".k = ?", boundKey(v.Parts[0].Code)))
		}
		for i, part := range param.Parts {
			w.text(" AND ").add(c.part(x, part.Type, i, &v.Parts[i]))
		}
		return w
	}
	return a
}

func (c *compiler) part(x string, t search.ParamType, i int, v *search.Value) *writer {
	n := strconv.Itoa(i + 1)
	lo, hi, s, code, text := x+".lo"+n, x+".hi"+n, x+".s"+n, x+".c"+n, x+".t"+n
	switch t {
	case search.Token:
		w := sqlf("1")
		if v.HasSystem {
			w.add(sqlf(" AND "+s+" = ?", v.System))
		}
		if v.Code != "" || !v.HasSystem {
			w.add(sqlf(" AND "+code+" = ?", v.Code))
		}
		return w
	case search.Date:
		return dateWhere(lo, hi, v)
	case search.Number:
		return numberWhere(lo, hi, v)
	case search.Quantity:
		return numberWhere(lo, hi, v).add(unitWhere(s, code, text, v))
	case search.String:
		return prefixed(text, v.Text)
	case search.URI:
		return sqlf(text+" = ?", v.Text)
	case search.Reference:
		return referencePart(s, code, text, v)
	default:
		return c.fail("a composite's part of type %s is not searched here", t)
	}
}

func referencePart(s, code, version string, v *search.Value) *writer {
	w := sqlf("1")
	if v.Version != "" {
		w.add(sqlf(" AND "+version+" = ?", v.Version))
	}
	switch {
	case v.Text != "":
		return w.add(sqlf(" AND "+s+" = '' AND "+code+" = ?", v.Text))
	case v.Type != "":
		return w.add(sqlf(" AND "+s+" = ? AND "+code+" = ?", v.Type, v.Code))
	default:
		return w.add(sqlf(" AND "+s+" <> '' AND "+code+" = ?", v.Code))
	}
}
