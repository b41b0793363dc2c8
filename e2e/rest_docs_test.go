package e2e_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestRestDocs runs every command of docs/rest.md in its order against the program with its sample data.
func TestRestDocs(t *testing.T) {
	raw, err := os.ReadFile("../docs/rest.md")
	if err != nil {
		t.Fatal(err)
	}
	p := start(t, filepath.Join(t.TempDir(), "data"), "--sample", "60")
	ran := 0
	for _, b := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(raw), -1) {
		for _, command := range strings.Split(b[1], "\ncurl ") {
			ran++
			script := "curl " + strings.TrimPrefix(strings.ReplaceAll(command, "http://127.0.0.1:8080", p.url), "curl ")
			out, err := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", script).Output()
			if err != nil {
				t.Fatalf("%v\n%s\n%s", err, script, out)
			}
			checkDocumented(t, script, out)
		}
	}
	if ran < 20 {
		t.Errorf("docs/rest.md has %d commands, twenty are expected", ran)
	}
}

// checkDocumented fails unless an answer is a good one: of a search, one that finds something.
func checkDocumented(t *testing.T, script string, out []byte) {
	t.Helper()
	var a struct {
		ResourceType, Type string
		Data               map[string]any
		Entry              []any
		Issue              []struct{ Severity string }
	}
	err := json.Unmarshal(out, &a)
	good := err == nil && (a.ResourceType != "" || a.Data["Patient"] != nil)
	if a.ResourceType == "OperationOutcome" {
		good = good && len(a.Issue) > 0 && a.Issue[0].Severity == "information"
	}
	if !good || a.ResourceType == "Bundle" && len(a.Entry) == 0 {
		t.Errorf("%v: not a good answer to\n%s\n%.800s", err, script, out)
	}
}
