package graph_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/graph"
	"github.com/heliograph/heliograph/search"
)

// body gives the stored bytes of a resource.
func (w *world) body(ref fhir.Ref) string {
	w.t.Helper()
	got, _, err := w.store.Read(w.t.Context(), caller(), 0, []search.Key{{Ref: ref}})
	if err != nil {
		w.t.Fatal(err)
	}
	return string(got[0].Body.JSON)
}

// TestCreate: what is written as an input or as JSON, as a literal or as a variable, is stored with its digits and in its order.
func TestCreate(t *testing.T) {
	const want = `{"resourceType":"Observation","id":"x","status":"final","code":{"text":"a \"q\" é\n"},"subject":{"reference":"Patient/p"},` +
		`"valueQuantity":{"value":1.50,"unit":"g"},"component":[{"code":{"text":"c"},"valueInteger":3}],"_status":{"id":"s"}}`
	literal := `{id: "x", status: "final", code: {text: "a \"q\" é\n", coding: null}, subject: {reference: "Patient/p"}, valueQuantity: {value: 1.50, unit: "g"},
		component: {code: {text: "c"}, valueInteger: 3}, _status: {id: "s"}}`
	for name, c := range map[string]struct {
		query     string
		variables string
	}{
		"input":    {`mutation { ObservationUpdate(id: "x", resource: ` + literal + `) { effect } }`, ``},
		"decimal":  {`mutation { ObservationUpdate(id: "x", resource: ` + strings.Replace(literal, "1.50", `"1.50"`, 1) + `) { effect } }`, ``},
		"variable": {`mutation M($r: ObservationInput) { ObservationUpdate(id: "x", resource: $r) { effect } }`, `{"r":` + want + `}`},
		"loose": {`mutation M($r: ObservationInput) { ObservationUpdate(id: "x", resource: $r) { effect } }`,
			`{"r":` + strings.NewReplacer(`[{"code":{"text":"c"},"valueInteger":3}]`, `{"code":{"text":"c"},"valueInteger":3.0}`, `1.50`, `"1.50"`,
				`"resourceType":"Observation",`, `"language":null,`).Replace(want) + `}`},
		"parts": {`mutation M($q: QuantityInput, $t: String, $none: [ReferenceInput], $c: [ObservationComponentInput]) { ObservationUpdate(id: "x", resource: {
			id: "x", status: "final", code: {text: $t}, performer: $none, subject: {reference: "Patient/p"}, valueQuantity: $q, component: $c, _status: {id: "s"}}) { effect } }`,
			`{"q":{"value":1.50,"unit":"g"},"t":"a \"q\" é\n","c":{"code":{"text":"c"},"valueInteger":3}}`},
		"default": {`mutation M($q: QuantityInput = {value: 1.50, unit: "g"}, $c: [ObservationComponentInput] = {code: {text: "c"}, valueInteger: 3}) {
			ObservationUpdate(id: "x", resource: {id: "x", status: "final", code: {text: "a \"q\" é\n"}, subject: {reference: "Patient/p"}, valueQuantity: $q,
			component: $c, _status: {id: "s"}}) { effect } }`, `{}`},
		"res": {`mutation { ObservationUpdate(id: "x", res: {resourceType: "Observation", id: "x", status: "final", code: {text: "a \"q\" é\n"},
			subject: {reference: "Patient/p"}, valueQuantity: {value: 1.50, unit: "g"}, component: [{code: {text: "c"}, valueInteger: 3}], _status: {id: "s"}}) { effect } }`, ``},
		"res variable": {`mutation M($r: FHIRResource) { ObservationUpdate(id: "x", res: $r) { effect } }`, `{"r": ` + want + ` }`},
		"res parts": {`mutation M($q: JSON, $t: String) { ObservationUpdate(id: "x", res: {resourceType: "Observation", id: "x", status: "final", code: {text: $t},
			subject: {reference: "Patient/p"}, valueQuantity: $q, component: [{code: {text: "c"}, valueInteger: 3}], _status: {id: "s"}}) { effect } }`,
			`{"q":{"value":1.50,"unit":"g"},"t":"a \"q\" é\n"}`},
		"id is filled in": {`mutation M($r: FHIRResource) { ObservationUpdate(id: "x", res: $r) { effect } }`, `{"r": ` + strings.Replace(want, `"id":"x",`, "", 1) + ` }`},
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t, nil)
			w.write1(c.query, c.variables)
			if diff := cmp.Diff(want, w.body(fhir.Ref{Type: "Observation", ID: "x"})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// write1 sends a mutation that must succeed.
func (w *world) write1(query, variables string) string {
	w.t.Helper()
	var v any
	if variables != "" {
		v = json.RawMessage(variables)
	}
	return w.data(query, v)
}

func TestPayload(t *testing.T) {
	w := open(t, nil, ward()...)
	got := w.data(`mutation {
		one: ObservationUpdate(id: "new", resource: {status: "final", code: {text: "x"}, subject: {reference: "Patient/p1"}}) {
			__typename effect id version location
			resource { id meta { versionId } subject { resource { ... on Patient { id } } } nodeId }
			information { nodeId resourceType issue { severity code diagnostics } meta { versionId } }
		}
		__typename
		two: ObservationUpdate(id: "new", resource: {status: "final", code: {text: "x"}, subject: {reference: "Patient/p1"}}) { effect version information { issue { diagnostics } } }
		three: ObservationDelete(id: "new") { effect id version resource { id } location }
		four: ObservationDelete(id: "new") { effect id version resource { id } }
	}`, nil)
	want := `{"one":{"__typename":"ObservationWritePayload","effect":"created","id":"new","version":"1","location":"Observation/new/_history/1",` +
		`"resource":{"id":"new","meta":{"versionId":"1"},"subject":{"resource":{"id":"p1"}},"nodeId":"Observation/new"},` +
		`"information":{"nodeId":"Observation/new/_history/1#information","resourceType":"OperationOutcome","issue":[{"severity":"information",` +
		`"code":"informational","diagnostics":"Observation/new was created as version 1"}],"meta":null}},"__typename":"Mutation",` +
		`"two":{"effect":"unchanged","version":"1","information":{"issue":[{"diagnostics":"nothing had to be written: Observation/new stays at version 1"}]}},` +
		`"three":{"effect":"deleted","id":"new","version":"2","resource":null,"location":"Observation/new/_history/2"},` +
		`"four":{"effect":"unchanged","id":"new","version":"2","resource":null}}`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestReadYourWrite: what hangs on a written resource is there in the payload, what was written just before included.
func TestReadYourWrite(t *testing.T) {
	w := open(t, nil)
	got := w.data(`mutation {
		PatientUpdate(id: "p", resource: {id: "p", active: true}) { version }
		ObservationUpdate(id: "o", resource: {status: "final", code: {text: "x"}, subject: {reference: "Patient/p"}}) {
			resource { subject { resource { ... on Patient { active ObservationList(_reference: subject) { id } } } } }
		}
	}`, nil)
	want := `{"PatientUpdate":{"version":"1"},"ObservationUpdate":{"resource":{"subject":{"resource":{"active":true,"ObservationList":[{"id":"o"}]}}}}}`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestFailedMutations: a field that fails is null with an error that says all; the others stand.
func TestFailedMutations(t *testing.T) {
	w := open(t, nil, ward()...)
	a := w.post(`mutation {
		ok: PatientUpdate(id: "fine", resource: {active: true}) { version }
		bad: PatientCreate(res: {resourceType: "Patient", birthDate: "Secret", actve: true, contact: [{gender: "Secret"}]}) { version }
		both: PatientCreate(res: {resourceType: "Patient"}, resource: {active: true}) { version }
		none: PatientUpdate(ifMatch: "x") { version }
		stale: PatientUpdate(id: "fine", ifMatch: "7", resource: {active: false}) { version }
		wrong: PatientUpdate(id: "fine", res: {resourceType: "Observation"}) { version }
		other: PatientUpdate(id: "fine", resource: {resourceType: "Observation"}) { version }
		last: PatientUpdate(id: "fine", ifMatch: "W/\"1\"", resource: {active: false}) { version effect }
	}`, nil)
	want := `{"ok":{"version":"1"},"bad":null,"both":null,"none":null,"stale":null,"wrong":null,"other":null,"last":{"version":"2","effect":"updated"}}`
	if string(a.Data) != want || a.Status != http.StatusOK {
		t.Error(a.Status, string(a.Data))
	}
	var lines []string
	for _, e := range a.Errors {
		if len(e.Locations) != 1 || strings.Contains(e.Message, "Secret") {
			t.Errorf("%v %v", e, e.Locations)
		}
		outcome, _ := e.Extensions["resource"].(map[string]any)
		issues, _ := outcome["issue"].([]any)
		var paths []string
		for _, issue := range issues {
			if at, ok := issue.(map[string]any)["expression"].([]any); ok {
				paths = append(paths, at[0].(string))
			}
		}
		lines = append(lines, strings.Join(append([]string{e.String()}, paths...), " | "))
	}
	if diff := cmp.Diff(failedLines, lines); diff != "" {
		t.Error(diff)
	}
}

var failedLines = []string{
	"BAD_USER_INPUT[bad]Patient is not valid: Patient.birthDate: is not a date: want yyyy, yyyy-mm or yyyy-mm-dd of the calendar; " +
		"Patient: has a member actve, which Patient does not have; " +
		"Patient.contact[0].gender: is not a code of http://hl7.org/fhir/ValueSet/administrative-gender, which is required here" +
		" | Patient.birthDate | Patient | Patient.contact[0].gender",
	"BAD_USER_INPUT[both]give resource or res, not both",
	`BAD_USER_INPUT[none]give the resource, as resource or as res; give id, search or where, one of them; ifMatch: a version is a number above 0, as in meta.versionId ("3"), or an ETag of it`,
	"CONFLICT[stale]Patient/fine is at version 1, not 7",
	"BAD_USER_INPUT[wrong]Observation is not valid: Observation: is of type Observation where Patient is expected | Observation",
	`BAD_USER_INPUT[other]resource.resourceType: it is "Patient" here`,
}

func TestMutationWithoutStorage(t *testing.T) {
	w := open(t, func(c *graph.Config) { c.Storage = nil })
	if a := w.post(`mutation { PatientDelete(id: "x") { id } }`, nil); len(a.Errors) != 1 || a.Errors[0].Extensions["code"] != "UNSUPPORTED" {
		t.Error(a.Errors)
	}
}

// TestConditions: a condition as in a URL finds the one resource that is meant.
func TestConditions(t *testing.T) {
	w := open(t, nil)
	create := `mutation { PatientCreate(ifNoneExist: "identifier=http%3A%2F%2Fx%7C1", resource: {identifier: [{system: "http://x", value: "1"}]}) { effect version } }`
	update := `mutation { PatientUpdate(search: "?identifier=http://x|1&active=false", resource: {active: false, identifier: [{system: "http://x", value: "1"}]}) { effect version } }`
	remove := `mutation { PatientDelete(search: "identifier=http://x|1") { effect version } }`
	var got []string
	for _, q := range []string{create, create, update, update, strings.Replace(remove, "=http", "=none", 1)} {
		got = append(got, w.data(q, nil))
	}
	for _, q := range []string{remove, strings.Replace(remove, "identifier", "identifer", 1), strings.Replace(remove, "identifier=http://x|1", "", 1), strings.Replace(remove, "http", "%zz", 1)} {
		a := w.post(q, nil)
		got = append(got, string(a.Data))
		for _, e := range a.Errors {
			got = append(got, e.String())
		}
	}
	if diff := cmp.Diff(conditionLines, got); diff != "" {
		t.Error(diff)
	}
}

var conditionLines = []string{
	`{"PatientCreate":{"effect":"created","version":"1"}}`,
	`{"PatientCreate":{"effect":"unchanged","version":"1"}}`,
	`{"PatientUpdate":{"effect":"created","version":"1"}}`,
	`{"PatientUpdate":{"effect":"unchanged","version":"1"}}`,
	`{"PatientDelete":{"effect":"unchanged","version":null}}`,
	`{"PatientDelete":null}`,
	"PRECONDITION_FAILED[PatientDelete]delete of Patient: the condition has several matches; make it narrower",
	`{"PatientDelete":null}`,
	"BAD_USER_INPUT[PatientDelete]identifer: Patient has no search parameter identifer; did you mean identifier?",
	`{"PatientDelete":null}`,
	"BAD_USER_INPUT[PatientDelete]search: a condition has at least one search parameter, as in identifier=http://example.org|1",
	`{"PatientDelete":null}`,
	"BAD_USER_INPUT[PatientDelete]search: a % is not followed by two hexadecimal digits",
}

// TestLongCondition: a condition has a greatest length, for a body may be large.
func TestLongCondition(t *testing.T) {
	w := open(t, nil)
	a := w.post(`mutation($c: String) { PatientDelete(search: $c) { id } }`, map[string]any{"c": "identifier=" + strings.Repeat("x,", 100_000) + "x"})
	if got := strings.Join(codes(a), " "); got != "TOO_COSTLY[PatientDelete]" {
		t.Error(got, a.Errors)
	}
}

// TestConditionOfNothing: a condition that says nothing, because a variable is null, is no condition: it would hit whatever there is.
func TestConditionOfNothing(t *testing.T) {
	w := open(t, nil, `{"resourceType":"Patient","id":"only"}`)
	for _, where := range []string{"{identifier: {code: $none}}", "{identifier: {}}", "{and: []}", "{and: [{}]}", "{not: {or: []}}", "{active: null}", "{name: {startsWith: $none}}"} {
		a := w.post(`mutation($none: [String!]) { PatientDelete(where: `+where+`) { effect } none: PatientDelete(where: {name: {exact: $none}}) { effect } }`, map[string]any{"none": nil})
		if got := strings.Join(codes(a), " "); got != "BAD_USER_INPUT[PatientDelete] BAD_USER_INPUT[none]" {
			t.Errorf("%s: %s %v", where, a.Data, a.Errors)
		}
	}
	if got := w.data(`{ Patient(id: "only") { id } }`, nil); got != `{"Patient":{"id":"only"}}` {
		t.Error(got)
	}
}

// TestMergedExtensions: what any payload is degraded by is said, once, and the position is that of the one that is furthest behind.
func TestMergedExtensions(t *testing.T) {
	payload := func(position search.Position, degraded ...string) map[string]any {
		return map[string]any{"degraded": degraded, "freshness": map[string]any{"position": position}}
	}
	got := graph.Merged([]map[string]any{payload(7, "a"), payload(3, "b", "a"), payload(5, "c"), {}})
	if diff := cmp.Diff(payload(3, "a", "b", "c"), got); diff != "" {
		t.Error(diff)
	}
}
