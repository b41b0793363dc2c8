package search_test

import (
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

var readerParams = sync.OnceValues(func() (*search.Parameters, error) {
	p, errs := search.NewParameters(fhir.R4())
	return p, errors.Join(errs...)
})

func newReader(t testing.TB) *search.Reader {
	t.Helper()
	p, err := readerParams()
	if err != nil {
		t.Fatal(err)
	}
	return search.NewReader(p, search.ReaderConfig{
		Base: "http://here.example/fhir", Now: func() time.Time { return time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC) },
	})
}

// TestReaderClauses: what is read prints as it was written; what FHIR writes as a modifier becomes NOT and Exists.
func TestReaderClauses(t *testing.T) {
	r := newReader(t)
	for _, c := range []struct{ resourceType, name, value, want string }{
		{"Patient", "birthdate", "ge1990", "birthdate=ge1990"},
		{"Patient", "birthdate", "1990,lt1950-06", "birthdate=1990,lt1950-06"},
		{"Patient", "name:exact", `O\,Neil`, `name:exact=O\,Neil`},
		{"Patient", "gender:not", "male,female", "NOT gender=male,female"},
		{"Patient", "gender:missing", "true", "NOT gender:missing=false"},
		{"Patient", "gender:missing", "false", "gender:missing=false"},
		{"Patient", "_id", "a,b", "_id=a,b"},
		{"Patient", "_id:not", "a", "NOT _id=a"},
		{"Patient", "_id:missing", "true", "NOT _id:missing=false"},
		{"Patient", "_text", "Strong TEA,coffee", "_text=strong tea,coffee"},
		{"Patient", "_text", "bread or butter", "_text=bread or butter"},
		{"Patient", "_text", "(bone OR liver) and metastases", "(_text=bone OR _text=liver) AND _text=metastases"},
		{"Patient", "_content", "heart attack NOT (old or (in history)),x", "(_content=heart attack AND NOT (_content=old OR _content=in history)) OR _content=x"},
		{"Patient", "_text", "NOT x OR y z AND o'neil", "NOT _text=x OR _text=y z o neil"},
		{"Patient", "_list", "42", "_list=42"},
		{"Patient", "_list", "List/42,43", "_list=42 OR _list=43"},
		{"Patient", "_tag", "http://x|y", "_tag=http://x|y"},
		{"Patient", "_lastUpdated", "gt2020-01-01T00:00:00Z", "_lastUpdated=gt2020-01-01T00:00:00Z"},
		{"Patient", "identifier:of-type", "s|MR|1", "identifier:of-type=s|MR|1"},
		{"Patient", "general-practitioner:Organization", "o", "general-practitioner=Organization/o"},
		{"Patient", "organization.name", "x", "organization:Organization.(name=x)"},
		{"Patient", "general-practitioner:PractitionerRole.practitioner.family", "x", "general-practitioner:PractitionerRole.(practitioner:Practitioner.(family=x))"},
		{"Patient", "general-practitioner.name", "x", "general-practitioner:Practitioner.(name=x) OR general-practitioner:Organization.(name=x)"},
		{"Observation", "subject:Patient.organization.name:exact", "x", "subject:Patient.(organization:Organization.(name:exact=x))"},
		{"Observation", "code:in", "http://v", "code:in=http://v"},
		{"Observation", "code:not-in", "http://v", "NOT code:in=http://v"},
		{"Observation", "code:text", "Heart", "code:text=Heart"},
		{"Observation", "subject:identifier", "s|1", "subject:identifier=s|1"},
		{"Observation", "code-value-quantity", `a|b$gt5||kg`, `code-value-quantity=a|b$gt5||kg`},
		{"Patient", "_has:Observation:subject:code", "x", "_has:Observation:subject:(code=x)"},
		{"Patient", "_has:Observation:subject:code:not", "x", "_has:Observation:subject:(NOT code=x)"},
		{"Patient", "_has:Observation:subject:_has:Observation:has-member:status", "x", "_has:Observation:subject:(_has:Observation:has-member:(status=x))"},
		{"Observation", "subject:Patient._has:Group:member:_id", "g", "subject:Patient.(_has:Group:member:(_id=g))"},
		{"ValueSet", "url:below", "http://x/y", "url:below=http://x/y"},
		{"Encounter", "location:below", "Location/1", "location:below=Location/1"},
	} {
		e, err := r.Clause(c.resourceType, c.name, []string{c.value})
		if err != nil {
			t.Errorf("%s?%s: %v", c.resourceType, c.name, err)
			continue
		}
		if got := e.String(); got != c.want {
			t.Errorf("%s?%s: %s, want %s", c.resourceType, c.name, got, c.want)
		}
	}
	if e, err := r.Clause("Patient", "name", []string{"a", "b,c"}); err != nil || e.String() != "name=a AND name=b,c" {
		t.Errorf("repeats are AND: %v, %v", e, err)
	}
}

