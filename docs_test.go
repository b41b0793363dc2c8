package main_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDocumentsNameWhatIsThere: every Go file, folder and page that the documents name exists.
func TestDocumentsNameWhatIsThere(t *testing.T) {
	files := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if d != nil && d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git") {
			return filepath.SkipDir
		}
		files[filepath.Base(path)], files[filepath.ToSlash(path)] = true, true
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`([a-z0-9_/]+\\.(?:go|graphqls|txt|md|sh|mjs))`")
	linked := regexp.MustCompile(`\]\(([^)#:]+)\)`)
	checked := 0
	for _, doc := range []string{"README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "docs/configuration.md", "docs/rest.md", "docs/stores-on-paper.md"} {
		raw, err := os.ReadFile(doc)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllStringSubmatch(string(raw), -1) {
			checked++
			if !files[m[1]] {
				t.Errorf("%s names %s, which is not there", doc, m[1])
			}
		}
		for _, m := range linked.FindAllStringSubmatch(string(raw), -1) {
			checked++
			if _, err := os.Stat(filepath.Join(filepath.Dir(doc), m[1])); err != nil {
				t.Errorf("%s links to %s, which is not there", doc, m[1])
			}
		}
	}
	if checked < 60 {
		t.Errorf("only %d names were checked", checked)
	}
}

// TestPackagesAreDescribed: ARCHITECTURE.md has every package.
func TestPackagesAreDescribed(t *testing.T) {
	raw, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	for dir := range allowed {
		if dir != "internal" && !strings.Contains(string(raw), "`"+dir+"`") {
			t.Errorf("ARCHITECTURE.md does not describe %s", dir)
		}
	}
}
