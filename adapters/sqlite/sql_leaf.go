package sqlite

import (
	"fmt"
	"strings"

	"github.com/heliograph/heliograph/search"
)

// access is one way to rows of an index table that satisfy a value.
type access struct {
	table string
	// hint is the index to take for a look-up by id, for tables that are not keyed for it.
	hint string
	// where is the condition on the row.
	where func(row string) *writer
	// point says that with the row's id it is a look-up.
	point bool
	// byID says that the rows come by id, each id once.
	byID bool
	rows float64
	// column and texts are set where the access is keys and one of texts: many such become one, by the same keys.
	column string
	texts  []string
	keys   func(row string) *writer
	// sids are the keys where these are all that the access looks at besides the texts: each key and text is a range by id.
	sids []int64
}

// ranges gives, where they are few, the first ids of each of an access's ranges by id: among them are the first of all.
func (a *access) ranges(first func(id string) *writer) *writer {
	const few = 16
	if a == nil || len(a.sids) == 0 || len(a.sids)*len(a.texts) > few {
		return nil
	}
	var sets []*writer
	for _, sid := range a.sids {
		for _, text := range a.texts {
			sets = append(sets, sqlf("SELECT id FROM (SELECT x.id FROM "+a.table+" x WHERE x.sid = ? AND x."+a.column+" = ??)",
				sid, text, first("x.id")))
		}
	}
	return union(sets)
}

// keyed is the access to rows of some keys with one text.
func keyed(table, column, text string, rows float64, keys func(row string) *writer) access {
	a := access{table: table, column: column, texts: []string{text}, keys: keys, point: true, rows: rows}
	a.where = a.textual
	return a
}

func (a *access) textual(x string) *writer {
	if len(a.texts) == 1 {
		return a.keys(x).text(" AND " + x + "." + a.column + " = ").arg(a.texts[0])
	}
	return a.keys(x).add(sqlf(" AND "+x+"."+a.column+" IN (?)", listed(jsonList(a.texts))))
}

// merge makes one access of those that differ in the text only.
func merge(as []access) []access {
	if len(as) < 3 {
		return as
	}
	var out []access
	at := map[string]int{}
	for _, a := range as {
		if a.keys == nil {
			out = append(out, a)
			continue
		}
		keys := a.keys("x").statement()
		name := a.table + " " + keys.text + fmt.Sprint(keys.args)
		if i, ok := at[name]; ok {
			out[i].texts = append(out[i].texts, a.texts...)
			out[i].rows += a.rows
			out[i].byID = false
			continue
		}
		at[name] = len(out)
		out = append(out, a)
	}
	for i := range out {
		if out[i].keys != nil {
			out[i].where = out[i].textual
		}
	}
	return out
}

// leaf gives the accesses whose union satisfies a clause; verify asks for the rows to be matched besides.
func (c *compiler) leaf(e search.Clause) (out []access, verify bool) {
	p := c.names.param(c.tenant, e.Param)
	if p == nil {
		return nil, false
	}
	for i := range e.Values {
		a, check := c.value(p, e, &e.Values[i])
		out = append(out, a...)
		verify = verify || check
	}
	return merge(out), verify
}

func (c *compiler) value(p *paramName, e search.Clause, v *search.Value) (out []access, verify bool) {
	switch e.Param.Type {
	case search.String:
		return []access{stringAccess(p, e.Modifier, v)}, false
	case search.Token:
		return c.tokenAccess(p, e.Modifier, v), false
	case search.URI:
		return c.uriAccess(p, e.Modifier, v)
	case search.Date:
		return []access{dateAccess(p, v)}, false
	case search.Number, search.Quantity:
		return []access{quantityAccess(p, e.Param.Type, v)}, false
	case search.Reference:
		return c.referenceAccess(p, e.Modifier, v), false
	case search.Composite:
		return []access{c.compositeAccess(p, e.Param, v)}, false
	default:
		c.fail("%s.%s is not searched here", e.Param.Resource, e.Param.Code)
		return nil, false
	}
}

