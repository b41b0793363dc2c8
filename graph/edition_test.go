package graph_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/graph"
)

// changing is a handler whose search parameters change while it serves.
type changing struct {
	*world
	registry *composite.Registry
}

func openChanging(t *testing.T, resources ...string) *changing {
	t.Helper()
	c := &changing{world: open(t, nil, resources...)}
	var err error
	c.registry, err = composite.OpenRegistry(t.Context(), composite.RegistryConfig{Primary: c.store, Models: c.models, Every: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if c.engine, err = composite.Open(t.Context(), composite.Config{Primary: c.registry, Models: c.models}); err != nil {
		t.Fatal(err)
	}
	c.registry.Watch(func() {
		if err := c.engine.Refresh(t.Context()); err != nil {
			t.Error(err)
		}
	})
	storage, err := composite.NewStorage(composite.StorageConfig{Primary: c.registry, Intake: composite.NewIntake(fhir.R4(), c.models)})
	if err != nil {
		t.Fatal(err)
	}
	c.handler, err = graph.New(graph.Config{
		Definitions: fhir.R4(), Models: c.models, Engine: graph.Over(c.engine), Storage: storage, CursorKey: make([]byte, 32),
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// parameter writes a SearchParameter resource on the given names of patients.
func (c *changing) parameter(status, code string) {
	c.t.Helper()
	p, err := composite.NewIntake(fhir.R4(), c.models).Prepare([]byte(`{"resourceType":"SearchParameter","id":"`+code+`","url":"http://example.org/`+code+
		`","name":"N","description":"d","status":"`+status+`","code":"`+code+`","base":["Patient"],"type":"string","expression":"Patient.name.given"}`),
		composite.Admission{})
	if err != nil {
		c.t.Fatal(err)
	}
	out, err := c.registry.Write(c.t.Context(), []adapters.Member{{Tenant: "main", Writes: []adapters.Write{p.Write}}})
	if err != nil || out[0].Err != nil {
		c.t.Fatal(err, out)
	}
}

// settle indexes anew what has to be.
func (c *changing) settle() {
	c.t.Helper()
	for did := true; did; {
		var err error
		if did, err = c.registry.Step(c.t.Context()); err != nil {
			c.t.Fatal(err)
		}
	}
}

func (c *changing) answers(query, want string) {
	c.t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		c.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(string(body)))
	r.Header.Set("Content-Type", "application/json")
	out := httptest.NewRecorder()
	c.handler.ServeHTTP(out, r)
	if !strings.Contains(out.Body.String(), want) {
		c.t.Errorf("got %s, want %s", out.Body, want)
	}
}

func (c *changing) etag() string {
	out := httptest.NewRecorder()
	c.handler.SchemaJSON().ServeHTTP(out, httptest.NewRequest(http.MethodGet, "/graphql/schema.json?types=Patient", nil))
	return out.Header().Get("ETag")
}

// TestEditions: a SearchParameter resource changes the schema while the handler serves: arguments, introspection and its ETag; a query that was
// kept for the old schema is read anew. A parameter whose name GraphQL cannot have gets no argument.
func TestEditions(t *testing.T) {
	c := openChanging(t, `{"resourceType":"Patient","id":"a","name":[{"given":["Bob"]}]}`)
	const query, found = `{ PatientList(first_name: "bob") { id } }`, `{"data":{"PatientList":[{"id":"a"}]}}`
	c.answers(query, "GRAPHQL_VALIDATION_FAILED")
	before := c.etag()
	c.parameter("active", "first-name")
	c.answers(query, "PARAMETER_BUILDING")
	c.settle()
	c.answers(query, found)
	c.answers(`{ PatientList(where: {first_name: {eq: "bob"}}) { id } }`, found)
	if after := c.etag(); after == before || after == "" {
		t.Errorf("the schema has the ETag %s, as before", after)
	}
	c.parameter("active", "1st")
	c.answers(query, found)
	if !strings.Contains(strings.Join(c.handler.Schema().Skipped(), " "), "Patient.1st") {
		t.Errorf("skipped: %v", c.handler.Schema().Skipped())
	}
	c.parameter("retired", "first-name")
	c.answers(query, "GRAPHQL_VALIDATION_FAILED")
	c.parameter("retired", "1st")
	if c.etag() != before {
		t.Error("the schema is not the one of the beginning")
	}
}

// TestParameterMutation: who writes a parameter is told what becomes of it, everything that is wrong with it, and that it has no argument.
func TestParameterMutation(t *testing.T) {
	c := openChanging(t)
	write := func(code, expression, want string) {
		t.Helper()
		c.answers(`mutation { SearchParameterUpdate(id: "`+code+`", resource: {id: "`+code+`", url: "http://example.org/`+code+`", name: "N", description: "d",
			status: "active", code: "`+code+`", base: ["Patient"], type: "string", expression: "`+expression+`"}) { information { issue { diagnostics } } } }`, want)
	}
	write("first-name", "Patient.name.given", "PARAMETER_BUILDING")
	write("1st", "Patient.name.given", "has no argument in GraphQL")
	write("other", "Patient.name.nothing", "has no element nothing")
}

// TestEditionsBesideQueries: queries that run while the schema changes are answered, each by the schema that it began with.
func TestEditionsBesideQueries(t *testing.T) {
	c := openChanging(t, `{"resourceType":"Patient","id":"a","name":[{"given":["Bob"]}]}`)
	stop := make(chan struct{})
	var asking sync.WaitGroup
	for range 3 {
		asking.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					c.answers(`{ PatientList(given: "bob") { id } }`, `{"data":{"PatientList":[{"id":"a"}]}}`)
				}
			}
		})
	}
	for round := range 4 {
		c.parameter([]string{"active", "retired"}[round%2], "first-name")
		c.settle()
	}
	close(stop)
	asking.Wait()
}
