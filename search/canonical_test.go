package search_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

const ucumSystem = "http://unitsofmeasure.org"

// canonicalKit indexes and reads in base units.
func canonicalKit(t testing.TB) (*search.Indexer, *search.Reader) {
	t.Helper()
	params, problems := search.NewParameters(fhir.R4())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	x, err := search.NewIndexer(params, search.Config{Units: search.UnitsCanonical})
	if err != nil {
		t.Fatal(err)
	}
	return x, search.NewReader(params, search.ReaderConfig{Units: search.UnitsCanonical})
}

func quantity(value, system, code, unit string) string {
	return `{"value":` + value + `,"system":"` + system + `","code":"` + code + `","unit":"` + unit + `"}`
}

func observation(quantity string) string {
	return `{"resourceType":"Observation","id":"o","code":{"coding":[{"code":"w"}]},"valueQuantity":` + quantity + `}`
}

// TestCanonicalItems: the values as stored stay; beside them are those in base units, equal for equal quantities.
func TestCanonicalItems(t *testing.T) {
	x, _ := canonicalKit(t)
	for _, c := range []struct {
		quantity  string
		canonical search.Item
	}{
		{quantity("70.5", ucumSystem, "kg", "kg"), search.Item{System: ucumSystem, Code: "g", NLo: key(t, "70500"), NHi: key(t, "70500")}},
		{quantity("70500", ucumSystem, "g", "gram"), search.Item{System: ucumSystem, Code: "g", NLo: key(t, "70500"), NHi: key(t, "70500")}},
		{quantity("98.6", ucumSystem, "[degF]", "F"), search.Item{System: ucumSystem, Code: "K", NLo: key(t, "310.15"), NHi: key(t, "310.15")}},
		{quantity("155", ucumSystem, "lbs", "lbs"), search.Item{System: ucumSystem, Code: "lbs", Text: "lbs", NLo: key(t, "155"), NHi: key(t, "155")}},
		{quantity("7.4", ucumSystem, "[pH]", "pH"), search.Item{System: ucumSystem, Code: "[pH]", Text: "pH", NLo: key(t, "7.4"), NHi: key(t, "7.4")}},
		{quantity("1e2000", ucumSystem, "kg", "kg"), search.Item{System: ucumSystem, Code: "kg", Text: "kg", NLo: key(t, "1e2000"), NHi: key(t, "1e2000")}},
		{quantity("5", "http://other", "kg", "kg"), search.Item{System: "http://other", Code: "kg", Text: "kg", NLo: key(t, "5"), NHi: key(t, "5")}},
		{`{"value":5,"unit":"kg"}`, search.Item{Text: "kg", NLo: key(t, "5"), NHi: key(t, "5")}},
		{`{"value":5,"comparator":"<","system":"` + ucumSystem + `","code":"kg"}`, search.Item{System: ucumSystem, Code: "g", NHi: key(t, "5000")}},
		{`{"value":5,"comparator":">=","system":"` + ucumSystem + `","code":"kg"}`, search.Item{System: ucumSystem, Code: "g", NLo: key(t, "5000"), NHi: search.MaxNumber}},
		{quantity("12", ucumSystem, "{score}", ""), search.Item{System: ucumSystem, Code: "1", NLo: key(t, "12"), NHi: key(t, "12")}},
	} {
		raw := []byte(observation(c.quantity))
		got, skipped, err := x.IndexBytes(raw)
		if err != nil || len(skipped) > 0 {
			t.Fatal(c.quantity, err, skipped)
		}
		exact, _, err := newIndexer(t).IndexBytes(raw)
		if err != nil {
			t.Fatal(err)
		}
		p := x.Parameters().Param("Observation", "value-quantity")
		if diff := cmp.Diff(exact.Of(p.Code), got.Of(p.Code)); diff != "" {
			t.Errorf("%s, as stored: %s", c.quantity, diff)
		}
		if diff := cmp.Diff([]search.Item{c.canonical}, got.Of(p.Canonical.Code)); diff != "" {
			t.Errorf("%s, in base units: %s", c.quantity, diff)
		}
		again, err := search.DecodeValues(got.AppendBinary(nil))
		if err != nil || !cmp.Equal(again.Params, got.Params) {
			t.Errorf("%s: the values do not read back: %v", c.quantity, err)
		}
		if len(exact.Of(p.Canonical.Code)) > 0 {
			t.Errorf("%s: an exact index has base units", c.quantity)
		}
	}
}

