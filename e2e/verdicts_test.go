package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestVerdicts: graphql-js, with the schema that is printed, and the program say of the same documents that they are valid: of some written by
// hand, of some by chance, and of these changed in ways that one rule each forbids.
func TestVerdicts(t *testing.T) {
	p := start(t, filepath.Join(t.TempDir(), "data"))
	handwritten, err := filepath.Abs("testdata/verdicts.graphql")
	if err != nil {
		t.Fatal(err)
	}
	got := client(t, 1200, "verdicts.mjs", p.url+"/graphql", printed(t, "strict.graphql"), handwritten)
	if n := len(got.Steps); n > 0 {
		t.Log(got.Steps[n-1])
	}
}

// TestSchemas: graphql-js builds the schemas without an error, and of the introspection the same as of the SDL.
func TestSchemas(t *testing.T) {
	few := []string{"--types", "Patient,Observation,Organization,Subscription"}
	var args []string
	if os.Getenv("HELIOGRAPH_TEST_SOAK") != "" { // all types: 15 s; TestVerdicts builds the strict schema of all
		args = append(args, printed(t, "strict.graphql"), printed(t, "strict.json", "--introspection"), printed(t, "fhir.graphql", "--dialect", "fhir"), "-")
	}
	for name, flags := range map[string][]string{
		"few": few, "few.fhir": append(few, "--dialect", "fhir"), "few.instance": append(few, "--dialect", "fhir", "--instance", "Patient"),
	} {
		args = append(args, printed(t, name+".graphql", flags...), printed(t, name+".json", append(flags, "--introspection")...))
	}
	got := client(t, 6, "schemas.mjs", args...)
	for _, step := range got.Steps {
		t.Log(step[strings.LastIndexByte(step, '/')+1:])
	}
}

// printed is a file of what heliograph schema prints.
func printed(t *testing.T, name string, flags ...string) string {
	t.Helper()
	code, out, errs := heliograph(t, append([]string{"schema"}, flags...)...)
	if code != 0 {
		t.Fatal(errs)
	}
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(out), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
