package fhir_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/heliograph/heliograph/fhir"
	"github.com/valyala/fastjson"
	"pgregory.net/rapid"
)

func validate(t testing.TB, raw string, opt fhir.ValidateOptions) []string {
	t.Helper()
	v, err := fastjson.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, issue := range fhir.R4().Validate(v, opt) {
		lines = append(lines, issue.Code+" "+issue.String())
	}
	return lines
}

func patient(members string) string { return `{"resourceType":"Patient",` + members + `}` }

func TestValidateFinds(t *testing.T) {
	for raw, want := range map[string]string{
		patient(`"active":true`):                      "",
		patient(`"name":[{"given":["A","B"],"x":1}]`): "structure Patient.name[0] has a member x, which HumanName does not have",
		patient(`"John Smith":1`):                     "structure Patient has a member that Patient does not have",
		patient(`"active":"true"`):                    "structure Patient.active is not true or false",
		patient(`"gender":"f"`):                       "code-invalid Patient.gender is not a code of http://hl7.org/fhir/ValueSet/administrative-gender, which is required here",
		patient(`"gender":["male"]`):                  "structure Patient.gender is an array: gender does not repeat",
		patient(`"gender":null`):                      "structure Patient.gender is null: leave the member out",
		patient(`"birthDate":"1973-02-30"`):           "value Patient.birthDate is not a date: want yyyy, yyyy-mm or yyyy-mm-dd of the calendar",
		patient(`"name":{}`):                          "structure Patient.name is not an array: name repeats",
		patient(`"name":[]`):                          "structure Patient.name is an empty array: leave the member out",
		patient(`"name":[{}]`):                        "structure Patient.name[0] is an empty object: leave the member out",
		patient(`"name":[null]`):                      "structure Patient.name[0] is null: leave the member out",
		patient(`"name":["x"]`):                       "structure Patient.name[0] is not an object",
		patient(`"name":[{"given":["","B"]}]`):        "value Patient.name[0].given[0] is an empty string: leave the member out",
		patient(`"name":[{"given":[null,"B"]}]`):      "structure Patient.name[0].given[0] is null, and nothing in _given stands for it",
		patient(`"name":[{"given":["B"],"_given":[{"id":"1"},{"id":"2"}]}]`): "structure Patient.name[0].given and _given differ in length: fill the shorter one with null\n" +
			"structure Patient.name[0].given[1] has neither a value nor an extension",
		patient(`"name":[{"given":[null,"B"],"_given":[{"extension":[{"url":"u","valueCode":"c"}]},null]}]`):     "",
		patient(`"_birthDate":{"extension":[{"url":"u","valueCode":"c"}]}`):                                      "",
		patient(`"_birthDate":{"id":"1"}`):                                                                       "structure Patient.birthDate has neither a value nor an extension",
		patient(`"_birthDate":1`):                                                                                "structure Patient.birthDate has an underscored sibling that is not an object",
		patient(`"_name":[{"id":"1"}]`):                                                                          "structure Patient has a member _name, which Patient does not have",
		patient(`"deceasedBoolean":true,"deceasedDateTime":"2020"`):                                              "structure Patient.deceasedDateTime is a second value of deceased[x]: only one is allowed",
		patient(`"link":[{"other":{"reference":"Group/1"}}]`):                                                    "structure Patient.link[0].other.reference points at a Group, which other may not\nrequired Patient.link[0] lacks type, which is required",
		patient(`"managingOrganization":{"reference":"#o"}`):                                                     "not-found Patient.managingOrganization.reference names a contained resource that is not there",
		patient(`"contained":[{"resourceType":"Organization","id":"o","contained":[{"resourceType":"Group"}]}]`): "structure Patient.contained[0].contained[0] is contained in a contained resource: contain it in the outermost one",
		patient(`"contained":[{"resourceType":"Nothing"}]`):                                                      "structure Patient.contained[0] has no resourceType of FHIR 4.0.1",
		patient(`"maritalStatus":{"resourceType":"X"}`):                                                          "structure Patient.maritalStatus has a member resourceType, which CodeableConcept does not have",
		patient(`"multipleBirthInteger":1.5`):                                                                    "value Patient.multipleBirthInteger is not an integer: want a whole number of 32 bits",
		patient(`"multipleBirthInteger":"1"`):                                                                    "structure Patient.multipleBirthInteger is not a JSON number, which integer is",
		`{"resourceType":"Patient"}`:                                                                             "structure Patient has nothing but its resourceType",
		`{"resourceType":"SubscriptionStatus","x":1}`:                                                            "structure Resource has no resourceType of FHIR 4.0.1",
		`[]`: "structure Resource is not a JSON object",
		`{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","active":1}}]}`:                   "structure Bundle.entry[0].resource.active is not true or false",
		`{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueX":1}`:                                               "structure Observation has a member valueX, which Observation does not have",
		`{"resourceType":"Observation","status":"final"}`:                                                                              "required Observation lacks code, which is required",
		`{"resourceType":"AllergyIntolerance","patient":{"display":"x"},"clinicalStatus":{"coding":[{"system":"s","code":"active"}]}}`: "code-invalid AllergyIntolerance.clinicalStatus has no code of http://hl7.org/fhir/ValueSet/allergyintolerance-clinical, which is required here",
		`{"resourceType":"PlanDefinition","status":"draft","action":[{"definitionCanonical":"http://x.example/Patient/1|2"}]}`:         "structure PlanDefinition.action[0].definitionCanonical names a Patient, which definition may not",
	} {
		if diff := cmp.Diff(want, strings.Join(validate(t, raw, fhir.ValidateOptions{}), "\n")); diff != "" {
			t.Errorf("%s: %s", raw, diff)
		}
	}
}

