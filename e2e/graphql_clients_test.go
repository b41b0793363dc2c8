package e2e_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// clientReport is what a script of e2e/clients prints.
type clientReport struct{ Steps, Failures []string }

// client runs a script of e2e/clients: what it reports as failed fails the test, and so does a report of fewer steps than least.
func client(t *testing.T, least int, script string, args ...string) clientReport {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		t.Fatal("node is missing: install Node 20.19 or later")
	}
	if _, err := os.Stat("clients/node_modules/graphql-http"); err != nil {
		t.Fatal("the clients are missing: run make setup")
	}
	command := exec.CommandContext(t.Context(), "node", append([]string{script}, args...)...)
	command.Dir, command.Stderr = "clients", t.Output()
	out, runErr := command.Output()
	var got clientReport
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v; it printed %.2000q: %v", runErr, out, err)
	}
	for _, failure := range got.Failures {
		t.Error(failure)
	}
	if runErr != nil && len(got.Failures) == 0 {
		t.Error(runErr)
	}
	if len(got.Steps) < least {
		t.Errorf("only %d steps: %q", len(got.Steps), got.Steps)
	}
	return got
}

// TestAudits holds the endpoint to GraphQL over HTTP by the audits of graphql-http: all of them, MUST, SHOULD and MAY.
func TestAudits(t *testing.T) {
	p := start(t, filepath.Join(t.TempDir(), "data"))
	t.Run("strict", func(t *testing.T) {
		got := client(t, 61, "audits.mjs", p.url+"/graphql")
		t.Logf("%d audits", len(got.Steps))
	})
	t.Run("dialect", func(t *testing.T) { // whose statuses are FHIR's: what GraphQL over HTTP only advises it need not do
		got := client(t, 61, "audits.mjs", p.url+"/fhir/$graphql", "must")
		t.Logf("%d audits", len(got.Steps))
	})
}
