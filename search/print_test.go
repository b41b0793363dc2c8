package search_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// rounds is how many random conditions are printed and read.
func rounds() int {
	if os.Getenv("HELIOGRAPH_TEST_SOAK") != "" {
		return 100_000
	}
	return 3000
}

// TestFilterText: conditions and their text, to be read by a person.
func TestFilterText(t *testing.T) {
	r := newReader(t)
	for _, c := range []struct{ name, value, want string }{
		{"name", "pet", `name sw "pet"`},
		{"name:contains", `a\,b "c"`, `name co "a,b \"c\""`},
		{"name", "a,b", `name sw "a" or name sw "b"`},
		{"birthdate", "ge1990,lt1950-06", `birthdate ge 1990 or birthdate lt 1950-06`},
		{"birthdate", "ap1990", `birthdate ap 1990`},
		{"gender:not", "male", `not (gender eq male)`},
		{"gender:missing", "true", `gender pr false`},
		{"identifier", `s|a\|b c`, `identifier eq "s|a\\|b c"`},
		{"_id", "a,b", `_id eq a or _id eq b`},
		{"_text", "strong tea", `_text co "strong tea"`},
		{"_list", "42", `_list eq 42`},
		{"language:not-in", "http://v", `language ni http://v`},
		{"organization.name", "x", `organization:Organization.name sw "x"`},
		{"organization.name", "x,y", `organization:Organization[name sw "x" or name sw "y"]._id pr true`},
		{"_has:Observation:subject:value-quantity", "gt5|http://u|mg", `_has:Observation:subject:value-quantity gt 5|http://u|mg`},
		{"_has:Observation:subject:code:not", "x", `_has:Observation:subject[not (code eq x)]:_id pr true`},
		{"_filter", `gender eq a or gender eq b and name ew "c"`, `(gender eq a or gender eq b) and name ew "c"`},
	} {
		e, err := r.Clause("Patient", c.name, []string{c.value})
		if err != nil {
			t.Errorf("%s=%s: %v", c.name, c.value, err)
			continue
		}
		got, err := search.FilterText(search.Simplify(e))
		if err != nil || got != c.want {
			t.Errorf("%s=%s: %s, %v; want %s", c.name, c.value, got, err, c.want)
		}
	}
	e, err := r.Clause("Patient", "name:exact", []string{"secret"})
	of, err2 := r.Clause("Patient", "identifier:of-type", []string{"s|MR|secret"})
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	_, err = search.FilterText(search.And{e, of, search.FHIRPath{Source: "active"}})
	for _, want := range []string{"Patient.name:exact", "Patient.identifier:of-type", "fhirpath"} {
		if fault.Of(err) != fault.Unsupported || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%v does not name %s", err, want)
		}
	}
}

