package sample_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/heliograph/heliograph/sample"
)

// walk calls visit for every value below v that is an object, with its path.
func walk(path string, v any, visit func(path string, object map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		visit(path, v)
		for k, x := range v {
			walk(path+"."+k, x, visit)
		}
	case []any:
		for _, x := range v {
			walk(path, x, visit)
		}
	}
}

func decode(t testing.TB, r sample.Resource) map[string]any {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(string(r.JSON)))
	dec.UseNumber()
	var body map[string]any
	if err := dec.Decode(&body); err != nil {
		t.Fatalf("%s/%s: %v", r.Type, r.ID, err)
	}
	return body
}

func TestReferencesAreClosedAndPointBackwards(t *testing.T) {
	versions := map[string]int{}
	canonicals := map[string]bool{}
	for _, r := range generate(t, sample.Config{Patients: 40, Seed: 11}) {
		key := r.Type + "/" + r.ID
		versions[key] = r.Version
		body := decode(t, r)
		if url, ok := body["url"].(string); ok {
			canonicals[url] = true
		}
		contained := map[string]int{}
		walk(r.Type, body["contained"], func(_ string, o map[string]any) {
			if o["resourceType"] != nil {
				contained["#"+o["id"].(string)] = 0
			}
		})
		walk(r.Type, body, func(path string, o map[string]any) {
			to, ok := o["reference"].(string)
			if !ok {
				return
			}
			if n, ok := contained[to]; ok {
				contained[to] = n + 1
				return
			}
			target, version, versioned := strings.Cut(strings.TrimPrefix(to, sample.Base+"/"), "/_history/")
			have, ok := versions[target]
			if !ok {
				t.Errorf("%s: %s is not there, or comes later", path, to)
			}
			if versioned && version != "1" && (version != "2" || have < 2) {
				t.Errorf("%s: %s has %d versions", path, to, have)
			}
		})
		for id, n := range contained {
			if n == 0 {
				t.Errorf("%s: nothing refers to %s", key, id)
			}
		}
		for _, name := range []string{"questionnaire"} {
			if c, ok := body[name].(string); ok && !canonicals[strings.Split(c, "|")[0]] {
				t.Errorf("%s: canonical %s is not there", key, c)
			}
		}
	}
}

