package search_test

import (
	"strings"
	"testing"

	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// TestFilter: every operator on every type that has it, junctions from left to right, paths, brackets and _has.
func TestFilter(t *testing.T) {
	r := newReader(t)
	for _, c := range []struct{ resourceType, text, want string }{
		{"Patient", `name eq "Peter"`, "name:equals=Peter"},
		{"Patient", `name co "a,b"`, `name:contains=a\,b`},
		{"Patient", `name sw pet and family ew "son"`, "name=pet AND family:ends-with=son"},
		{"Patient", `family ne smith or family gt "m"`, "family:compared=nesmith,gtm"},
		{"Patient", `birthdate ge 2014-10-10`, "birthdate=ge2014-10-10"},
		{"Patient", `birthdate eq 2014`, "birthdate=2014"},
		{"Patient", `birthdate ne 2014`, "birthdate=ne2014"},
		{"Patient", `birthdate ap 2014`, "birthdate=ap2014"},
		{"Encounter", `date po 2014-10`, "date=po2014-10"},
		{"Encounter", `date sa 2014-10-10T10:00:00+02:00 and date eb "2015"`, "date=sa2014-10-10T10:00:00+02:00 AND date=eb2015"},
		{"Patient", `gender eq male`, "gender=male"},
		{"Patient", `gender ne male`, "gender:compared=nemale"},
		{"Observation", `code eq http://loinc.org|1234-5`, "code=http://loinc.org|1234-5"},
		{"Observation", `code eq loinc|1234-5`, "code=http://loinc.org|1234-5"},
		{"Observation", `code in "http://v|1"`, "code:in=http://v|1"},
		{"Observation", `code ni http://v`, "NOT code:in=http://v"},
		{"Observation", `code ss snomed|1 and code sb snomed|2`, "code:below=http://snomed.info/sct|1 AND code:above=http://snomed.info/sct|2"},
		{"Observation", `value-quantity gt 5.4|ucum|mg`, "value-quantity=gt5.4|http://unitsofmeasure.org|mg"},
		{"RiskAssessment", `probability lt 0.5`, "probability=lt0.5"},
		{"Observation", `subject re Patient/4`, "subject=Patient/4"},
		{"Observation", `subject:Patient re 4`, "subject=Patient/4"},
		{"Location", `partof ss Location/1`, "partof:below=Location/1"},
		{"ValueSet", `url eq "http://x,y"`, `url=http://x\,y`},
		{"ValueSet", `url ss http://x and url ne http://y`, "url:below=http://x AND url:compared=nehttp://y"},
		{"Patient", `address pr true and birthdate pr false`, "address:missing=false AND NOT birthdate:missing=false"},
		{"Patient", `_id eq a or _id eq b`, "_id=a,b"},
		{"Patient", `_id ne a`, "NOT _id=a"},
		{"Patient", `_text co "strong TEA" or _content co x`, "_text=strong tea OR _content=x"},
		{"Patient", `_list eq 42 and _tag eq s|c`, "_list=42 AND _tag=s|c"},
		{"Patient", `gender eq a and gender eq b or gender eq c`, "(gender=a AND gender=b) OR gender=c"},
		{"Patient", `gender eq a and (gender eq b or name eq c)`, "gender=a AND (gender=b OR name:equals=c)"},
		{"Patient", `not (gender eq a) and not(name eq "b")`, "NOT gender=a AND NOT name:equals=b"},
		{"Observation", `subject:Patient.name co "pet"`, "subject:Patient.(name:contains=pet)"},
		{"Observation", `patient.organization.name co pet`, "patient:Patient.(organization:Organization.(name:contains=pet))"},
		{"Observation", `patient[name eq a or gender eq b].birthdate gt 2000`, "patient:Patient.((name:equals=a OR gender=b) AND birthdate=gt2000)"},
		{"Patient", `_has:Observation:subject:code eq x`, "_has:Observation:subject:(code=x)"},
		{"Patient", `_has:Observation:subject[code eq x]:status eq y`, "_has:Observation:subject:(code=x AND status=y)"},
		{"Patient", `_has:Observation:subject:_has:Observation:has-member:status eq x`, "_has:Observation:subject:(_has:Observation:has-member:(status=x))"},
		{"Observation", `patient._has:Group:member:_id eq g`, "patient:Patient.(_has:Group:member:(_id=g))"},
		{"Patient", " \n(((name eq \"\\u0041 (x) ] \\\"q\\\"\")))\t", `name:equals=A (x) ] "q"`},
	} {
		e, err := r.Filter(c.resourceType, c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if got := search.Simplify(e).String(); got != c.want {
			t.Errorf("%s: %s, want %s", c.text, got, c.want)
		}
		if e2, err := r.Clause(c.resourceType, "_filter", []string{c.text}); err != nil || !search.Equal(e, e2) {
			t.Errorf("as an argument: %v, %v", e2, err)
		}
	}
	e, err := r.Clause("Observation", "subject:Patient._filter", []string{"gender eq x or gender eq y", "name pr true"})
	if want := "subject:Patient.(gender=x OR gender=y) AND subject:Patient.(name:missing=false)"; err != nil || e.String() != want {
		t.Errorf("%v, %v", e, err)
	}
}

// TestFilterErrors: each says where, what is wrong and what would be right, and repeats no value.
func TestFilterErrors(t *testing.T) {
	r := newReader(t)
	for _, c := range []struct {
		resourceType, text string
		code               fault.Code
		want               []string
	}{
		{"Nothing", "name eq x", fault.BadUserInput, []string{"Nothing is not a resource type"}},
		{"Patient", "", fault.BadUserInput, []string{"character 1:", "name of a search parameter"}},
		{"Patient", "name", fault.BadUserInput, []string{"character 5:", "an operator is expected", "birthdate ge 2000"}},
		{"Patient", "name eq", fault.BadUserInput, []string{"character 6:", "an operator and a value"}},
		{"Patient", "name eq secret secret", fault.BadUserInput, []string{"character 16:", "and, or", "quotes"}},
		{"Patient", `name eq "ä" AND gender eq x`, fault.BadUserInput, []string{"character 13:", "and, or"}},
		{"Patient", `name eq "secret`, fault.BadUserInput, []string{"character 9:", "no end"}},
		{"Patient", `name eq "\x"`, fault.BadUserInput, []string{"character 9:", "not a JSON string"}},
		{"Patient", `name eq "\u0000"`, fault.BadUserInput, []string{"not text"}},
		{"Patient", "(name eq x", fault.BadUserInput, []string{"character 11:", "a ) is expected", "character 1"}},
		{"Patient", "name eq x)", fault.BadUserInput, []string{"character 10:"}},
		{"Patient", "not name eq x", fault.BadUserInput, []string{"character 5:", "not (…)"}},
		{"Patient", "nam eq x and brithdate eq 2000", fault.BadUserInput, []string{"character 1:", "did you mean name", "character 14:", "did you mean birthdate"}},
		{"Patient", "birthdate gte 2000", fault.BadUserInput, []string{"character 11:", "no such operator", "did you mean gt?"}},
		{"Patient", "birthdate sw 2000", fault.BadUserInput, []string{"sw does not compare a date", "Patient.birthdate has eq, ne"}},
		{"Patient", "name secret secret", fault.BadUserInput, []string{"no such operator"}},
		{"Patient", "birthdate ge secret", fault.BadUserInput, []string{"character 14:", "not a date"}},
		{"Patient", "birthdate pr maybe", fault.BadUserInput, []string{"character 14:", "true or false"}},
		{"Patient", "gender eq a|b|c", fault.BadUserInput, []string{`\|`}},
		{"Patient", "name.family eq x", fault.BadUserInput, []string{"only a reference can be followed"}},
		{"Patient", "name:Patient eq x", fault.BadUserInput, []string{"only a reference has a type"}},
		{"Patient", "name[use eq official] eq x", fault.BadUserInput, []string{"character 22:", "a . and the name of a parameter"}},
		{"Patient", "organization.birthdate eq 1990", fault.BadUserInput, []string{"character 1:", "none of the types"}},
		{"Patient", "organization[birthdate eq 1990].name eq x", fault.BadUserInput, []string{"none of the types"}},
		{"Patient", "_has:Observation:subject eq x", fault.BadUserInput, []string{"a : and the name"}},
		{"Patient", "_has:Observation:code:status eq x", fault.BadUserInput, []string{"not a reference"}},
		{"Observation", "code-value-quantity eq a$5", fault.Unsupported, []string{"composite", "an argument of its own"}},
		{"Patient", "_filter eq x", fault.Unsupported, []string{"not a parameter that can be searched by"}},
		{"Patient", strings.Repeat("(", 60) + "name eq x" + strings.Repeat(")", 60), fault.BadUserInput, []string{"levels deep"}},
		{"Patient", strings.Repeat("name eq x or name eq y and ", 30) + "name eq x", fault.BadUserInput, []string{"levels deep"}},
		{"Patient", strings.Repeat("name eq x or ", 3000) + "name eq x", fault.TooCostly, nil},
		{"Patient", `name eq "` + strings.Repeat("x", 70000) + `"`, fault.TooCostly, []string{"longer than"}},
		{"Patient", "name eq \xff", fault.BadUserInput, []string{"not text"}},
	} {
		_, err := r.Filter(c.resourceType, c.text)
		if fault.Of(err) != c.code || err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%.60s: %v, want %s", c.text, err, c.code)
			continue
		}
		for _, w := range c.want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%.60s: %v does not say %q", c.text, err, w)
			}
		}
	}
}

func FuzzFilter(f *testing.F) {
	for _, s := range []string{
		`name co "pet" and not (birthdate ge 2000 or gender ne male)`, `general-practitioner:Practitioner[name eq x].family pr true`,
		`_has:Observation:subject[code eq loinc|x]:value-quantity gt 5||kg`, `organization.name ew "\u00e9"`, "_id eq a or _text co b",
	} {
		f.Add(s)
	}
	r := newReader(f)
	f.Fuzz(func(t *testing.T, text string) {
		e, err := r.Filter("Patient", text)
		if err != nil {
			if fault.Of(err) == "" {
				t.Fatalf("%q: %v has no code", text, err)
			}
			return
		}
		e = search.Simplify(e)
		_ = e.String()
		again, err := search.FilterText(e)
		if fault.Of(err) == fault.Unsupported {
			return
		}
		got, err := r.Filter("Patient", again)
		if err != nil || !search.Equal(search.Simplify(got), e) {
			t.Fatalf("%q is written as %q and read as %v, %v", text, again, got, err)
		}
	})
}
