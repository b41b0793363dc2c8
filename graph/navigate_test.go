package graph_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/graph"
)

func lists() []string {
	return []string{
		`{"resourceType":"Patient","id":"a","active":true,"meta":{"tag":[{"code":"x"},{"code":"y"}]},"name":[{"use":"official","family":"F","given":["G","H"]},
			{"use":"usual","given":["I"]},{"use":"old","family":"O","period":{"end":"2001"}}],
			"telecom":[{"system":"phone","rank":1},{"system":"email","rank":2},{"system":"phone","rank":3}],
			"extension":[{"url":"http://e/1","extension":[{"url":"in","valueInteger":1},{"url":"in","valueInteger":2}]},{"url":"http://e/2","valueBoolean":true}],
			"contained":[{"resourceType":"Organization","id":"o","name":"O","telecom":[{"system":"fax"},{"system":"url"}]},{"resourceType":"Group","id":"g"}],
			"managingOrganization":{"reference":"#o"}}`,
		`{"resourceType":"Observation","id":"o","status":"final","code":{"text":"c"},"subject":{"reference":"Patient/a"},
			"component":[{"code":{"text":"1"},"valueInteger":1},{"code":{"text":"2"},"valueInteger":2},{"code":{"text":"3"},"valueInteger":3}]}`,
		`{"resourceType":"Bundle","id":"b","type":"collection","entry":[{"fullUrl":"u:1","resource":{"resourceType":"Patient","id":"x"}},
			{"fullUrl":"u:2","resource":{"resourceType":"Group","id":"y"}}]}`,
	}
}

