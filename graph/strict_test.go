package graph_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/heliograph/heliograph/graph"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// jointly plans one part at a time and no two together, as when a store goes away between two plans.
type jointly struct{ graph.Engine }

func (j jointly) Plan(op planner.Operation) (*planner.Plan, error) {
	if len(op.Parts) > 1 {
		return nil, &fault.Error{Code: fault.StoreUnavailable, Message: "no plan for so much"}
	}
	return j.Engine.Plan(op)
}

// TestNoPlan: an operation without a plan fails by that error in each of its fields; what asks no store is answered.
func TestNoPlan(t *testing.T) {
	w := open(t, func(c *graph.Config) { c.Engine = jointly{c.Engine} }, ward()...)
	a := w.post(`{ PatientList { id } Patient(id: "p1") { id } version }`, nil)
	if string(a.Data) != `{"PatientList":null,"Patient":null,"version":"test"}` ||
		fmt.Sprint(codes(a)) != "[STORE_UNAVAILABLE[PatientList] STORE_UNAVAILABLE[Patient]]" {
		t.Error(string(a.Data), a.Errors)
	}
}

// TestEmptyList: a list of alternatives that is empty matches nothing; it does not drop the condition.
func TestEmptyList(t *testing.T) {
	w := open(t, nil, ward()...)
	const query = `query ($i: [String]) { PatientList(_id: $i) { id } c: PatientConnection(_id: $i, gender: null) { count next edges { cursor } } }`
	if got := w.data(query, map[string]any{"i": []string{}}); got != `{"PatientList":[],"c":{"count":0,"next":null,"edges":[]}}` {
		t.Error(got)
	}
	if got := w.data(query, nil); !strings.HasPrefix(got, `{"PatientList":[{"id":"p1"},{"id":"p2"},{"id":"p3"}],"c":{"count":3,`) {
		t.Error(got)
	}
}

// TestNullConditions: null for @skip or @include is an error of the request, whoever answers the field.
func TestNullConditions(t *testing.T) {
	w := open(t, nil, ward()...)
	for _, query := range []string{
		`query ($y: Boolean = true) { version @skip(if: $y) }`,
		`query ($y: Boolean = true) { version @include(if: $y) }`,
		`query ($y: Boolean = true) { Patient(id: "p1") { ... @skip(if: $y) { id } } }`,
	} {
		a := w.post(query, map[string]any{"y": nil})
		if fmt.Sprint(codes(a)) != "[BAD_USER_INPUT[]]" || a.Data != nil || len(a.Errors[0].Locations) != 1 {
			t.Error(query, a.Errors, string(a.Data))
		}
		w.data(query, nil)
	}
}

// TestNothingAsked: an answer for which no store was asked is not called stale.
func TestNothingAsked(t *testing.T) {
	w := open(t, nil, ward()...)
	if a := w.post(`{ PatientList(_count: 0) { id } }`, nil); string(a.Data) != `{"PatientList":[]}` || a.Extensions != nil {
		t.Error(string(a.Data), a.Extensions)
	}
}

// TestSchemaOfOtherTenants: which types hold data is a tenant's own affair.
func TestSchemaOfOtherTenants(t *testing.T) {
	w := open(t, func(c *graph.Config) {
		c.Caller = func(r *http.Request) (search.Caller, error) {
			return search.Caller{Tenant: r.Header.Get("Tenant")}, nil
		}
	}, ward()...)
	w.putFor("other", `{"resourceType":"Organization","id":"o1","name":"Other"}`)
	schema := func(tenant string) string {
		r := httptest.NewRequest(http.MethodGet, "/graphql/schema.json?types=data", nil)
		r.Header.Set("Tenant", tenant)
		rec := httptest.NewRecorder()
		w.handler.SchemaJSON().ServeHTTP(rec, r)
		return rec.Body.String()
	}
	for tenant, want := range map[string]bool{"main": true, "other": false} {
		got := schema(tenant)
		if !strings.Contains(got, `"OrganizationList"`) || strings.Contains(got, `"ObservationList"`) != want {
			t.Errorf("%s: has observations: %t", tenant, !want)
		}
	}
}

