package fhir_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/heliograph/heliograph/fhir"
)

func TestParseReference(t *testing.T) {
	const base = "http://here.example/fhir"
	for text, want := range map[string]fhir.Reference{
		"Patient/1":                             {Kind: fhir.ReferenceLocal, Type: "Patient", ID: "1"},
		"Patient/1/_history/2":                  {Kind: fhir.ReferenceLocal, Type: "Patient", ID: "1", Version: "2"},
		base + "/Patient/1":                     {Kind: fhir.ReferenceLocal, Type: "Patient", ID: "1"},
		base + "er/Patient/1":                   {Kind: fhir.ReferenceAbsolute, Type: "Patient", ID: "1", URL: base + "er/Patient/1"},
		"http://other.example/Patient/1":        {Kind: fhir.ReferenceAbsolute, Type: "Patient", ID: "1", URL: "http://other.example/Patient/1"},
		"http://other.example/a/b":              {Kind: fhir.ReferenceAbsolute, URL: "http://other.example/a/b"},
		"#p1":                                   {Kind: fhir.ReferenceContained, ID: "p1"},
		"#":                                     {Kind: fhir.ReferenceContained},
		"urn:uuid:c757873d-ec9a-4326-a141-5569": {Kind: fhir.ReferenceURN, URL: "urn:uuid:c757873d-ec9a-4326-a141-5569"},
		"urn:oid:1.2.3":                         {Kind: fhir.ReferenceURN, URL: "urn:oid:1.2.3"},
		"http://x.example/ValueSet/v|2.0#frag":  {Kind: fhir.ReferenceCanonical, URL: "http://x.example/ValueSet/v", Version: "2.0", Fragment: "frag"},
		"http://x.example/ValueSet/v|2.0":       {Kind: fhir.ReferenceCanonical, URL: "http://x.example/ValueSet/v", Version: "2.0"},
		"Patient?identifier=a|b":                {Kind: fhir.ReferenceConditional, Type: "Patient", Query: "identifier=a|b"},
	} {
		got, err := fhir.ParseReference(text, base)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v %s", text, err, diff)
		}
	}
}

func TestParseReferenceRefuses(t *testing.T) {
	for _, text := range []string{
		"", "Patient", "Patient/", "patient/1", "Patient/a b", "Patient/" + strings.Repeat("x", 65), "#a b", "Patient/1/2", "Patient?", "1:x",
	} {
		if r, err := fhir.ParseReference(text, ""); err == nil {
			t.Errorf("%q was read as %+v", text, r)
		}
	}
}

func FuzzParseReference(f *testing.F) {
	f.Add("Patient/1/_history/2", "http://x")
	f.Fuzz(func(t *testing.T, s, base string) {
		r, err := fhir.ParseReference(s, base)
		if err == nil && r.Kind == fhir.ReferenceLocal && !fhir.ValidID(r.ID) {
			t.Errorf("a local reference with the id %q", r.ID)
		}
	})
}
