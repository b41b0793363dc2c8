package graph_test

import (
	"testing"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/graph"
)

// TestFHIRSchema: what the dialect and an instance add is a valid schema.
func TestFHIRSchema(t *testing.T) {
	s, err := graph.NewFHIRSchema(fhir.R4(), parameters(), []string{"Patient", "Observation"})
	if err != nil {
		t.Fatal(err)
	}
	of, err := s.Instance("Patient")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Instance("Encounter"); err == nil {
		t.Error("an instance of a type that is not served")
	}
	for name, s := range map[string]*graph.Schema{"Query": s, "Patient": of} {
		_, doc := sdl(t, s)
		for _, d := range []string{"flatten", "first", "singleton", "slice"} {
			if doc.Directives[d] == nil {
				t.Errorf("%s: no @%s", name, d)
			}
		}
		if doc.Query.Name != name {
			t.Errorf("the root is %s, want %s", doc.Query.Name, name)
		}
	}
}
