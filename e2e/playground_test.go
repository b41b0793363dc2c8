package e2e_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// report is what playground.mjs prints.
type report struct {
	Timings  map[string]float64 `json:"timings"` // milliseconds since navigation
	Examples []struct {
		Name      string `json:"name"`
		PlanLines int    `json:"planLines"`
	} `json:"examples"`
	Requests int      `json:"requests"`
	Failures []string `json:"failures"`
}

// TestPlayground opens the playground in Chromium, runs every example and fails on whatever goes wrong there: an error, an empty
// result, a missing plan, an error on the console, a request to another origin. Screenshots go to HELIOGRAPH_TEST_SCREENSHOTS, else
// to the test's artifact folder.
func TestPlayground(t *testing.T) {
	requireTools(t)
	p := start(t, filepath.Join(t.TempDir(), "data"), "--sample", "60")
	got := drive(t, "playground.mjs", p.url)
	if len(got.Examples) == 0 {
		t.Error("no example was run")
	}
}

// requireTools fails with the name of what is missing and how to get it.
func requireTools(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		t.Fatal("node is missing: install Node 20.19 or later")
	}
	if _, err := os.Stat("browser/node_modules/playwright-core"); err != nil {
		t.Fatal("playwright-core is missing: run make setup")
	}
	chromium := os.Getenv("CHROMIUM")
	if chromium == "" {
		chromium = "/usr/bin/chromium"
	}
	if _, err := exec.LookPath(chromium); err != nil {
		t.Fatalf("%s is missing: run make setup, or set CHROMIUM to the program", chromium)
	}
}
