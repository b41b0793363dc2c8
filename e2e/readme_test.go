package e2e_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"encoding/json"
)

// TestReadme runs every curl command of the README against the program with its sample data, as a reader would.
func TestReadme(t *testing.T) {
	raw, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	p := start(t, filepath.Join(t.TempDir(), "data"), "--sample", "60", "--base", "https://sample.example.org/fhir", "--url", "request")
	blocks := regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(raw), -1)
	ran := 0
	for _, b := range blocks {
		if !strings.Contains(b[1], "curl") {
			continue
		}
		ran++
		script := strings.ReplaceAll(b[1], "http://127.0.0.1:8080", p.url)
		out, err := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", script).CombinedOutput()
		if err != nil {
			t.Errorf("%v\n%s\n%s", err, script, out)
			continue
		}
		if strings.Contains(script, "/fhir/") && !strings.Contains(script, "$graphql") {
			checkDocumented(t, script, out)
			continue
		}
		start := strings.IndexByte(string(out), '{')
		var a answer
		if start < 0 || json.Unmarshal(out[start:], &a) != nil || a.Data == nil || len(a.Errors) > 0 {
			t.Errorf("not a good answer to\n%s\n%.1000s", script, out)
		}
	}
	if ran < 3 {
		t.Errorf("the README has %d blocks with curl, three are expected", ran)
	}
}
