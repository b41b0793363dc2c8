package graph_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/graph"
)

// FuzzHandler: whatever comes as a query and variables, the answer is JSON that says what is wrong or has data, and never an
// internal error.
func FuzzHandler(f *testing.F) {
	for _, seed := range [][2]string{
		{queryRead, `{}`}, {queryList, ``}, {queryNested, `null`},
		{`query ($n: [String], $y: Boolean!) { PatientList(name: $n) { id @include(if: $y) ...F } } fragment F on Patient { name { family } }`, `{"n":["a"],"y":true}`},
		{`{ PatientConnection(first: 1, after: "AQ", _sort: "-family") { count edges { cursor resource { id } } pageInfo { endCursor } next } }`, `{}`},
		{`{ node(nodeId: "Patient/p1#c1") { nodeId ... on Resource { id meta { versionId } } } version counts(types: ["Patient"]) { count } }`, `{}`},
		{`{ __schema { types { name } } __type(name: "Patient") { fields { name } } }`, `{}`},
		{`mutation { x }`, `[]`}, {"{ \"\"\" }", `{"a":1e999}`}, {`subscription S { Patient { id } }`, `{"a":{"b":[null]}}`}, {"\x00\xff{", "\xff"},
		{`{ Patient(id: "p1") { ...F } } fragment F on Patient { ...F }`, ``}, {`{ PatientList(_count: 99999999999999999999) { id } }`, ``},
	} {
		f.Add(seed[0], seed[1])
	}
	w := open(f, func(c *graph.Config) { c.Types = []string{"Patient", "Observation", "Practitioner", "Organization"} }, ward()...)
	f.Fuzz(func(t *testing.T, query, variables string) {
		body, err := json.Marshal(map[string]string{"query": query})
		if err != nil {
			t.Fatal(err)
		}
		post := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(strings.TrimSuffix(string(body), "}")+`,"variables":`+variables+"}"))
		post.Header.Set("Content-Type", "application/json")
		get := httptest.NewRequest(http.MethodGet, "/graphql?"+url.Values{"query": {query}, "variables": {variables}}.Encode(), nil)
		for _, r := range []*http.Request{post, get} {
			rec := httptest.NewRecorder()
			w.handler.ServeHTTP(rec, r)
			if !json.Valid(rec.Body.Bytes()) {
				t.Fatalf("not JSON: %s", rec.Body)
			}
			var a answer
			if err := json.Unmarshal(rec.Body.Bytes(), &a); err != nil || a.Data == nil && len(a.Errors) == 0 {
				t.Fatalf("neither data nor errors: %s", rec.Body)
			}
			for _, e := range a.Errors {
				if e.Extensions["code"] == "INTERNAL" || e.Extensions["code"] == nil {
					t.Fatalf("%v", e)
				}
			}
		}
	})
}

// FuzzReference: no text in a reference harms the answer.
func FuzzReference(f *testing.F) {
	for _, seed := range []string{"Patient/p1", "#", "#c", "Patient/p1/_history/1", "https://here.example/fhir/Patient/p1", "urn:uuid:1", "Patient?x=1", "\\u0041", "Patient/../x"} {
		f.Add(seed)
	}
	w := open(f, func(c *graph.Config) { c.Types = []string{"Patient", "Observation"} })
	f.Fuzz(func(t *testing.T, text string) {
		w.t = t
		reference, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		stored := `{"resourceType":"Observation","id":"o","contained":[{"resourceType":"Patient","id":"c"}],"subject":{"reference":` + string(reference) + `}}`
		if strings.ContainsAny(text, "\x00\ufffd") {
			return // the stores refuse these
		}
		w.put(stored)
		a := w.post(`{ Observation(id: "o") { subject { reference resource { nodeId __typename } } } }`, nil)
		if a.Data == nil || len(a.Errors) > 1 || len(a.Errors) == 1 && a.Errors[0].Extensions["code"] == "INTERNAL" {
			t.Fatal(string(a.Data), a.Errors)
		}
	})
}

// FuzzInput: whatever stands in an input, as a literal or as a variable, is refused in words or stored as JSON.
func FuzzInput(f *testing.F) {
	for _, seed := range [][2]string{
		{`{active: true, name: {given: ["a"], family: null}}`, `{"active":true,"name":[{"given":["a"]}]}`},
		{`{extension: [{url: "x", valueDecimal: 1.50}, {url: "y", valueDecimal: "-0E+2"}], multipleBirthInteger: 3}`, `{"extension":{"url":"x","valueDecimal":"1.50"}}`},
		{`{birthDate: "2020", _birthDate: {extension: {url: "x", valueCode: "\u00e9\\"}}}`, `{"_birthDate":{"extension":[]},"birthDate":"\ud83d\ude00"}`},
		{`{contained: [{resourceType: "Basic", id: "1", x: $no}], text: {div: "\"\"", status: generated}}`, `{"contained":{"a":1,"a":2}}`},
		{`{name: [null, {}], resourceType: "Patient", id: 7}`, `{"name":[[[]]],"id":7.0}`}, {`$r`, `"\ud800"`}, {`"""x"""`, `1e999`},
	} {
		f.Add(seed[0], seed[1])
	}
	w := open(f, func(c *graph.Config) { c.Types = []string{"Patient"} })
	f.Fuzz(func(t *testing.T, literal, variable string) {
		w.t = t
		for _, body := range []string{
			fmt.Sprintf(`{"query":%s}`, quoted(t, `mutation { m: PatientUpdate(id: "f", resource: `+literal+`) { resource { id birthDate name { family given } } } }`)),
			fmt.Sprintf(`{"query":"mutation M($r: PatientInput) { m: PatientUpdate(id: \"f\", resource: $r) { resource { id } } }","variables":{"r":%s}}`, variable),
			fmt.Sprintf(`{"query":"mutation M($r: FHIRResource) { m: PatientUpdate(id: \"f\", res: $r) { resource { id } } }","variables":{"r":%s}}`, variable),
		} {
			r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(body))
			r.Header.Set("Content-Type", "application/json")
			a := w.send(r)
			for _, e := range a.Errors {
				if e.Extensions["code"] == "INTERNAL" || e.Extensions["code"] == nil {
					t.Fatalf("%v", e)
				}
			}
			if len(a.Errors) == 0 && strings.Contains(string(a.Data), `"id":"f"`) && !json.Valid([]byte(w.body(fhir.Ref{Type: "Patient", ID: "f"}))) {
				t.Fatal("what is stored is no JSON")
			}
		}
	})
}

func quoted(t *testing.T, text string) []byte {
	b, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
