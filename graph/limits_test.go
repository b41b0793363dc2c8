package graph_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/heliograph/heliograph/graph"
)

// TestLimits: what is too large is refused at once, by its code, before any store is asked.
func TestLimits(t *testing.T) {
	w := open(t, nil, ward()...)
	repeat := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.ReplaceAll(format, "#", fmt.Sprint(i)))
		}
		return b.String()
	}
	bomb := `{ Patient(id: "p1") { ...F0 } }`
	for i := range 30 {
		bomb += fmt.Sprintf(` fragment F%d on Patient { a%d: contained { ... on Patient { ...F%d } } b%d: contained { ... on Patient { ...F%d } } }`, i, i, i+1, i, i+1)
	}
	bomb += ` fragment F30 on Patient { id }`
	for name, c := range map[string]struct{ query, code, limit string }{
		"aliases":       {`{ ` + repeat(10_000, "a#: version ") + `}`, "TOO_COSTLY", "TOKENS_LIMIT"},
		"some aliases":  {`{ ` + repeat(600, "a#: version ") + `}`, "TOO_COSTLY", "ALIASES_LIMIT"},
		"root fields":   {`{ ` + repeat(300, "a#: version ") + `}`, "TOO_COSTLY", "ROOT_FIELDS_LIMIT"},
		"one field":     {`{ Patient(id: "p1") { ` + strings.Repeat("id ", 4000) + `} }`, "TOO_COSTLY", "REPEATS_LIMIT"},
		"fields":        {`{ Patient(id: "p1") { ` + strings.Repeat("id name { family } ", 2000) + `} }`, "TOO_COSTLY", "REPEATS_LIMIT"},
		"depth":         {`{ Patient(id: "p1") ` + strings.Repeat("{ contained { ... on Patient ", 50) + "{ id }" + strings.Repeat("} }", 50) + ` }`, "TOO_COSTLY", "DEPTH_LIMIT"},
		"deep braces":   {strings.Repeat("{ a ", 9_000), "TOO_COSTLY", "DEPTH_LIMIT"},
		"deep list":     {`{ PatientList(name: ` + strings.Repeat("[", 15_000) + strings.Repeat("]", 15_000) + `) { id } }`, "TOO_COSTLY", "DEPTH_LIMIT"},
		"fragment bomb": {bomb, "TOO_COSTLY", "FIELDS_LIMIT"},
		"cycle":         {`{ Patient(id: "p1") { ...F } } fragment F on Patient { ...F }`, "GRAPHQL_VALIDATION_FAILED", ""},
		"circular introspection": {`{ __schema { types { ` + strings.Repeat("fields { type { ", 20) + "name" + strings.Repeat(" } }", 20) + ` } } }`,
			"GRAPHQL_VALIDATION_FAILED", ""},
		"directives": {`{ version ` + strings.Repeat("@skip(if: false) ", 2500) + `}`, "TOO_COSTLY", "REPEATS_LIMIT"},
	} {
		t.Run(name, func(t *testing.T) {
			w.t = t
			began := time.Now()
			a := w.post(c.query, nil)
			t.Log(time.Since(began))
			if len(a.Errors) == 0 || a.Errors[0].Extensions["code"] != c.code || limitOf(a) != c.limit || a.Data != nil {
				t.Errorf("%.300s %.100s", fmt.Sprint(a.Errors), a.Data)
			}
			if len(a.Errors) > 60 {
				t.Errorf("%d errors", len(a.Errors))
			}
		})
	}
	if w.counted.runs > 0 {
		t.Error("a store was asked")
	}
}

// limitOf is the code of the limit that the first error is of.
func limitOf(a *answer) string {
	if len(a.Errors) == 0 {
		return ""
	}
	limit, _ := a.Errors[0].Extensions["limit"].(map[string]any)
	code, _ := limit["code"].(string)
	return code
}

