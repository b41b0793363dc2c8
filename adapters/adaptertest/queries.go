package adaptertest

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

// Queries generates random searches over a data set without end: trees of conditions by values that are in the data or close
// to it, with chains and `_has` along references that are there, in random orders, whole and in pages. Equal seeds give
// equal searches. They are of the tenant "main".
func Queries(d *Data, seed uint64) iter.Seq[search.Request] {
	return func(yield func(search.Request) bool) {
		g := generator{data: d, dice: rand.New(rand.NewPCG(seed, 0x5eed))}
		for yield(g.request()) {
		}
	}
}

type generator struct {
	data *Data
	dice *rand.Rand
	// codes are the expansions that the request being made needs.
	codes map[search.CodeSet]iter.Seq[fhir.Code]
}

func pick[T any](g *generator, list []T) T { return list[g.dice.IntN(len(list))] }

func (g *generator) request() search.Request {
	// Types with many resources are asked about more often.
	resourceType := pick(g, g.data.Records).Ref.Type
	if g.dice.IntN(3) == 0 {
		resourceType = pick(g, g.data.types)
	}
	g.codes = nil
	q := request(resourceType, g.expr(resourceType, 3))
	q.Codes = g.codes
	if g.dice.IntN(8) == 0 {
		q.Within = slices.Values(g.ids(30))
	}
	sorts := g.data.sorts(resourceType)
	if g.dice.IntN(2) == 0 {
		q.Query.Sort = pick(g, sorts)
	}
	if g.dice.IntN(2) == 0 {
		q.Limit = 1 + g.dice.IntN(20)
	}
	q.Reverse = g.dice.IntN(6) == 0
	if g.dice.IntN(4) == 0 {
		record := pick(g, g.data.Records)
		if v := g.data.current[record.Ref]; record.Ref.Type == resourceType {
			q.After = &search.Cursor{Order: search.OrderKey(v, q.Query.Sort), ID: record.Ref.ID}
		}
	}
	return q
}

// expr is a condition at most so many junctions deep.
func (g *generator) expr(resourceType string, depth int) search.Expr {
	n := g.dice.IntN(12)
	if depth <= 0 {
		n = 9
	}
	switch n {
	case 0, 1:
		return search.And(g.exprs(resourceType, depth-1))
	case 2, 3:
		return search.Or(g.exprs(resourceType, depth-1))
	case 4:
		return search.Not{X: g.expr(resourceType, depth-1)}
	case 5, 6:
		return g.chain(resourceType, depth-1)
	case 7, 8:
		return g.has(resourceType, depth-1)
	default:
		return g.leaf(resourceType)
	}
}

func (g *generator) exprs(resourceType string, depth int) []search.Expr {
	out := make([]search.Expr, 1+g.dice.IntN(3))
	for i := range out {
		out[i] = g.expr(resourceType, depth)
	}
	return out
}

func (g *generator) leaf(resourceType string) search.Expr {
	params := g.data.searched(resourceType)
	switch g.dice.IntN(12) {
	case 0:
		return search.IDs{IDs: g.ids(4)}
	case 1:
		return search.Exists{Param: pick(g, params)}
	case 2:
		if e, ok := g.text(); ok {
			return e
		}
	case 3:
		return search.List{ID: "a"}
	}
	p := pick(g, params)
	items := g.data.items[p]
	if p.Code == search.ParamLastUpdated {
		at := pick(g, g.data.Records).LastUpdated
		items = []search.Item{{Lo: at, Hi: at + 1}}
	}
	if p.Type == search.Token && g.dice.IntN(10) == 0 {
		return g.coded(p, items)
	}
	values := around(p, pick(g, items))
	if len(values) == 0 {
		return search.Exists{Param: p}
	}
	a := pick(g, values)
	c := search.Clause{Param: p, Modifier: a.modifier, Values: []search.Value{a.value}}
	for _, b := range around(p, pick(g, items)) {
		if b.modifier == a.modifier && g.dice.IntN(8) == 0 {
			c.Values = append(c.Values, b.value)
		}
	}
	return c
}

