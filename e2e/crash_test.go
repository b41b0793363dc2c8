package e2e_test

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/heliograph/heliograph/sample"
)

// TestKillDuringLoad kills loads at random moments and starts them again until one ends: then the store is what one undisturbed
// load makes. Nothing is lost, nothing is doubled.
func TestKillDuringLoad(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	dir := t.TempDir()
	input := filepath.Join(dir, "in")
	if _, err := sample.WriteNDJSON(input, sample.Config{Patients: 250, Seed: 3}); err != nil {
		t.Fatal(err)
	}
	whole, broken := filepath.Join(dir, "whole"), filepath.Join(dir, "broken")
	began := time.Now()
	if code, _, errs := heliograph(t, "--data", whole, "load", input); code != 0 {
		t.Fatal(errs)
	}
	took := time.Since(began)
	kills := 0
	for range 6 {
		cmd := exec.Command(binary, "--data", broken, "load", "--rejects", os.DevNull, input)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(time.Duration(random.Float64()*float64(took)), func() { _ = cmd.Process.Kill() })
		err := cmd.Wait()
		if timer.Stop(); err != nil {
			kills++
		}
	}
	code, _, errs := heliograph(t, "--data", broken, "load", input)
	if code != 0 {
		t.Fatalf("the last load: %s", errs)
	}
	t.Logf("%d of 6 loads were killed; the last one said: %s", kills, strings.SplitN(errs, "\n", 2)[0])
	q := `{ counts { type count } PatientList(_count: 1000) { id name { family } meta { versionId } } EncounterList(_count: 1000) { id meta { versionId } } }`
	a, b := start(t, whole), start(t, broken)
	want, got := post(t, a.url, q, nil).ok(t, q), post(t, b.url, q, nil).ok(t, q)
	if string(want.raw) != string(got.raw) {
		t.Errorf("the stores differ:\n%.2000s\n%.2000s", want.raw, got.raw)
	}
}

// TestKillWhileServing: a server that is killed starts again with everything that it had acknowledged.
func TestKillWhileServing(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	p := start(t, data, "--sample", "3")
	file := filepath.Join(t.TempDir(), "p.ndjson")
	if err := os.WriteFile(file, []byte(`{"resourceType":"Patient","id":"kept"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := heliograph(t, "load", "--to", p.url, file); code != 0 {
		t.Fatal(errs)
	}
	p.kill()
	p = start(t, data)
	q := `{ Patient(id: "kept") { id } }`
	post(t, p.url, q, nil).ok(t, q)
	p.stop(t)
}
