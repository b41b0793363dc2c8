package search_test

import (
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// one is a resource with one index value of a parameter.
func one(p *search.Param, items ...search.Item) *search.Values {
	return &search.Values{Ref: fhir.Ref{Type: "Patient", ID: "1"}, Params: []search.ParamValues{{Code: p.Code, Type: p.Type, Items: items}}}
}

func matches(t testing.TB, e search.Expr, v *search.Values) bool {
	t.Helper()
	ok, err := search.Match(e, v, nil)
	if err != nil {
		t.Fatalf("%s: %v", e, err)
	}
	return ok
}

func TestMatchValues(t *testing.T) {
	name := &search.Param{Resource: "Patient", Code: "name", Type: search.String}
	code := &search.Param{Resource: "Patient", Code: "code", Type: search.Token}
	ref := &search.Param{Resource: "Patient", Code: "ref", Type: search.Reference}
	url := &search.Param{Resource: "Patient", Code: "url", Type: search.URI}
	coded := search.Item{System: "s", Code: "c", Text: "heart rate (resting)", Types: []fhir.Code{{System: "t", Code: "MR"}}}
	local := search.Item{Type: "Group", ID: "7", Version: "2", System: "s", Code: "c"}
	canonical := search.Item{URL: "http://x/q", Version: "1"}
	for _, c := range []struct {
		param *search.Param
		m     search.Modifier
		item  search.Item
		value search.Value
		want  bool
	}{
		{name, search.Plain, search.Item{Text: "muller", Exact: "Müller"}, search.Value{Text: "mul"}, true},
		{name, search.Plain, search.Item{Text: "muller", Exact: "Müller"}, search.Value{Text: "ull"}, false},
		{name, search.Contains, search.Item{Text: "muller"}, search.Value{Text: "ull"}, true},
		{name, search.Equals, search.Item{Text: "muller", Exact: "Müller"}, search.Value{Text: "muller"}, true},
		{name, search.Equals, search.Item{Text: "muller", Exact: "Müller"}, search.Value{Text: "mulle"}, false},
		{name, search.EndsWith, search.Item{Text: "muller"}, search.Value{Text: "ller"}, true},
		{name, search.EndsWith, search.Item{Text: "muller"}, search.Value{Text: "mulle"}, false},
		{name, search.Exact, search.Item{Text: "muller", Exact: "Müller"}, search.Value{Text: "Müller"}, true},
		{name, search.Exact, search.Item{Text: "muller", Exact: "Müller"}, search.Value{Text: "müller"}, false},
		{name, search.Compared, search.Item{Text: "muller"}, search.Value{Op: search.Gt, Text: "mul"}, true},
		{name, search.Compared, search.Item{Text: "muller"}, search.Value{Op: search.Gt, Text: "muller"}, false},
		{name, search.Compared, search.Item{Text: "muller"}, search.Value{Op: search.Le, Text: "muller"}, true},
		{name, search.Compared, search.Item{Text: "muller"}, search.Value{Op: search.Ne, Text: "muller"}, false},
		{name, search.Compared, search.Item{Text: "muller"}, search.Value{Op: search.Ne, Text: "mul"}, true},
		{code, search.Compared, coded, search.Value{Op: search.Ne, Code: "c"}, false},
		{code, search.Compared, coded, search.Value{Op: search.Ne, Code: "c", System: "t", HasSystem: true}, true},
		{url, search.Compared, search.Item{Text: "http://a"}, search.Value{Op: search.Ne, Text: "http://b"}, true},
		{code, search.Plain, coded, search.Value{Code: "c"}, true},
		{code, search.Plain, coded, search.Value{Code: "C"}, false},
		{code, search.Plain, coded, search.Value{Code: "c", System: "s", HasSystem: true}, true},
		{code, search.Plain, coded, search.Value{Code: "c", HasSystem: true}, false},
		{code, search.Plain, coded, search.Value{System: "s", HasSystem: true}, true},
		{code, search.Plain, coded, search.Value{System: "S", HasSystem: true}, false},
		{code, search.Plain, search.Item{Code: "c"}, search.Value{Code: "c", HasSystem: true}, true},
		{code, search.TextOf, coded, search.Value{Text: "hea"}, true},
		{code, search.TextOf, coded, search.Value{Text: "rate (re"}, true},
		{code, search.TextOf, coded, search.Value{Text: "art"}, false},
		{code, search.TextOf, search.Item{Code: "c"}, search.Value{Text: "c"}, false},
		{code, search.OfType, coded, search.Value{System: "t", Type: "MR", Code: "c", HasSystem: true}, true},
		{code, search.OfType, coded, search.Value{System: "t", Type: "SS", Code: "c", HasSystem: true}, false},
		{ref, search.Plain, local, search.Value{Type: "Group", Code: "7"}, true},
		{ref, search.Plain, local, search.Value{Code: "7"}, true},
		{ref, search.Plain, local, search.Value{Type: "Patient", Code: "7"}, false},
		{ref, search.Plain, local, search.Value{Type: "Group", Code: "7", Version: "2"}, true},
		{ref, search.Plain, local, search.Value{Type: "Group", Code: "7", Version: "1"}, false},
		{ref, search.Plain, local, search.Value{Text: "7"}, false},
		{ref, search.Identifier, local, search.Value{Code: "c"}, true},
		{ref, search.Identifier, search.Item{Type: "Group", ID: "c"}, search.Value{Code: "c"}, false},
		{ref, search.Plain, canonical, search.Value{Text: "http://x/q"}, true},
		{ref, search.Plain, canonical, search.Value{Text: "http://x/q", Version: "1"}, true},
		{ref, search.Plain, canonical, search.Value{Text: "http://x/q", Version: "2"}, false},
		{ref, search.Plain, canonical, search.Value{Code: ""}, false},
		{url, search.Plain, search.Item{Text: "http://a/b"}, search.Value{Text: "http://a/b"}, true},
		{url, search.Plain, search.Item{Text: "http://a/b"}, search.Value{Text: "http://a/B"}, false},
		{url, search.Below, search.Item{Text: "http://a/b/c"}, search.Value{Text: "http://a/b"}, true},
		{url, search.Below, search.Item{Text: "http://a/b/c"}, search.Value{Text: "http://a/b/"}, true},
		{url, search.Below, search.Item{Text: "http://a/bc"}, search.Value{Text: "http://a/b"}, false},
		{url, search.Above, search.Item{Text: "http://a"}, search.Value{Text: "http://a/b"}, true},
		{url, search.Above, search.Item{Text: "http://a/b/c"}, search.Value{Text: "http://a/b"}, false},
	} {
		e := search.Clause{Param: c.param, Modifier: c.m, Values: []search.Value{c.value}}
		if got := matches(t, e, one(c.param, c.item)); got != c.want {
			t.Errorf("%+v of %+v: %v", e, c.item, got)
		}
	}
}

// TestMatchDates checks each operator against its definition over the moments that the ranges hold.
func TestMatchDates(t *testing.T) {
	p := &search.Param{Resource: "Patient", Code: "date", Type: search.Date}
	rapid.Check(t, func(t *rapid.T) {
		small := rapid.Int64Range(0, 9)
		item := search.Item{Lo: small.Draw(t, "lo")}
		item.Hi = item.Lo + 1 + small.Draw(t, "length")
		q := search.Value{Op: search.Op(rapid.IntRange(0, 8).Draw(t, "op")), Lo: small.Draw(t, "qlo")}
		q.Hi = q.Lo + 1 + small.Draw(t, "qlength")
		inside, above, below, shared := true, false, false, false
		for at := item.Lo; at < item.Hi; at++ {
			in := q.Lo <= at && at < q.Hi
			inside, shared = inside && in, shared || in
			above, below = above || at >= q.Hi, below || at < q.Lo
		}
		onlyAbove, onlyBelow := !shared && !below, !shared && !above
		want := []bool{inside, !inside, above, below, above || inside, below || inside, onlyAbove, onlyBelow, shared}[q.Op]
		e := search.Clause{Param: p, Values: []search.Value{q}}
		if got, err := search.Match(e, one(p, item), nil); err != nil || got != want {
			t.Fatalf("%s of [%d,%d): %v, %v", e, item.Lo, item.Hi, got, err)
		}
	})
}

// TestMatchNumbers does the same for numbers, on halves, so that there is something between two whole ones.
func TestMatchNumbers(t *testing.T) {
	p := &search.Param{Resource: "Patient", Code: "number", Type: search.Number}
	key := func(halves int) string {
		d, err := fhir.ParseDecimal(strconv.FormatFloat(float64(halves)/2, 'f', 1, 64))
		if err != nil {
			t.Fatal(err)
		}
		return string(d.AppendKey(nil))
	}
	rapid.Check(t, func(t *rapid.T) {
		small := rapid.IntRange(-6, 6)
		lo, n := small.Draw(t, "lo"), small.Draw(t, "n")*2
		hi := lo + rapid.IntRange(0, 5).Draw(t, "length")
		item := search.Item{NLo: key(lo), NHi: key(hi)}
		q := search.Value{Op: search.Op(rapid.IntRange(0, 8).Draw(t, "op")), N: key(n), NLo: key(n - 1), NHi: key(n + 1)}
		inside := n-1 <= lo && hi < n+1
		want := []bool{inside, !inside, hi > n, lo < n, hi >= n || inside, lo <= n || inside, lo > n, hi < n, lo <= n+1 && hi >= n-1}[q.Op]
		e := search.Clause{Param: p, Values: []search.Value{q}}
		if got, err := search.Match(e, one(p, item), nil); err != nil || got != want {
			t.Fatalf("%s %d of [%d,%d]: %v, %v", q.Op, n, lo, hi, got, err)
		}
	})
}

func TestMatchQuantityUnits(t *testing.T) {
	p := &search.Param{Resource: "Patient", Code: "quantity", Type: search.Quantity}
	v := one(p, search.Item{NLo: "5", NHi: "5", System: "ucum", Code: "kg", Text: "kilo"})
	five := search.Value{N: "5", NLo: "4", NHi: "6"}
	for _, c := range []struct {
		system, code string
		has, want    bool
	}{
		{"", "", false, true}, {"ucum", "kg", true, true}, {"ucum", "kilo", true, false}, {"ucum", "", true, true}, {"other", "", true, false},
		{"", "kg", false, true}, {"", "kilo", false, true}, {"", "g", false, false},
	} {
		q := five
		q.System, q.Code, q.HasSystem = c.system, c.code, c.has
		if got := matches(t, search.Clause{Param: p, Values: []search.Value{q}}, v); got != c.want {
			t.Errorf("%q|%q: %v", c.system, c.code, got)
		}
		if q.Op = search.Ne; matches(t, search.Clause{Param: p, Values: []search.Value{q}}, v) {
			t.Errorf("%q|%q: ne of an equal number", c.system, c.code)
		}
	}
}

func TestMatchCompositePairsPartsOfOneItem(t *testing.T) {
	code := &search.Param{Resource: "Patient", Code: "code", Type: search.Token}
	text := &search.Param{Resource: "Patient", Code: "text", Type: search.String}
	p := &search.Param{Resource: "Patient", Code: "both", Type: search.Composite, Parts: []*search.Param{code, text}}
	v := one(p, search.Item{Parts: []search.Item{{Code: "a"}, {Text: "one"}}}, search.Item{Parts: []search.Item{{Code: "b"}, {Text: "two"}}})
	for _, c := range []struct {
		code, text string
		want       bool
	}{{"a", "one", true}, {"b", "two", true}, {"a", "two", false}, {"b", "on", false}} {
		e := search.Clause{Param: p, Values: []search.Value{{Parts: []search.Value{{Code: c.code}, {Text: c.text}}}}}
		if got := matches(t, e, v); got != c.want {
			t.Errorf("%s$%s: %v", c.code, c.text, got)
		}
	}
	if matches(t, search.Clause{Param: p, Values: []search.Value{{Parts: []search.Value{{Code: "a"}}}}}, v) {
		t.Error("one part matched a composite of two")
	}
}

func TestMatchSpecials(t *testing.T) {
	v := &search.Values{Ref: fhir.Ref{Type: "Patient", ID: "1"}, LastUpdated: 100, Narrative: []string{"strong", "tea"}, Content: []string{"zoe"}}
	updated := &search.Param{Resource: "Patient", Code: search.ParamLastUpdated, Type: search.Date}
	id := &search.Param{Resource: "Patient", Code: search.ParamID, Type: search.Token}
	for _, c := range []struct {
		e    search.Expr
		want bool
	}{
		{nil, true}, {search.True{}, true}, {search.False{}, false}, {search.And{}, true}, {search.Or{}, false},
		{search.IDs{IDs: []string{"0", "1"}}, true}, {search.IDs{IDs: []string{"0"}}, false},
		{search.Exists{Param: updated}, true}, {search.Exists{Param: id}, true},
		{search.Clause{Param: updated, Values: []search.Value{{Lo: 100, Hi: 101}}}, true},
		{search.Clause{Param: updated, Values: []search.Value{{Op: search.Gt, Lo: 100, Hi: 101}}}, false},
		{search.Clause{Param: updated, Values: []search.Value{{Op: search.Gt, Lo: 99, Hi: 100}}}, true},
		{search.Clause{Param: updated}, false},
		{search.Text{Any: [][]string{{"tea", "strong"}}}, true}, {search.Text{Any: [][]string{{"tea", "zoe"}, {"strong"}}}, true},
		{search.Text{Content: true, Any: [][]string{{"tea"}}}, false}, {search.Text{}, false},
	} {
		if got := matches(t, c.e, v); got != c.want {
			t.Errorf("%v: %v", c.e, got)
		}
	}
}

// TestMatchWithoutWorld: what other resources decide is refused, also where it would not be reached.
func TestMatchWithoutWorld(t *testing.T) {
	code := &search.Param{Resource: "Patient", Code: "code", Type: search.Token}
	ref := &search.Param{Resource: "Patient", Code: "ref", Type: search.Reference}
	url := &search.Param{Resource: "Patient", Code: "url", Type: search.URI}
	clause := func(p *search.Param, m search.Modifier) search.Clause {
		return search.Clause{Param: p, Modifier: m, Values: []search.Value{{Text: "http://x", Code: "secret"}}}
	}
	v := &search.Values{Ref: fhir.Ref{Type: "Patient", ID: "1"}}
	for _, e := range []search.Expr{
		search.Chain{Param: ref, Target: "Group", Where: search.True{}}, search.Has{Param: ref, Where: search.True{}}, search.List{ID: "secret"},
		clause(code, search.In), clause(code, search.Below), clause(ref, search.Above), clause(code, search.TextAdvanced), clause(code, search.Exact),
	} {
		for _, whole := range []search.Expr{e, search.And{search.True{}, search.Not{X: e}}} {
			if ok, err := search.Match(whole, v, nil); ok || fault.Of(err) != fault.Unsupported || strings.Contains(err.Error(), "secret") {
				t.Errorf("%s: %v, %v", whole, ok, err)
			}
		}
	}
	if ok, err := search.Match(search.Or{search.True{}, search.List{ID: "a"}}, v, nil); ok || err == nil {
		t.Errorf("a part that is not reached was not refused: %v, %v", ok, err)
	}
	if _, err := search.Match(clause(url, search.Below), v, nil); err != nil {
		t.Errorf("uri:below needs no world: %v", err)
	}
}
