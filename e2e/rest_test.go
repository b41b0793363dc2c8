package e2e_test

import (
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// TestRest asks the program as a FHIR client would: it writes, reads, searches and deletes, and GraphQL answers at $graphql.
func TestRest(t *testing.T) {
	p := start(t, filepath.Join(t.TempDir(), "data"), "--sample", "20")
	do := func(method, path, body string, status int, wanted string, headers ...string) {
		t.Helper()
		a := send(t, method, p.url+"/fhir/"+path, []byte(body), append([]string{"Content-Type", "application/fhir+json"}, headers...)...)
		if a.status != status || !strings.Contains(string(a.raw), wanted) {
			t.Errorf("%s %s: %d %.600s", method, path, a.status, a.raw)
		}
	}
	do(http.MethodPut, "Patient/rest", `{"resourceType":"Patient","id":"rest","name":[{"family":"Rest"}]}`, 201, `"versionId":"1"`)
	do(http.MethodGet, "Patient/rest", "", 200, `"family":"Rest"`)
	do(http.MethodGet, "Patient?family=Rest", "", 200, `"total":1`)
	do(http.MethodPost, "Patient/_search", "family=Rest", 200, `"total":1`, "Content-Type", "application/x-www-form-urlencoded")
	do(http.MethodPatch, "Patient/rest", `[{"op":"add","path":"/gender","value":"female"}]`, 200, `"gender":"female"`, "Content-Type", "application/json-patch+json")
	do(http.MethodGet, "Patient/rest/_history", "", 200, `"type":"history"`)
	do(http.MethodGet, "Patient/rest/$everything", "", 200, `"fullUrl":"`+p.url+`/fhir/Patient/rest"`)
	do(http.MethodPost, "$graphql", `{"query":"{Patient(id:\"rest\"){gender}}"}`, 200, `{"gender":"female"}`, "Content-Type", "application/json")
	do(http.MethodDelete, "Patient/rest", "", 204, "")
	do(http.MethodGet, "Patient/rest", "", 410, `"code":"deleted"`)
	do(http.MethodGet, "Patient?_sort=-_lastUpdated&_count=2", "", 200, `"relation":"next"`)
	do(http.MethodGet, "Group?code=x&_sort=_lastUpdated", "", 200, `"total":0`) // what was never stored
	do(http.MethodGet, "metadata", "", 200, `"resourceType":"CapabilityStatement"`)
}

// TestRESTLinks: links lead to where the request came to, or to what is configured.
func TestRESTLinks(t *testing.T) {
	for flags, begin := range map[string]string{
		"--base https://known.example/fhir --url request":                  "",
		"--base https://known.example/fhir":                                "https://known.example/fhir/",
		"--base https://known.example/fhir --url https://public.example/r": "https://public.example/r/",
	} {
		p := start(t, filepath.Join(t.TempDir(), "data"), append([]string{"--sample", "3"}, strings.Fields(flags)...)...)
		if begin == "" {
			begin = p.url + "/fhir/"
		}
		resp, err := http.Get(p.url + "/fhir/Patient?_count=1")
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if err := errors.Join(err, resp.Body.Close()); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{`"next","url":"` + begin + "Patient?", `"fullUrl":"` + begin + "Patient/"} {
			if !strings.Contains(string(body), want) {
				t.Errorf("%s: no %s in %.600s", flags, want, body)
			}
		}
	}
}