func TestNavigation(t *testing.T) {
	w := open(t, nil, lists()...)
	for name, c := range map[string]struct {
		query string
		vars  any
		want  string
	}{
		"fhirpath":          {`{Patient(id:"a"){name(fhirpath:"family.exists()"){family}}}`, nil, `{"Patient":{"name":[{"family":"F"},{"family":"O"}]}}`},
		"page":              {`{Patient(id:"a"){name(_count:1,_offset:1){use}}}`, nil, `{"Patient":{"name":[{"use":"usual"}]}}`},
		"page of a filter":  {`{Patient(id:"a"){telecom(fhirpath:"system='phone'",_offset:1,_count:5){rank}}}`, nil, `{"Patient":{"telecom":[{"rank":3}]}}`},
		"none":              {`{Patient(id:"a"){name(_count:0){use}}}`, nil, `{"Patient":{"name":[]}}`},
		"beyond":            {`{Patient(id:"a"){name(_offset:2147483647,_count:2147483647){use}}}`, nil, `{"Patient":{"name":[]}}`},
		"absent":            {`{Patient(id:"a"){photo(_count:1){id}}}`, nil, `{"Patient":{"photo":null}}`},
		"null is no filter": {`query($f:String,$n:Int){Patient(id:"a"){name(fhirpath:$f,_count:$n,_offset:null){use}}}`, map[string]any{"n": nil}, `{"Patient":{"name":[{"use":"official"},{"use":"usual"},{"use":"old"}]}}`},
		"variables": {`query($f:String,$n:Int){Patient(id:"a"){name(fhirpath:$f,_count:$n){use}}}`, map[string]any{"f": "use != 'usual'", "n": 5},
			`{"Patient":{"name":[{"use":"official"},{"use":"old"}]}}`},
		"aliases":        {`{Patient(id:"a"){a:name(fhirpath:"use='old'"){use} b:name(_count:1){use} name{use}}}`, nil, `{"Patient":{"a":[{"use":"old"}],"b":[{"use":"official"}],"name":[{"use":"official"},{"use":"usual"},{"use":"old"}]}}`},
		"merged":         {`{Patient(id:"a"){name(_count:1){use} ...F}} fragment F on Patient{name(_count:1){family}}`, nil, `{"Patient":{"name":[{"use":"official","family":"F"}]}}`},
		"extensions":     {`{Patient(id:"a"){extension(fhirpath:"url.endsWith('1')"){extension(_offset:1){valueInteger}}}}`, nil, `{"Patient":{"extension":[{"extension":[{"valueInteger":2}]}]}}`},
		"meta":           {`{Patient(id:"a"){meta{tag(fhirpath:"code='y'"){code}}}}`, nil, `{"Patient":{"meta":{"tag":[{"code":"y"}]}}}`},
		"contained":      {`{Patient(id:"a"){contained(fhirpath:"ofType(Organization).exists()"){nodeId ...on Organization{telecom(_count:1){system}}}}}`, nil, `{"Patient":{"contained":[{"nodeId":"Patient/a#o","telecom":[{"system":"fax"}]}]}}`},
		"in a contained": {`{Patient(id:"a"){managingOrganization{resource{...on Organization{telecom(fhirpath:"system='url' and %resource.active"){system}}}}}}`, nil, `{"Patient":{"managingOrganization":{"resource":{"telecom":[{"system":"url"}]}}}}`},
		"of the whole":   {`{Patient(id:"a"){name(fhirpath:"use='old' and %resource.meta.versionId='1' and %resource.id='a'"){use}}}`, nil, `{"Patient":{"name":[{"use":"old"}]}}`},
		"Bundle":         {`{Bundle(id:"b"){entry(fhirpath:"resource is Group"){fullUrl}}}`, nil, `{"Bundle":{"entry":[{"fullUrl":"u:2"}]}}`},
		"reference and connection": {`{ObservationConnection{edges{node{component(_offset:2){valueInteger} subject{resource{...on Patient{name(_count:1){use}}}}}}}}`, nil,
			`{"ObservationConnection":{"edges":[{"node":{"component":[{"valueInteger":3}],"subject":{"resource":{"name":[{"use":"official"}]}}}}]}}`},
		"reverse":  {`{Patient(id:"a"){ObservationList(_reference:subject){component(fhirpath:"value > 1 and %resource.status='final'",_count:1){valueInteger}}}}`, nil, `{"Patient":{"ObservationList":[{"component":[{"valueInteger":2}]}]}}`},
		"history":  {`{PatientHistory(id:"a"){edges{node{resource{name(_count:1){use}}}}}}`, nil, `{"PatientHistory":{"edges":[{"node":{"resource":{"name":[{"use":"official"}]}}}]}}`},
		"mutation": {`mutation{PatientCreate(resource:{name:[{family:"A"},{family:"B"}]}){resource{name(fhirpath:"family='B'"){family}} information{issue(_count:1){severity}}}}`, nil, `{"PatientCreate":{"resource":{"name":[{"family":"B"}]},"information":{"issue":[{"severity":"information"}]}}}`},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, w.data(c.query, c.vars)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestNavigationMistakes: what is wrong with one list is the error of its field, with or without elements, and harms no other.
func TestNavigationMistakes(t *testing.T) {
	w := open(t, nil, lists()...)
	for args, want := range map[string]string{
		`_count:-1`:                        "BAD_USER_INPUT",
		`_offset:-1`:                       "BAD_USER_INPUT",
		`fhirpath:"family = "`:             "BAD_USER_INPUT",
		`fhirpath:""`:                      "BAD_USER_INPUT",
		`fhirpath:"famly.exists()"`:        "BAD_USER_INPUT",
		`fhirpath:"memberOf('http://v')"`:  "UNSUPPORTED",
		`fhirpath:"` + deep(5_000) + `"`:   "TOO_COSTLY",
		`fhirpath:"given",_offset:9`:       "BAD_USER_INPUT",
		`fhirpath:"%resource.a",_count: 1`: "BAD_USER_INPUT",
	} {
		a := w.post(`{Patient(id:"a"){id name(`+args+`){use} telecom(_count:1){system}}}`, nil)
		if got := codes(a); !slices.Equal(got, []string{want + "[Patient name]"}) {
			t.Errorf("%.40s: %v, want %s", args, got, want)
		}
		if diff := cmp.Diff(`{"Patient":{"id":"a","name":null,"telecom":[{"system":"phone"}]}}`, string(a.Data)); diff != "" {
			t.Errorf("%.40s: %s", args, diff)
		}
	}
	if got := codes(w.post(`{Patient(id:"a"){photo(_count:-1){id}}}`, nil)); !slices.Equal(got, []string{"BAD_USER_INPUT[Patient photo]"}) {
		t.Error("without elements:", got)
	}
	if a := w.post(`{Patient(id:"a"){name(_count:1){use} name{family}}}`, nil); len(a.Data) > 0 || len(a.Errors) != 1 {
		t.Error("two selections of one key with different arguments:", a.Status, a.Errors)
	}
}

func deep(n int) string { return strings.Repeat("(", n/2) + "true" + strings.Repeat(")", n/2) }

// TestNavigationIsMetered: all conditions of a request share its budget; past it each list has the error.
func TestNavigationIsMetered(t *testing.T) {
	w := open(t, func(c *graph.Config) { c.Limits.Steps = 2_000 }, lists()...)
	var fields strings.Builder
	for i := range 100 {
		name := string(rune('a'+i%26)) + strings.Repeat("x", i/26)
		fields.WriteString(name + `:name(fhirpath:"given.where($this.length() > 0).select($this & 'x').exists()"){use} `)
	}
	a := w.post(`{Patient(id:"a"){id `+fields.String()+`}}`, nil)
	if len(a.Errors) == 0 || a.Errors[0].Extensions["code"] != "TOO_COSTLY" || len(a.Errors[0].Path) != 2 || !strings.HasPrefix(string(a.Data), `{"Patient":{"id":"a","a":[{`) {
		t.Errorf("%d errors, %.200s", len(a.Errors), a.Data)
	}
	if again := w.post(`{Patient(id:"a"){name(fhirpath:"true"){use}}}`, nil); len(again.Errors) > 0 {
		t.Error("the next request has no budget:", again.Errors)
	}
}

// TestNavigationByMembers: in the dialect elements are chosen by what their primitives equal, too.
func TestNavigationByMembers(t *testing.T) {
	w := open(t, nil, append(lists(), `{"resourceType":"Questionnaire","id":"q","status":"draft","item":[{"linkId":"1","type":"choice","required":true,"maxLength":10,
		"answerOption":[{"valueInteger":1},{"valueInteger":2},{"valueString":"a\"\u00e9"}],"item":[{"linkId":"1.1","type":"string","required":false}]}]}`,
		`{"resourceType":"RiskAssessment","id":"r","status":"final","subject":{"reference":"Patient/a"},"prediction":[{"probabilityDecimal":0.50},{"probabilityDecimal":1e0},{}]}`)...)
	for query, want := range map[string]string{
		`{Patient(id:"a"){name(use:"usual"){given}}}`:                                                                                                      `{"Patient":{"name":[{"given":["I"]}]}}`,
		`{Patient(id:"a"){name(given:"H"){use}}}`:                                                                                                          `{"Patient":{"name":[{"use":"official"}]}}`,
		`{Patient(id:"a"){name(given:"H",use:"old"){use}}}`:                                                                                                `{"Patient":{}}`,
		`{Patient(id:"a"){telecom(system:"phone",_offset:1,fhirpath:"rank>0"){rank}}}`:                                                                     `{"Patient":{"telecom":[{"rank":3}]}}`,
		`{Patient(id:"a"){telecom(rank:"2.0"){system}}}`:                                                                                                   `{"Patient":{"telecom":[{"system":"email"}]}}`,
		`{Patient(id:"a"){extension(url:"http://e/1"){extension(valueInteger:"2"){url}}}}`:                                                                 `{"Patient":{"extension":[{"extension":[{"url":"in"}]}]}}`,
		`{Patient(id:"a"){extension(valueBoolean:"true"){url}}}`:                                                                                           `{"Patient":{"extension":[{"url":"http://e/2"}]}}`,
		`{Patient(id:"a"){contained(resourceType:"Group"){id}}}`:                                                                                           `{"Patient":{"contained":[{"id":"g"}]}}`,
		`{Patient(id:"a"){name(use:null,id:null){use}}}`:                                                                                                   `{"Patient":{"name":[{"use":"official"},{"use":"usual"},{"use":"old"}]}}`,
		`{Questionnaire(id:"q"){item(required:"true"){answerOption(valueString:"a\"é"){valueString} item(required:"true"){linkId}}}}`:                      `{"Questionnaire":{"item":[{"answerOption":[{"valueString":"a\"\u00e9"}]}]}}`,
		`{RiskAssessment(id:"r"){a:prediction(probabilityDecimal:"0.5"){probabilityDecimal} b:prediction(probabilityDecimal:"1.00"){probabilityDecimal}}}`: `{"RiskAssessment":{"a":[{"probabilityDecimal":0.50}],"b":[{"probabilityDecimal":1e0}]}}`,
		`{Bundle(id:"b"){entry(fullUrl:"u:2"){resource{id}}}}`:                                                                                             `{"Bundle":{"entry":[{"resource":{"id":"y"}}]}}`,
	} {
		got, err := w.handler.AsFHIR(t.Context(), query, nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(`{"data":`+want+`}`, string(got)); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
	for _, args := range []string{`required:"yes"`, `maxLength:"ten"`} {
		got, err := w.handler.AsFHIR(t.Context(), `{Questionnaire(id:"q"){id item(`+args+`){linkId}}}`, nil)
		if err != nil || !strings.Contains(string(got), `{"data":{"Questionnaire":{"id":"q"}}`) || !strings.Contains(string(got), "BAD_USER_INPUT") {
			t.Errorf("%s: %s %v", args, got, err)
		}
	}
}
