package graph_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/heliograph/heliograph/graph"
)

// explained is the estimate of a query, by the header that asks for the plan alone.
func (w *world) explained(query string, variables any) (total int, rows string) {
	w.t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		w.t.Fatal(err)
	}
	a := &struct {
		Errors     []problem
		Extensions struct {
			Explain struct {
				Cost struct {
					Total  int
					Most   int
					Fields []struct {
						Path               string
						Rows, Fields, Cost int
					}
				}
			}
		}
	}{}
	r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(string(body)))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Heliograph-Explain", "plan-only")
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	if err := json.Unmarshal(rec.Body.Bytes(), a); err != nil || len(a.Errors) > 0 {
		w.t.Fatal(err, a.Errors)
	}
	cost := a.Extensions.Explain.Cost
	var parts []string
	for _, f := range cost.Fields {
		parts = append(parts, fmt.Sprintf("%s %d×%d=%d", f.Path, f.Rows, f.Fields, f.Cost))
	}
	return cost.Total, strings.Join(parts, ", ")
}

// TestCost: rows times fields; lists multiply, by what is asked for or else by what the planner expects; the cap bounds that.
func TestCost(t *testing.T) {
	w := open(t, nil, hospital(30)...) // with 5 observations each, or more
	for _, c := range []struct {
		query     string
		variables any
		total     int
		rows      string
	}{
		{`{ Patient(id: "p1") { id name { family given } } }`, nil, 5, "Patient 1×5=5"},
		{`{ PatientList(_count: 7) { id gender } }`, nil, 21, "PatientList 7×3=21"},
		{`query($n: Int) { PatientList(_count: $n) { id gender } }`, map[string]any{"n": 9}, 27, "PatientList 9×3=27"},
		{`{ PatientList { id } }`, nil, 60, "PatientList 30×2=60"},
		{`{ a: PatientList(_count: 2) { id } b: PatientList(_count: 2) { id } }`, nil, 8, "PatientList 2×2=4, PatientList 2×2=4"},
		{`{ PatientList(_count: 10) { ObservationList(_reference: subject, _count: 5) { id subject { resource { id } } } } }`, nil, 320,
			"PatientList 10×2=20, PatientList.ObservationList 50×4=200, PatientList.ObservationList.subject.resource 50×2=100"},
		{`{ PatientConnection { count edges { cursor node { id ...F } } } } fragment F on Patient { gender birthDate }`, nil, 50*8 + 10,
			"PatientConnection 50×8=410"},
		{`{ PatientConnection { count } }`, nil, 10, "PatientConnection 0×2=10"},
	} {
		total, rows := w.explained(c.query, c.variables)
		if total != c.total || rows != c.rows {
			t.Errorf("%s\n%d %s\n%d %s", c.query, total, rows, c.total, c.rows)
		}
	}
	if w.counted.runs > 0 {
		t.Error("a store was asked")
	}
	total, rows := w.explained(`{ PatientList(_count: 10) { ObservationList(_reference: subject) { id } } }`, nil)
	if total <= 20 || total > 20+10*200*2 {
		t.Errorf("without a count: %d %s", total, rows)
	}
}

// TestTooCostly: what would cost too much is refused before any store is asked and before anything is written, with the field that costs most.
func TestTooCostly(t *testing.T) {
	w := open(t, func(c *graph.Config) { c.Limits.Cost = 1000 }, hospital(5)...)
	const dear = `ObservationList(_reference: subject, _count: 600) { id }`
	for name, query := range map[string]string{
		"list":       `{ version PatientList(_count: 600) { id gender } }`,
		"nested":     `{ PatientList(_count: 30) { ObservationList(_reference: subject, _count: 30) { id } } }`,
		"connection": `{ PatientConnection(first: 500) { edges { node { id } } } }`,
		"aliases":    `{ ` + times(30, "a§: PatientList(_count: 20) { id } ") + `}`,
		"overflow": `{ PatientList(_count: 1000) { ` + strings.Repeat(`ObservationList(_reference: subject, _count: 1000) { subject { resource { ... on Patient { `, 8) +
			`id` + strings.Repeat(` } } } }`, 8) + ` } }`,
		"payload":      `mutation { a: PatientDelete(id: "p1") { effect } PatientCreate(resource: {active: true}) { resource { ` + dear + ` } } }`,
		"two payloads": `mutation { ` + times(2, `a§: PatientCreate(resource: {active: true}) { resource { ObservationList(_reference: subject, _count: 300) { id } } } `) + `}`,
	} {
		a := w.post(query, nil)
		if len(a.Errors) != 1 || limitOf(a) != "COST_LIMIT" || a.Data != nil {
			t.Errorf("%s: %v %s", name, a.Errors, a.Data)
			continue
		}
		limit := a.Errors[0].Extensions["limit"].(map[string]any)
		if limit["path"] == nil || limit["found"].(float64) <= 1000 || !strings.Contains(a.Errors[0].Message, limit["path"].(string)) {
			t.Errorf("%s: %v", name, a.Errors)
		}
	}
	if w.counted.runs > 0 {
		t.Error("a store was asked")
	}
	w.data(`{ PatientList(_count: 100) { id } }`, nil)
	got := w.raw(`[` + strings.TrimSuffix(strings.Repeat(`{"query":"{ PatientList(_count: 200) { id } }"},`, 4), ",") + `]`).Body.String()
	if outcomes(got) != "[ok ok TOO_COSTLY TOO_COSTLY]" {
		t.Error(got)
	}
}
