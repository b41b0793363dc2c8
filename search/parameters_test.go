package search_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

// TestParametersAreComplete: every parameter of every type is there, once, sorted, and none failed to compile.
func TestParametersAreComplete(t *testing.T) {
	defs := fhir.R4()
	ps, errs := search.NewParameters(defs)
	for _, err := range errs {
		t.Error(err)
	}
	for _, name := range defs.Resources() {
		of := ps.Of(name)
		if !slices.IsSortedFunc(of, func(a, b *search.Param) int { return strings.Compare(a.Code, b.Code) }) {
			t.Errorf("%s: not sorted", name)
		}
		seen := map[string]bool{}
		for _, p := range of {
			if seen[p.Code] || p.Type == 0 || p.Resource != name || p.Epoch == 0 || ps.Param(name, p.Code) != p {
				t.Errorf("%s.%s: %+v", name, p.Code, p)
			}
			if (p.Type == search.Composite) != (len(p.Parts) >= 2) {
				t.Errorf("%s.%s has %d parts", name, p.Code, len(p.Parts))
			}
			seen[p.Code] = true
		}
		for _, sp := range defs.SearchParameters(name) {
			if !seen[sp.Code] {
				t.Errorf("%s.%s is not there", name, sp.Code)
			}
		}
		for _, code := range []string{"_id", "_lastUpdated", "_tag", "_profile", "_security", "_source", "_content", "_list", "_has", "_type", "_filter", "_query"} {
			if !seen[code] {
				t.Errorf("%s.%s is not there", name, code)
			}
		}
	}
	if ps.Param("Patient", "nothing") != nil || ps.Of("Nothing") != nil || ps.Param("Nothing", "name") != nil {
		t.Error("what does not exist was found")
	}
}

func TestParts(t *testing.T) {
	ps := newIndexer(t).Parameters()
	p := ps.Param("Observation", "code-value-quantity")
	if p.Parts[0] != ps.Param("Observation", "code") || p.Parts[1] != ps.Param("Observation", "value-quantity") {
		t.Errorf("%v", p.Parts)
	}
	if p.Epoch == ps.Param("Observation", "code-value-date").Epoch {
		t.Error("the epochs of different composites are equal")
	}
}

func TestChronological(t *testing.T) {
	ps := newIndexer(t).Parameters()
	for name, want := range map[string]string{
		"Observation": "date", "MedicationRequest": "date", "Condition": "onset-date", "Claim": "created", "ServiceRequest": "occurrence",
		"Patient": "birthdate", "Specimen": "collected", "ImagingStudy": "started", "Account": "period", "Goal": "start-date", "Organization": "",
		"Medication": "", "Task": "authored-on",
	} {
		got := ""
		if p := ps.Chronological(name); p != nil {
			got = p.Code
		}
		if got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestSuggest(t *testing.T) {
	ps := newIndexer(t).Parameters()
	for code, want := range map[string][]string{
		"birthDate": {"birthdate"}, "gendre": {"gender"}, "general_practitioner": {"general-practitioner"}, "xyzzy": {}, "adress": {"address"},
	} {
		got := ps.Suggest("Patient", code)
		if len(want) == 0 && len(got) > 0 || len(want) > 0 && (len(got) == 0 || got[0] != want[0]) || len(got) > 3 {
			t.Errorf("%s: %q", code, got)
		}
	}
}

func TestNewParametersNamesWhatItCannotCompile(t *testing.T) {
	for expression, want := range map[string]string{
		"Basic.nothing":                              "has no element nothing",
		"Basic.code.iif(true)":                       "the function iif is not supported",
		"Basic.code.where(a = 'x'":                   "\"end\"",
		"Basic.code + 1":                             "is not understood",
		"Basic.code.ofType(Nothing)":                 "the type Nothing is unknown",
		"Basic.code.ofType(Quantity)":                "leads nowhere",
		"Patient.name":                               "leads nowhere",
		strings.Repeat("(", 1000):                    "nests too deep",
		"Basic.created['x']":                         "",
		"%other.code":                                "the variable %other is unknown",
		"Basic.code.where('x)":                       "not closed",
		"Basic.subject.where(resolve() is Quantity)": "is no resource type",
	} {
		_, errs := search.NewParameters(definitions(t, expression))
		if len(errs) != 1 || !strings.Contains(errs[0].Error(), want) || !strings.Contains(errs[0].Error(), "http://example.org/test") {
			t.Errorf("%s: %v", expression, errs)
		}
	}
}

// definitions are a small FHIR with one resource type and one search parameter of an expression.
func definitions(t *testing.T, expression string) *fhir.Definitions {
	t.Helper()
	defs, err := fhir.Decode("F\t4.0.1\n" +
		"T\tabstract\tElement\t\t\t\nE\tid\t0..1\tstring\nT\tabstract\tResource\t\t\t\nE\tid\t0..1\tstring\n" +
		"T\tprimitive\tstring\tElement\nT\tprimitive\tboolean\tElement\nT\tprimitive\turi\tElement\nT\tcomplex\tCoding\tElement\nE\tcode\t0..1\tstring\n" +
		"T\tcomplex\tQuantity\tElement\nE\tunit\t0..1\tstring\nT\tcomplex\tReference\tElement\nE\treference\t0..1\tstring\n" +
		"T\tcomplex\tExtension\tElement\nE\turl\t1..1\turi\nE\tvalue[x]\t0..1\tstring|Coding\n" +
		"T\tresource\tBasic\tResource\nE\tcode\t0..*\tCoding\nE\textension\t0..*\tExtension\nE\tactive\t0..1\tboolean\nE\tcreated\t0..1\tstring\nE\tsubject\t0..1\tReference(Basic)\n" +
		"T\tresource\tPatient\tResource\nE\tname\t0..1\tstring\n" +
		"P\ttest\ttoken\tBasic\t\thttp://example.org/test\t" + expression + "\ttext\n")
	if err != nil {
		t.Fatal(err)
	}
	return defs
}

// TestExpressions: what custom search parameters use beyond R4's own.
func TestExpressions(t *testing.T) {
	const resource = `{"resourceType":"Basic","code":[{"code":"a"},{"code":"b"}],"active":true,"created":"c",` +
		`"extension":[{"url":"u","valueCoding":{"code":"x"}},{"url":"v","valueString":"y"}]}`
	for expression, want := range map[string][]string{
		"Basic.code":                 {"a", "b"},
		"code | Basic.code[0]":       {"a", "b"},
		"Basic.code[1]":              {"b"},
		"Basic.code[2]":              nil,
		"Basic.code.first()":         {"a"},
		"Basic.extension('u').value": {"x"},
		"Basic.extension.where(url = 'v').value.as(string)": {"y"},
		"(Basic.extension.value as Coding).code":            {"x"},
		"Basic.code.where(code != 'a' and $this.exists())":  {"b"},
		"Basic.code.where(code = 'a' or code = 'b').code":   {"a", "b"},
		"Basic.active = true":                               {"true"},
		"Basic.active.not()":                                {"false"},
		"Basic.created.exists() and Basic.active != false":  {"true"},
		"Basic.created.empty()":                             {"false"},
		"Basic.id != 'x'":                                   nil,
	} {
		ps, errs := search.NewParameters(definitions(t, expression))
		if errs != nil {
			t.Errorf("%s: %v", expression, errs)
			continue
		}
		x, err := search.NewIndexer(ps, search.Config{})
		if err != nil {
			t.Fatal(err)
		}
		v, _, err := x.IndexBytes([]byte(resource))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, it := range v.Of("test") {
			got = append(got, it.Code)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", expression, diff)
		}
	}
}
