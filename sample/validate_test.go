package sample_test

import (
	"testing"

	"github.com/valyala/fastjson"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/sample"
)

// TestValid holds every resource to the strict rules that the program holds input to.
func TestValid(t *testing.T) {
	var p fastjson.Parser
	n := 0
	for r, err := range sample.Generate(sample.Config{Patients: 40, Seed: 7}) {
		if err != nil {
			t.Fatal(err)
		}
		v, err := p.ParseBytes(r.JSON)
		if err != nil {
			t.Fatalf("%s/%s: %v", r.Type, r.ID, err)
		}
		for _, issue := range fhir.R4().Validate(v, fhir.ValidateOptions{}) {
			t.Errorf("%s/%s: %s", r.Type, r.ID, issue)
		}
		n++
	}
	if n < 1000 {
		t.Errorf("only %d resources", n)
	}
}