func stringAccess(p *paramName, m search.Modifier, v *search.Value) access {
	rows := float64(p.rows.Load())
	switch m {
	case search.Exact:
		norm := cutKey(search.Normalise(v.Text))
		return access{table: "sx", point: true, rows: p.frequency(), where: func(x string) *writer {
			return sqlf(x+".pid = ? AND "+x+".norm = ? AND "+x+".exact = ?", p.id, norm, v.Text)
		}}
	case search.Contains:
		return access{table: "sx", rows: rows/10 + 1, where: func(x string) *writer {
			return sqlf(x+".pid = ? AND ?", p.id, contains("coalesce("+x+".rest, "+x+".norm)", v.Text))
		}}
	case search.EndsWith:
		return access{table: "sx", rows: rows/20 + 1, where: func(x string) *writer {
			return sqlf(x+".pid = ? AND ?", p.id, endsWith("coalesce("+x+".rest, "+x+".norm)", v.Text))
		}}
	case search.Equals:
		return access{table: "sx", point: true, rows: p.frequency(), where: func(x string) *writer {
			return sqlf(x+".pid = ? AND "+x+".norm = ? AND coalesce("+x+".rest, "+x+".norm) = ?", p.id, cutKey(v.Text), v.Text)
		}}
	}
	if m == search.Compared {
		return comparedAccess(p, v)
	}
	return access{table: "sx", rows: rows/50 + 1, where: func(x string) *writer {
		w := sqlf(x+".pid = ?", p.id)
		if cut := cutKey(v.Text); len(cut) < len(v.Text) {
			return w.add(sqlf(" AND "+x+".norm = ? AND ?", cut, prefixed(x+".rest", v.Text)))
		}
		if v.Text != "" {
			w.text(" AND ").add(prefixed(x+".norm", v.Text))
		}
		return w
	}}
}

// prefixed is the range of the texts that begin with one: no byte of UTF-8 is FF.
func prefixed(column, text string) *writer {
	return sqlf(column+" >= ? AND "+column+" < ?", text, text+"\xff")
}

func (c *compiler) uriAccess(p *paramName, m search.Modifier, v *search.Value) ([]access, bool) {
	exactly := c.coded(p, subSystem, &search.Value{}, v.Text)
	own, _, rows, _ := c.systems(p, subSystem, "", false)
	if len(own) == 0 {
		return nil, false
	}
	switch m {
	case search.Compared:
		return c.differing(p, &search.Value{Op: v.Op}, v.Text), false
	case search.Below:
		prefix := strings.TrimSuffix(v.Text, "/") + "/"
		cut := keyPrefix(prefix)
		below := access{table: "tx", rows: rows/20 + 1, where: func(x string) *writer {
			return (&writer{}).text(x + ".sid ").in(own).text(" AND ").add(prefixed(x+".code", cut))
		}}
		return append(exactly, below), len(cut) < len(prefix)
	case search.Above:
		for _, up := range ancestors(v.Text) {
			exactly = append(exactly, c.coded(p, subSystem, &search.Value{}, up)...)
		}
	}
	return exactly, false
}

// ancestors are the uris that a uri is below, itself excepted.
func ancestors(uri string) (out []string) {
	for i := range len(uri) {
		if uri[i] == '/' {
			out = append(out, uri[:i])
			if i+1 < len(uri) {
				out = append(out, uri[:i+1])
			}
		}
	}
	return out
}

func (c *compiler) referenceAccess(p *paramName, m search.Modifier, v *search.Value) []access {
	if m == search.Identifier {
		return c.coded(p, subIdentifier, v, v.Code)
	}
	if m != search.Plain {
		c.fail("%s.%s:%s is not searched here", p.typ.key.typ, p.code, m)
		return nil
	}
	var sids []int64
	rows := 0.0
	add := func(s *subName) { sids, rows = append(sids, s.id), rows+s.frequency() }
	target := v.Code
	switch {
	case v.Text != "":
		target = v.Text
		if s := c.names.sub(p, subTarget); s != nil {
			add(s)
		}
	case v.Type != "":
		if s := c.names.sub(p, subTarget+v.Type); s != nil {
			add(s)
		}
	default:
		for _, s := range c.names.kind(p, subTarget) {
			if s.sub != subTarget {
				add(s)
			}
		}
	}
	if len(sids) == 0 || target == "" {
		return nil
	}
	a := keyed("rx", "target", boundKey(target), rows, func(x string) *writer { return (&writer{}).text(x + ".sid ").in(sids) })
	if v.Version != "" {
		a = keyed("rx", "target", boundKey(target), rows, func(x string) *writer {
			return (&writer{}).text(x + ".sid ").in(sids).text(" AND " + x + ".version = ").arg(v.Version)
		})
	}
	a.hint = "rx_source"
	return []access{a}
}