// TestCanonicalRanges: a Range and SampledData convert by their ends, open ones too.
func TestCanonicalRanges(t *testing.T) {
	x, _ := canonicalKit(t)
	unit := `"system":"` + ucumSystem + `","code":"mV"`
	for members, want := range map[string]search.Item{
		`"valueSampledData":{"origin":{"value":1,` + unit + `},"factor":2,"data":"-1 0 3","period":1,"dimensions":1}`: {
			System: ucumSystem, Code: "C-1.g.m2.s-2", NLo: key(t, "-1"), NHi: key(t, "7")},
		`"valueSampledData":{"origin":{"value":1,` + unit + `},"data":"L 0 U","period":1,"dimensions":1}`: {
			System: ucumSystem, Code: "C-1.g.m2.s-2", NHi: search.MaxNumber},
	} {
		v, skipped, err := x.IndexBytes([]byte(`{"resourceType":"Observation",` + members + `}`))
		if err != nil || len(skipped) > 0 {
			t.Fatal(err, skipped)
		}
		if diff := cmp.Diff([]search.Item{want}, v.Of("value-quantity#canonical")); diff != "" {
			t.Errorf("%s: %s", members, diff)
		}
	}
}

// TestCanonicalMatch is what a search means when units convert.
func TestCanonicalMatch(t *testing.T) {
	x, r := canonicalKit(t)
	bodies := map[string]string{
		"kg": quantity("70.5", ucumSystem, "kg", "kg"), "g": quantity("70500", ucumSystem, "g", "g"), "lb": quantity("155", ucumSystem, "[lb_av]", "lbs"),
		"other": quantity("70.5", "http://other", "kg", "kg"), "bare": `{"value":70.5,"unit":"kg"}`, "m": quantity("70.5", ucumSystem, "m", "m"),
		"unknown": quantity("70.5", ucumSystem, "lbs", "lbs"),
	}
	order := []string{"kg", "g", "lb", "other", "bare", "m", "unknown"}
	values := map[string]*search.Values{}
	for name, q := range bodies {
		v, _, err := x.IndexBytes([]byte(observation(q)))
		if err != nil {
			t.Fatal(err)
		}
		values[name] = v
	}
	for _, c := range []struct{ name, value, want string }{
		{"value-quantity", "70.5|" + ucumSystem + "|kg", "kg g"},
		{"value-quantity", "70500|" + ucumSystem + "|g", "kg g"},
		{"value-quantity", "70500000|" + ucumSystem + "|mg", "kg g"},
		{"value-quantity", "70.3|" + ucumSystem + "|kg", "lb"},          // 70.307 within [70.25, 70.35)
		{"value-quantity", "7e1|" + ucumSystem + "|kg", "kg g lb"},      // [65, 75) kg
		{"value-quantity", "70500.0|" + ucumSystem + "|g", "kg g"},      // the precision is scaled with the unit
		{"value-quantity", "70499.9|" + ucumSystem + "|g", ""},          // [70499.85, 70499.95) g
		{"value-quantity", "155|" + ucumSystem + "|[lb_av]", "kg g lb"}, // [154.5, 155.5) lb are [70.08, 70.53) kg
		{"value-quantity", "155.0|" + ucumSystem + "|[lb_av]", "lb"},
		{"value-quantity", "gt70.4|" + ucumSystem + "|kg", "kg g"},
		{"value-quantity", "lt70.4|" + ucumSystem + "|kg", "lb"},
		{"value-quantity", "ne70.5|" + ucumSystem + "|kg", "lb"},
		{"value-quantity", "ap65|" + ucumSystem + "|kg", "kg g lb"},
		{"value-quantity", "70.5|" + ucumSystem + "|kg{dry}", "kg g"},
		{"value-quantity", "70.5|" + ucumSystem + "|m", "m"},
		{"value-quantity", "70.5|" + ucumSystem + "|lbs", "unknown"},
		{"value-quantity", "70.5|http://other|kg", "other"},
		{"value-quantity", "70.5|" + ucumSystem, "kg m unknown"},
		{"value-quantity", "70.5", "kg other bare m unknown"},
		{"value-quantity", "gt100", "g lb"},
		{"value-quantity", "70.5||kg", "kg other bare"},
		{"value-quantity", "70500||g", "g"},
		{"value-quantity", "70.5|http://other|kg,70500|" + ucumSystem + "|g", "kg g other"},
		{"value-quantity:missing", "false", "kg g lb other bare m unknown"},
		{"code-value-quantity", "w$70.5|" + ucumSystem + "|kg", "kg g"},
		{"code-value-quantity", "x$70.5|" + ucumSystem + "|kg", ""},
		{"code-value-quantity", "w$gt70||kg", "kg other bare"},
		{"combo-value-quantity", "70.5|" + ucumSystem + "|kg", "kg g"},
	} {
		e, err := r.Clause("Observation", c.name, []string{c.value})
		if err != nil {
			t.Errorf("%s=%s: %v", c.name, c.value, err)
			continue
		}
		var found []string
		for _, name := range order {
			ok, err := search.Match(search.Simplify(e), values[name], nil)
			if err != nil {
				t.Fatal(err)
			}
			if ok {
				found = append(found, name)
			}
		}
		if got := strings.Join(found, " "); got != c.want {
			t.Errorf("%s=%s: found %q, want %q", c.name, c.value, got, c.want)
		}
	}
}

