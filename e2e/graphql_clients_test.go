package e2e_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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

// TestAudits holds the endpoints to GraphQL over HTTP by the audits of graphql-http: /graphql to all of them, MUST, SHOULD and MAY; the
// dialect to what it MUST, because FHIR gives what is refused a status of its own in every media type.
func TestAudits(t *testing.T) {
	p := start(t, filepath.Join(t.TempDir(), "data"))
	for path, level := range map[string]string{"/graphql": "all", "/fhir/$graphql": "must"} {
		t.Run(path, func(t *testing.T) {
			passed := 0
			got := client(t, 61, "audits.mjs", p.url+path, level)
			for _, audit := range got.Steps {
				if strings.HasPrefix(audit, "ok ") {
					passed++
				} else {
					t.Log(audit)
				}
			}
			t.Logf("%d of %d audits", passed, len(got.Steps))
		})
	}
}

// TestGraphQLClients runs clients that others wrote, each with the settings and the schema that the program prints for it.
func TestGraphQLClients(t *testing.T) {
	p := start(t, filepath.Join(t.TempDir(), "data"), "--sample", "20")
	few := []string{"--types", "Patient,Observation"}
	t.Run("apollo", func(t *testing.T) {
		client(t, 10, "apollo.mjs", p.url, printed(t, "heliograph.mjs", "--client", "apollo"))
	})
	t.Run("urql", func(t *testing.T) {
		client(t, 7, "urql.mjs", p.url, printed(t, "heliograph.mjs", append(few, "--client", "urql")...), printed(t, "schema.json", append(few, "--introspection")...))
	})
	t.Run("relay", func(t *testing.T) {
		settings, schema := printed(t, "relay.config.json", "--client", "relay"), printed(t, "schema.graphql")
		folder := filepath.Dir(settings)
		if err := os.Rename(schema, filepath.Join(folder, "schema.graphql")); err != nil {
			t.Fatal(err)
		}
		client(t, 6, "relay.mjs", p.url, folder)
	})
	t.Run("codegen", func(t *testing.T) {
		client(t, 2, "codegen.mjs", printed(t, "schema.graphql", few...), t.TempDir())
	})
	t.Run("streams", func(t *testing.T) { client(t, 17, "streams.mjs", p.url) })
}
