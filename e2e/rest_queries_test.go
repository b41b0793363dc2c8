package e2e_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/heliograph/heliograph/search"
)

// restNext is the URL of a generated search, below the base. Conditions that arguments cannot say are asked by _filter.
func (g *queries) restNext() string {
	typ := g.pick(g.types...)
	path := typ
	var where search.And
	for range g.random.IntN(3) {
		where = append(where, g.expr(typ, 2))
	}
	out, err := search.Arguments(search.Simplify(where), nil)
	if err != nil {
		out = url.Values{} // the search goes without a condition that has no form
	}
	g.restPage(typ, out)
	switch {
	case g.one(10):
		path, out = "", url.Values{"_type": {strings.Join(g.types[:min(3, len(g.types))], ",")}, "_lastUpdated": {"ge2001"}, "_count": {g.pick("3", "7")}}
		if g.one(2) {
			out.Set("_sort", g.pick("-_lastUpdated", "_id", "-_id"))
		}
	case typ == "Patient" && g.one(3):
		path = "Patient/" + g.idOf("Patient") + "/" + g.pick("$everything", "Observation", "Encounter", "*")
		out = url.Values{"_count": {g.pick("2", "5")}}
	}
	return path + "?" + out.Encode()
}

// restPage adds what a page is made of.
func (g *queries) restPage(typ string, out url.Values) {
	for _, s := range g.sort(typ) {
		out.Set("_sort", strings.Trim(strings.TrimPrefix(s, "_sort: "), `"`))
	}
	out.Set("_count", fmt.Sprint(g.random.IntN(12)))
	add := func(in int, name string, values ...string) {
		if g.one(in) {
			out.Add(name, g.pick(values...))
		}
	}
	add(6, "_offset", "1", "4")
	add(3, "_total", "accurate", "none")
	add(8, "_summary", "true", "data", "text", "count")
	add(8, "_elements", "id", "identifier,status", "meta")
	add(6, "_include", "*", typ+":*")
	if source, param := g.reverse(typ); source != "" && g.one(5) {
		out.Add("_revinclude", source+":"+param)
	}
	add(10, "_pretty", "true", "false")
	if g.one(20) {
		out.Set("_cursor", "x")
	}
}

// expr is a tree of conditions on a type, as a URL's arguments have them.
func (g *queries) expr(typ string, depth int) search.Expr {
	switch n := g.random.IntN(8); {
	case depth > 0 && n == 0:
		return search.Or{g.expr(typ, depth-1), g.expr(typ, depth-1)}
	case depth > 0 && n == 1:
		return search.Not{X: g.expr(typ, depth-1)}
	case depth > 0 && n == 2:
		if source, param := g.reverse(typ); source != "" {
			if name, value := g.restArgument(source); name != "" {
				return g.clause(typ, "_has:"+source+":"+param+":"+name, value)
			}
		}
	case depth > 0 && n == 3:
		if e := g.chain(typ); e != nil {
			return e
		}
	}
	name, value := g.restArgument(typ)
	if name == "" {
		return search.True{}
	}
	return g.clause(typ, name, value)
}

func (g *queries) clause(typ, name, value string) search.Expr {
	e, err := g.reader.Clause(typ, name, []string{value})
	if err != nil {
		return search.True{}
	}
	return e
}

// chain follows a reference that occurs to a condition on what it names.
func (g *queries) chain(typ string) search.Expr {
	for range 8 {
		p, item := g.item(typ)
		if p == nil || p.Type != search.Reference || !slices.Contains(g.types, item.Type) {
			continue
		}
		if name, value := g.restArgument(item.Type); name != "" {
			return g.clause(typ, p.Code+":"+item.Type+"."+name, value)
		}
	}
	return nil
}

// restArgument is a parameter of a type, sometimes with a modifier, and a value that occurs; "" if none was found.
func (g *queries) restArgument(typ string) (name, value string) {
	for range 8 {
		p, item := g.item(typ)
		if p == nil {
			return "", ""
		}
		if g.one(8) {
			return p.Code + ":missing", g.pick("true", "false")
		}
		text := g.argument(p, item)
		if text == "" {
			continue
		}
		modifiers := map[search.ParamType][]string{
			search.String: {"", ":exact", ":contains"}, search.Token: {"", "", ":not", ":text"}, search.URI: {"", ":below", ":above"},
		}[p.Type]
		if len(modifiers) > 0 {
			return p.Code + g.pick(modifiers...), text
		}
		return p.Code, text
	}
	return "", ""
}

// idOf is an id that occurs in a reference to a type.
func (g *queries) idOf(typ string) string {
	for _, source := range g.types {
		for code, items := range g.items[source] {
			if code != "subject" && code != "patient" {
				continue
			}
			for range 4 {
				if item := items[g.random.IntN(len(items))]; item.Type == typ && item.ID != "" {
					return item.ID
				}
			}
		}
	}
	return "none"
}