// TestLimitsAreTold: an error says which limit it is of, how much that allows and, where it is known, how much there was.
func TestLimitsAreTold(t *testing.T) {
	w := open(t, func(c *graph.Config) { c.Limits.Depth, c.Limits.Variables, c.Limits.Page = 3, 5, 2 }, ward()...)
	for name, c := range map[string]struct {
		query     string
		variables any
		want      string
	}{
		"depth":     {`{ Patient(id: "p1") { name { period { start } } } }`, nil, "map[code:DEPTH_LIMIT found:4 most:3 name:depth]"},
		"variables": {`query ($n: [String]) { PatientList(name: $n) { id } }`, map[string]any{"n": []string{"a", "b,[{", "c", "d", "e"}}, "map[code:VARIABLES_LIMIT found:6 most:5 name:variables]"},
		"list":      {`{ PatientList { id } }`, nil, "map[code:LIST_LIMIT most:2 name:list]"},
	} {
		a := w.post(c.query, c.variables)
		if len(a.Errors) != 1 || fmt.Sprint(a.Errors[0].Extensions["limit"]) != c.want {
			t.Errorf("%s: %v", name, a.Errors)
		}
	}
}

// TestTime: an operation past its time is answered by that error alone; of a mutation, what was not begun is said.
func TestTime(t *testing.T) {
	w := open(t, func(c *graph.Config) { c.Limits.Time = time.Nanosecond }, ward()...)
	a := w.post(`{ version PatientList { id } }`, nil)
	if fmt.Sprint(codes(a)) != "[TIMEOUT[]]" || limitOf(a) != "TIME_LIMIT" || string(a.Data) != "null" {
		t.Error(a.Errors, string(a.Data))
	}
	a = w.post(`mutation { PatientDelete(id: "p1") { id } }`, nil)
	if fmt.Sprint(codes(a)) != "[TIMEOUT[PatientDelete]]" || limitOf(a) != "TIME_LIMIT" {
		t.Error(a.Errors, string(a.Data))
	}
}

// TestManySpreads: fragments that spread the next one twice are walked once each.
func TestManySpreads(t *testing.T) {
	w := open(t, nil, ward()...)
	spread := `{ Patient(id: "p1") { ...F0 } }`
	for i := range 100 {
		spread += fmt.Sprintf(` fragment F%d on Patient { ...F%d ...F%d id }`, i, i+1, i+1)
	}
	spread += ` fragment F100 on Patient { meta { id } }`
	if got := w.data(spread, nil); got != `{"Patient":{"meta":{"id":null},"id":"p1"}}` {
		t.Error(got)
	}
}

// TestSizeLimits: rows, bytes and errors of one response.
func TestSizeLimits(t *testing.T) {
	rows := open(t, func(c *graph.Config) { c.Limits.Rows = 4 }, ward()...)
	a := rows.post(`{ PatientList { id } o: ObservationList { id } }`, nil)
	if fmt.Sprint(codes(a)) != "[TOO_COSTLY[o]]" || string(a.Data) != `{"PatientList":[{"id":"p1"},{"id":"p2"},{"id":"p3"}],"o":null}` {
		t.Error(codes(a), string(a.Data))
	}
	bytes := open(t, func(c *graph.Config) { c.Limits.Response = 100 }, ward()...)
	a = bytes.post(`{ PatientList { id name { family given } } o: ObservationList { id subject { reference } } }`, nil)
	if fmt.Sprint(codes(a)) != "[TOO_COSTLY[]]" || string(a.Data) != `null` {
		t.Error(codes(a), string(a.Data))
	}
	errors := open(t, func(c *graph.Config) { c.Limits.Errors = 2 }, `{"resourceType":"Observation","id":"o","performer":[{"display":"a"},{"display":"b"},{"display":"c"}]}`)
	a = errors.post(`{ ObservationList { performer { resource { id } } } }`, nil)
	if len(a.Errors) != 3 || !strings.Contains(a.Errors[2].Message, "1 more") {
		t.Error(a.Errors)
	}
}

// TestStoreCalls: a level costs one run of the engine and a call a part, whatever the number of rows.
func TestStoreCalls(t *testing.T) {
	for _, n := range []int{1, 50} {
		w := open(t, nil, hospital(n)...)
		got := w.data(`{ PatientList(_count: 50) { id ObservationList(_reference: subject, _count: 5) { id encounter { resource { id } } subject { resource { id } } } } }`, nil)
		if strings.Count(got, `"encounter":{"resource":{"id"`) != 5*n {
			t.Error(got[:200])
		}
		if w.counted.runs != 3 || w.counted.calls != 4 {
			t.Errorf("%d patients: %d runs, %d calls", n, w.counted.runs, w.counted.calls)
		}
	}
}
