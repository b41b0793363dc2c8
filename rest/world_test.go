package rest_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/valyala/fastjson"

	"github.com/heliograph/heliograph/adapters/memory"
	"github.com/heliograph/heliograph/bundle"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/fhirpath"
	"github.com/heliograph/heliograph/rest"
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

// world is a handler over the oracle.
type world struct {
	testing.TB
	handler *rest.Handler
}

func open(t testing.TB, resources ...string) *world {
	t.Helper()
	return openGiven(t, false, resources...)
}

// openGiven opens a world in which, if given, the server gives all ids.
func openGiven(t testing.TB, given bool, resources ...string) *world {
	t.Helper()
	store := memory.Open(memory.Config{})
	models, err := composite.NewModels(composite.ModelConfig{Parameters: parameters()})
	if err != nil {
		t.Fatal(err)
	}
	engine, err := composite.Open(t.Context(), composite.Config{Primary: store, Models: models})
	if err != nil {
		t.Fatal(err)
	}
	storage, err := composite.NewStorage(composite.StorageConfig{NoUpdateCreate: given, Primary: store, Intake: composite.NewIntake(fhir.R4(), models)})
	if err != nil {
		t.Fatal(err)
	}
	bundles, err := bundle.New(bundle.Config{Storage: storage, Compiler: fhirpath.New(fhirpath.Config{}), Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{TB: t}
	w.handler, err = rest.New(rest.Config{
		Definitions: fhir.R4(), Models: models, Engine: engine, Storage: storage, Bundles: bundles,
		CursorKey: bytes.Repeat([]byte("k"), 32), Path: "/fhir", Base: "https://here.example/fhir", Version: "test",
		NoUpdateCreate: given, Caller: callers, Limits: rest.Limits{Page: 100},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range resources {
		var head struct{ ResourceType, ID string }
		if err := json.Unmarshal([]byte(r), &head); err != nil {
			t.Fatal(err)
		}
		w.send("PUT", head.ResourceType+"/"+head.ID, r).status(201)
	}
	return w
}

// answer is what came back.
type answer struct {
	*httptest.ResponseRecorder
	w    *world
	what string
}

// send sends a request below the base; header lines are "Name: value". What comes back as JSON is valid FHIR.
func (w *world) send(method, path, body string, header ...string) answer {
	w.Helper()
	r := httptest.NewRequestWithContext(w.Context(), method, "https://here.example/fhir/"+path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/fhir+json")
	}
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Set(name, value)
	}
	a := answer{httptest.NewRecorder(), w, method + " " + path}
	w.handler.ServeHTTP(a, r)
	if strings.HasPrefix(a.Header().Get("Content-Type"), "application/") && a.Body.Len() > 0 && r.Header.Get("X-Raw") == "" {
		v, err := fastjson.ParseBytes(a.Body.Bytes())
		if err != nil {
			w.Fatalf("%s: %v in %s", a.what, err, a.Body)
		}
		if method != http.MethodGet || !strings.Contains(path, "_summary") && !strings.Contains(path, "_elements") {
			for _, i := range fhir.R4().Validate(v, fhir.ValidateOptions{Base: "https://here.example/fhir"}) {
				w.Errorf("%s: the answer is no valid FHIR: %+v", a.what, i)
			}
		}
	}
	return a
}

func (w *world) get(path string, header ...string) answer {
	w.Helper()
	return w.send("GET", path, "", header...)
}

// status checks the status, and that a failure is an OperationOutcome.
func (a answer) status(want int) answer {
	a.w.Helper()
	if a.Code != want {
		a.w.Fatalf("%s: %d instead of %d: %s", a.what, a.Code, want, a.Body)
	}
	if want >= 400 && !strings.HasPrefix(a.Body.String(), `{"resourceType":"OperationOutcome"`) {
		a.w.Errorf("%s: no OperationOutcome: %s", a.what, a.Body)
	}
	return a
}

// read is a Bundle as a client reads it.
type read struct {
	Total *int
	Link  []struct{ Relation, URL string }
	Entry []struct {
		FullURL  string
		Resource struct{ ResourceType, ID string }
		Search   struct{ Mode string }
		Request  struct{ Method string }
		Response struct{ Status string }
	}
}

func (a answer) bundle() (b read) {
	a.w.Helper()
	a.status(200)
	if err := json.Unmarshal(a.Body.Bytes(), &b); err != nil {
		a.w.Fatal(err)
	}
	return b
}

// link gives the path of a link below the base; "" when there is none.
func (b read) link(relation string) string {
	for _, l := range b.Link {
		if l.Relation == relation {
			return strings.TrimPrefix(strings.TrimPrefix(l.URL, "https://here.example/fhir"), "/")
		}
	}
	return ""
}

// ids are those of the entries of a mode, as Type/id.
func (b read) ids(mode string) []string {
	out := []string{}
	for _, e := range b.Entry {
		if e.Search.Mode == mode {
			out = append(out, e.Resource.ResourceType+"/"+e.Resource.ID)
		}
	}
	return out
}
