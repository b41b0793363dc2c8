package graph_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/graph"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// wheres reads typed conditions without a handler.
type wheres struct {
	schema *graph.Schema
	reader *search.Reader
}

func newWheres(t testing.TB) *wheres {
	t.Helper()
	schema, err := graph.NewSchema(fhir.R4(), parameters(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return &wheres{schema, search.NewReader(parameters(), search.ReaderConfig{})}
}

// read reads a where that is written as JSON.
func (w *wheres) read(t testing.TB, typ, where string) (search.Expr, error) {
	t.Helper()
	var value map[string]any
	if err := json.Unmarshal([]byte(where), &value); err != nil {
		t.Fatal(err, where)
	}
	return graph.ReadWhere(w.schema, w.reader, typ, value)
}

// TestWhereMeaning: what a filter says is what an argument, or _filter, says.
func TestWhereMeaning(t *testing.T) {
	w := newWheres(t)
	for _, c := range []struct{ typ, where, name, value string }{
		{"Patient", `{"name":{"startsWith":["Mül","x"]}}`, "name", "Mül,x"},
		{"Patient", `{"name":{"startsWith":["a,b$c|d\\e"]}}`, "name", `a\,b\$c\|d\\e`},
		{"Patient", `{"name":{"contains":["ü"]}}`, "name:contains", "ü"},
		{"Patient", `{"name":{"exact":["Ü"]}}`, "name:exact", "Ü"},
		{"Patient", `{"name":{"text":["one two"]}}`, "name:text-advanced", "one two"},
		{"Patient", `{"name":{"eq":["Ü"]}}`, "_filter", `name eq "Ü"`},
		{"Patient", `{"name":{"endsWith":["Ü"]}}`, "_filter", `name ew "Ü"`},
		{"Patient", `{"name":{"ne":"Ü"}}`, "_filter", `name ne "Ü"`},
		{"Patient", `{"name":{"gt":"Ü"}}`, "_filter", `name gt "Ü"`},
		{"Patient", `{"name":{"le":"Ü"}}`, "_filter", `name le "Ü"`},
		{"Patient", `{"name":{"missing":true}}`, "name:missing", "true"},
		{"Patient", `{"gender":{"code":["male","female"]}}`, "gender", "male,female"},
		{"Patient", `{"identifier":{"system":"s","code":["1","2"]}}`, "identifier", "s|1,s|2"},
		{"Patient", `{"identifier":{"system":"","code":["1"]}}`, "identifier", "|1"},
		{"Patient", `{"identifier":{"system":"s"}}`, "identifier", "s|"},
		{"Patient", `{"identifier":{"ofType":[{"system":"s","code":"MR","value":"1|2"}]}}`, "identifier:of-type", `s|MR|1\|2`},
		{"Patient", `{"gender":{"not":["male"]}}`, "gender:not", "male"},
		{"Patient", `{"gender":{"ne":"male"}}`, "_filter", "gender ne male"},
		{"Patient", `{"gender":{"ne":"male","system":"s"}}`, "_filter", "gender ne s|male"},
		{"Observation", `{"code":{"text":["blood"]}}`, "code:text", "blood"},
		{"Observation", `{"code":{"in":["http://v"]}}`, "code:in", "http://v"},
		{"Observation", `{"code":{"notIn":["http://v"]}}`, "code:not-in", "http://v"},
		{"Observation", `{"code":{"below":["1"],"system":"s"}}`, "code:below", "s|1"},
		{"Patient", `{"birthdate":{"eq":["2000","2001-02"]}}`, "birthdate", "2000,2001-02"},
		{"Patient", `{"birthdate":{"sa":"2000"}}`, "birthdate", "sa2000"},
		{"Patient", `{"birthdate":{"overlaps":"2000"}}`, "_filter", "birthdate po 2000"},
		{"Observation", `{"value_quantity":{"gt":"5.40"}}`, "value-quantity", "gt5.40"},
		{"Observation", `{"value_quantity":{"le":"5","unit":"mg"}}`, "value-quantity", "le5||mg"},
		{"Observation", `{"value_quantity":{"eq":["5"],"unit":"mg","system":"http://unitsofmeasure.org"}}`, "value-quantity", "5|http://unitsofmeasure.org|mg"},
		{"Observation", `{"subject":{"nodeId":["Patient/1"]}}`, "subject", "Patient/1"},
		{"Observation", `{"subject":{"identifier":{"system":"s","value":["1"]}}}`, "subject:identifier", "s|1"},
		{"Observation", `{"subject":{"Patient":{"name":{"startsWith":["x"]}}}}`, "subject:Patient.name", "x"},
		{"Observation", `{"subject":{"missing":false}}`, "subject:missing", "false"},
		{"Patient", `{"_has":{"Observation":{"by":"subject","where":{"code":{"code":["1"]}}}}}`, "_has:Observation:subject:code", "1"},
		{"ValueSet", `{"url":{"eq":["http://x"]}}`, "url", "http://x"},
		{"ValueSet", `{"url":{"below":["http://x"]}}`, "url:below", "http://x"},
		{"ValueSet", `{"url":{"ne":"http://x"}}`, "_filter", "url ne http://x"},
		{"Patient", `{"_id":["1","2"]}`, "_id", "1,2"},
		{"Patient", `{"_text":["a b"]}`, "_text", "a b"},
		{"Patient", `{"_list":["1"]}`, "_list", "1"},
		{"Observation", `{"code_value_quantity":{"code":{"system":"s","code":["1","2"]},"value_quantity":{"lt":"5"}}}`, "code-value-quantity", "s|1$lt5,s|2$lt5"},
		{"Patient", `{"not":{"name":{"startsWith":["x"]}},"gender":null}`, "_filter", `not (name sw "x")`},
		{"Patient", `{"or":[{"name":{"startsWith":["x"]}},{"gender":{"code":["male"]}}]}`, "_filter", `name sw "x" or gender eq male`},
		{"Patient", `{"and":[{"name":{"startsWith":["x"]}}],"or":[{"gender":{"code":["male"]}}]}`, "_filter", `name sw "x" and gender eq male`},
		{"Patient", `{}`, "_filter", "_id pr true"},
		{"Patient", `{"and":[]}`, "_filter", "_id pr true"},
		{"Patient", `{"or":[]}`, "_filter", "_id pr false"},
		{"Patient", `{"name":{"startsWith":[]}}`, "_filter", "_id pr false"},
		{"Patient", `{"gender":{"not":[]}}`, "_filter", "_id pr true"},
	} {
		got, err := w.read(t, c.typ, c.where)
		want, err2 := w.reader.Clause(c.typ, c.name, []string{c.value})
		if err != nil || err2 != nil {
			t.Errorf("%s: %v, %v", c.where, err, err2)
			continue
		}
		if a, b := search.Simplify(got).String(), search.Simplify(want).String(); a != b {
			t.Errorf("%s is\n%s, not\n%s", c.where, a, b)
		}
	}
}

// TestWhereErrors: all that is wrong is said at once, each with its path.
func TestWhereErrors(t *testing.T) {
	w := newWheres(t)
	deep := strings.Repeat(`{"not":`, 60) + "{}" + strings.Repeat("}", 60)
	many := `{"gender":{"code":[` + strings.Repeat(`"x",`, 1000) + `"x"]}}`
	for _, c := range []struct {
		where string
		code  fault.Code
		says  []string
	}{
		{`{"birthdate":{"gt":"x"},"or":[{"name":{"startsWith":[null]}},null]}`, fault.BadUserInput,
			[]string{"where.birthdate.gt: ", "where.or[0].name.startsWith[0]: ", "where.or[1]: "}},
		{`{"_has":{"Observation":{"by":"encounter"},"Device":{"by":"nothing"}}}`, fault.BadUserInput,
			[]string{"where._has.Observation.by: ", "where._has.Device.by: "}},
		{`{"general_practitioner":{"Organization":{"name":{"exact":[""]}}}}`, fault.BadUserInput,
			[]string{"where.general_practitioner.Organization.name.exact: "}},
		{deep, fault.TooCostly, []string{"deeper than 50"}},
		{many, fault.TooCostly, []string{"more than 1000"}},
	} {
		_, err := w.read(t, "Patient", c.where)
		if fault.Of(err) != c.code {
			t.Errorf("%.80s: %v", c.where, err)
			continue
		}
		if i := slices.IndexFunc(c.says, func(s string) bool { return !strings.Contains(err.Error(), s) }); i >= 0 {
			t.Errorf("%.80s does not say %q: %v", c.where, c.says[i], err)
		}
	}
}

// TestLongWhere: what is too much of a condition is counted and not read.
func TestLongWhere(t *testing.T) {
	w := newWheres(t)
	for _, item := range []string{"null", `"x"`} {
		where := `{"gender":{"code":[` + strings.Repeat(item+",", 300_000) + item + `]}}`
		var value map[string]any
		if err := json.Unmarshal([]byte(where), &value); err != nil {
			t.Fatal(err)
		}
		if n := allocated(func() {
			if _, err := graph.ReadWhere(w.schema, w.reader, "Patient", value); err == nil || len(err.Error()) > 10_000 {
				t.Errorf("%.300v", err)
			}
		}); n > 100<<20 {
			t.Errorf("%s: %d bytes", item, n)
		}
	}
}

// TestAllConditions: a variable with many conditions may stand in some fields, not in all.
func TestAllConditions(t *testing.T) {
	w := open(t, nil)
	names := map[string]any{"w": map[string]any{"name": map[string]any{"contains": strings.Fields(times(900, "n§ "))}}}
	query := func(n int) string {
		return `query($w: PatientWhere) { ` + times(n, "a§: PatientConnection(where: $w) { count } ") + `}`
	}
	w.data(query(10), names)
	a := w.post(query(30), names)
	if got := codes(a); len(got) != 8 || got[0] != "TOO_COSTLY[a22]" {
		t.Error(got)
	}
}

// TestCompositeWhereErrors: a part of a composite says less than a filter.
func TestCompositeWhereErrors(t *testing.T) {
	w := newWheres(t)
	for _, where := range []string{
		`{"code_value_quantity":{"code":{"code":["1"]}}}`,
		`{"code_value_quantity":{"code":{"not":["1"]},"value_quantity":{"lt":"5"}}}`,
		`{"code_value_quantity":{"code":{"code":["1"]},"value_quantity":{"lt":"5","gt":"1"}}}`,
		`{"code_value_quantity":{"code":{"code":["1"]},"value_quantity":{"missing":true}}}`,
		`{"code_value_quantity":{"code":{"code":["1"]},"value_quantity":{"overlaps":"1"}}}`,
	} {
		if _, err := w.read(t, "Observation", where); fault.Of(err) != fault.BadUserInput {
			t.Errorf("%s: %v", where, err)
		}
	}
}

// TestManyCombinations: alternatives of a composite's parts are counted before each is put with each.
func TestManyCombinations(t *testing.T) {
	w := newWheres(t)
	codes := strings.Repeat(`"x",`, 1000) + `"x"`
	numbers := strings.Repeat(`"1",`, 50_000) + `"1"`
	where := `{"code_value_quantity":{"code":{"code":[` + codes[:4*900-1] + `]},"value_quantity":{"eq":[` + numbers + `]}}}`
	if n := allocated(func() {
		if _, err := w.read(t, "Observation", where); fault.Of(err) != fault.TooCostly {
			t.Error(err)
		}
	}); n > 64<<20 {
		t.Errorf("%d bytes", n)
	}
}
