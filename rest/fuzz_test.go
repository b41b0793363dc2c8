package rest_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/valyala/fastjson"

	"github.com/heliograph/heliograph/fhir"
)

// ask sends a request with a path and query as they come from the wire, and checks that a failure is a valid OperationOutcome and none
// of ours.
func (w *world) ask(t *testing.T, method, path, query string, header http.Header) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "https://here.example/fhir", strings.NewReader("{}"))
	plain, err := url.PathUnescape(path)
	if err != nil {
		return // net/http refuses it
	}
	r.Method = method
	r.URL.Path, r.URL.RawPath, r.URL.RawQuery, r.Header = "/fhir/"+plain, "/fhir/"+path, query, header
	a := httptest.NewRecorder()
	w.handler.ServeHTTP(a, r)
	switch {
	case a.Code >= 500:
		t.Fatalf("%s %q?%q: %d %s", method, path, query, a.Code, a.Body)
	case a.Code < 400 || method == http.MethodHead:
		return
	}
	v, err := fastjson.ParseBytes(a.Body.Bytes())
	if err != nil || string(v.GetStringBytes("resourceType")) != "OperationOutcome" {
		t.Fatalf("%s %q?%q: no OperationOutcome: %s", method, path, query, a.Body)
	}
	for _, i := range fhir.R4().Validate(v, fhir.ValidateOptions{}) {
		t.Fatalf("%s %q?%q: %+v in %s", method, path, query, i, a.Body)
	}
}

// FuzzArguments: parameters of any kind are read or refused.
func FuzzArguments(f *testing.F) {
	for _, query := range []string{
		"name=x&_sort=-family&_count=3", "_include=Patient:*&_revinclude:iterate=*", "a%zz=1", "_summary=true&_elements=x", "_has:Observation:subject:code=x",
		"_filter=name eq x", "_cursor=AQ", "_offset=9999999999", "_total=x", "_count=-0", "_type=Patient,,Observation", "=&&=", "general-practitioner.name=x",
		"_since=2020&_at=x", "_format=%00", "_sort=,,-", "name:exact:exact=x", "_include:iterate=:::",
	} {
		f.Add("Patient", query)
		f.Add("", query)
		f.Add("Patient/p/$everything", query)
		f.Add("Patient/_history", query)
	}
	w := open(f, patient("p", "A"), practitioner)
	f.Fuzz(func(t *testing.T, path, query string) { w.ask(t, http.MethodGet, path, query, http.Header{}) })
}

// FuzzRoute: a path of any kind, with any method, leads somewhere or is refused.
func FuzzRoute(f *testing.F) {
	for _, path := range []string{
		"", "metadata", "Patient", "Patient/p", "Patient/p/_history/1", "Patient/p/_history/+1", "Patient/p/_history/99999999999999999999", "Patient/_search",
		"Patient/p/Observation", "Patient/p/*", "Patient/p/$everything", "$x", "Patient/$validate", "Patient/p/$validate", "Patient//p", "%2F", "Patient/%00",
		"_history", "_search", "Patient/p/Observation/_search", "patient/p", "Binary/b",
	} {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", ""} {
			f.Add(method, path)
		}
	}
	w := open(f, patient("p", "A"))
	f.Fuzz(func(t *testing.T, method, path string) {
		w.ask(t, method, path, "", http.Header{"Content-Type": {"application/fhir+json"}})
	})
}

// FuzzHeaders: conditional headers and preferences of any kind are heeded or refused.
func FuzzHeaders(f *testing.F) {
	names := []string{"If-Match", "If-None-Match", "If-Modified-Since", "If-None-Exist", "Prefer", "Accept", "Content-Type"}
	for _, value := range []string{
		`W/"1"`, "*", `W/"`, `"99999999999999999999"`, "Wed, 25 Nov 2026 00:00:00 GMT", "family=A", "Patient?%zz", "return=minimal; handling=lenient", ",;=,",
		"application/fhir+json;q=0", "text/html, */*;q=NaN", "application/json;charset=\xff", "application/fhir+json; fhirVersion=9",
	} {
		for i := range names {
			f.Add(byte(i), value)
		}
	}
	w := open(f, patient("p", "A"))
	f.Fuzz(func(t *testing.T, which byte, value string) {
		name := names[int(which)%len(names)]
		for _, method := range []string{"GET", "PUT", "POST", "PATCH"} {
			header := http.Header{"Content-Type": {"application/fhir+json"}}
			header[name] = []string{value}
			path := "Patient/p"
			if method == "POST" {
				path = "Patient"
			}
			w.ask(t, method, path, "", header)
		}
	})
}