func TestArguments(t *testing.T) {
	r := newReader(t)
	filter := func(text string) search.Expr {
		e, err := r.Filter("Patient", text)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	sort, err := r.Sort("Patient", []string{"-birthdate", "family"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ text, want string }{
		{`_id pr true`, "_sort=-birthdate,family"},
		{`gender eq male and gender eq female`, "_sort=-birthdate,family&gender=male&gender=female"},
		{`not (gender eq male or gender eq female)`, "_sort=-birthdate,family&gender:not=male,female"},
		{`name co "a,b" or name co "c$d"`, `_sort=-birthdate,family&name:contains=a\,b,c\$d`},
		{`organization.name sw x and birthdate pr false`, "_sort=-birthdate,family&birthdate:missing=true&organization:Organization.name=x"},
		{`name eq x and birthdate ge 2000`, `_filter=name eq "x"&_sort=-birthdate,family&birthdate=ge2000`},
		{`organization[name sw x and active eq true]._id pr true`,
			`_filter=organization:Organization[name sw "x" and active eq true]._id pr true&_sort=-birthdate,family`},
	} {
		args, err := search.Arguments(filter(c.text), sort)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		var got []string
		for _, name := range slices.Sorted(maps.Keys(args)) {
			for _, v := range args[name] {
				got = append(got, name+"="+v)
			}
		}
		if strings.Join(got, "&") != c.want {
			t.Errorf("%s: %s, want %s", c.text, strings.Join(got, "&"), c.want)
		}
	}
	if _, err := search.Arguments(search.FHIRPath{Source: "active"}, nil); fault.Of(err) != fault.Unsupported {
		t.Errorf("%v", err)
	}
}

// TestPrintsReadBack: what FilterText and Arguments write is read as the same condition, of random ones with and without the text that
// they were read from.
func TestPrintsReadBack(t *testing.T) {
	r := newReader(t)
	params, err := readerParams()
	if err != nil {
		t.Fatal(err)
	}
	g := conditions{params: params, reader: r, dice: rand.New(rand.NewPCG(4, 0xf17e))}
	filters, arguments := 0, 0
	for n := range rounds() {
		resourceType := pick(g.dice, g.types())
		e := search.Simplify(g.expr(resourceType, 3))
		if n%2 == 0 {
			e = unread(e)
		}
		filters += g.filterReadsBack(t, n, resourceType, e)
		arguments += g.argumentsReadBack(t, n, resourceType, e)
		if t.Failed() {
			return
		}
	}
	t.Logf("%d of %d as _filter, %d as arguments", filters, rounds(), arguments)
	if filters < rounds()/2 || arguments < rounds()/2 {
		t.Errorf("only %d and %d of %d could be written", filters, arguments, rounds())
	}
}

func (g *conditions) filterReadsBack(t *testing.T, n int, resourceType string, e search.Expr) int {
	t.Helper()
	text, err := search.FilterText(e)
	if fault.Of(err) == fault.Unsupported {
		return 0
	}
	got, err := g.reader.Filter(resourceType, text)
	if err != nil {
		t.Errorf("round %d: %s?%s: %s: %v", n, resourceType, e, text, err)
	} else if got = search.Simplify(got); !search.Equal(unread(got), unread(e)) {
		t.Errorf("round %d: %s?%s is written as %s and read as %s\n%#v\n%#v", n, resourceType, e, text, got, unread(e), unread(got))
	}
	return 1
}

func (g *conditions) argumentsReadBack(t *testing.T, n int, resourceType string, e search.Expr) int {
	t.Helper()
	args, err := search.Arguments(e, nil)
	if fault.Of(err) == fault.Unsupported {
		return 0
	}
	var all search.And
	for name, values := range args {
		one, err := g.reader.Clause(resourceType, name, values)
		if err != nil {
			t.Errorf("round %d: %s?%s: %v: %v", n, resourceType, e, args, err)
			return 1
		}
		all = append(all, one)
	}
	if got := search.Simplify(all); !slices.Equal(conjuncts(got), conjuncts(e)) {
		t.Errorf("round %d: %s?%s is written as %v and read as %s", n, resourceType, e, args, got)
	}
	return 1
}

// conjuncts are the parts of an AND in an order that does not depend on how it was written.
func conjuncts(e search.Expr) []string {
	parts, ok := e.(search.And)
	if !ok {
		parts = search.And{e}
	}
	out := make([]string, len(parts))
	for i, p := range parts {
		out[i] = fmt.Sprintf("%#v", unread(p))
	}
	slices.Sort(out)
	return out
}

// unread is a condition without the text that it was read from.
func unread(e search.Expr) search.Expr {
	list := func(parts []search.Expr) []search.Expr {
		out := make([]search.Expr, len(parts))
		for i, p := range parts {
			out[i] = unread(p)
		}
		return out
	}
	switch e := e.(type) {
	case search.And:
		return search.And(list(e))
	case search.Or:
		return search.Or(list(e))
	case search.Not:
		return search.Not{X: unread(e.X)}
	case search.Chain:
		e.Where = unread(e.Where)
		return e
	case search.Has:
		e.Where = unread(e.Where)
		return e
	case search.Clause:
		e.Values = unreadValues(e.Values)
		return e
	}
	return e
}

func unreadValues(values []search.Value) []search.Value {
	out := slices.Clone(values)
	for i := range out {
		out[i].Raw, out[i].Parts = "", unreadValues(out[i].Parts)
	}
	return out
}
