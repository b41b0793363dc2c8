package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// The committed file is what the generator makes of the pinned package.
func TestGeneratedFileIsCurrent(t *testing.T) {
	folder := filepath.Join("node_modules", "@atomic-ehr", "ucum", "dist")
	if _, err := os.Stat(folder); err != nil {
		t.Log("NOT CHECKED: the npm package is not installed (make generate installs it)")
		return
	}
	made := filepath.Join(t.TempDir(), "units.txt")
	if err := run(folder, made, &bytes.Buffer{}); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(made)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join("..", "units.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got) {
		t.Errorf("units.txt (%d bytes) is not what the generator makes (%d bytes): run make generate", len(got), len(want))
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

func TestRunRefuses(t *testing.T) {
	if err := run(t.TempDir(), filepath.Join(t.TempDir(), "x"), &bytes.Buffer{}); err == nil {
		t.Error("an empty folder was accepted")
	}
	folder := t.TempDir()
	for name, text := range map[string]string{"prefixes.js": `export const prefixes = {"k": {value: 1000}};`, "units.js": `export const units = {"x": {value: {Unit: "y", value: "2"}}};`} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out := filepath.Join(folder, "units.txt")
	if err := run(folder, out, &bytes.Buffer{}); err == nil {
		t.Error("a unit of an unknown unit was accepted")
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("a file was written")
	}
}

func TestToJSON(t *testing.T) {
	text, err := toJSON(`{ a: 1e+24, "b": { C_1: -2.5, c: true, "d:e": "f: {\"g\"}" } }; more`)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(text), &got); err != nil || len(got) != 2 {
		t.Errorf("%s: %v", text, err)
	}
	if _, err := toJSON(`{ a: {`); err == nil {
		t.Error("an object without an end was accepted")
	}
}
