package graph_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/internal/fault"
)

// measured is n observations, in turn of two patients and of one without any.
func measured(n int) []string {
	out := crowd(3)
	for i := range n {
		out = append(out, fmt.Sprintf(`{"resourceType":"Observation","id":"o%02d","status":"%s","code":{"text":"c%d"},"subject":{"reference":"Patient/p0%d"},"effectiveDateTime":"20%02d"}`,
			i, []string{"final", "amended"}[i/2%2], i, i%2, 50-i))
	}
	return out
}

// nested asks for the same page of observations below each patient, and gives it by the patient's id.
func (w *world) nested(args string) map[string]*connection {
	w.t.Helper()
	var data struct {
		PatientList []struct {
			ID                    string
			ObservationConnection *connection
		}
	}
	query := `{ PatientList { id ObservationConnection(_reference: subject, ` + args + `)` + pageSelection + ` } }`
	if err := json.Unmarshal([]byte(w.data(query, nil)), &data); err != nil {
		w.t.Fatal(err)
	}
	out := map[string]*connection{}
	for _, p := range data.PatientList {
		out[p.ID] = p.ObservationConnection
	}
	return out
}

// linked follows a link at the root.
func (w *world) linked(link string) *connection {
	w.t.Helper()
	var data struct{ ObservationConnection *connection }
	if err := json.Unmarshal([]byte(w.data(fmt.Sprintf(`{ ObservationConnection(_cursor: %q)`+pageSelection+` }`, link), nil)), &data); err != nil {
		w.t.Fatal(err)
	}
	return data.ObservationConnection
}

// TestNestedPages: each parent has a page of its own, with its own count, in the order asked for, forward and backward.
func TestNestedPages(t *testing.T) {
	w := open(t, nil, measured(20)...)
	const query = `where: { status: { code: ["final"] } }, _sort: "date"`
	want := map[string][]string{"p00": {"o16", "o12", "o08", "o04", "o00"}, "p01": {"o17", "o13", "o09", "o05", "o01"}, "p02": nil}
	first, last := w.nested(query+`, first: 2`), w.nested(query+`, last: 2`)
	for id, all := range want {
		if c := first[id]; *c.Count != len(all) || !slices.Equal(c.ids(), all[:min(2, len(all))]) || c.PageInfo.HasNextPage != (len(all) > 2) {
			t.Errorf("%s: %d, %v", id, *c.Count, c.ids())
		}
		if c := last[id]; !slices.Equal(c.ids(), all[max(0, len(all)-2):]) || c.PageInfo.HasPreviousPage != (len(all) > 2) {
			t.Errorf("%s, from the end: %v", id, c.ids())
		}
	}
	// A cursor is a place below one parent.
	for args, want := range map[string][]string{`first: 2, after`: {"o08", "o04"}, `last: 9, before`: {"o16"}} {
		query := fmt.Sprintf(`{ PatientList(_id: "p00") { ObservationConnection(_reference: subject, `+query+`, %s: %q) { edges { node { id } } } } }`,
			args, first["p00"].Edges[1].Cursor)
		var data struct {
			PatientList []struct{ ObservationConnection connection }
		}
		if err := json.Unmarshal([]byte(w.data(query, nil)), &data); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, data.PatientList[0].ObservationConnection.ids()); diff != "" {
			t.Errorf("%s: %s", args, diff)
		}
	}
}

// TestNestedLinks: a link of a nested page is a query of its own at the root, and leads through all pages of its parent.
func TestNestedLinks(t *testing.T) {
	w := open(t, nil, measured(20)...)
	for _, query := range []string{
		`first: 2`, `_sort: "-date", first: 3`, `_sort: "date", _filter: "status eq final", first: 2`,
		`_filter: "status eq final", where: { or: [{ code: { text: ["c"] } }, { not: { status: { code: ["x"] } } }] }, first: 2`,
	} {
		all := w.nested(query + "0")["p01"].ids()
		page := w.nested(query)["p01"]
		got := page.ids()
		for page.Next != nil {
			page = w.linked(*page.Next)
			got = append(got, page.ids()...)
		}
		if diff := cmp.Diff(all, got); diff != "" {
			t.Errorf("%s, forward: %s", query, diff)
		}
		page = w.linked(*page.Last)
		got = page.ids()
		for page.Previous != nil {
			page = w.linked(*page.Previous)
			got = append(page.ids(), got...)
		}
		if diff := cmp.Diff(all, got); diff != "" {
			t.Errorf("%s, backward: %s", query, diff)
		}
		if diff := cmp.Diff(all[:2], w.linked(*page.First).ids()[:2]); diff != "" {
			t.Errorf("%s, first: %s", query, diff)
		}
	}
}

