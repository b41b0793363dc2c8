package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/graph"
)

// codes are the codes and paths of an answer's errors.
func codes(a *answer) []string {
	out := []string{}
	for _, e := range a.Errors {
		out = append(out, fmt.Sprint(e.Extensions["code"], e.Path))
	}
	return out
}

func TestErrors(t *testing.T) {
	w := open(t, func(c *graph.Config) { c.Limits.Page = 2 }, ward()...)
	w.put(`{"resourceType":"Patient","id":"gone"}`)
	w.remove(fhir.Ref{Type: "Patient", ID: "gone"})
	w.put(`{"resourceType":"Observation","id":"r1","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/missing"},
		"encounter":{"display":"somewhere"},"performer":[{"reference":"https://there.example/fhir/Patient/1"},{"reference":"https://here.example/fhir/Patient/p2"},
		{"reference":"Patient?identifier=1"},{"reference":"Patient/gone"},{"reference":"#none"},{"reference":"urn:uuid:0"}]}`)
	for name, c := range map[string]struct {
		query string
		codes []string
		data  string
	}{
		"unknown":      {`{ Patient(id: "x") { id } version }`, []string{"NOT_FOUND[Patient]"}, `{"Patient":null,"version":"test"}`},
		"deleted":      {`{ Patient(id: "gone") { id } }`, []string{"GONE[Patient]"}, `{"Patient":null}`},
		"two ids":      {`{ Patient(id: "p1", _id: "p2") { id } }`, []string{"BAD_USER_INPUT[Patient]"}, `{"Patient":null}`},
		"no id":        {`{ Patient { id } }`, []string{"BAD_USER_INPUT[Patient]"}, `{"Patient":null}`},
		"version":      {`{ Patient(id: "p1", version: "one") { id } }`, []string{"NOT_FOUND[Patient]"}, `{"Patient":null}`},
		"too many":     {`{ PatientList { id } o: PatientList(_id: "p1") { id } }`, []string{"TOO_COSTLY[PatientList]"}, `{"PatientList":null,"o":[{"id":"p1"}]}`},
		"large page":   {`{ PatientList(_count: 3) { id } }`, []string{"TOO_COSTLY[PatientList]"}, `{"PatientList":null}`},
		"negative":     {`{ PatientList(_count: -1) { id } }`, []string{"BAD_USER_INPUT[PatientList]"}, `{"PatientList":null}`},
		"bad value":    {`{ PatientList(birthdate: "xx") { id } p: Patient(id: "p2") { id } }`, []string{"BAD_USER_INPUT[PatientList]"}, `{"PatientList":null,"p":{"id":"p2"}}`},
		"null value":   {`{ PatientList(name: ["a", null]) { id } }`, []string{"BAD_USER_INPUT[PatientList]"}, `{"PatientList":null}`},
		"bad sort":     {`{ PatientList(_sort: "nothing") { id } }`, []string{"BAD_USER_INPUT[PatientList]"}, `{"PatientList":null}`},
		"no reference": {`{ Patient(id: "p2") { ObservationList { id } } }`, []string{"BAD_USER_INPUT[Patient ObservationList]"}, `{"Patient":{"ObservationList":null}}`},
		"wrong reference": {`{ Patient(id: "p2") { ObservationList(_reference: encounter) { id } } }`, []string{"BAD_USER_INPUT[Patient ObservationList]"},
			`{"Patient":{"ObservationList":null}}`},
		"conventions": {`{ PatientConnection(_count: 1, first: 1) { count } }`, []string{"BAD_USER_INPUT[PatientConnection]"}, `{"PatientConnection":null}`},
		"cursor":      {`{ PatientConnection(first: 1, after: "xx") { count } }`, []string{"BAD_USER_INPUT[PatientConnection]"}, `{"PatientConnection":null}`},
		"references": {`{ Observation(id: "r1") { subject { display r: resource { id } } encounter { resource { id } } performer { resource { id } } } }`,
			[]string{"NOT_FOUND[Observation subject r]", "NOT_FOUND[Observation encounter resource]", "NOT_FOUND[Observation performer 0 resource]",
				"NOT_FOUND[Observation performer 2 resource]", "GONE[Observation performer 3 resource]", "NOT_FOUND[Observation performer 4 resource]",
				"NOT_FOUND[Observation performer 5 resource]"},
			`{"Observation":{"subject":{"display":null,"r":null},"encounter":{"resource":null},"performer":[{"resource":null},{"resource":{"id":"p2"}},` +
				`{"resource":null},{"resource":null},{"resource":null},{"resource":null}]}}`},
		"optional": {`{ Observation(id: "r1") { subject { resource(optional: true) { id } } performer { resource(optional: true, type: Patient) { id } } } }`,
			[]string{}, `{"Observation":{"subject":{"resource":null},"performer":[{"resource":null},{"resource":{"id":"p2"}},{"resource":null},{"resource":null},` +
				`{"resource":null},{"resource":null}]}}`},
		"other type": {`{ Observation(id: "a") { subject { resource(type: Group) { id } } } }`, []string{}, `{"Observation":{"subject":{"resource":null}}}`},
		"a shared row is an error wherever it stands": {`{ a: Observation(id: "r1") { subject { resource { id } } } b: Observation(id: "r1") { subject { resource { id } } } }`,
			[]string{"NOT_FOUND[a subject resource]", "NOT_FOUND[b subject resource]"}, `{"a":{"subject":{"resource":null}},"b":{"subject":{"resource":null}}}`},
	} {
		t.Run(name, func(t *testing.T) {
			w.t = t
			a := w.post(c.query, nil)
			if diff := cmp.Diff(c.codes, codes(a)); diff != "" {
				t.Error(diff, a.Errors)
			}
			if string(a.Data) != c.data {
				t.Errorf("got  %s\nwant %s", a.Data, c.data)
			}
			for _, e := range a.Errors {
				if len(e.Locations) != 1 || e.Locations[0]["line"] != 1 {
					t.Errorf("%v has the locations %v", e, e.Locations)
				}
			}
		})
	}
}

