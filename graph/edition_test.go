package graph_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/graph"
)

// TestEditions: a SearchParameter resource changes the schema while the handler serves: arguments, introspection and its ETag; a query that was
// kept for the old schema is read anew. A parameter whose name GraphQL cannot have gets no argument.
func TestEditions(t *testing.T) {
	w := open(t, nil, `{"resourceType":"Patient","id":"a","name":[{"given":["Bob"]}]}`)
	registry, err := composite.OpenRegistry(t.Context(), composite.RegistryConfig{Primary: w.store, Models: w.models, Every: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	engine, err := composite.Open(t.Context(), composite.Config{Primary: registry, Models: w.models})
	if err != nil {
		t.Fatal(err)
	}
	registry.Watch(func() {
		if err := engine.Refresh(t.Context()); err != nil {
			t.Error(err)
		}
	})
	h, err := graph.New(graph.Config{Definitions: fhir.R4(), Models: w.models, Engine: graph.Over(engine), CursorKey: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	const query = `{ PatientList(first_name: "bob") { id } }`
	answers := func(want string) {
		t.Helper()
		r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(`{"query":"`+strings.ReplaceAll(query, `"`, `\"`)+`"}`))
		r.Header.Set("Content-Type", "application/json")
		out := httptest.NewRecorder()
		h.ServeHTTP(out, r)
		if !strings.Contains(out.Body.String(), want) {
			t.Errorf("got %s, want %s", out.Body, want)
		}
	}
	etag := func() string {
		out := httptest.NewRecorder()
		h.SchemaJSON().ServeHTTP(out, httptest.NewRequest(http.MethodGet, "/graphql/schema.json?types=Patient", nil))
		return out.Header().Get("ETag")
	}
	put := func(status, code string) {
		t.Helper()
		in := composite.NewIntake(fhir.R4(), w.models)
		p, err := in.Prepare([]byte(`{"resourceType":"SearchParameter","id":"`+code+`","url":"http://example.org/`+code+`","name":"N","description":"d",
			"status":"`+status+`","code":"`+code+`","base":["Patient"],"type":"string","expression":"Patient.name.given"}`), composite.Admission{})
		if err != nil {
			t.Fatal(err)
		}
		if out, err := registry.Write(t.Context(), []adapters.Member{{Tenant: "main", Writes: []adapters.Write{p.Write}}}); err != nil || out[0].Err != nil {
			t.Fatal(err, out)
		}
	}
	answers("GRAPHQL_VALIDATION_FAILED")
	before := etag()
	put("active", "first-name")
	answers("PARAMETER_BUILDING")
	for did := true; did; {
		if did, err = registry.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	answers(`{"data":{"PatientList":[{"id":"a"}]}}`)
	if after := etag(); after == before || after == "" {
		t.Errorf("the schema has the ETag %s, as before", after)
	}
	put("active", "1st")
	answers(`{"data":{"PatientList":[{"id":"a"}]}}`)
	if !strings.Contains(strings.Join(h.Schema().Skipped(), " "), "Patient.1st") {
		t.Errorf("skipped: %v", h.Schema().Skipped())
	}
	put("retired", "first-name")
	answers("GRAPHQL_VALIDATION_FAILED")
	put("retired", "1st")
	if etag() != before {
		t.Error("the schema is not the one of the beginning")
	}
}