// TestConditionsInLinks: links carry every kind of condition.
func TestConditionsInLinks(t *testing.T) {
	w := open(t, nil, crowd(10)...)
	for _, query := range []string{
		`_filter: "family ne \"F1\"", _sort: "-family"`,
		`gender: "male", where: { family: { ne: "F1" } }, _filter: "name sw \"F\""`,
		`where: { name: { startsWith: ["f0", "f2"] } }`,
	} {
		all := w.connect(query + `, _count: 20`).ids()
		if len(all) != 6 && len(all) != 7 {
			t.Fatal(query, all)
		}
		got := w.walk(query+`, _count: 2`, func(c *connection) string {
			if c.Next == nil {
				return ""
			}
			return fmt.Sprintf(`_cursor: %q`, *c.Next)
		})
		if diff := cmp.Diff(all, got); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
}

// TestFilterErrors: what is wrong with a _filter is the error of its field.
func TestFilterErrors(t *testing.T) {
	w := open(t, nil, crowd(1)...)
	for query, code := range map[string]fault.Code{
		`{ PatientList(_filter: "name") { id } }`:                         fault.BadUserInput,
		`{ PatientList(_filter: "") { id } }`:                             fault.BadUserInput,
		`{ PatientList(_sort: "") { id } }`:                               fault.BadUserInput,
		`{ PatientConnection(_sort: "") { count } }`:                      fault.BadUserInput,
		`{ PatientList(where: { birthdate: { ge: "x" } }) { id } }`:       fault.BadUserInput,
		`{ ObservationList(_filter: "code-value-quantity eq 1") { id } }`: fault.Unsupported,
	} {
		if a := w.post(query, nil); len(a.Errors) != 1 || a.Errors[0].Extensions["code"] != string(code) {
			t.Errorf("%s: %v", query, a.Errors)
		}
	}
}

// TestFHIRPathConditions: an expression decides before sort, page and count, and links carry it.
func TestFHIRPathConditions(t *testing.T) {
	w := open(t, nil, crowd(10)...)
	const query = `gender: "male", fhirpath: "name.family = 'F1' or id = 'p00'", _sort: "-family"`
	if got := w.data(`{ PatientList(`+query+`, _count: 3) { id } }`, nil); got != `{"PatientList":[{"id":"p01"},{"id":"p04"},{"id":"p07"}]}` {
		t.Error(got)
	}
	if c := w.connect(query + `, first: 1`); *c.Count != 4 {
		t.Error(*c.Count)
	}
	got := w.walk(query+`, _count: 3`, func(c *connection) string {
		if c.Next == nil {
			return ""
		}
		return fmt.Sprintf(`_cursor: %q`, *c.Next)
	})
	if diff := cmp.Diff([]string{"p01", "p04", "p07", "p00"}, got); diff != "" {
		t.Error(diff)
	}
	for expression, code := range map[string]fault.Code{"name.": fault.BadUserInput, "unheard()": fault.BadUserInput} {
		a := w.post(fmt.Sprintf(`{ PatientList(fhirpath: %q) { id } }`, expression), nil)
		if len(a.Errors) != 1 || a.Errors[0].Extensions["code"] != string(code) {
			t.Errorf("%s: %v", expression, a.Errors)
		}
	}
}

// TestHighlights: edges of a text search show where its words stand; those of another search have none.
func TestHighlights(t *testing.T) {
	w := open(t, nil, `{"resourceType":"Basic","id":"b","code":{"text":"a <b> word & more"},"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">the word</div>"}}`)
	const edges = `{ edges { highlights { path fragments __typename } } } }`
	for query, want := range map[string]string{
		`{ BasicConnection(_text: "word") ` + edges:                       `[{"path":"Basic.text.div","fragments":["the \u003cem\u003eword\u003c/em\u003e"],"__typename":"Highlight"}]`,
		`{ BasicConnection(where: { code: { missing: false } }) ` + edges: `null`,
		`{ BasicConnection(_filter: "_content co \"more\"") ` + edges:     `[{"path":"Basic.code.text","fragments":["a \u0026lt;b\u0026gt; word \u0026amp; \u003cem\u003emore\u003c/em\u003e"],"__typename":"Highlight"}]`,
	} {
		var got, expected any
		if err := json.Unmarshal([]byte(w.data(query, nil)), &got); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(`{"BasicConnection":{"edges":[{"highlights":`+want+`}]}}`), &expected); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(expected, got); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
}