// TestStoredNonsense: what a lenient store holds against the schema is null with an error at its place.
func TestStoredNonsense(t *testing.T) {
	w := open(t, nil, `{"resourceType":"Patient","id":"p","name":{"family":"Secret"},"active":"Secret","gender":"male"}`,
		`{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p"}}`)
	a := w.post(`{ ObservationList { subject { resource { ... on Patient { name { family } active gender } } } } }`, nil)
	want := []string{"STORE_CORRUPT[ObservationList 0 subject resource name]", "STORE_CORRUPT[ObservationList 0 subject resource active]"}
	if diff := cmp.Diff(want, codes(a)); diff != "" {
		t.Error(diff)
	}
	if want := `{"ObservationList":[{"subject":{"resource":{"name":null,"active":null,"gender":"male"}}}]}`; string(a.Data) != want {
		t.Errorf("%s", a.Data)
	}
	for _, e := range a.Errors {
		if strings.Contains(e.Message, "Secret") {
			t.Error(e)
		}
	}
}

func TestVariables(t *testing.T) {
	w := open(t, nil, ward()...)
	for name, c := range map[string]struct {
		query string
		vars  any
		want  string // data, or the code of the only error
	}{
		"given":      {`query ($n: [String]) { PatientList(name: $n) { id } }`, map[string]any{"n": []any{"abel", "cole"}}, `{"PatientList":[{"id":"p1"},{"id":"p3"}]}`},
		"coerced":    {`query ($n: [String]) { PatientList(name: $n) { id } }`, map[string]any{"n": "abel"}, `{"PatientList":[{"id":"p1"}]}`},
		"absent":     {`query ($n: [String]) { PatientList(name: $n) { id } }`, nil, `{"PatientList":[{"id":"p1"},{"id":"p2"},{"id":"p3"}]}`},
		"default":    {`query ($n: [String] = "cole") { PatientList(name: $n) { id } }`, nil, `{"PatientList":[{"id":"p3"}]}`},
		"inside":     {`query ($n: String) { PatientList(name: [$n, "cole"]) { id } }`, map[string]any{"n": "abel"}, `{"PatientList":[{"id":"p1"},{"id":"p3"}]}`},
		"number":     {`query ($n: Int!) { PatientList(_count: $n) { id } }`, map[string]any{"n": 1}, `{"PatientList":[{"id":"p1"}]}`},
		"id":         {`query ($n: ID!) { Patient(id: $n) { id } }`, map[string]any{"n": "p2"}, `{"Patient":{"id":"p2"}}`},
		"enum":       {`query ($t: ResourceType) { Observation(id: "a") { subject { resource(type: $t) { id } } } }`, map[string]any{"t": "Group"}, `{"Observation":{"subject":{"resource":null}}}`},
		"include":    {`query ($y: Boolean!) { Patient(id: "p2") { id @include(if: $y) gender @skip(if: $y) } }`, map[string]any{"y": true}, `{"Patient":{"id":"p2"}}`},
		"skip":       {`query ($y: Boolean!) { Patient(id: "p2") { id @include(if: $y) gender @skip(if: $y) } }`, map[string]any{"y": false}, `{"Patient":{"gender":null}}`},
		"missing":    {`query ($n: ID!) { Patient(id: $n) { id } }`, nil, "BAD_USER_INPUT"},
		"wrong":      {`query ($n: Int) { PatientList(_count: $n) { id } }`, map[string]any{"n": "Secret"}, "BAD_USER_INPUT"},
		"fraction":   {`query ($n: Int) { PatientList(_count: $n) { id } }`, map[string]any{"n": 1.5}, "BAD_USER_INPUT"},
		"large":      {`query ($n: Int) { PatientList(_count: $n) { id } }`, map[string]any{"n": 1e12}, "BAD_USER_INPUT"},
		"wrong enum": {`query ($t: ResourceType) { Observation(id: "a") { subject { resource(type: $t) { id } } } }`, map[string]any{"t": "Secret"}, "BAD_USER_INPUT"},
		"wrong list": {`query ($n: [String]) { PatientList(name: $n) { id } }`, map[string]any{"n": []any{"a", map[string]any{"Secret": 1}}}, "BAD_USER_INPUT"},
		"literal":    {`{ PatientList(_count: "Secret") { id } }`, nil, "GRAPHQL_VALIDATION_FAILED"},
		"syntax":     {`{ PatientList(_count: ) { id } "Secret" }`, nil, "GRAPHQL_PARSE_FAILED"},
		"field":      {`{ PatientList { nothing } }`, nil, "GRAPHQL_VALIDATION_FAILED"},
		"root":       {`{ Nothing { id } }`, nil, "GRAPHQL_VALIDATION_FAILED"},
		"mutation":   {`mutation { PatientMake { id } }`, nil, "GRAPHQL_VALIDATION_FAILED"},
	} {
		t.Run(name, func(t *testing.T) {
			w.t = t
			a := w.post(c.query, c.vars)
			if len(a.Errors) == 0 {
				if string(a.Data) != c.want {
					t.Errorf("got  %s\nwant %s", a.Data, c.want)
				}
				return
			}
			if a.Data != nil || a.Errors[0].Extensions["code"] != c.want {
				t.Error(a.Errors, string(a.Data))
			}
			if strings.Contains(fmt.Sprint(a.Errors), "Secret") {
				t.Error("a value is repeated:", a.Errors)
			}
		})
	}
}

func TestTenants(t *testing.T) {
	w := open(t, nil, ward()...)
	w.putFor("other", `{"resourceType":"Patient","id":"p1","name":[{"family":"Other"}]}`)
	if got := w.data(`{ Patient(id: "p1") { name { family } } }`, nil); got != `{"Patient":{"name":[{"family":"Abel"}]}}` {
		t.Error(got)
	}
}
