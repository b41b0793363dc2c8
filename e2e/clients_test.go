package e2e_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestClients drives the program by FHIR clients that others wrote: each reads, searches, walks pages, writes with and without conditions,
// patches, deletes, sends Bundles and reads history.
func TestClients(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		t.Fatal("node is missing: install Node 20.19 or later")
	}
	if _, err := os.Stat("clients/node_modules/fhir-kit-client"); err != nil {
		t.Fatal("the FHIR clients are missing: run make setup")
	}
	p := start(t, filepath.Join(t.TempDir(), "data"), "--sample", "20")
	for script, least := range map[string]int{"fhir-kit.mjs": 14, "medplum.mjs": 14} {
		t.Run(script, func(t *testing.T) {
			command := exec.CommandContext(t.Context(), "node", script, p.url+"/fhir")
			command.Dir = "clients"
			command.Stderr = t.Output()
			out, runErr := command.Output()
			var got struct{ Steps, Failures []string }
			if err := json.Unmarshal(out, &got); err != nil {
				t.Fatalf("%v; it printed %q: %v", runErr, out, err)
			}
			for _, failure := range got.Failures {
				t.Error(failure)
			}
			if runErr != nil && len(got.Failures) == 0 {
				t.Error(runErr)
			}
			if len(got.Steps) < least {
				t.Errorf("only %d steps: %v", len(got.Steps), got.Steps)
			}
		})
	}
}
