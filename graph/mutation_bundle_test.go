package graph_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/bundle"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/graph"
	"github.com/heliograph/heliograph/search"
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

// TestReadingEntries: an entry that reads is answered by whoever serves reads, after the writes; without one it is refused in words.
func TestReadingEntries(t *testing.T) {
	const query = `mutation { batch(bundle: {resourceType: "Bundle", type: "batch", entry: [{request: {method: "GET", url: "https://here.example/fhir/Patient/p1"}}]}) { bundle } }`
	w := open(t, withBundles(t))
	if got := w.data(query, nil); !strings.Contains(got, "entries that read are not answered here") {
		t.Error(got)
	}
	with := withBundles(t)
	w = open(t, func(c *graph.Config) {
		with(c)
		c.Fetch = func(_ context.Context, by search.Caller, r bundle.Request) bundle.Answer {
			return bundle.Answer{Status: http.StatusOK, Resource: []byte(`{"resourceType":"Basic","id":"` + by.Tenant + "-" + strings.ReplaceAll(r.URL, "/", "-") + `"}`)}
		}
	})
	if got := w.data(query, nil); !strings.Contains(got, `"main-Patient-p1"`) {
		t.Error(got)
	}
}

// TestLargeRequests: a mutation may be larger than a query, and neither larger than its limit.
func TestLargeRequests(t *testing.T) {
	w := open(t, func(c *graph.Config) { c.Limits.Body, c.Limits.Write = 1000, 5000 })
	for _, c := range []struct {
		query  string
		length int
		status int
	}{
		{`query Q($r: String) { PatientList(name: [$r]) { id } }`, 500, http.StatusOK},
		{`query Q($r: String) { PatientList(name: [$r]) { id } }`, 1500, http.StatusRequestEntityTooLarge},
		{`mutation M($r: String) { PatientCreate(resource: {name: {text: $r}}) { version } }`, 1500, http.StatusOK},
		{`mutation M($r: String) { PatientCreate(resource: {name: {text: $r}}) { version } }`, 5500, http.StatusRequestEntityTooLarge},
	} {
		a := w.post(c.query, map[string]any{"r": strings.Repeat("x", c.length)})
		if a.Status != c.status || a.Status != http.StatusOK && a.Errors[0].Extensions["code"] != "TOO_COSTLY" {
			t.Errorf("%s of %d: %d %v", c.query, c.length, a.Status, a.Errors)
		}
	}
}
