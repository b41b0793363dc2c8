package graph_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/adapters/memory"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/graph"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// parameters are made once: they take longer than all tests of a table.
var parameters = sync.OnceValue(func() *search.Parameters {
	params, errs := search.NewParameters(fhir.R4())
	if len(errs) > 0 {
		panic(errs[0])
	}
	return params
})

// world is a handler over the engine over the oracle.
type world struct {
	t       testing.TB
	store   *memory.Store
	engine  *composite.Engine
	counted *counted
	handler *graph.Handler
	models  *composite.Models
}

// open makes a world that holds some resources; change may alter the configuration.
func open(t testing.TB, change func(*graph.Config), resources ...string) *world {
	t.Helper()
	return openOver(t, memory.Open(memory.Config{}), change, resources...)
}

// openOver is open over a store of the test's own.
func openOver(t testing.TB, store *memory.Store, change func(*graph.Config), resources ...string) *world {
	t.Helper()
	w := &world{t: t, store: store}
	var err error
	if w.models, err = composite.NewModels(composite.ModelConfig{Parameters: parameters()}); err != nil {
		t.Fatal(err)
	}
	for _, r := range resources {
		w.put(r)
	}
	w.engine, err = composite.Open(t.Context(), composite.Config{Primary: w.store, Models: w.models})
	if err != nil {
		t.Fatal(err)
	}
	w.counted = &counted{Engine: graph.Over(w.engine)}
	storage, err := composite.NewStorage(composite.StorageConfig{Primary: w.store, Intake: composite.NewIntake(fhir.R4(), w.models)})
	if err != nil {
		t.Fatal(err)
	}
	cfg := graph.Config{
		Definitions: fhir.R4(), Models: w.models, Engine: w.counted, Storage: storage,
		CursorKey: bytes.Repeat([]byte("k"), 32), Version: "test", BaseURLs: []string{"https://here.example/fhir"},
	}
	if change != nil {
		change(&cfg)
	}
	if w.handler, err = graph.New(cfg); err != nil {
		t.Fatal(err)
	}
	return w
}

func caller() search.Caller { return search.Caller{Tenant: "main"} }

func (w *world) put(resource string) { w.t.Helper(); w.putFor("main", resource) }

func (w *world) putFor(tenant, resource string) {
	w.t.Helper()
	body, meta, err := fhir.Strip([]byte(resource))
	if err != nil {
		w.t.Fatal(err)
	}
	values, _, err := w.models.Current().Indexer.IndexBytes(body.JSON)
	if err != nil {
		w.t.Fatal(err)
	}
	w.write(tenant, adapters.Write{Action: adapters.Put, Ref: fhir.Ref{Type: meta.Type, ID: meta.ID}, Body: body, Values: values})
}

func (w *world) remove(ref fhir.Ref) {
	w.t.Helper()
	w.write("main", adapters.Write{Action: adapters.Delete, Ref: ref})
}

func (w *world) write(tenant string, write adapters.Write) {
	w.t.Helper()
	out, err := w.store.Write(context.Background(), []adapters.Member{{Tenant: tenant, Writes: []adapters.Write{write}}})
	if err != nil || out[0].Err != nil {
		w.t.Fatal(err, out)
	}
}

// counted counts the runs of the engine: one a level.
type counted struct {
	graph.Engine
	mu    sync.Mutex
	runs  int
	calls int
}

func (c *counted) Start(p *planner.Plan) graph.Execution {
	return &countedRun{Execution: c.Engine.Start(p), of: c}
}

func (c *counted) Explain(p *planner.Plan, x graph.Execution) string {
	if run, ok := x.(*countedRun); ok {
		x = run.Execution
	}
	return c.Engine.Explain(p, x)
}

type countedRun struct {
	graph.Execution
	of *counted
}

func (r *countedRun) Run(ctx context.Context, calls []composite.Call) []composite.Result {
	r.of.mu.Lock()
	r.of.runs++
	r.of.calls += len(calls)
	r.of.mu.Unlock()
	return r.Execution.Run(ctx, calls)
}

// answer is a response, decoded.
type answer struct {
	Status     int
	Data       json.RawMessage
	Errors     []problem
	Extensions map[string]any
	header     http.Header
}

type problem struct {
	Message    string
	Path       []any
	Locations  []map[string]int
	Extensions map[string]any
}

func (p problem) String() string { return fmt.Sprint(p.Extensions["code"], p.Path, p.Message) }

// post sends a query with variables.
func (w *world) post(query string, variables any) *answer {
	w.t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		w.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return w.send(r)
}

func (w *world) send(r *http.Request) *answer {
	w.t.Helper()
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	a := &answer{Status: rec.Code, header: rec.Header()}
	if err := json.Unmarshal(rec.Body.Bytes(), a); err != nil {
		w.t.Fatalf("not JSON: %v\n%s", err, rec.Body)
	}
	return a
}

// data sends a query that must give no errors, and gives its data.
func (w *world) data(query string, variables any) string {
	w.t.Helper()
	a := w.post(query, variables)
	if len(a.Errors) > 0 || a.Status != http.StatusOK {
		w.t.Fatalf("status %d, errors %v", a.Status, a.Errors)
	}
	return string(a.Data)
}