// ids are at least one and at most so many, of resources of any type.
func (g *generator) ids(most int) []string {
	ids := make([]string, 1+g.dice.IntN(most))
	for i := range ids {
		ids[i] = pick(g, g.data.Records).Ref.ID
	}
	return ids
}

// coded asks for the codes of one or two code sets that come with the request.
func (g *generator) coded(p *search.Param, items []search.Item) search.Expr {
	c := search.Clause{Param: p, Modifier: pick(g, []search.Modifier{search.In, search.Above, search.Below})}
	for range 1 + g.dice.IntN(2) {
		c.Values = append(c.Values, g.expanded(c, items))
	}
	return c
}

func (g *generator) expanded(c search.Clause, items []search.Item) search.Value {
	codes := make([]fhir.Code, g.dice.IntN(4))
	for i := range codes {
		item := pick(g, items)
		codes[i] = fhir.Code{System: item.System, Code: item.Code}
	}
	if g.codes == nil {
		g.codes = map[search.CodeSet]iter.Seq[fhir.Code]{}
	}
	name := fmt.Sprint("http://v.example/", len(g.codes))
	v := search.Value{Text: name, System: name, HasSystem: true, Code: "c"}
	c.Values = []search.Value{v}
	g.codes[c.CodeSets()[0]] = slices.Values(codes)
	return v
}

// text asks for words of a resource.
func (g *generator) text() (search.Expr, bool) {
	v := g.data.current[pick(g, g.data.Records).Ref]
	e := search.Text{Content: g.dice.IntN(2) == 0}
	words := v.Narrative
	if e.Content {
		words = v.Content
	}
	if len(words) == 0 {
		return nil, false
	}
	some := []string{pick(g, words)}
	if g.dice.IntN(2) == 0 {
		some = append(some, pick(g, words))
	}
	e.Any = [][]string{some}
	return e, true
}

func (g *generator) chain(resourceType string, depth int) search.Expr {
	var refs []*search.Param
	for _, p := range g.data.searched(resourceType) {
		if p.Type == search.Reference {
			refs = append(refs, p)
		}
	}
	if len(refs) == 0 {
		return g.leaf(resourceType)
	}
	p := pick(g, refs)
	target := pick(g, g.data.items[p]).Type
	if target == "" || g.data.Params.Of(target) == nil {
		return g.leaf(resourceType)
	}
	return search.Chain{Param: p, Target: target, Where: g.expr(target, depth)}
}

func (g *generator) has(resourceType string, depth int) search.Expr {
	sources := g.data.sources[resourceType]
	if len(sources) == 0 {
		return g.leaf(resourceType)
	}
	p := pick(g, sources)
	return search.Has{Param: p, Where: g.expr(p.Resource, depth)}
}

// generatedQueries is how many random searches a run of the suite makes.
const generatedQueries = 400

func testGenerated(t *testing.T, r *rig) {
	searcher(t, r)
	r.fill(t, mainTenant, r.data.Records)
	Differential(t, r.Harness, r.oracle, r.data, 1, generatedQueries)
}

// Differential runs so many generated searches against a store and an oracle that hold the same data. It fails at the first
// difference, naming the seed and the number of the search.
func Differential(t *testing.T, h Harness, oracle Oracle, d *Data, seed uint64, searches int) {
	t.Helper()
	r := &rig{Harness: h, data: d, oracle: oracle}
	n, found := 0, 0
	for q := range Queries(d, seed) {
		if n == searches {
			break
		}
		what := fmt.Sprintf("seed %d, search %d: %s?%s by%s", seed, n, q.Query.Type, q.Query.Where, sortText(q.Query.Sort))
		found += min(1, len(r.sameSearch(t, what, q)))
		n++
	}
	t.Logf("%d searches of seed %d, %d found something", n, seed, found)
}