// TestCanonicalOrder: a sort is by the number in base units, where there is one.
func TestCanonicalOrder(t *testing.T) {
	x, r := canonicalKit(t)
	keys, err := r.Sort("Observation", []string{"value-quantity"})
	if err != nil {
		t.Fatal(err)
	}
	last := ""
	for _, q := range []string{quantity("70500", ucumSystem, "mg", ""), quantity("0.07050001", ucumSystem, "kg", ""), quantity("155", ucumSystem, "[lb_av]", ""), quantity("70.5", ucumSystem, "kg", ""), quantity("1", ucumSystem, "t", "")} {
		v, _, err := x.IndexBytes([]byte(observation(q)))
		if err != nil {
			t.Fatal(err)
		}
		if next := string(search.OrderKey(v, keys)); next <= last {
			t.Errorf("%s is not above the one before", q)
		} else {
			last = next
		}
	}
}

// TestCanonicalEpochs: an index in base units is another one, for what has quantities alone; and its parameters have no names.
func TestCanonicalEpochs(t *testing.T) {
	x, r := canonicalKit(t)
	plain := newIndexer(t)
	for code, same := range map[string]bool{"value-quantity": false, "code-value-quantity": false, "code": true, "date": true, "code-value-concept": true} {
		p := x.Parameters().Param("Observation", code)
		if (x.Epoch(p) == plain.Epoch(plain.Parameters().Param("Observation", code))) != same {
			t.Errorf("the epoch of %s", code)
		}
		if (p.Canonical == nil) != same {
			t.Errorf("%s and base units: %v", code, p.Canonical)
		}
		if p.Canonical != nil && (x.Epoch(p.Canonical) == x.Epoch(p) || x.Parameters().Param("Observation", p.Canonical.Code) != nil) {
			t.Errorf("%s is not apart from %s", p.Canonical.Code, code)
		}
	}
	if _, err := r.Clause("Observation", "value-quantity#canonical", []string{"5"}); err == nil {
		t.Error("the parameter can be named")
	}
}

// TestCanonicalAgrees: a quantity is found by itself in whatever commensurable unit it is asked for, and compares as the exact
// search does within one unit.
func TestCanonicalAgrees(t *testing.T) {
	x, r := canonicalKit(t)
	exact := search.NewReader(x.Parameters(), search.ReaderConfig{})
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.StringMatching(`[1-9][0-9]{0,4}(\.[0-9]{1,3})?`)
		stored, asked := number.Draw(t, "stored"), number.Draw(t, "asked")
		unit := rapid.SampledFrom([]string{"kg", "g", "[lb_av]", "mg/dL", "mm[Hg]", "Cel", "[degF]", "10*3/uL", "{score}", "k[iU]/L"}).Draw(t, "unit")
		op := rapid.SampledFrom([]string{"", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"}).Draw(t, "op")
		v, _, err := x.IndexBytes([]byte(observation(quantity(stored, ucumSystem, unit, unit))))
		if err != nil {
			t.Fatal(err)
		}
		match := func(r *search.Reader, text string) bool {
			e, err := r.Clause("Observation", "value-quantity", []string{text})
			if err != nil {
				t.Fatal(err)
			}
			ok, err := search.Match(e, v, nil)
			if err != nil {
				t.Fatal(err)
			}
			return ok
		}
		text := op + asked + "|" + ucumSystem + "|" + unit
		if got, want := match(r, text), match(exact, text); got != want {
			t.Fatalf("%s and %s of %s: %t, exact %t", stored, asked, unit, got, want)
		}
	})
}

// BenchmarkIndexCanonical is BenchmarkIndex in base units.
func BenchmarkIndexCanonical(b *testing.B) {
	x, _ := canonicalKit(b)
	all, bytes := resources(b)
	b.ReportAllocs()
	b.SetBytes(int64(bytes / len(all)))
	i := 0
	for b.Loop() {
		if _, _, err := x.Index(all[i%len(all)]); err != nil {
			b.Fatal(err)
		}
		i++
	}
}