func TestLenientForgivesAndTells(t *testing.T) {
	raw := patient(`"gender":"f","link":[{"other":{"reference":"Group/1"}}],"active":1`)
	var forgiven []string
	got := validate(t, raw, fhir.ValidateOptions{Lenient: true, Forgiven: func(i fhir.Issue) { forgiven = append(forgiven, i.Path) }})
	if diff := cmp.Diff([]string{"structure Patient.active is not true or false"}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"Patient.gender", "Patient.link[0].other.reference", "Patient.link[0]"}, forgiven); diff != "" {
		t.Error(diff)
	}
}

func TestIssuesAreBounded(t *testing.T) {
	raw := patient(`"name":[` + strings.Repeat(`{},`, 299) + `{}]`)
	got := validate(t, raw, fhir.ValidateOptions{})
	if len(got) != 201 || got[200] != "too-long Patient has 100 more problems" {
		t.Errorf("%d issues, the last %s", len(got), got[len(got)-1])
	}
	if got := validate(t, raw, fhir.ValidateOptions{MaxIssues: 2}); len(got) != 3 {
		t.Errorf("%d issues instead of 3", len(got))
	}
}

func TestExpectedType(t *testing.T) {
	got := validate(t, patient(`"active":true`), fhir.ValidateOptions{Type: "Group"})
	if diff := cmp.Diff([]string{"structure Patient is of type Patient where Group is expected"}, got); diff != "" {
		t.Error(diff)
	}
}

// The hand-written checks agree with the regular expressions of the definitions where those say all there is.
func TestFormatsAgreeWithThePatterns(t *testing.T) {
	drawn := map[string]string{
		"id": `[A-Za-z0-9.\-_ ]{1,70}`, "code": `[a-z \t]{1,8}`, "uri": `[a-z: ]{1,8}`, "oid": `urn:oid:[0-3](\.[0-9]{1,3}){0,3}`,
		"uuid": `urn:uuid:[0-9a-fg]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`,
		"time": `[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\.[0-9]{0,3})?`, "instant": `[0-9]{4}-0[0-9]-[01][0-9]T[0-2][0-9]:[0-6]0:00(Z|[+-]1[0-5]:[0-6]0)?`,
		"date": `[0-9]{4}(-[01][0-9](-[012][0-8])?)?`,
	}
	for name, shape := range drawn {
		pattern := regexp.MustCompile(`^(?:` + fhir.R4().Type(name).Pattern + `)$`)
		member := map[string]string{"date": "Date", "time": "Time", "id": "Id", "code": "Code", "uri": "Uri", "oid": "Oid", "uuid": "Uuid", "instant": "Instant"}[name]
		rapid.Check(t, func(t *rapid.T) {
			text := rapid.StringMatching(shape).Draw(t, "text")
			raw, err := fastjson.Parse(fmt.Sprintf(`{"resourceType":"Basic","code":{"text":"x"},"extension":[{"url":"u","value%s":%q}]}`, member, text))
			if err != nil {
				t.Fatal(err)
			}
			if issues := fhir.R4().Validate(raw, fhir.ValidateOptions{}); (len(issues) == 0) != pattern.MatchString(text) {
				t.Fatalf("%s %q: %v", name, text, issues)
			}
		})
	}
}

func FuzzValidate(f *testing.F) {
	f.Add([]byte(`{"resourceType":"Patient","name":[{"_given":[null,{"id":"1"}],"given":null}],"contained":[{}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		body, _, err := fhir.Strip(raw)
		if err != nil {
			return
		}
		v, err := fastjson.ParseBytes(body.JSON)
		if err != nil {
			t.Skip("fastjson reads less")
		}
		for _, lenient := range []bool{false, true} {
			for _, issue := range fhir.R4().Validate(v, fhir.ValidateOptions{Lenient: lenient}) {
				if issue.Path == "" || issue.Code == "" || issue.Message == "" {
					t.Errorf("%+v", issue)
				}
			}
		}
	})
}
