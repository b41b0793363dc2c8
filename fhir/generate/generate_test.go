package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The committed file is what the generator makes of the pinned package.
func TestGeneratedFileIsCurrent(t *testing.T) {
	folder := filepath.Join("node_modules", "@medplum", "definitions", "dist", "fhir", "r4")
	if _, err := os.Stat(folder); err != nil {
		t.Log("NOT CHECKED: the npm package is not installed (make generate installs it)")
		return
	}
	var notes bytes.Buffer
	made, terms := filepath.Join(t.TempDir(), "r4.txt"), filepath.Join(t.TempDir(), "terms.txt")
	if err := run(folder, "4.0.1", made, terms, &notes); err != nil {
		t.Fatal(err)
	}
	for file, from := range map[string]string{
		filepath.Join("..", "r4.txt"): made, filepath.Join("..", "..", "adapters", "terminology", "r4.txt"): terms,
	} {
		want, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(want, got) {
			t.Errorf("%s (%d bytes) is not what the generator makes (%d bytes): run make generate", file, len(got), len(want))
		}
	}
	for _, stray := range []string{"type SubscriptionStatus", "DeviceDefinition-classification", "Meta.project", "put back: element EvidenceVariable.characteristic.definition[x]"} {
		if !strings.Contains(notes.String(), stray) {
			t.Errorf("the notes do not name %s", stray)
		}
	}
}

func TestLockFileNamesNoRegistry(t *testing.T) {
	lock, err := os.ReadFile("package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(lock, []byte("://")) || !bytes.Contains(lock, []byte(`"integrity"`)) {
		t.Error("package-lock.json names a host, or lacks the hash of the package")
	}
}

func TestRunRefusesAMissingPackage(t *testing.T) {
	if err := run(t.TempDir(), "4.0.1", filepath.Join(t.TempDir(), "x"), filepath.Join(t.TempDir(), "t"), &bytes.Buffer{}); err == nil {
		t.Error("an empty folder was accepted")
	}
}
