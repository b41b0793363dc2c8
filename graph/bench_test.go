package graph_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// hospital has patients with five observations each, whose encounters are all different.
func hospital(patients int) []string {
	var out []string
	for p := range patients {
		out = append(out, fmt.Sprintf(`{"resourceType":"Patient","id":"p%d","active":true,"name":[{"family":"Name%d","given":["A","B"]}],
			"birthDate":"1990-01-02","gender":"male","address":[{"line":["1 Street"],"city":"City","postalCode":"123"}],
			"telecom":[{"system":"phone","value":"1"}]}`, p, p))
		for o := range 5 {
			out = append(out, fmt.Sprintf(`{"resourceType":"Observation","id":"o%d-%d","status":"final","code":{"coding":[{"system":"s","code":"c"}]},
				"subject":{"reference":"Patient/p%d"},"encounter":{"reference":"Encounter/e%d-%d"},"effectiveDateTime":"2020-01-0%d",
				"valueQuantity":{"value":1.50,"unit":"mg"}}`, p, o, p, p, o, o+1),
				fmt.Sprintf(`{"resourceType":"Encounter","id":"e%d-%d","status":"finished","class":{"code":"AMB"}}`, p, o))
		}
	}
	return out
}

const (
	queryRead   = `{ Patient(id: "p7") { id name { family given } birthDate gender } }`
	queryList   = `{ PatientList(_count: 50) { id active name { family given } birthDate gender address { line city postalCode } telecom { system value } } }`
	queryNested = `{ PatientList(_count: 50) { id name { family } ObservationList(_reference: subject, _sort: "-date", _count: 5) {
		id code { coding { code } } valueQuantity { value unit } encounter { resource { ... on Encounter { id status } } } } } }`
)

// BenchmarkRequest measures whole requests, the in-memory store included: what is above BenchmarkEngine is the gateway's.
func BenchmarkRequest(b *testing.B) {
	w := open(b, nil, hospital(200)...)
	for name, query := range map[string]string{"read": queryRead, "list": queryList, "nested": queryNested} {
		b.Run(name, func(b *testing.B) {
			body, err := json.Marshal(map[string]any{"query": query})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				r := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
				r.Header.Set("Content-Type", "application/json")
				rec := httptest.NewRecorder()
				w.handler.ServeHTTP(rec, r)
				if rec.Code != http.StatusOK || bytes.Contains(rec.Body.Bytes(), []byte(`"errors"`)) {
					b.Fatal(rec.Body)
				}
			}
		})
	}
}

// BenchmarkEngine measures the read below the list of BenchmarkRequest alone: plan and run.
func BenchmarkEngine(b *testing.B) {
	w := open(b, nil, hospital(200)...)
	part := planner.Part{Kind: planner.Search, Parent: -1, Rows: true, Limit: 50,
		Query: search.Query{Caller: search.Caller{Tenant: "main"}, Type: "Patient", Where: search.True{}}}
	b.ReportAllocs()
	for b.Loop() {
		plan, err := w.engine.Plan(planner.Operation{Caller: part.Query.Caller, Parts: []planner.Part{part}})
		if err != nil {
			b.Fatal(err)
		}
		if r := w.engine.Start(plan).Run(b.Context(), []composite.Call{{Part: 0}}); r[0].Err != nil || len(r[0].Pages[0].Rows) != 50 {
			b.Fatal(r[0].Err)
		}
	}
}

// BenchmarkIntrospection answers a tool's whole introspection from the cache.
func BenchmarkIntrospection(b *testing.B) {
	w := open(b, nil)
	r := httptest.NewRequest(http.MethodGet, "/graphql/schema.json", nil)
	b.ReportAllocs()
	for b.Loop() {
		rec := httptest.NewRecorder()
		rec.Body = nil
		w.handler.SchemaJSON().ServeHTTP(rec, r)
		if rec.Code != http.StatusOK {
			b.Fatal(rec.Code)
		}
	}
}
