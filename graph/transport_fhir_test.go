package graph_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/graph"
)

// fhirMux serves the dialect as the program does.
func fhirMux(h *graph.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/fhir/$graphql", h.FHIR())
	mux.Handle("/fhir/{type}/{id}/$graphql", h.FHIR())
	return mux
}

// TestFHIRTransport: invocations, statuses and media types of $graphql. Every error has an OperationOutcome.
func TestFHIRTransport(t *testing.T) {
	w := open(t, func(c *graph.Config) {
		c.Types = []string{"Patient", "Observation", "Practitioner", "Organization", "Group"}
	}, ward()...)
	w.put(`{"resourceType":"Patient","id":"gone"}`)
	w.remove(fhir.Ref{Type: "Patient", ID: "gone"})
	h := fhirMux(w.handler)
	const system, of = "/fhir/$graphql", "/fhir/Patient/p1/$graphql"
	get := func(query string) string { return "?query=" + url.QueryEscape(query) }
	for name, c := range map[string]struct {
		method, path, media, body string
		header                    []string
		status                    int
		want                      string // in the body
	}{
		"GET":                      {path: system + get(`{Patient(id:p1){id}}`), status: 200, want: `{"data":{"Patient":{"id":"p1"}}}`},
		"GET, variables":           {path: system + get(`query A($i: id!){Patient(id:$i){id}} query B{version}`) + "&operationName=A&variables=" + url.QueryEscape(`{"i":"p1"}`), status: 200, want: `"id":"p1"`},
		"application/graphql":      {method: "POST", path: system, media: "application/graphql", body: `{Patient(id:p1){id}}`, status: 200, want: `"id":"p1"`},
		"its variables in the URL": {method: "POST", path: system + "?variables=" + url.QueryEscape(`{"i":"p1"}`), media: "application/graphql; charset=utf-8", body: `query($i:id!){Patient(id:$i){id}}`, status: 200, want: `"id":"p1"`},
		"JSON":                     {method: "POST", path: system, media: "application/json", body: `{"query":"{Patient(id:p1){id}}"}`, status: 200, want: `"id":"p1"`},
		"two queries":              {method: "POST", path: system + get(`{version}`), media: "application/graphql", body: `{version}`, status: 400, want: "give one"},
		"a form":                   {method: "POST", path: system, media: "application/x-www-form-urlencoded", body: `query={version}`, status: 415, want: "OperationOutcome"},
		"text/plain":               {method: "POST", path: system, media: "text/plain", body: `{version}`, status: 415, want: "OperationOutcome"},
		"a batch":                  {method: "POST", path: system, media: "application/json", body: `[{"query":"{version}"}]`, status: 400, want: "OperationOutcome"},
		"PUT":                      {method: "PUT", path: system, status: 405, want: "OperationOutcome"},
		"XML":                      {path: system + get(`{version}`), header: []string{"Accept", "text/xml"}, status: 406, want: "OperationOutcome"},
		"FHIR's JSON":              {path: system + get(`{version}`), header: []string{"Accept", "application/fhir+json"}, status: 200, want: `"data"`},
		"no query":                 {path: system, status: 400, want: "OperationOutcome"},
		"malformed":                {path: system + get(`{`), status: 400, want: "GRAPHQL_PARSE_FAILED"},
		"invalid":                  {path: system + get(`{ Patient(id: p1) { nam } }`), status: 400, want: "OperationOutcome"},
		"a mutation by GET":        {path: system + get(`mutation{PatientDelete(id:p1){id}}`), status: 405, want: "OperationOutcome"},
		"a subscription":           {path: system + get(`subscription{PatientChanged{id}}`), status: 400, want: "OperationOutcome"},

		"one thing that is not there":          {path: system + get(`{Patient(id:none){id}}`), status: 404, want: `"code":"not-found"`},
		"one thing that is deleted":            {path: system + get(`{Patient(id:gone){id}}`), status: 410, want: `"code":"deleted"`},
		"one of two things":                    {path: system + get(`{Patient(id:none){id} b:Patient(id:p1){id}}`), status: 200, want: `"b":{"id":"p1"}`},
		"an instance":                          {path: of + get(`{id}`), status: 200, want: `{"data":{"id":"p1"}}`},
		"its type":                             {path: of + get(`{__typename}`), status: 200, want: `{"data":{"__typename":"Patient"}}`},
		"its schema":                           {path: of + get(`{__schema{queryType{name}} __type(name:"Patient"){name}}`), status: 200, want: `{"data":{"__schema":{"queryType":{"name":"Patient"}},"__type":{"name":"Patient"}}}`},
		"an alias beside a slice":              {path: of + get(`{name @slice(path:"use"){__slice:family use}}`), status: 200, want: `"__slice`},
		"two paths of one slice":               {path: of + get(`{name @slice(path:"use"){use} ...F} fragment F on Patient{name @slice(path:"family"){family}}`), status: 400, want: "differ in"},
		"too much, written out":                {path: of + get(`{contained{contained{contained{contained{contained{contained{text{status}}}}}}}}`), status: 400, want: "SELECTIONS_LIMIT"},
		"an alias of the schema":               {path: of + get(`{instance:__schema{queryType{name}} id}`), status: 200, want: `"instance":{"queryType":{"name":"Patient"}}`},
		"a repeated field and a fragment":      {path: of + get(`{...F name{given}} fragment F on Patient{name{family} name{use}}`), status: 200, want: `"data"`},
		"an instance that is not there":        {path: "/fhir/Patient/none/$graphql" + get(`{id}`), status: 404, want: `"message":"there is no Patient/none","locations"`},
		"an instance that is deleted":          {path: "/fhir/Patient/gone/$graphql" + get(`{id}`), status: 410, want: `"code":"deleted"`},
		"an instance of no type":               {path: "/fhir/Patiant/p1/$graphql" + get(`{id}`), status: 404, want: "OperationOutcome"},
		"the schema where nothing is":          {path: "/fhir/Patient/none/$graphql" + get(`{__schema{queryType{name}}}`), status: 200, want: `"Patient"`},
		"a root field of the system":           {path: of + get(`{version}`), status: 400, want: "OperationOutcome"},
		"the schema within a resource":         {path: of + get(`{ObservationList(_reference: subject){subject{resource{...on Patient{__schema{queryType{name}}}}}}}`), status: 400, want: "OperationOutcome"},
		"an error inside of an instance":       {path: of + get(`{id generalPractitioner{resource(type:Group){id}} link{other{resource{id}}}}`), status: 200, want: `"id":"p1"`},
		"a mutation at an instance":            {method: "POST", path: of, media: "application/graphql", body: `mutation{PatientDelete(id:"none"){id}}`, status: 200},
		"an operation that is not in the text": {path: system + get(`query A{version}`) + "&operationName=B", status: 400, want: "OperationOutcome"},
	} {
		if c.method == "" {
			c.method = http.MethodGet
		}
		r := httptest.NewRequest(c.method, c.path, strings.NewReader(c.body))
		if c.media != "" {
			r.Header.Set("Content-Type", c.media)
		}
		for i := 0; i+1 < len(c.header); i += 2 {
			r.Header.Set(c.header[i], c.header[i+1])
		}
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		body := rec.Body.String()
		if rec.Code != c.status || !strings.Contains(body, c.want) || !json.Valid(rec.Body.Bytes()) {
			t.Errorf("%s: %d (want %d) %s", name, rec.Code, c.status, body)
		}
		if media := rec.Header().Get("Content-Type"); !strings.HasPrefix(media, "application/json") {
			t.Errorf("%s: the answer is %s", name, media)
		}
		var a struct {
			Errors []struct {
				Extensions struct {
					Code     string
					Resource struct{ ResourceType string }
				}
			}
		}
		if err := json.Unmarshal(rec.Body.Bytes(), &a); err != nil {
			t.Fatal(name, err)
		}
		for _, e := range a.Errors {
			if e.Extensions.Resource.ResourceType != "OperationOutcome" || e.Extensions.Code == "INTERNAL" {
				t.Errorf("%s: an error without an OperationOutcome, or one of ours: %s", name, body)
			}
		}
		if c.status >= 400 && len(a.Errors) == 0 {
			t.Errorf("%s: %d without errors", name, c.status)
		}
	}
}

// TestFHIRCostIsTold: what costs too much has an OperationOutcome, too, as all errors have.
func TestFHIRCostIsTold(t *testing.T) {
	w := open(t, func(c *graph.Config) { c.Limits.Cost = 1 }, ward()...)
	if got := w.fhir("", "", `{PatientList{id name{family}}}`, ""); !strings.Contains(got, "COST_LIMIT") || !strings.Contains(got, "OperationOutcome") {
		t.Error(got)
	}
}