// TestReaderValues: the fields of single values.
func TestReaderValues(t *testing.T) {
	r := newReader(t)
	for _, c := range []struct {
		resourceType, name, value string
		want                      search.Value
	}{
		{"Patient", "name", "  MÜLLER\\, x ", search.Value{Text: "muller, x"}},
		{"Patient", "name:exact", `a\$b\|c\\d\x`, search.Value{Text: `a$b|c\d\x`}},
		{"Patient", "gender", "male", search.Value{Code: "male"}},
		{"Patient", "gender", "|male", search.Value{Code: "male", HasSystem: true}},
		{"Patient", "identifier", `s|a\|b`, search.Value{System: "s", HasSystem: true, Code: "a|b"}},
		{"Patient", "identifier", "s|", search.Value{System: "s", HasSystem: true}},
		{"Patient", "organization", "Organization/1", search.Value{Type: "Organization", Code: "1"}},
		{"Patient", "organization", "Organization/1/_history/2", search.Value{Type: "Organization", Code: "1", Version: "2"}},
		{"Patient", "organization", "1", search.Value{Code: "1"}},
		{"Patient", "organization", "http://here.example/fhir/Organization/1", search.Value{Type: "Organization", Code: "1"}},
		{"Patient", "organization", "http://there.example/Organization/1", search.Value{Text: "http://there.example/Organization/1"}},
		{"QuestionnaireResponse", "questionnaire", "http://q|1.0", search.Value{Text: "http://q", Version: "1.0"}},
		{"ValueSet", "url", "http://x|y", search.Value{Text: "http://x|y"}},
	} {
		e, err := r.Clause(c.resourceType, c.name, []string{c.value})
		if err != nil {
			t.Errorf("%s?%s: %v", c.resourceType, c.name, err)
			continue
		}
		got := e.(search.Clause).Values[0]
		c.want.Raw = c.value
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s?%s=%s: %+v, want %+v", c.resourceType, c.name, c.value, got, c.want)
		}
	}
}

