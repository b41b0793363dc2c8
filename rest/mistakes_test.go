package rest_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestMistakesTogether: all that is wrong with the parameters of a search is told at once, with what may have been meant.
func TestMistakesTogether(t *testing.T) {
	w := open(t, practitioner)
	for path, says := range map[string][]string{
		"Patient?gendr=x&brthdate=2000&_sort=famly&_count=x&_include=Patient:organisation&_elements=nam": {
			"did you mean gender?", "did you mean birthdate?", "did you mean family?", "_count is a number", "did you mean organization?", "no element nam at its top; did you mean name?",
		},
		"?_type=Patient,Practitioner&gendr=x":                     {"Patient has no search parameter gendr"},
		"Patient?_elements=nam,,brthDate":                         {"did you mean name?", "a comma without", "did you mean birthDate?"},
		"?_type=Patint":                                           {"did you mean Patient?"},
		"Patient?_include=Patint:organization":                    {"did you mean Patient?"},
		"Patient?general-practitioner:Practitionr.name=x&_sort=x": {"did you mean Practitioner?", "no search parameter x"},
		"Patient?_has:Observaton:subject:code=x":                  {"did you mean Observation?"},
	} {
		text := w.get(path).status(400).Body.String()
		for _, s := range says {
			if !strings.Contains(text, s) {
				t.Errorf("%s: no %q in %s", path, s, text)
			}
		}
	}
	if text := w.get("Patint/1").status(404).Body.String(); !strings.Contains(text, "did you mean Patient?") {
		t.Error(text)
	}
}

// TestNoGraphQLParameter: _graphql is refused wherever parameters may be, with what to use instead, and never passed over.
func TestNoGraphQLParameter(t *testing.T) {
	w := open(t, practitioner)
	for _, c := range []struct{ method, path, body string }{
		{"GET", "Patient?_graphql=%7Bid%7D", ""}, {"GET", "Practitioner/p?_graphql={id}", ""}, {"GET", "?_type=Patient&_graphql=", ""},
		{"POST", "Patient/_search", "family=x&_graphql=%7Bid%7D"}, {"POST", "Patient/_search?_graphql=x", "family=x"},
	} {
		header := []string{"Prefer: handling=lenient"}
		if c.body != "" {
			header = append(header, "Content-Type: application/x-www-form-urlencoded")
		}
		text := w.send(c.method, c.path, c.body, header...).status(http.StatusBadRequest).Body.String()
		if !strings.Contains(text, "_graphql is not served") || !strings.Contains(text, "$graphql") {
			t.Errorf("%s %s: %s", c.method, c.path, text)
		}
	}
}
