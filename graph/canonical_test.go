package graph_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/graph"
	"github.com/heliograph/heliograph/search"
)

func canonicals() []string {
	plan := func(id, version string) string {
		return fmt.Sprintf(`{"resourceType":"PlanDefinition","id":%q,"url":"http://e/plan","status":"active"%s}`, id, version)
	}
	return []string{
		plan("old", `,"version":"1.9"`), plan("new", `,"version":"1.10","relatedArtifact":[{"type":"derived-from","resource":"http://e/act|2"}]`), plan("none", ""),
		`{"resourceType":"ActivityDefinition","id":"act","url":"http://e/act","version":"2","status":"active","library":["http://e/missing"]}`,
		`{"resourceType":"Questionnaire","id":"q1","url":"http://e/q","status":"active"}`, `{"resourceType":"Questionnaire","id":"q2","url":"http://e/q","status":"active"}`,
		`{"resourceType":"ServiceRequest","id":"r","status":"active","intent":"order","subject":{"reference":"Patient/a"},
			"contained":[{"resourceType":"PlanDefinition","id":"in","status":"draft","library":["http://e/lib"]}],
			"instantiatesCanonical":["http://e/plan","http://e/plan|1.9",null,"#in","http://e/act"],
			"_instantiatesCanonical":[null,{"id":"second","extension":[{"url":"http://e/x","valueReference":{"reference":"#in"}}]},{"id":"third"}]}`,
		`{"resourceType":"QuestionnaireResponse","id":"a","status":"completed","questionnaire":"http://e/q"}`,
		`{"resourceType":"QuestionnaireResponse","id":"b","status":"completed","questionnaire":"Questionnaire/q2"}`,
		`{"resourceType":"QuestionnaireResponse","id":"c","status":"completed","_questionnaire":{"id":"x"}}`,
		`{"resourceType":"QuestionnaireResponse","id":"d","status":"completed"}`,
		`{"resourceType":"QuestionnaireResponse","id":"e","status":"completed","questionnaire":"http://e/plan"}`,
		`{"resourceType":"QuestionnaireResponse","id":"f","status":"completed","questionnaire":"http://e/q#part"}`,
	}
}

