package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
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

// TestDialectGolden runs testdata/dialect/*.txtar as TestGolden does its cases. In a case, path is where query.graphql is posted; result
// begins with the status.
func TestDialectGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/dialect/*.txtar")
	if err != nil || len(files) < 15 {
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
		handlers[name] = k.dialectAt(t, store)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { dialectGolden(t, file, handlers) })
	}
}

// dialectGolden runs a case: a text for its plan, from the oracle, and for its result, from both.
func dialectGolden(t *testing.T, file string, handlers map[string]http.Handler) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range archive.Files {
		parts[f.Name] = string(f.Data)
	}
	path := strings.TrimSpace(parts["path"])
	ask := func(h http.Handler) string {
		status, body := postAt(t, h, path, parts["query.graphql"], parts["variables.json"], "")
		var out bytes.Buffer
		if err := json.Indent(&out, body, "", " "); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%d\n%s\n", status, out.String())
	}
	plan := func(h http.Handler) string {
		_, body := postAt(t, h, path, parts["query.graphql"], parts["variables.json"], "plan-only")
		return string(planText(t, body))
	}
	if os.Getenv("UPDATE_GOLDEN") != "" {
		var kept []txtar.File
		for _, f := range archive.Files {
			if f.Name != "plan" && f.Name != "result" {
				kept = append(kept, f)
			}
		}
		parts["plan"], parts["result"] = plan(handlers["memory"]), ask(handlers["memory"])
		archive.Files = append(kept, txtar.File{Name: "plan", Data: []byte(parts["plan"])}, txtar.File{Name: "result", Data: []byte(parts["result"])})
		if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(parts["plan"], plan(handlers["memory"])); diff != "" {
		t.Errorf("plan:\n%s", diff)
	}
	for name, h := range handlers {
		if diff := cmp.Diff(parts["result"], ask(h)); diff != "" {
			t.Errorf("result on %s:\n%s", name, diff)
		}
	}
}

// postAt posts a query as JSON to a path.
func postAt(t testing.TB, h http.Handler, path, query, variables, explain string) (int, []byte) {
	t.Helper()
	request := map[string]any{"query": query}
	if variables != "" {
		request["variables"] = json.RawMessage(variables)
	}
	body, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if explain != "" {
		r.Header.Set("X-Heliograph-Explain", explain)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code, w.Body.Bytes()
}
