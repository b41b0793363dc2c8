package fhir_test

import (
	"slices"
	"testing"

	"github.com/heliograph/heliograph/fhir"
)

// TestCompartments: every type and parameter of a compartment exists, is a reference and may lead there.
func TestCompartments(t *testing.T) {
	d := fhir.R4()
	if got := d.Compartments(); len(got) != 5 {
		t.Fatal(got)
	}
	for _, name := range d.Compartments() {
		c := d.Compartment(name)
		if len(c.Types()) < 20 {
			t.Errorf("%s has only %d types", name, len(c.Types()))
		}
		for _, typeName := range c.Types() {
			for _, code := range c.Params(typeName) {
				if code == fhir.CompartmentSelf {
					if typeName != name {
						t.Errorf("%s: %s is not itself", name, typeName)
					}
					continue
				}
				p := d.SearchParameter(typeName, code)
				switch {
				case p == nil:
					t.Errorf("%s: %s has no parameter %s", name, typeName, code)
				case p.Type != "reference":
					t.Errorf("%s: %s.%s is of type %s", name, typeName, code, p.Type)
				case len(p.Targets) > 0 && !slices.Contains(p.Targets, name):
					t.Logf("%s: %s.%s does not refer to it by its definition: never a match", name, typeName, code)
				}
			}
		}
	}
	if d.Compartment("Observation") != nil {
		t.Error("Observation has a compartment")
	}
}