// TestMalformedURL: what of a URL cannot be read is not left out in silence; it may be a filter's value.
func TestMalformedURL(t *testing.T) {
	w := open(t, nil, ward()...)
	for _, url := range []string{
		"/graphql?query=query($n:[String]){PatientList(name:$n){id}}&variables=%7B%22n%22:%22Abel%ZZ%22%7D",
		"/graphql?query=query($n:[String]){PatientList(name:$n){id}}&variables={\"n\":\"a;b\"}",
	} {
		r := httptest.NewRequest(http.MethodGet, "/graphql", nil)
		r.URL.RawQuery = strings.TrimPrefix(url, "/graphql?")
		if a := w.send(r); a.Status != http.StatusBadRequest || len(a.Errors) != 1 || strings.Contains(fmt.Sprint(a.Errors), "Abel") {
			t.Error(url, a.Status, a.Errors, string(a.Data))
		}
	}
}

// TestContainedIDs: an id that is no string is nobody's id, not part of a number's digits.
func TestContainedIDs(t *testing.T) {
	w := open(t, nil, `{"resourceType":"Patient","id":"p","contained":[{"resourceType":"Practitioner","id":123}],"generalPractitioner":[{"reference":"#2"}]}`)
	a := w.post(`{ Patient(id: "p") { generalPractitioner { resource { nodeId } } } }`, nil)
	if fmt.Sprint(codes(a)) != "[NOT_FOUND[Patient generalPractitioner 0 resource]]" {
		t.Error(a.Errors, string(a.Data))
	}
}

// TestTypeOutsideSchema: what a narrowed schema has no type for is not answered as if it had.
func TestTypeOutsideSchema(t *testing.T) {
	w := open(t, func(c *graph.Config) { c.Types = []string{"Patient", "Organization"} }, ward()...)
	const query = `{ Patient(id: "p1") { generalPractitioner { resource(optional: %s) { __typename } } } node(nodeId: "Patient/p1#c1") { __typename } }`
	const want = `{"Patient":{"generalPractitioner":[{"resource":null},{"resource":null}]},"node":null}`
	a := w.post(fmt.Sprintf(query, "false"), nil)
	if string(a.Data) != want || fmt.Sprint(codes(a)) != "[UNSUPPORTED[Patient generalPractitioner 0 resource] NOT_FOUND[Patient generalPractitioner 1 resource]]" {
		t.Error(a.Errors, string(a.Data))
	}
	if got := w.data(fmt.Sprintf(query, "true"), nil); got != want {
		t.Error(got)
	}
}

// TestNoLiterals: literals of a query are not repeated in any mode; they may be a patient's.
func TestNoLiterals(t *testing.T) {
	for _, production := range []bool{false, true} {
		w := open(t, func(c *graph.Config) { c.Types, c.Production = []string{"Patient", "Observation"}, production }, ward()...)
		for _, query := range []string{
			`{ PatientList(_count: "Secret") { id } }`,
			`{ PatientList(name: "Secret" }`,
			`{ PatientList(name: """Secret""" ] { id } }`,
			`{ PatientList(_count: 1.25) { id } }`,
			`{ PatientList(name: {a: "Secret"}) { id } }`,
			`{ PatientList(name: ["a", {a: "Secret"}]) { id } }`,
			`{ PatientList(name: ["a", ["Secret"]]) { id } }`,
			`{ Observation(id: "a") { subject { resource(type: "Secret") { __typename } } } }`,
			`{ Observation(id: "a") { subject { resource(optional: "Secret") { __typename } } } }`,
			`query ($n: Int = "Secret") { PatientList(_count: $n) { id } }`,
			`query ($n: [Int] = ["Secret"]) { PatientList(_count: $n) { id } }`,
			`{ version @skip(if: "Secret") }`,
			`{ __type(name: 5) { name } }`,
			`{ counts(types: [5, "Secret"]) { type } }`,
			`{ PatientList(birthdate: "Secret") { id } }`,
			`{ PatientConnection(_cursor: "Secret") { count } }`,
			`{ ObservationList(value_quantity: "Secret") { id } }`,
			`{ Patient(id: "p1", version: "Secret") { id } }`,
			`{ Patient(id: "Secret", _id: "Secret") { id } }`,
			`{ node(nodeId: "Secret") { id } }`,
			`{ "Secret" }`,
		} {
			a := w.post(query, nil)
			if text := fmt.Sprint(a.Errors, string(a.Data)); len(a.Errors) == 0 || strings.Contains(text, "Secret") || strings.Contains(text, "1.25") {
				t.Error(production, query, text)
			}
		}
	}
}
