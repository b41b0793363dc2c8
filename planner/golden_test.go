package planner_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
)

// TestGolden holds plans to their text. A file has "stores", then cases in pairs: the operation, and its plan or error.
// UPDATE_GOLDEN=1 rewrites the plans; a person reads the difference.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { golden(t, file) })
	}
}

func golden(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	stores := ""
	var out []txtar.File
	for i, f := range archive.Files {
		switch {
		case f.Name == "stores":
			stores = string(f.Data)
			out = append(out, f)
		case !strings.HasSuffix(f.Name, ".plan"):
			want := ""
			if i+1 < len(archive.Files) && archive.Files[i+1].Name == f.Name+".plan" {
				want = string(archive.Files[i+1].Data)
			}
			got := planText(t, stores, string(f.Data))
			if diff := cmp.Diff(want, got); diff != "" && os.Getenv("UPDATE_GOLDEN") == "" {
				t.Errorf("%s:\n%s", f.Name, diff)
			}
			out = append(out, f, txtar.File{Name: f.Name + ".plan", Data: []byte(got)})
		}
	}
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(file, txtar.Format(&txtar.Archive{Comment: archive.Comment, Files: out}), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// planText is the text of a case's plan, or its error.
func planText(t *testing.T, stores, text string) string {
	t.Helper()
	c, s := parse(t, text), snapshot(t, stores)
	s.Off = c.off
	plan, err := planner.Make(c.op, s)
	if err != nil {
		return fmt.Sprintf("error %s\n", strings.ReplaceAll(err.Error(), "; ", "\n  ")+codeOnly(err))
	}
	return plan.String()
}

// codeOnly marks an error that has no code of its own.
func codeOnly(err error) string {
	if fault.Of(err) == fault.Internal {
		return " (internal)"
	}
	return ""
}
