package e2e_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/heliograph/heliograph/search"
)

// queries generates GraphQL queries whose arguments are values that occur in the data.
type queries struct {
	random *rand.Rand
	params *search.Parameters
	reader *search.Reader
	types  []string
	// items are index values by type and parameter.
	items map[string]map[string][]search.Item
}

func newQueries(t testing.TB, k *kit, store primary, random *rand.Rand) *queries {
	t.Helper()
	g := &queries{random: random, params: k.params, reader: k.models.Current().Reader, items: map[string]map[string][]search.Item{}}
	stats, err := store.Statistics(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	g.types = slices.Sorted(maps.Keys(stats.Rows))
	for _, typ := range g.types {
		g.items[typ] = map[string][]search.Item{}
		q := search.Request{Query: search.Query{Caller: search.Caller{Tenant: "main"}, Type: typ}, Limit: 60, Bodies: true}
		for hit, err := range store.Search(t.Context(), q).Rows {
			if err != nil {
				t.Fatal(err)
			}
			v, _, err := k.models.Current().Indexer.IndexBytes(hit.Resource.Body.JSON)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range v.Params {
				if k.params.Param(typ, p.Code) != nil && !strings.HasPrefix(p.Code, "_") {
					g.items[typ][p.Code] = append(g.items[typ][p.Code], p.Items...)
				}
			}
		}
	}
	return g
}

func (g *queries) pick(from ...string) string { return from[g.random.IntN(len(from))] }

func (g *queries) one(in int) bool { return g.random.IntN(in) == 0 }

// item picks a parameter of a type and a value that occurs.
func (g *queries) item(typ string) (*search.Param, *search.Item) {
	codes := slices.Sorted(maps.Keys(g.items[typ]))
	if len(codes) == 0 {
		return nil, nil
	}
	code := g.pick(codes...)
	items := g.items[typ][code]
	return g.params.Param(typ, code), &items[g.random.IntN(len(items))]
}

func argumentOf(code string) string { return strings.ReplaceAll(code, "-", "_") }

// date writes the start of a range, in one of the precisions.
func (g *queries) date(item *search.Item) string {
	lo := item.Lo
	if lo == search.MinTime {
		lo = item.Hi
	}
	if lo == search.MaxTime {
		return "2015"
	}
	return time.UnixMicro(lo).UTC().Format(g.pick("2006", "2006-01", "2006-01-02", "2006-01-02T15:04:05Z"))
}

// text is a part of a string.
func (g *queries) text(of string) string {
	r := []rune(of)
	return string(r[:min(len(r), 1+g.random.IntN(8))])
}

// argument writes a value as a search argument, sometimes with a prefix or less precise; "" if it has none.
func (g *queries) argument(p *search.Param, item *search.Item) string {
	escape := strings.NewReplacer(`\`, `\\`, ",", `\,`, "|", `\|`, "$", `\$`).Replace
	switch p.Type {
	case search.String:
		return escape(g.text(item.Exact))
	case search.Token:
		if item.System != "" && g.one(2) {
			return escape(item.System) + "|" + escape(item.Code)
		}
		return escape(item.Code)
	case search.Date:
		return g.pick("", "ge", "lt", "ne", "sa", "eb", "gt", "le") + g.date(item)
	case search.Reference:
		if item.ID != "" {
			return item.Type + "/" + item.ID
		}
		return escape(item.URL)
	case search.URI:
		return escape(item.Text)
	case search.Quantity:
		return fmt.Sprintf("%s%d", g.pick("gt", "lt", "ge", "le", "ap"), g.random.IntN(200))
	}
	return ""
}

// next is a query, and the field whose pages may be followed, "" if there is none.
func (g *queries) next() (query, pages string) {
	typ := g.pick(g.types...)
	if g.one(3) {
		return "{ " + g.connection(typ, "first: "+strconv.Itoa(1+g.random.IntN(10))) + " }", typ + "Connection"
	}
	return "{ " + g.list(typ, 0) + " }", ""
}

// filters are conditions as arguments: each by its name, as _filter or as where.
func (g *queries) filters(typ string, reverse bool) []string {
	var out []string
	seen := map[string]bool{}
	for range g.random.IntN(3) {
		p, item := g.item(typ)
		if p == nil || seen[p.Code] || reverse {
			continue
		}
		var values []string
		for range 1 + g.random.IntN(2) {
			if text := g.argument(p, item); text != "" {
				values = append(values, strconv.Quote(text))
			}
			item = &g.items[typ][p.Code][g.random.IntN(len(g.items[typ][p.Code]))]
		}
		if len(values) > 0 && !seen["_filter"] && g.one(3) {
			if text := g.asFilter(typ, p.Code, values); text != "" {
				seen["_filter"] = true
				out = append(out, "_filter: "+strconv.Quote(text))
				continue
			}
		}
		if len(values) > 0 {
			seen[p.Code] = true
			out = append(out, fmt.Sprintf("%s: [%s]", argumentOf(p.Code), strings.Join(values, ", ")))
		}
	}
	if g.one(2) {
		out = append(out, "where: "+g.where(typ, 3))
	}
	if !reverse && g.one(15) {
		out = append(out, fmt.Sprintf("fhirpath: %q", g.pick("id.length() mod 2 = 0", "text.exists()", "identifier.count() > 1", "meta.profile.empty()")))
	}
	return out
}

// asFilter writes quoted arguments as _filter; "" if it has no form for them.
func (g *queries) asFilter(typ, code string, quoted []string) string {
	var any search.Or
	for _, q := range quoted {
		text, err := strconv.Unquote(q)
		if err != nil {
			return ""
		}
		e, err := g.reader.Clause(typ, code, []string{text})
		if err != nil {
			return ""
		}
		any = append(any, e)
	}
	text, err := search.FilterText(search.Simplify(any))
	if err != nil {
		return ""
	}
	return text
}

func (g *queries) sort(typ string) []string {
	if g.one(2) {
		return nil
	}
	codes := []string{"_lastUpdated", "_id"}
	for _, code := range slices.Sorted(maps.Keys(g.items[typ])) {
		if g.params.Param(typ, code).Type != search.Composite {
			codes = append(codes, code)
		}
	}
	var keys []string
	for range 1 + g.random.IntN(2) {
		keys = append(keys, g.pick("", "-")+g.pick(codes...))
	}
	return []string{fmt.Sprintf("_sort: %q", strings.Join(keys, ","))}
}

func (g *queries) list(typ string, depth int) string {
	args := append(g.filters(typ, false), g.sort(typ)...)
	args = append(args, fmt.Sprintf("_count: %d", 1+g.random.IntN(20)))
	if g.one(3) {
		args = append(args, fmt.Sprintf("_offset: %d", g.random.IntN(10)))
	}
	return fmt.Sprintf("%sList(%s) { %s }", typ, strings.Join(args, ", "), g.selection(typ, depth))
}

func (g *queries) connection(typ, page string) string {
	args := append(append(g.filters(typ, false), g.sort(typ)...), page)
	return fmt.Sprintf("%sConnection(%s) { %s }", typ, strings.Join(args, ", "), connectionFields)
}

const connectionFields = "count edges { cursor node { id resourceType } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"

// selection takes the common fields and, at the first levels, lists of what refers here.
func (g *queries) selection(typ string, depth int) string {
	fields := []string{"id", "nodeId", "__typename", "meta { lastUpdated versionId profile }"}
	if depth == 2 {
		return strings.Join(fields, " ")
	}
	for i := range 1 + g.random.IntN(2) {
		source, param := g.reverse(typ)
		if source == "" {
			break
		}
		args := append(append([]string{"_reference: " + argumentOf(param)}, g.filters(source, true)...), g.sort(source)...)
		if g.one(3) {
			args = append(args, fmt.Sprintf("%s: %d", g.pick("first", "last"), 1+g.random.IntN(5)))
			fields = append(fields, fmt.Sprintf("c%d: %sConnection(%s) { %s }", i, source, strings.Join(args, ", "), connectionFields))
			continue
		}
		args = append(args, fmt.Sprintf("_count: %d", 1+g.random.IntN(5)))
		fields = append(fields, fmt.Sprintf("r%d: %sList(%s) { %s }", i, source, strings.Join(args, ", "), g.selection(source, depth+1)))
	}
	return strings.Join(fields, " ")
}

// reverse picks a type in the data and a parameter by which it may refer to typ.
func (g *queries) reverse(typ string) (source, param string) {
	var all [][2]string
	for _, s := range g.types {
		for _, code := range slices.Sorted(maps.Keys(g.items[s])) {
			if p := g.params.Param(s, code); p.Type == search.Reference && slices.Contains(p.Targets, typ) {
				all = append(all, [2]string{s, code})
			}
		}
	}
	if len(all) == 0 {
		return "", ""
	}
	pair := all[g.random.IntN(len(all))]
	return pair[0], pair[1]
}
