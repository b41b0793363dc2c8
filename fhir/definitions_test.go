package fhir_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/heliograph/heliograph/fhir"
)

func TestR4Counts(t *testing.T) {
	d := fhir.R4()
	parameters := map[string]bool{}
	for _, name := range d.Resources() {
		for _, p := range d.SearchParameters(name) {
			parameters[p.URL] = true
		}
	}
	got := map[string]int{"resources": len(d.Resources()), "parameters": len(parameters)}
	if diff := cmp.Diff(map[string]int{"resources": 146, "parameters": 1377}, got); diff != "" {
		t.Error(diff)
	}
	if d.Version != "4.0.1" || !slices.IsSorted(d.Resources()) {
		t.Errorf("version %s, sorted %t", d.Version, slices.IsSorted(d.Resources()))
	}
}

func TestR4HasNoStrays(t *testing.T) {
	d := fhir.R4()
	if d.Type("SubscriptionStatus") != nil {
		t.Error("SubscriptionStatus is of R4B")
	}
	for _, stray := range []string{"Meta.project", "ResearchStudy.whyStopped", "Binary.url", "HealthcareService.offeredIn"} {
		owner, name, _ := strings.Cut(stray, ".")
		if _, ok := d.Type(owner).Field(name); ok {
			t.Errorf("%s is not in R4", stray)
		}
	}
	if _, ok := d.Type("EvidenceVariable.characteristic").Field("definitionReference"); !ok {
		t.Error("EvidenceVariable.characteristic.definition[x] is in R4")
	}
	if d.SearchParameter("DeviceDefinition", "classification") != nil {
		t.Error("DeviceDefinition-classification is of R5")
	}
}

func TestFields(t *testing.T) {
	d := fhir.R4()
	for _, c := range []struct {
		owner, member, typ string
		list               bool
		targets            []string
	}{
		{"Patient", "birthDate", "date", false, nil},
		{"Patient", "contact", "Patient.contact", true, nil},
		{"Patient", "contained", "Resource", true, nil},
		{"Patient", "id", "id", false, nil},
		{"Observation", "valueQuantity", "Quantity", false, nil},
		{"Observation.component", "referenceRange", "Observation.referenceRange", true, nil},
		{"Questionnaire.item", "item", "Questionnaire.item", true, nil},
		{"Patient.link", "other", "Reference", false, []string{"Patient", "RelatedPerson"}},
		{"Bundle.entry", "resource", "Resource", false, nil},
		{"Narrative", "div", "xhtml", false, nil},
		{"Age", "value", "decimal", false, nil},
	} {
		f, ok := d.Type(c.owner).Field(c.member)
		if !ok {
			t.Errorf("%s has no %s", c.owner, c.member)
			continue
		}
		if f.Type.Name != c.typ || f.Element.List() != c.list || f.Definition() != d.Type(c.typ) {
			t.Errorf("%s.%s is a %s, list %t", c.owner, c.member, f.Type.Name, f.Element.List())
		}
		if diff := cmp.Diff(c.targets, f.Type.Targets); diff != "" {
			t.Errorf("%s.%s: %s", c.owner, c.member, diff)
		}
	}
	if _, ok := d.Type("Observation").Field("value"); ok {
		t.Error("a choice element is no member by its own name")
	}
}

func TestTypeHierarchy(t *testing.T) {
	d := fhir.R4()
	if !d.Is("Age", "Quantity") || !d.Is("Patient", "Resource") || d.Is("Bundle", "DomainResource") || !d.Is("code", "string") {
		t.Error("the hierarchy of types is wrong")
	}
	if diff := cmp.Diff([]string{"Age", "Count", "Distance", "Duration"}, d.Subtypes("Quantity")); diff != "" {
		t.Error(diff)
	}
}

func TestSearchParameterLookups(t *testing.T) {
	d := fhir.R4()
	composite := d.SearchParameter("Observation", "code-value-quantity")
	if composite == nil || len(composite.Components) != 2 {
		t.Fatalf("code-value-quantity: %+v", composite)
	}
	if part := d.SearchParameterByURL(composite.Components[0].Definition); part == nil || part.Code != "code" {
		t.Errorf("its first part: %+v", part)
	}
	if d.SearchParameter("Patient", "_id") == nil || d.SearchParameter("Bundle", "_text") != nil {
		t.Error("_id is of every resource, _text of domain resources")
	}
	list := d.SearchParameters("Patient")
	if !slices.IsSortedFunc(list, func(a, b *fhir.SearchParameter) int { return strings.Compare(a.Code, b.Code) }) {
		t.Error("not sorted by code")
	}
	text := d.SearchParameter("Patient", "birthdate").DescriptionFor("Patient")
	if text != "The patient's date of birth" {
		t.Errorf("description of Patient's birthdate: %q", text)
	}
}

func TestImpliedSystem(t *testing.T) {
	d := fhir.R4()
	for _, c := range []struct{ owner, member, code, system string }{
		{"Patient", "gender", "female", "http://hl7.org/fhir/administrative-gender"},
		{"Patient", "gender", "unheard-of", ""},
		{"Attachment", "contentType", "text/plain", "urn:ietf:bcp:13"},
		{"Money", "currency", "EUR", "urn:iso:std:iso:4217"},
		{"Patient", "birthDate", "x", ""},
	} {
		f, _ := d.Type(c.owner).Field(c.member)
		if got := d.ImpliedSystem(f.Element, c.code); got != c.system {
			t.Errorf("%s.%s: %q", c.owner, c.member, got)
		}
	}
	if d.ValueSet("http://hl7.org/fhir/ValueSet/mimetypes") != nil {
		t.Error("media types cannot be enumerated")
	}
	if set := d.ValueSet("http://hl7.org/fhir/ValueSet/administrative-gender"); len(set.Codes) != 4 || !set.Contains("", "male") {
		t.Errorf("administrative-gender: %v", set.Codes)
	}
}

func TestDecodeRefusesNonsense(t *testing.T) {
	for _, text := range []string{
		"", "Z\tx", "E\ta\t0..1\tstring", "F\t1\nT\tcomplex\tA\tNobody", "F\t1\nT\tcomplex\tA\nE\ta\t0..1\tNobody", "C\tx", "D\tx\ty",
		"F\t1\nT\tstrange\tA", "F\t1\nT\tcomplex\tA\nT\tcomplex\tA", "F\t1\nT\tcomplex\tA\nE\ta\tx..1\tA", "F\t1\nT\tcomplex\tA\nX\tb",
	} {
		if _, err := fhir.Decode(text); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
}
