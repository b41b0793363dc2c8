package search_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/valyala/fastjson"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

// definition is a SearchParameter resource of these members, besides what each has.
func definition(t testing.TB, id, members string) *fastjson.Value {
	t.Helper()
	v, err := fastjson.Parse(`{"resourceType":"SearchParameter","id":"` + id + `","url":"http://example.org/` + id + `","status":"active",` +
		`"name":"N","description":"About it.\n\nMore.",` + members + `}`)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func custom(t testing.TB, id, members string) search.Custom {
	t.Helper()
	c, active := search.ReadCustom(definition(t, id, members))
	if !active {
		t.Fatal("not active")
	}
	return c
}

const (
	extended  = `Patient.extension.where(url = 'http://example.org/e').value`
	nickname  = `"code":"nickname","base":["Patient"],"type":"string","expression":"Patient.name.where(use = 'nickname').given"`
	ward      = `"code":"ward","base":["Patient","Practitioner"],"type":"token","expression":"(Patient | Practitioner).extension.where(url = 'http://example.org/e').value.ofType(Coding)"`
	guardian  = `"code":"guardian","base":["Patient"],"type":"reference","expression":"` + extended + `.ofType(Reference)","target":["RelatedPerson"]`
	admitted  = `"code":"admitted","base":["Patient"],"type":"date","expression":"` + extended + `.ofType(dateTime)"`
	weight    = `"code":"weight","base":["Patient"],"type":"quantity","expression":"` + extended + `.ofType(Quantity)"`
	spokenFor = `"code":"spoken-for","base":["Patient"],"type":"composite","expression":"Patient.communication","component":[` +
		`{"definition":"http://hl7.org/fhir/SearchParameter/Patient-language|4.0.1","expression":"language"},` +
		`{"definition":"http://example.org/preferred","expression":"preferred"}]`
	preferred = `"code":"preferred","base":["Patient"],"type":"token","expression":"Patient.communication.preferred"`
)

// all are the custom parameters above.
func all(t testing.TB) []search.Custom {
	return []search.Custom{
		custom(t, "spoken-for", spokenFor), custom(t, "nickname", nickname), custom(t, "ward", ward), custom(t, "guardian", guardian),
		custom(t, "admitted", admitted), custom(t, "weight", weight), custom(t, "preferred", preferred),
	}
}

// TestWith indexes by custom parameters, beside FHIR's own.
func TestWith(t *testing.T) {
	base := newIndexer(t).Parameters()
	ps, errs := base.With(all(t))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	x, err := search.NewIndexer(ps, search.Config{Units: search.UnitsCanonical})
	if err != nil {
		t.Fatal(err)
	}
	v, skipped, err := x.IndexBytes([]byte(`{"resourceType":"Patient","id":"p","name":[{"use":"nickname","given":["Bob"]},{"given":["Robert"]}],
		"communication":[{"language":{"coding":[{"code":"de"}]},"preferred":true},{"language":{"coding":[{"code":"fr"}]},"preferred":false}],
		"extension":[{"url":"http://example.org/e","valueCoding":{"system":"s","code":"w"}},{"url":"http://example.org/other","valueCoding":{"code":"x"}},
		{"url":"http://example.org/e","valueReference":{"reference":"RelatedPerson/r"}},{"url":"http://example.org/e","valueDateTime":"2024"},
		{"url":"http://example.org/e","valueQuantity":{"value":70,"system":"http://unitsofmeasure.org","code":"kg"}}]}`))
	if err != nil || len(skipped) > 0 {
		t.Fatal(err, skipped)
	}
	got := map[string]int{}
	for _, p := range v.Params {
		got[p.Code] = len(p.Items)
	}
	for code, want := range map[string]int{
		"nickname": 1, "ward": 1, "guardian": 1, "admitted": 1, "weight": 1, "weight#canonical": 1, "preferred": 2, "spoken-for": 2, "given": 2,
	} {
		if got[code] != want {
			t.Errorf("%s has %d items, want %d", code, got[code], want)
		}
	}
	if !slices.IsSortedFunc(v.Params, func(a, b search.ParamValues) int { return strings.Compare(a.Code, b.Code) }) {
		t.Error("the values are not in the order of their codes")
	}
	if v.Of("guardian")[0].Type != "RelatedPerson" || v.Of("spoken-for")[0].Parts[1].Code != "true" {
		t.Errorf("%+v", v.Params)
	}
}

// TestLongExpression: an expression is compiled for each type, so that it has a bound.
func TestLongExpression(t *testing.T) {
	v := fastjson.MustParse(`{"resourceType":"SearchParameter","id":"x","status":"active","url":"http://x.example","code":"x","type":"string",
		"base":["Resource"],"expression":"` + strings.Repeat("Patient.name | ", 20_000) + `Patient.name"}`)
	issues := newIndexer(t).Parameters().CheckCustom(v)
	if len(issues) != 1 || !strings.Contains(issues[0].Message, "longer than") {
		t.Errorf("%v", issues)
	}
}

// TestWithSharesTheBase: FHIR's own parameters are the same pointers, other types are not touched, and the order of the customs is nothing.
func TestWithSharesTheBase(t *testing.T) {
	base := newIndexer(t).Parameters()
	customs := all(t)
	ps, _ := base.With(customs)
	slices.Reverse(customs)
	turned, _ := ps.With(customs)
	for _, name := range fhir.R4().Resources() {
		for _, p := range base.Of(name) {
			if ps.Param(name, p.Code) != p {
				t.Fatalf("%s.%s is another", name, p.Code)
			}
		}
		if base.Chronological(name) != ps.Chronological(name) {
			t.Errorf("%s has another order", name)
		}
	}
	of := func(ps *search.Parameters) (out []string) {
		for _, p := range ps.CustomParams() {
			out = append(out, p.Resource+"."+p.Code)
		}
		return out
	}
	want := []string{
		"Patient.admitted", "Patient.guardian", "Patient.nickname", "Patient.preferred", "Patient.spoken-for", "Patient.ward", "Patient.weight", "Practitioner.ward",
	}
	if d := cmp.Diff(want, of(ps)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(want, of(turned)); d != "" {
		t.Error(d)
	}
	for i, p := range ps.CustomParams() {
		if p.Epoch == 0 || p.Epoch != turned.CustomParams()[i].Epoch {
			t.Errorf("%s: its epoch depends on the order", p.Code)
		}
	}
	if less, _ := ps.With(nil); len(less.CustomParams()) > 0 || base.Param("Patient", "ward") != nil || ps.Param("Patient", "ward").Description != "About it." {
		t.Error("With changed what it was called on, or kept what it was not given")
	}
}

// TestWithKeepsTheFirst: of two parameters with one code the lower id has it, and the error names the other.
func TestWithKeepsTheFirst(t *testing.T) {
	ps, errs := newIndexer(t).Parameters().With([]search.Custom{custom(t, "b", nickname), custom(t, "a", nickname)})
	if len(errs) != 1 || !strings.Contains(errs[0].Error(), "SearchParameter/b on Patient") || ps.Param("Patient", "nickname") == nil {
		t.Error(errs)
	}
}

// TestCheckCustom names everything that is wrong, each at its place.
func TestCheckCustom(t *testing.T) {
	ps, _ := newIndexer(t).Parameters().With([]search.Custom{custom(t, "nickname", nickname)})
	for members, want := range map[string][]string{
		nickname:  {"url", "code"},
		preferred: nil, ward: nil, guardian: nil, admitted: nil, weight: nil,
		`"code":"name","base":["Patient"],"type":"string","expression":"Patient.name"`:                                                         {"url", "code"},
		`"code":"_x y","base":["Patient","Nothing"],"type":"string","expression":"Patient.nothing","target":["Person","No"]`:                   {"code", "base[1]", "target[1]", "target", "url", "expression"},
		`"code":"x","base":["Patient"],"type":"special","expression":"Patient.name"`:                                                           {"url", "type"},
		`"code":"x","base":["Patient"],"type":"date"`:                                                                                          {"expression"},
		`"code":"x","base":["Patient"],"type":"date","expression":"Patient.name"`:                                                              {"url", "expression"},
		`"code":"x","base":["Patient"],"type":"string","expression":"Patient.extension.value.extension.value.extension.value.extension.value"`: {"url", "expression"},
		`"code":"x","base":["Patient","Group"],"type":"token","expression":"Patient.gender"`:                                                   {"url", "expression"},
		`"code":"x","base":["Patient"],"type":"token","expression":"Patient.name.iif(true)"`:                                                   {"url", "expression"},
		`"code":"x","base":["Patient"],"type":"composite","expression":"Patient.name","component":[{"definition":"http://example.org/none","expression":"use"}]`: {
			"url", "component", "component[0].definition"},
		`"code":"x","base":["Patient"],"type":"composite","expression":"Patient","component":[` +
			`{"definition":"http://hl7.org/fhir/SearchParameter/individual-gender","expression":"nothing"},` +
			`{"definition":"http://hl7.org/fhir/SearchParameter/individual-birthdate","expression":"gender"}]`: {
			"url", "component[0].expression", "component[1].expression"},
	} {
		id := "nickname"
		if members == nickname || strings.Contains(strings.Join(want, " "), "url") {
			id = "other"
		}
		v := definition(t, id, members)
		if id == "other" {
			v.Set("url", fastjson.MustParse(`"http://example.org/nickname"`))
		}
		var got []string
		for _, i := range ps.CheckCustom(v) {
			got = append(got, strings.TrimPrefix(i.Path, "SearchParameter."))
			if i.Message == "" || i.Code == "" {
				t.Errorf("%s: %+v", members, i)
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s:\n%s\n%v", members, d, ps.CheckCustom(v))
		}
	}
}

// FuzzCustom: whatever the expression, it is refused or indexes without a panic.
func FuzzCustom(f *testing.F) {
	for _, e := range []string{extended, "Patient.name", "(Patient | Group).member[0]", "Patient.contact.where(gender = 'male').exists()", "Patient.birthDate.extension.value", "%resource.id", "Patient.name.first().given.first() | Patient.contact.name.text"} {
		f.Add(e, "token")
	}
	base := newIndexer(f).Parameters()
	resource := []byte(`{"resourceType":"Patient","id":"p","name":[{"given":["a"]}],"contact":[{"gender":"male"}],"birthDate":"2020","_birthDate":{"extension":[{"url":"x","valueString":"y"}]}}`)
	f.Fuzz(func(t *testing.T, expression, kind string) {
		c := search.Custom{ID: "x", SearchParameter: fhir.SearchParameter{Code: "x", Base: []string{"Patient"}, Type: kind, Expression: expression}}
		ps, errs := base.With([]search.Custom{c})
		if (len(errs) == 0) != (ps.Param("Patient", "x") != nil) {
			t.Fatalf("%v", errs)
		}
		x, err := search.NewIndexer(ps, search.Config{})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := x.IndexBytes(resource); err != nil {
			t.Fatal(err)
		}
	})
}

// TestSupported compiles every form that docs/search-parameters.md lists.
func TestSupported(t *testing.T) {
	base := newIndexer(t).Parameters()
	for expression, kind := range map[string]string{
		"Patient.contact.name":                                                     "string",
		"Patient.name.given | Patient.contact.name.text":                           "string",
		"(Patient | Practitioner).name":                                            "string",
		"Patient.name[0].given.first()":                                            "string",
		"Patient.deceased.ofType(dateTime)":                                        "date",
		"Patient.deceased.as(dateTime)":                                            "date",
		"(Patient.deceased as dateTime)":                                           "date",
		"Patient.multipleBirth":                                                    "number",
		"Patient.telecom.where(system = 'phone' and rank = 1 or use != 'old')":     "token",
		"Patient.link.where(type.exists() and other.display.empty().not()).other":  "reference",
		"Patient.generalPractitioner.where(resolve() is Organization)":             "reference",
		"Patient.extension('https://example.org/e').value.ofType(CodeableConcept)": "token",
		"Patient.deceased.exists()":                                                "token",
		"%resource.name":                                                           "string",
		"Patient.photo.url":                                                        "uri",
	} {
		c := search.Custom{ID: "x", SearchParameter: fhir.SearchParameter{Code: "x", Base: []string{"Patient"}, Type: kind, Expression: expression}}
		if _, errs := base.With([]search.Custom{c}); len(errs) > 0 {
			t.Errorf("%s: %v", expression, errs)
		}
	}
}

// FuzzCheckCustom: whatever a SearchParameter resource is, what passes the check is in effect, and what does not has a reason.
func FuzzCheckCustom(f *testing.F) {
	for _, members := range []string{nickname, ward, guardian, spokenFor, preferred} {
		f.Add(`{"resourceType":"SearchParameter","id":"x","url":"http://example.org/x","status":"active",` + members + `}`)
	}
	f.Add(`{"base":[1,{}],"component":[[],{"definition":7}],"code":{}}`)
	ps, _ := newIndexer(f).Parameters().With([]search.Custom{custom(f, "preferred", preferred)})
	f.Fuzz(func(t *testing.T, raw string) {
		v, err := fastjson.Parse(raw)
		if err != nil {
			return
		}
		c, _ := search.ReadCustom(v)
		issues := ps.CheckCustom(v)
		others := slices.DeleteFunc(slices.Clone(ps.Customs()), func(o search.Custom) bool { return o.ID == c.ID })
		_, errs := ps.With(append(others, c))
		if len(issues) == 0 && len(errs) > 0 {
			t.Fatalf("it passes the check, and yet: %v", errs)
		}
	})
}

// TestDocExample holds the example of the documentation to the check.
func TestDocExample(t *testing.T) {
	page, err := os.ReadFile("../docs/search-parameters.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "```json\n")
	example, _, found := strings.Cut(rest, "```")
	v, err := fastjson.Parse(example)
	if !found || err != nil {
		t.Fatalf("there is no example: %v", err)
	}
	if issues := newIndexer(t).Parameters().CheckCustom(v); len(issues) > 0 {
		t.Error(issues)
	}
	if issues := fhir.R4().Validate(v, fhir.ValidateOptions{}); len(issues) > 0 {
		t.Error(issues)
	}
}
