package graph_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fhir answers a query on the FHIR dialect's endpoint, of the system or of an instance.
func (w *world) fhir(typeName, id, query, variables string) string {
	w.t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/fhir/$graphql?query="+url.QueryEscape(query)+"&variables="+url.QueryEscape(variables), nil)
	r.SetPathValue("type", typeName)
	r.SetPathValue("id", id)
	rec := httptest.NewRecorder()
	w.handler.FHIR().ServeHTTP(rec, r)
	return rec.Body.String()
}

// TestNavigationInFHIR: literals of any kind, variables of the primitives' types, and canonicals with a resource of their own.
func TestNavigationInFHIR(t *testing.T) {
	w := open(t, nil, append(lists(), canonicals()...)...)
	for name, c := range map[string]struct{ typ, id, query, variables, want string }{
		"literals":         {"Patient", "a", `{name(use: usual){given} telecom(rank: 3){system} contained(resourceType: Group){id} extension(valueBoolean: true){url}}`, "", `{"name":[{"given":["I"]}],"telecom":[{"system":"phone"}],"contained":[{"id":"g"}],"extension":[{"url":"http://e/2"}]}`},
		"variables":        {"", "", `query($u: code, $r: positiveInt, $b: Boolean, $n: Int){Patient(id: a){name(use: $u, _count: $n){given} telecom(rank: $r){system} extension(valueBoolean: $b){url}}}`, `{"u":"usual","r":3,"b":true,"n":1}`, `{"Patient":{"name":[{"given":["I"]}],"telecom":[{"system":"phone"}],"extension":[{"url":"http://e/2"}]}}`},
		"nothing left":     {"Patient", "a", `{id name(use: maiden){given}}`, "", `{"id":"a"}`},
		"fhirpath":         {"Patient", "a", `{name(fhirpath: "family.exists()", _offset: 1){family}}`, "", `{"name":[{"family":"O"}]}`},
		"flattened":        {"Patient", "a", `{name(use: official) @flatten {given @first family @first}}`, "", `{"given":["G"],"family":["F"]}`},
		"canonicals":       {"ServiceRequest", "r", `{instantiatesCanonical{resource{resourceType id url}}}`, "", `{"instantiatesCanonical":[{"resource":{"resourceType":"PlanDefinition","id":"new","url":"http://e/plan"}},{"resource":{"resourceType":"PlanDefinition","id":"old","url":"http://e/plan"}},{},{"resource":{"resourceType":"PlanDefinition","id":"in"}},{"resource":{"resourceType":"ActivityDefinition","id":"act","url":"http://e/act"}}]}`},
		"both":             {"ServiceRequest", "r", `{text: instantiatesCanonical _instantiatesCanonical{resource(type: ActivityDefinition){id}}}`, "", `{"text":["http://e/plan","http://e/plan|1.9",null,"#in","http://e/act"],"_instantiatesCanonical":[{},{},{},{},{"resource":{"id":"act"}}]}`},
		"one canonical":    {"QuestionnaireResponse", "b", `{questionnaire{resource{id url}}}`, "", `{"questionnaire":{"resource":{"id":"q2","url":"http://e/q"}}}`},
		"absent":           {"QuestionnaireResponse", "d", `{id questionnaire{resource{id url}}}`, "", `{"id":"d"}`},
		"Bundle's entries": {"Bundle", "b", `{entry(fullUrl: "u:2"){resource{id}}}`, "", `{"entry":[{"resource":{"id":"y"}}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(`{"data":`+c.want+`}`, w.fhir(c.typ, c.id, c.query, c.variables)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