// TestReaderErrors: each says what is wrong and what would be right, all at once, without the value.
func TestReaderErrors(t *testing.T) {
	r := newReader(t)
	for _, c := range []struct {
		resourceType, name, value string
		code                      fault.Code
		want                      []string
	}{
		{"Patient", "brithdate", "1990", fault.BadUserInput, []string{"Patient has no search parameter brithdate", "birthdate"}},
		{"Nothing", "name", "x", fault.BadUserInput, []string{"Nothing is not a resource type"}},
		{"Patient", "birthdate", "1973-02-30", fault.BadUserInput, []string{"birthdate", "not a date", "YYYY-MM-DD"}},
		{"Patient", "birthdate:exact", "1973", fault.BadUserInput, []string{"no modifier :exact", ":missing"}},
		{"Patient", "name:exakt", "x", fault.BadUserInput, []string{"no modifier :exakt", "did you mean :exact?"}},
		{"Patient", "birthdate:misssing", "true", fault.BadUserInput, []string{"did you mean :missing?"}},
		{"Patient", "_text", "(bone OR liver", fault.BadUserInput, []string{"a ( has no )"}},
		{"Patient", "_text", "bone OR", fault.BadUserInput, []string{"a word, NOT or ( is expected"}},
		{"Patient", "_text", "bone) x", fault.BadUserInput, []string{"a ) has no ("}},
		{"Patient", "_text", "NOT …", fault.BadUserInput, []string{"no word"}},
		{"Patient", "_text", strings.Repeat("(", 99) + "x", fault.BadUserInput, []string{"levels deep"}},
		{"Patient", "name:below", "x", fault.BadUserInput, []string{":exact", ":contains"}},
		{"Patient", "name:", "x", fault.BadUserInput, []string{"after the colon"}},
		{"Patient", "name", "", fault.BadUserInput, []string{"empty"}},
		{"Patient", "name", "a,,b", fault.BadUserInput, []string{"empty", `\,`}},
		{"Patient", "name", "a\x00", fault.BadUserInput, []string{"not text"}},
		{"Patient", "name", "\xff", fault.BadUserInput, []string{"not text"}},
		{"Patient", "gender", "|", fault.BadUserInput, []string{"neither a system nor a code"}},
		{"Patient", "gender", "a|b|c", fault.BadUserInput, []string{`\|`}},
		{"Patient", "gender:missing", "yes", fault.BadUserInput, []string{"true or false"}},
		{"Patient", "identifier:of-type", "a|b", fault.BadUserInput, []string{"system|type|value"}},
		{"Patient", "organization:Patient", "1", fault.BadUserInput, []string{"refers to Organization, not to Patient"}},
		{"Patient", "organization:Organization", "Patient/1", fault.BadUserInput, []string{"refers to a Patient"}},
		{"Patient", "organization", "#1", fault.BadUserInput, []string{"Type/id"}},
		{"Patient", "name.family", "x", fault.BadUserInput, []string{"only a reference can be followed"}},
		{"Patient", "organization.birthdate", "1990", fault.BadUserInput, []string{"none of the types", "Organization"}},
		{"Patient", "organization:Organization.nam", "x", fault.BadUserInput, []string{"did you mean name"}},
		{"Patient", "_has:Observation:subject", "x", fault.BadUserInput, []string{"_has:Type:reference:parameter"}},
		{"Patient", "_has:Observation:code:status", "x", fault.BadUserInput, []string{"not a reference"}},
		{"Patient", "_has:Observation:has-member:code", "x", fault.BadUserInput, []string{"not to Patient"}},
		{"Observation", "value-quantity", "5.40e-3|s|g|extra", fault.BadUserInput, []string{"number|system|code"}},
		{"Observation", "value-quantity", "5|6", fault.BadUserInput, []string{"number||code", "a unit of any system"}},
		{"Observation", "value-quantity", "x5", fault.BadUserInput, []string{"not a number"}},
		{"Observation", "code-value-quantity", "a", fault.BadUserInput, []string{"2 parts", "code$value-quantity"}},
		{"Observation", "code-value-quantity", "|$x", fault.BadUserInput, []string{"neither a system nor a code", "not a number"}},
		{"Observation", "value-quantity", "x,y||", fault.BadUserInput, []string{"not a number", "number||code"}},
		{"ValueSet", "url:below", "urn:oid:1.2", fault.BadUserInput, []string{"URN"}},
		{"Patient", "_text", "…", fault.BadUserInput, []string{"no word"}},
		{"Patient", "_list", "$current-problems", fault.Unsupported, []string{"_list"}},
		{"Patient", "_query", "name eq x", fault.Unsupported, []string{"_query"}},
		{"Provenance", "target.target.target.target.code", "x", fault.TooCostly, []string{"name the types"}},
	} {
		e, err := r.Clause(c.resourceType, c.name, []string{c.value})
		if fault.Of(err) != c.code {
			t.Errorf("%s?%s=%q: %v, %v; want %s", c.resourceType, c.name, c.value, e, err, c.code)
			continue
		}
		for _, w := range c.want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%s?%s=%q: %v says nothing of %q", c.resourceType, c.name, c.value, err, w)
			}
		}
		if len(c.value) > 6 && !strings.Contains(c.value, "/") && strings.Contains(err.Error(), c.value) {
			t.Errorf("%s?%s: the message repeats the value: %v", c.resourceType, c.name, err)
		}
	}
	if _, err := r.Clause("Patient", "birthdate", nil); fault.Of(err) != fault.BadUserInput {
		t.Errorf("no values: %v", err)
	}
}