func TestCanonicals(t *testing.T) {
	w := open(t, nil, canonicals()...)
	for name, c := range map[string]struct{ query, want string }{
		"a list": {`{ServiceRequest(id:"r"){instantiatesCanonical _instantiatesCanonical{__typename id resource{nodeId}}}}`,
			`{"ServiceRequest":{"instantiatesCanonical":["http://e/plan","http://e/plan|1.9",null,"#in","http://e/act"],"_instantiatesCanonical":[` +
				`{"__typename":"CanonicalElement","id":null,"resource":{"nodeId":"PlanDefinition/new"}},{"__typename":"CanonicalElement","id":"second","resource":{"nodeId":"PlanDefinition/old"}},` +
				`{"__typename":"CanonicalElement","id":"third","resource":null},{"__typename":"CanonicalElement","id":null,"resource":{"nodeId":"ServiceRequest/r#in"}},` +
				`{"__typename":"CanonicalElement","id":null,"resource":{"nodeId":"ActivityDefinition/act"}}]}}`},
		"without resources": {`{ServiceRequest(id:"r"){_instantiatesCanonical{id}}}`, `{"ServiceRequest":{"_instantiatesCanonical":[null,{"id":"second"},{"id":"third"}]}}`},
		"extensions beside": {`{ServiceRequest(id:"r"){_instantiatesCanonical{resource(type:PlanDefinition){resourceType} extension(fhirpath:"url='http://e/x'"){valueReference{resource{nodeId}}}}}}`,
			`{"ServiceRequest":{"_instantiatesCanonical":[{"resource":{"resourceType":"PlanDefinition"},"extension":null},{"resource":{"resourceType":"PlanDefinition"},` +
				`"extension":[{"valueReference":{"resource":{"nodeId":"ServiceRequest/r#in"}}}]},{"resource":null,"extension":null},{"resource":{"resourceType":"PlanDefinition"},"extension":null},{"resource":null,"extension":null}]}}`},
		"level by level": {`{PlanDefinition(id:"new"){relatedArtifact{_resource{resource{...on ActivityDefinition{id _library{resource(optional:true){nodeId}}}}}}}}`,
			`{"PlanDefinition":{"relatedArtifact":[{"_resource":{"resource":{"id":"act","_library":[{"resource":null}]}}}]}}`},
		"one": {`{b:QuestionnaireResponse(id:"b"){_questionnaire{...F}} c:QuestionnaireResponse(id:"c"){_questionnaire{id ...F}} d:QuestionnaireResponse(id:"d"){_questionnaire{...F}}} fragment F on CanonicalElement{resource{nodeId}}`,
			`{"b":{"_questionnaire":{"resource":{"nodeId":"Questionnaire/q2"}}},"c":{"_questionnaire":{"id":"x","resource":null}},"d":{"_questionnaire":null}}`},
		"in a contained": {`{ServiceRequest(id:"r"){contained{...on PlanDefinition{_library{resource(optional:true){nodeId}}}}}}`, `{"ServiceRequest":{"contained":[{"_library":[{"resource":null}]}]}}`},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, w.data(c.query, nil)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCanonicalsNotHad(t *testing.T) {
	w := open(t, nil, canonicals()...)
	a := w.post(`{QuestionnaireResponseList(_sort:"_id"){id _questionnaire{resource{nodeId}}}}`, nil)
	want := []string{
		"CONFLICT[QuestionnaireResponseList 0 _questionnaire resource]", "NOT_FOUND[QuestionnaireResponseList 4 _questionnaire resource]",
		"UNSUPPORTED[QuestionnaireResponseList 5 _questionnaire resource]",
	}
	if got := codes(a); !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	for _, e := range a.Errors {
		if len(e.Locations) == 0 || strings.Contains(e.Message, "http") {
			t.Error(e)
		}
	}
	if got := codes(w.post(`{PlanDefinition(id:"new"){relatedArtifact{_resource{resource{...on ActivityDefinition{_library{resource{nodeId}}}}}}}}`, nil)); !slices.Equal(got,
		[]string{"NOT_FOUND[PlanDefinition relatedArtifact 0 _resource resource _library 0 resource]"}) {
		t.Error(got)
	}
}

// TestCanonicalsByLevel: whatever the number of canonicals, a level is one search for each type that they may name.
func TestCanonicalsByLevel(t *testing.T) {
	resources := canonicals()
	for i := range 30 {
		resources = append(resources, fmt.Sprintf(`{"resourceType":"Questionnaire","id":"x%d","url":"http://e/x%d","status":"active"}`, i, i),
			fmt.Sprintf(`{"resourceType":"QuestionnaireResponse","id":"x%d","status":"completed","questionnaire":"http://e/x%d","subject":{"reference":"Patient/s"}}`, i, i))
	}
	w := open(t, nil, resources...)
	got := w.data(`{QuestionnaireResponseList(subject:"Patient/s"){_questionnaire{resource{id}}}}`, nil)
	if strings.Count(got, `"resource":{"id":"x`) != 30 || w.counted.runs != 2 || w.counted.calls != 2 {
		t.Errorf("%d runs, %d calls: %s", w.counted.runs, w.counted.calls, got)
	}
}

// TestCanonicalsObeyPolicy: what a caller may not see is not found, nor is it a reason for a conflict.
func TestCanonicalsObeyPolicy(t *testing.T) {
	id := parameters().Param("Questionnaire", search.ParamID)
	w := open(t, func(c *graph.Config) {
		only := search.Clause{Param: id, Values: []search.Value{{Code: "q1"}}}
		c.Caller = func(*http.Request) (search.Caller, error) {
			return search.Caller{Tenant: "main", Policy: map[string]search.Expr{"Questionnaire": only}}, nil
		}
	}, canonicals()...)
	if got := w.data(`{QuestionnaireResponse(id:"a"){_questionnaire{resource{nodeId}}}}`, nil); got != `{"QuestionnaireResponse":{"_questionnaire":{"resource":{"nodeId":"Questionnaire/q1"}}}}` {
		t.Error(got)
	}
}
