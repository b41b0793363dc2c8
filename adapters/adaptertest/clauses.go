package adaptertest

import (
	"fmt"
	"iter"
	"slices"
	"testing"

	"github.com/heliograph/heliograph/search"
)

// clausesEach is how many index values of each parameter are searched by.
const clausesEach = 3

// testClauses searches by every parameter that the data has values for, with every modifier and operator, and with values that
// just do and just do not match.
func testClauses(t *testing.T, r *rig) {
	searcher(t, r)
	r.fill(t, mainTenant, r.data.Records)
	asked, found := 0, 0
	for _, resourceType := range r.data.types {
		for _, p := range r.data.searched(resourceType) {
			for _, e := range r.data.conditions(p, clausesEach) {
				asked++
				found += min(1, len(r.sameSearch(t, resourceType+"?"+e.String(), request(resourceType, e))))
			}
		}
	}
	t.Logf("%d clauses, %d of them found something", asked, found)
	if asked == 0 || found < asked/10 {
		t.Errorf("only %d of %d clauses found anything: the cases have lost their bite", found, asked)
	}
}

// conditions are searches by a parameter: by values around the first few of its index values, spread over the data.
func (d *Data) conditions(p *search.Param, most int) []search.Expr {
	out := []search.Expr{search.Exists{Param: p}, search.Not{X: search.Exists{Param: p}}}
	items := d.items[p]
	if p.Code == search.ParamLastUpdated {
		at := d.Records[len(d.Records)/2].LastUpdated
		items = []search.Item{{Lo: at, Hi: at + 1}, {Lo: at, Hi: at + 1_000_000}}
	}
	step := max(1, len(items)/most)
	for n := 0; n < len(items); n += step {
		around := around(p, items[n])
		for i, a := range around {
			c := search.Clause{Param: p, Modifier: a.modifier, Values: []search.Value{a.value}}
			out = append(out, c)
			switch i % 7 {
			case 3:
				out = append(out, search.Not{X: c})
			case 5: // OR of values
				if other := around[(i+1)%len(around)]; other.modifier == a.modifier {
					c.Values = []search.Value{a.value, other.value}
					out = append(out, c)
				}
			}
		}
	}
	return out
}

