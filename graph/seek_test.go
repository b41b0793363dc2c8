package graph_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/internal/fault"
)

// TestConditionalReferences: a reference by a condition leads to the one resource that matches; none and several are errors.
func TestConditionalReferences(t *testing.T) {
	w := open(t, nil, append(crowd(3),
		`{"resourceType":"Patient","id":"x","identifier":[{"system":"s","value":"1"}],"generalPractitioner":[{"reference":"Practitioner?identifier=s|2"}]}`,
		`{"resourceType":"Practitioner","id":"d","identifier":[{"system":"s","value":"2"}]}`,
		`{"resourceType":"Observation","id":"o1","status":"final","code":{"text":"c"},"subject":{"reference":"Patient?identifier=s%7C1"}}`,
		`{"resourceType":"Observation","id":"o2","status":"final","code":{"text":"c"},"subject":{"reference":"https://here.example/fhir/Patient?identifier=s|1&_id=x"}}`,
		`{"resourceType":"Observation","id":"o3","status":"final","code":{"text":"c"},"subject":{"reference":"Patient?identifier=s|9"}}`,
		`{"resourceType":"Observation","id":"o4","status":"final","code":{"text":"c"},"subject":{"reference":"Patient?gender=male"}}`,
		`{"resourceType":"Observation","id":"o5","status":"final","code":{"text":"c"},"subject":{"reference":"Patient?nothing=1"}}`,
	)...)
	before := w.counted.runs
	got := w.data(`{ ObservationList(_id: ["o1", "o2"]) { subject { resource { nodeId ... on Patient { generalPractitioner { resource { nodeId } } } } } } }`, nil)
	one := `{"subject":{"resource":{"nodeId":"Patient/x","generalPractitioner":[{"resource":{"nodeId":"Practitioner/d"}}]}}}`
	if diff := cmp.Diff(`{"ObservationList":[`+one+`,`+one+`]}`, got); diff != "" {
		t.Error(diff)
	}
	if runs := w.counted.runs - before; runs != 5 {
		t.Errorf("%d runs, not one a level and one before each level that has conditions", runs)
	}
	for id, code := range map[string]fault.Code{"o3": fault.NotFound, "o4": fault.Conflict, "o5": fault.NotFound} {
		a := w.post(`{ Observation(id: "`+id+`") { id subject { resource { nodeId } } } }`, nil)
		if len(a.Errors) != 1 || a.Errors[0].Extensions["code"] != string(code) || len(a.Errors[0].Path) != 3 {
			t.Errorf("%s: %v", id, a.Errors)
		}
	}
	got = w.data(`{ Observation(id: "o3") { subject { resource(optional: true) { nodeId } } } two: Observation(id: "o1") { subject { resource(type: Group) { nodeId } } } }`, nil)
	if diff := cmp.Diff(`{"Observation":{"subject":{"resource":null}},"two":{"subject":{"resource":null}}}`, got); diff != "" {
		t.Error(diff)
	}
}
