package sqlite

import (
	"strings"

	"github.com/heliograph/heliograph/search"
)

func (c *compiler) clause(typ string, e search.Clause) part {
	switch {
	case e.Param.Code == search.ParamID:
		return c.idClause(typ, e)
	case e.Param.Code == search.ParamLastUpdated:
		return c.updated(typ, e)
	case e.Modifier == search.TextOf:
		return c.display(typ, e)
	case e.Param.Type == search.Reference && (e.Modifier == search.Above || e.Modifier == search.Below):
		return c.hierarchy(typ, e)
	case len(e.CodeSets()) > 0:
		return c.member(typ, e)
	}
	as, verify := c.leaf(e)
	p := c.accesses(typ, e, as, verify)
	if name := c.names.param(c.tenant, e.Param); e.Param.Type == search.Date && len(e.Values) == 1 && name != nil && !name.multi.Load() {
		p.dates = &datePart{param: name, where: as, values: []*search.Value{&e.Values[0]}}
		if name.typ.chron == name.code {
			p.spanned, p.cond = true, c.beside(p, e)
		}
	}
	return p
}

// beside compares the columns that the resource, or a row of the scope, has for its chronological parameter.
func (c *compiler) beside(p part, e search.Clause) func(scope) *writer {
	return func(s scope) *writer {
		x := s.span
		if x == "" && p.rows > probe*s.cands {
			x = s.alias
		}
		if x == "" {
			return in(s, p.set())
		}
		return sqlf("("+x+".last IS NOT NULL AND ?)", dateWhere(x+".first", x+".last", &e.Values[0]))
	}
}

// idClause reads `_id` as the token that it is: a code without a system.
func (c *compiler) idClause(typ string, e search.Clause) part {
	if e.Modifier != search.Plain {
		c.fail("_id:%s is not searched here", e.Modifier)
	}
	var ids []string
	for _, v := range e.Values {
		switch {
		case v.HasSystem && v.System != "":
		case v.HasSystem && v.Code == "":
			return c.compile(typ, search.True{})
		default:
			ids = append(ids, v.Code)
		}
	}
	return c.ids(typ, ids)
}

func (c *compiler) ids(typ string, ids []string) part {
	list := jsonList(ids)
	cond := func(s scope) *writer {
		if len(ids) == 1 {
			return sqlf(s.id+" = ?", ids[0])
		}
		return sqlf(s.id+" IN (?)", listed(list))
	}
	p := c.filtered(typ, float64(len(ids)), cond)
	return p
}

// updated compares `_lastUpdated`, which is a column of the resource.
func (c *compiler) updated(typ string, e search.Clause) part {
	on := func(x string) *writer {
		parts := make([]*writer, len(e.Values))
		for i := range e.Values {
			parts[i] = dateWhere(x+".updated", "("+x+".updated + 1)", &e.Values[i])
		}
		return joined(parts, " OR ", never)
	}
	rows := 0.0
	for _, v := range e.Values {
		rows += c.live(typ)/share(v.Op) + 1
	}
	p := part{rows: rows, set: func() *writer {
		x := c.fresh("x")
		return sqlf("SELECT "+x+".id FROM resource "+x+" WHERE "+x+".tid = ? AND "+x+".deleted = 0 AND (?)", c.tid(typ), on(x))
	}}
	p.cond = func(s scope) *writer {
		if s.alias != "" {
			return sqlf("(?)", on(s.alias))
		}
		return in(s, p.set())
	}
	return p
}

// member looks for the codes of an expansion.
func (c *compiler) member(typ string, e search.Clause) part {
	name := c.names.param(c.tenant, e.Param)
	p := part{rows: c.live(typ)/10 + 1}
	wanted := e.CodeSets()
	for _, set := range wanted {
		if c.given == nil || !c.given(set) {
			c.fail("the codes of %s did not come with the request", set)
		}
	}
	if name == nil {
		return c.compile(typ, search.False{})
	}
	p.set = func() *writer {
		sets := make([]*writer, len(wanted))
		for i, set := range wanted {
			x, j := c.fresh("x"), c.fresh("j")
			sets[i] = sqlf("SELECT "+x+".id FROM json_each(?) "+j+" CROSS JOIN tx "+x+" ON "+x+".sid = "+element(j, "0")+" AND "+
				x+".code = "+element(j, "1")+" AND "+x+".system = "+element(j, "2"), codesArg{set, name})
		}
		return union(sets)
	}
	p.cond = func(s scope) *writer {
		if c.repeated && s.alias != "" {
			return c.match(s, e)
		}
		return in(s, p.set())
	}
	return p
}

func (c *compiler) exists(typ string, e search.Exists) part {
	switch e.Param.Code {
	case search.ParamID, search.ParamLastUpdated:
		return c.compile(typ, search.True{})
	case search.ParamText, search.ParamContent:
		return c.fts(typ, column(e.Param.Code == search.ParamContent)+" : \""+ftsPrefix(c.tid(typ))+"\"", c.live(typ)/2)
	}
	name := c.names.param(c.tenant, e.Param)
	if name == nil {
		return c.compile(typ, search.False{})
	}
	as := c.any(name, e.Param)
	return c.accesses(typ, e, as, false)
}

// any is the access to all rows of a parameter.
func (c *compiler) any(name *paramName, p *search.Param) (out []access) {
	rows := float64(name.rows.Load())
	byParam := func(table string) {
		out = append(out, access{table: table, rows: rows, where: func(x string) *writer { return sqlf(x+".pid = ?", name.id) }})
	}
	bySub := func(table string, kinds ...string) {
		ids := c.sids(name, kinds...)
		if len(ids) > 0 {
			out = append(out, access{table: table, rows: rows, where: func(x string) *writer {
				return (&writer{}).text(x + ".sid ").in(ids)
			}})
		}
	}
	switch p.Type {
	case search.Token, search.URI:
		bySub("tx", subSystem, subBare)
	case search.Reference:
		bySub("rx", subTarget)
		bySub("tx", subIdentifier)
	case search.String:
		byParam("sx")
	case search.Date:
		byParam("dx")
	case search.Number, search.Quantity:
		byParam("qx")
	case search.Composite:
		byParam("cx")
	default:
		c.fail("%s.%s is not searched here", p.Resource, p.Code)
	}
	return out
}

func column(content bool) string {
	if content {
		return "content"
	}
	return "narrative"
}

func (c *compiler) text(typ string, e search.Text) part {
	prefix := ftsPrefix(c.tid(typ))
	var any []string
	for _, words := range e.Any {
		if len(words) == 0 {
			return c.compile(typ, search.True{})
		}
		quoted := make([]string, len(words))
		for i, w := range words {
			quoted[i] = `"` + prefix + strings.ReplaceAll(w, `"`, `""`) + `"`
		}
		any = append(any, "("+strings.Join(quoted, " AND ")+")")
	}
	if len(any) == 0 {
		return c.compile(typ, search.False{})
	}
	return c.fts(typ, column(e.Content)+" : ("+strings.Join(any, " OR ")+")", c.live(typ)/20+1)
}

func (c *compiler) fts(typ, query string, rows float64) part {
	rids := func() *writer { return worded(query) }
	p := part{rows: rows, set: func() *writer {
		x := c.fresh("x")
		return sqlf("SELECT "+x+".id FROM resource "+x+" WHERE "+x+".rid IN (?) AND +"+x+".tid = ?", rids(), c.tid(typ))
	}}
	p.cond = func(s scope) *writer {
		if s.alias != "" {
			return sqlf(s.alias+".rid IN (?)", rids())
		}
		return in(s, p.set())
	}
	return p
}