// testJunctions: constants, AND, OR, NOT, ids, text, lists, chains and `_has`.
func testJunctions(t *testing.T, r *rig) {
	searcher(t, r)
	r.fill(t, mainTenant, r.data.Records)
	p := r.data.Params
	name := search.Clause{Param: p.Param("Patient", "family"), Values: []search.Value{{Text: "mul"}}}
	female := search.Clause{Param: p.Param("Patient", "gender"), Values: []search.Value{{Code: "female"}}}
	weight := search.Clause{Param: p.Param("Observation", "code"), Values: []search.Value{{Code: "29463-7"}}}
	general := search.Clause{Param: p.Param("Organization", "name"), Values: []search.Value{{Text: "general"}}}
	subject, partof := p.Param("Observation", "subject"), p.Param("Organization", "partof")
	of := func(c search.Expr) search.Chain { return search.Chain{Param: subject, Target: "Patient", Where: c} }
	managed := search.Chain{Param: p.Param("Patient", "organization"), Target: "Organization", Where: general}
	hasWeight := search.Has{Param: subject, Where: weight}
	ids := func(ids ...string) search.IDs { return search.IDs{IDs: ids} }
	for _, c := range []struct {
		resourceType string
		where        search.Expr
	}{
		{"Patient", nil}, {"Patient", search.True{}}, {"Patient", search.False{}}, {"Basic", nil},
		{"Patient", search.And{}}, {"Patient", search.Or{}}, {"Patient", search.And{name, female}}, {"Patient", search.Or{name, female}},
		{"Patient", search.Not{X: search.Or{name, female}}}, {"Patient", search.And{search.Not{X: name}, search.Not{X: female}}},
		{"Patient", search.Not{X: search.Not{X: search.And{name, search.Not{X: female}}}}},
		{"Patient", search.Or{search.And{name, search.Not{X: female}}, search.And{female, search.Not{X: name}}}},
		{"Patient", ids("A", "a", "nope", "A")}, {"Patient", search.Not{X: ids("A", "a")}}, {"Patient", ids()}, {"Encounter", ids("a")},
		{"Patient", search.And{ids("A", "a"), female}},
		{"Patient", search.Text{Any: [][]string{{"strong", "tea"}}}}, {"Patient", search.Text{Any: [][]string{{"strong"}, {"nothing"}}}},
		{"Patient", search.Text{Any: [][]string{{"stron"}}}}, {"Patient", search.Text{Content: true, Any: [][]string{{"zoe"}}}},
		{"Patient", search.Text{Content: true, Any: [][]string{{"ann", "muller"}, {"иван"}}}},
		{"Patient", search.Not{X: search.Text{Any: [][]string{{"tea"}}}}},
		{"Patient", search.List{ID: "a"}}, {"Observation", search.List{ID: "a"}}, {"Patient", search.List{ID: "empty"}},
		{"Patient", search.List{ID: "nope"}}, {"Patient", search.Not{X: search.List{ID: "a"}}},
		{"Observation", of(female)}, {"Observation", of(search.True{})}, {"Observation", search.Not{X: of(female)}},
		{"Observation", of(search.Not{X: female})}, {"Observation", of(managed)}, {"Observation", of(search.And{managed, search.Not{X: name}})},
		{"Observation", of(ids("A"))}, {"Observation", of(hasWeight)}, {"Observation", search.And{of(female), of(name), weight}},
		{"Observation", search.Chain{Param: subject, Target: "Group", Where: search.True{}}},
		{"Patient", managed}, {"Patient", search.And{managed, hasWeight}}, {"Patient", search.Or{managed, hasWeight}},
		{"Patient", hasWeight}, {"Patient", search.Not{X: hasWeight}}, {"Patient", search.Has{Param: subject, Where: search.True{}}},
		{"Patient", search.Has{Param: subject, Where: search.Not{X: weight}}}, {"Patient", search.Has{Param: subject, Where: ids("n1", "z")}},
		{"Organization", search.Has{Param: p.Param("Patient", "organization"), Where: hasWeight}},
		{"Organization", search.Has{Param: partof, Where: search.Chain{Param: partof, Target: "Organization", Where: general}}},
		{"Organization", search.Chain{Param: partof, Target: "Organization", Where: search.Chain{Param: partof, Target: "Organization", Where: search.True{}}}},
		{"Observation", search.Has{Param: p.Param("Observation", "has-member"), Where: of(female)}},
	} {
		what := c.resourceType + "?nothing"
		if c.where != nil {
			what = c.resourceType + "?" + c.where.String()
		}
		r.sameSearch(t, what, request(c.resourceType, c.where))
	}
}

// testSets: id sets of 100,000, streamed in.
func testSets(t *testing.T, r *rig) {
	searcher(t, r)
	r.fill(t, mainTenant, r.data.Records)
	many := func(ids ...string) iter.Seq[string] {
		return func(yield func(string) bool) {
			for i := range 100_000 {
				if i == 50_000 && !each(ids, yield) || !yield(fmt.Sprint("not-there-", i)) {
					return
				}
			}
		}
	}
	sorted := []search.SortKey{{Param: r.data.Params.Param("Patient", "birthdate"), Desc: true}}
	female := search.Clause{Param: r.data.Params.Param("Patient", "gender"), Values: []search.Value{{Code: "female"}}}
	for _, ids := range []iter.Seq[string]{
		many("A", "a", "bare", "1"), many(), func(func(string) bool) {}, slices.Values([]string{"A", "A", "a"}),
	} {
		q := request("Patient", nil)
		q.Within = ids
		r.sameSearch(t, "within a set", q)
		q.Query.Where, q.Query.Sort, q.Limit = female, sorted, 2
		r.sameSearch(t, "within a set, sorted", q)
		q.Query.Where = search.Not{X: female}
		r.sameSearch(t, "within a set, negated", q)
	}
}

func each[T any](list []T, yield func(T) bool) bool {
	for _, x := range list {
		if !yield(x) {
			return false
		}
	}
	return true
}