// Every trait that other packages look for in the population, as text to be found in a resource of the type.
func TestEveryFeatureOccursAmongTwentyPatients(t *testing.T) {
	features := map[string][2]string{
		"poly-hierarchy":           {"CodeSystem", `"code":"parent","valueCode":`},
		"nested concepts":          {"CodeSystem", `"concept":\[.*"concept":\[.*"concept":\[`},
		"designations":             {"CodeSystem", `"designation":`},
		"filters":                  {"ValueSet", `"op":"is-a"`},
		"excludes":                 {"ValueSet", `"exclude":`},
		"imported value sets":      {"ValueSet", `"valueSet":\[`},
		"expansion":                {"ValueSet", `"expansion":`},
		"organization tree":        {"Organization", `"partOf":`},
		"id of 64 characters":      {"Organization", `"id":"[A-Za-z0-9.-]{64}"`},
		"location tree":            {"Location", `"partOf":`},
		"members in another order": {"Location", `^\{"partOf".*"resourceType":"Location"\}$`},
		"surrogate pairs":          {"Location", `\\ud83d\\ude81`},
		"negative decimals":        {"Location", `"longitude":-7`},
		"Cyrillic":                 {"Patient", `\p{Cyrillic}`},
		"Han":                      {"Patient", `\p{Han}`},
		"Arabic":                   {"Patient", `\p{Arabic}`},
		"Devanagari":               {"Patient", `\p{Devanagari}`},
		"combining marks":          {"Patient", `[a-z]\p{Mn}`},
		"apostrophe":               {"", `O'Neil`},
		"dotted capital I":         {"", `İ`},
		"several names":            {"Patient", `"use":"official".*"use":"usual","family"`},
		"several addresses":        {"Patient", `"use":"temp"`},
		"line end in a string":     {"Patient", `\\n`},
		"typed identifiers":        {"Patient", `"code":"MR"`},
		"assigner":                 {"Patient", `"assigner":\{"reference"`},
		"simple extension":         {"Patient", `"valueAddress":`},
		"complex extension":        {"Patient", `"extension":\[\{"extension":\[|\{"extension":\[\{"url":"people"`},
		"extension on a primitive": {"Patient", `"_birthDate":`},
		"primitive with no value":  {"Patient", `"gender":"[a-z]+","_birthDate":`},
		"null in a list":           {"Patient", `",null\]`},
		"birth year":               {"Patient", `"birthDate":"\d{4}"`},
		"birth month":              {"Patient", `"birthDate":"\d{4}-\d\d"`},
		"deceased":                 {"Patient", `"deceased(DateTime|Boolean)":`},
		"tags":                     {"Patient", `"tag":`},
		"profiles":                 {"Patient", `"profile":`},
		"security labels":          {"Patient", `"security":`},
		"narrative":                {"Patient", `<div xmlns=`},
		"gender other":             {"Patient", `"gender":"other"`},
		"relative":                 {"RelatedPerson", `"relationship":`},
		"components":               {"Observation", `"component":`},
		"panel":                    {"Observation", `"hasMember":`},
		"derived":                  {"Observation", `"derivedFrom":`},
		"coded value":              {"Observation", `"valueCodeableConcept":`},
		"string value":             {"Observation", `"valueString":`},
		"integer value":            {"Observation", `"valueInteger":`},
		"boolean value":            {"Observation", `"valueBoolean":`},
		"ratio":                    {"Observation", `"valueRatio":`},
		"range":                    {"Observation", `"valueRange":`},
		"sampled data":             {"Observation", `"valueSampledData":`},
		"time":                     {"Observation", `"valueTime":`},
		"date value":               {"Observation", `"valueDateTime":`},
		"period value":             {"Observation", `"valuePeriod":`},
		"absent value":             {"Observation", `"dataAbsentReason":`},
		"exponent":                 {"Observation", `"value":1\.\d\dE\+5`},
		"comparator":               {"Observation", `"comparator":">"`},
		"trailing zeros":           {"Observation", `"value":\d+\.\d*0,`},
		"UCUM":                     {"Observation", `"code":"mm\[Hg\]"`},
		"microseconds":             {"", `T\d\d:\d\d:\d\d\.\d{6}`},
		"milliseconds":             {"", `T\d\d:\d\d:\d\d\.\d{3}[Z+-]`},
		"half-hour zone":           {"", `\+05:30"`},
		"negative zone":            {"", `-05:00"`},
		"condition onset by year":  {"Condition", `"onsetDateTime":"\d{4}"`},
		"condition onset by age":   {"Condition", `"onsetAge":`},
		"open period":              {"Encounter", `"period":\{"start":"[^"]*"\}`},
		"absolute reference":       {"Encounter", `"reference":"https://`},
		"diagnosis":                {"Encounter", `"diagnosis":`},
		"versioned reference":      {"Provenance", `/_history/2"`},
		"absolute versioned":       {"Provenance", `https://[^"]*/_history/1"`},
		"logical reference":        {"Provenance", `"who":\{"type":"Organization","identifier"`},
		"contained medication":     {"MedicationRequest", `"#med"`},
		"coded medication":         {"MedicationRequest", `"medicationCodeableConcept"`},
		"contained author":         {"DocumentReference", `"#author"`},
		"attachment":               {"DocumentReference", `"data":"[A-Za-z0-9+/]+=*"`},
		"canonical with version":   {"QuestionnaireResponse", `"questionnaire":"[^"]*\|1.2"`},
		"answer below an answer":   {"QuestionnaireResponse", `"valueBoolean":true,"item":`},
		"large group":              {"Group", `(\{"entity":\{[^}]*\}\}\},?){400}`},
		"large provenance":         {"Provenance", `("reference":"Observation/[^"]*"\},?\{?){240}`},
		"cohort":                   {"Group", `"id":"cohort-10-2"`},
		"empty list":               {"List", `"emptyReason":`},
		"timing":                   {"CarePlan", `"dayOfWeek":`},
		"money with hundredths":    {"Claim", `"currency":"`},
		"benefit":                  {"ExplanationOfBenefit", `"adjudication":`},
		"vaccination":              {"Immunization", `"status":"completed"`},
	}
	for _, seed := range []uint64{0, 1, 2} {
		population := generate(t, sample.Config{Patients: 20, Seed: seed})
		types := map[string]bool{}
		for _, r := range population {
			types[r.Type] = true
		}
		if len(types) != 35 {
			t.Errorf("seed %d: %d types, want 35", seed, len(types))
		}
		for name, f := range features {
			if !found(population, f[0], regexp.MustCompile(f[1])) {
				t.Errorf("seed %d: %s: none", seed, name)
			}
		}
	}
}

func found(population []sample.Resource, typ string, pattern *regexp.Regexp) bool {
	for _, r := range population {
		if (typ == "" || r.Type == typ) && pattern.Match(r.JSON) {
			return true
		}
	}
	return false
}