func TestReaderSort(t *testing.T) {
	r := newReader(t)
	for _, keys := range [][]string{{"-birthdate,name"}, {"-birthdate", "name"}} {
		got, err := r.Sort("Patient", keys)
		if err != nil || len(got) != 2 || got[0].Param.Code != "birthdate" || !got[0].Desc || got[1].Param.Code != "name" || got[1].Desc {
			t.Errorf("%v: %+v, %v", keys, got, err)
		}
	}
	if got, err := r.Sort("Observation", []string{"_id,-_lastUpdated"}); err != nil || len(got) != 2 {
		t.Errorf("%+v, %v", got, err)
	}
	_, err := r.Sort("Observation", []string{"code-value-quantity,dat,_text"})
	for _, w := range []string{"code-value-quantity", "dat", "did you mean", "_text"} {
		if err == nil || !strings.Contains(err.Error(), w) {
			t.Errorf("%v says nothing of %q", err, w)
		}
	}
}

// TestReaderApproximate: ten percent, or the precision where that is wider; of dates a tenth of the distance from now.
func TestReaderApproximate(t *testing.T) {
	r := newReader(t)
	key := func(s string) string {
		d, err := fhir.ParseDecimal(s)
		if err != nil {
			t.Fatal(err)
		}
		return string(d.AppendKey(nil))
	}
	for value, want := range map[string][2]string{"ap100": {"90", "110"}, "ap-100": {"-110", "-90"}, "ap0": {"-0.5", "0.5"}, "ap1": {"0.5", "1.5"}} {
		e, err := r.Clause("ChargeItem", "factor-override", []string{value})
		if err != nil {
			t.Fatal(err)
		}
		if v := e.(search.Clause).Values[0]; v.Op != search.Overlaps || v.NLo != key(want[0]) || v.NHi != key(want[1]) {
			t.Errorf("%s: %+v", value, v)
		}
	}
	e, err := r.Clause("Patient", "birthdate", []string{"ap2010"})
	if err != nil {
		t.Fatal(err)
	}
	v := e.(search.Clause).Values[0]
	from := time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC)
	tenth := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).Sub(from) / 10
	if want := from.Add(-tenth).UnixMicro(); v.Lo != want || v.Hi != from.AddDate(1, 0, 0).Add(tenth).UnixMicro() {
		t.Errorf("%+v, want from %d", v, want)
	}
}

// FuzzReader: no argument makes it panic; what it reads is printable, simplifies to a fixed point and can be matched.
func FuzzReader(f *testing.F) {
	for _, seed := range [][3]string{
		{"Patient", "birthdate", "ge1990,ap2001-02-03T04:05"}, {"Patient", "name:exact", `a\,b\\`}, {"Observation", "code-value-quantity", `a|b$5.4e-3|u|mg`},
		{"Patient", "_has:Observation:subject:_has:Provenance:target:agent.name", "x"}, {"Observation", "subject:Patient.organization.name", "x"},
		{"Provenance", "target.target.target.code", "x"}, {"Patient", "identifier:of-type", "a|b|c"}, {"ValueSet", "url:above", "http://x/"},
		{"Patient", "organization:below", "Organization/1"}, {"Patient", "_text", "a b"}, {"Patient", "_list", "x"}, {"Observation", "value-quantity", "ap-0.00||mg"},
		{"Patient", "birthdate", "ap9999-12-31"}, {"RiskAssessment", "probability", "ne1e999999"}, {"Patient", "_id:missing", "true,false"},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	r := newReader(f)
	f.Fuzz(func(t *testing.T, resourceType, name, value string) {
		e, err := r.Clause(resourceType, name, []string{value})
		if err != nil {
			if fault.Of(err) == fault.Internal {
				t.Fatalf("an error without a code: %v", err)
			}
			return
		}
		simple := search.Simplify(e)
		if again := search.Simplify(simple); !reflect.DeepEqual(simple, again) {
			t.Fatalf("%s simplifies to %s and then %s", e, simple, again)
		}
		v := &search.Values{Ref: fhir.Ref{Type: resourceType, ID: "1"}}
		if _, err := search.Match(simple, v, nil); err != nil && fault.Of(err) != fault.Unsupported {
			t.Fatalf("%s cannot be matched: %v", simple, err)
		}
	})
}
