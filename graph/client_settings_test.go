package graph_test

import (
	"strings"
	"testing"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/graph"
	"github.com/heliograph/heliograph/search"
)

// TestSettings: the settings of every client name what the schema has; e2e runs them with the clients.
func TestSettings(t *testing.T) {
	params, _ := search.NewParameters(fhir.R4())
	s, err := graph.NewSchema(fhir.R4(), params, []string{"Patient", "Observation"})
	if err != nil {
		t.Fatal(err)
	}
	for client, wanted := range map[string][]string{
		"relay":  {`"nodeInterfaceIdField": "nodeId"`, `"schema": "./schema.graphql"`},
		"apollo": {"Node: [\n      'Observation', 'OperationOutcome', 'Patient',\n    ]", "Resource: [", "keyFields: ['nodeId']", "dataIdFromObject: () => undefined"},
		"urql":   {"const nodes = [\n  'Observation', 'OperationOutcome', 'Patient',\n]", "'HumanName'", "--types Observation,Patient --introspection"},
	} {
		var b strings.Builder
		if err := s.Settings(&b, client); err != nil {
			t.Fatal(err)
		}
		for _, text := range wanted {
			if !strings.Contains(b.String(), text) {
				t.Errorf("the settings for %s have no\n%s\nthey are\n%s", client, text, b.String())
			}
		}
		for line := range strings.SplitSeq(b.String(), "\n") {
			if len(line) > 140 {
				t.Errorf("%s has a line of %d bytes: %.60s…", client, len(line), line)
			}
		}
	}
}

// TestNoSettings: what has none is refused with the reason.
func TestNoSettings(t *testing.T) {
	params, _ := search.NewParameters(fhir.R4())
	strict, err := graph.NewSchema(fhir.R4(), params, []string{"Patient"})
	if err != nil {
		t.Fatal(err)
	}
	dialect, err := graph.NewFHIRSchema(fhir.R4(), params, []string{"Patient"})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := strict.Settings(&b, "lokka"); err == nil || !strings.Contains(err.Error(), "relay, apollo, urql") {
		t.Error(err)
	}
	if err := dialect.Settings(&b, "urql"); err == nil || !strings.Contains(err.Error(), "FHIR dialect") {
		t.Error(err)
	}
	if b.Len() > 0 {
		t.Errorf("something was written: %s", b.String())
	}
}
