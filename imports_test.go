package main_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/heliograph/heliograph"

// allowed says which of our packages a package may import: the arrows of ARCHITECTURE.md. A package is ruled by its longest
// prefix here; "…" stands for everything below. Package main may import all, and so may tests.
var allowed = map[string][]string{
	"fhir":                 {},
	"fhir/ucum":            {},
	"fhir/ucum/generate":   {"fhir/ucum"},
	"fhir/generate":        {"fhir"},
	"internal/fault":       {},
	"internal":             {"fhir"},
	"fhirpath":             {"fhir", "internal/fault"},
	"patch":                {"fhir", "fhirpath", "internal/fault"},
	"search":               {"fhir", "internal/fault"},
	"adapters":             {"adapters", "fhir", "search", "internal"},
	"adapters/adaptertest": {"adapters", "sample", "fhir", "search", "internal"},
	"planner":              {"fhir", "search", "internal"},
	"composite":            {"adapters", "planner", "fhirpath", "patch", "fhir", "search", "internal"},
	"cursor":               {"search", "internal/fault"},
	"outcome":              {"fhir", "internal/fault"},
	"graph":                {"graph", "bundle", "cursor", "outcome", "composite", "planner", "fhirpath", "patch", "fhir", "search", "internal"},
	"rest":                 {"cursor", "outcome", "bundle", "composite", "planner", "fhirpath", "patch", "fhir", "search", "internal"},
	"graph/dialect":        {"graph/form"},
	"graph/form":           {},
	"graph/projection":     {},
	"graph/stream":         {},
	"bundle":               {"composite", "fhirpath", "patch", "outcome", "fhir", "search", "internal"},
	"load":                 {"bundle", "composite", "adapters", "fhir", "search", "internal"},
	"sample":               {},
	"web":                  {},
	"e2e":                  {"e2e", "adapters", "bundle", "composite", "cursor", "outcome", "graph", "rest", "planner", "load", "sample", "fhir", "search", "internal", "web"},
}

// TestImports keeps the arrows between packages: it parses the import clauses of every file, tests apart.
func TestImports(t *testing.T) {
	seen := 0
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && file != "." || d.Name() == "node_modules" || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		seen++
		checkImports(t, filepath.ToSlash(file))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 50 {
		t.Fatalf("only %d files seen: the walk is wrong", seen)
	}
}

func checkImports(t *testing.T, file string) {
	t.Helper()
	dir := path.Dir(file)
	if dir == "." {
		return // package main wires
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Errorf("%s: %v", file, err)
		return
	}
	rule, ok := ruleOf(dir)
	if !ok {
		t.Errorf("%s: package %s has no rule: add it to the table and to ARCHITECTURE.md", file, dir)
		return
	}
	for _, spec := range parsed.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value)
		ours, ok := strings.CutPrefix(imported, module+"/")
		if ok && !permitted(dir, ours, rule) {
			t.Errorf("%s imports %s, which %s may not", file, ours, dir)
		}
	}
}

func ruleOf(dir string) ([]string, bool) {
	for d := dir; d != "."; d = path.Dir(d) {
		if rule, ok := allowed[d]; ok {
			return rule, true
		}
	}
	return nil, false
}

// permitted: an import is in the rule's list or below an entry of it. Adapters never import one another; the contract's own
// package and, for the suite, the oracle excepted.
func permitted(dir, imported string, rule []string) bool {
	if strings.HasPrefix(imported, "adapters/") {
		return dir == "adapters/adaptertest" && imported == "adapters/memory" || strings.HasPrefix(imported, dir+"/")
	}
	for _, r := range rule {
		if imported == r || strings.HasPrefix(imported, r+"/") {
			return true
		}
	}
	return false
}
