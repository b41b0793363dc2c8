package graph_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/bundle"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/graph"
)

// withBundles lets a world run Bundles.
func withBundles(t testing.TB) func(*graph.Config) {
	return func(c *graph.Config) {
		var err error
		if c.Bundles, err = bundle.New(bundle.Config{Storage: c.Storage.(*composite.Storage), Dir: t.TempDir()}); err != nil {
			t.Fatal(err)
		}
	}
}

const entries = `entry: [
	{fullUrl: "urn:uuid:8b2d9f1e-4c7a-4f0e-9a55-0f3d5a1c7e21", resource: {resourceType: "Patient", id: "t", active: true}, request: {method: "PUT", url: "Patient/t"}}
	{resource: {resourceType: "Observation", id: "t", status: "final", code: {text: "x"}, valueQuantity: {value: 1.50}, subject: {reference: "Patient/t"}},
		request: {method: "PUT", url: "Observation/t"}}]`

func TestTransaction(t *testing.T) {
	w := open(t, withBundles(t))
	got := w.data(`mutation { transaction(bundle: {resourceType: "Bundle", type: "transaction", `+entries+`}) { __typename bundle sync } }`, nil)
	if !strings.Contains(got, `"type":"transaction-response"`) || strings.Count(got, `"201`) != 2 || strings.Contains(got, `"sync":null`) {
		t.Error(got)
	}
	if body := w.body(fhir.Ref{Type: "Observation", ID: "t"}); !strings.Contains(body, "1.50") {
		t.Error(body)
	}
	broken := strings.Replace(entries, "active: true", "active: 1", 1)
	a := w.post(`mutation { transaction(bundle: {resourceType: "Bundle", type: "transaction", `+broken+`}) { bundle } PatientList { id } }`, nil)
	if len(a.Errors) == 0 {
		t.Error("PatientList is no mutation")
	}
	a = w.post(`mutation { transaction(bundle: {resourceType: "Bundle", type: "transaction", `+broken+`}) { bundle } }`, nil)
	if len(a.Errors) != 1 || a.Errors[0].Extensions["code"] != "BAD_USER_INPUT" || !strings.Contains(a.Errors[0].Message, "Bundle.entry[0].resource") {
		t.Error(a.Errors)
	}
	a = w.post(`mutation { batch(bundle: {resourceType: "Bundle", type: "transaction"}) { bundle } }`, nil)
	if len(a.Errors) != 1 || a.Errors[0].Message != "bundle: its type must be batch here" {
		t.Error(a.Errors)
	}
	got = w.data(`mutation { batch(bundle: {resourceType: "Bundle", type: "batch", `+broken+`}) { bundle } }`, nil)
	if !strings.Contains(got, `"type":"batch-response"`) || !strings.Contains(got, `"400`) || !strings.Contains(got, `"200`) {
		t.Error(got)
	}
}

// TestTypedCondition: the resource that is meant, by the typed where, as a literal and as a variable.
func TestTypedCondition(t *testing.T) {
	w := open(t, nil, ward()...)
	w.data(`mutation { PatientUpdate(id: "w", resource: {active: true, identifier: [{system: "http://x", value: "1"}]}) { version } }`, nil)
	got := w.data(`mutation M($w: PatientWhere) {
		a: PatientUpdate(where: {identifier: {system: "http://x", code: "1"}}, resource: {active: false, identifier: {value: "1"}}) { effect version id resource { active } }
		c: PatientDelete(where: $w) { effect version }
	}`, map[string]any{"w": map[string]any{"identifier": map[string]any{"code": "1"}}})
	want := `{"a":{"effect":"updated","version":"2","id":"w","resource":{"active":false}},"c":{"effect":"deleted","version":"3"}}`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if a := w.post(`mutation { PatientDelete(where: {}) { effect } }`, nil); len(a.Errors) != 1 || a.Errors[0].Extensions["code"] != "BAD_USER_INPUT" {
		t.Error(a.Errors)
	}
}
