package e2e_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/heliograph/heliograph/load"
	"github.com/heliograph/heliograph/sample"
	"github.com/heliograph/heliograph/search"
)

// TestGolden runs testdata/*.txtar: the plan of query.graphql, and its result on the oracle and on SQLite, over the sample population of
// twenty patients. UPDATE_GOLDEN=1 writes plan and result anew, from the oracle; read the diff.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) < 8 {
		t.Fatalf("%d cases: %v", len(files), err)
	}
	dir := t.TempDir()
	if _, err := sample.WriteNDJSON(dir, sample.Config{Patients: 20, Seed: 1}); err != nil {
		t.Fatal(err)
	}
	k := newKit(t, search.UnitsExact)
	stores := map[string]primary{"memory": k.memory(t), "sqlite": k.sqlite(t)}
	handlers := map[string]http.Handler{}
	for name, store := range stores {
		k.load(t, store, load.Config{}, dir)
		handlers[name] = k.graphOver(t, store)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { golden(t, file, handlers) })
	}
}

func golden(t *testing.T, file string, handlers map[string]http.Handler) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	part := func(name string) *txtar.File {
		for i := range archive.Files {
			if archive.Files[i].Name == name {
				return &archive.Files[i]
			}
		}
		archive.Files = append(archive.Files, txtar.File{Name: name})
		return &archive.Files[len(archive.Files)-1]
	}
	query := string(part("query.graphql").Data)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		part("plan").Data = planOf(t, handlers["memory"], query)
		part("result").Data = resultOf(t, handlers["memory"], query)
		if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(string(part("plan").Data), string(planOf(t, handlers["memory"], query))); diff != "" {
		t.Errorf("plan:\n%s", diff)
	}
	for name, h := range handlers {
		if diff := cmp.Diff(string(part("result").Data), string(resultOf(t, h, query))); diff != "" {
			t.Errorf("result on %s:\n%s", name, diff)
		}
	}
}

func explained(t *testing.T, h http.Handler, query string) []byte {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Heliograph-Explain", "plan-only")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Body.Bytes()
}

// planOf is the plan's text without the stores' own queries, which stand four deeper than their node.
func planOf(t *testing.T, h http.Handler, query string) []byte {
	t.Helper()
	return planText(t, explained(t, h, query))
}

// planText is planOf of a response that has a plan.
func planText(t *testing.T, response []byte) []byte {
	t.Helper()
	var a struct {
		Extensions struct{ Explain struct{ Plan string } }
	}
	if err := json.Unmarshal(response, &a); err != nil {
		t.Fatal(err)
	}
	var out []byte
	depth := 0
	for line := range strings.Lines(a.Extensions.Explain.Plan) {
		indent := len(line) - len(strings.TrimLeft(line, " "))
		if indent > depth+2 {
			continue
		}
		depth = indent
		out = append(out, line...)
	}
	return out
}

// resultOf is the response, indented.
func resultOf(t *testing.T, h http.Handler, query string) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := json.Indent(&out, serve(t, h, query), "", " "); err != nil {
		t.Fatal(err)
	}
	return append(out.Bytes(), '\n')
}
