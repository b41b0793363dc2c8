package e2e_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/heliograph/heliograph/search"
)

// TestGoldenMutations runs testdata/mutations/*.txtar on the oracle and on SQLite, each case on empty stores: a case is the steps n.graphql
// (with n.json, their variables) in their order, and n.result is the response. UPDATE_GOLDEN=1 writes the results anew, from the oracle.
func TestGoldenMutations(t *testing.T) {
	files, err := filepath.Glob("testdata/mutations/*.txtar")
	if err != nil || len(files) < 7 {
		t.Fatalf("%d cases: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			k := newKit(t, search.UnitsExact)
			steps(t, file, "memory", k.graphOver(t, k.memory(t)))
			steps(t, file, "sqlite", k.graphOver(t, k.sqlite(t)))
		})
	}
}

// steps runs a case on one store.
func steps(t *testing.T, file, store string, h http.Handler) {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string][]byte{}
	for _, f := range archive.Files {
		parts[f.Name] = f.Data
	}
	update := os.Getenv("UPDATE_GOLDEN") != "" && store == "memory"
	out := &txtar.Archive{Comment: archive.Comment}
	for _, f := range archive.Files {
		step, kind, _ := strings.Cut(f.Name, ".")
		if kind == "result" {
			continue
		}
		out.Files = append(out.Files, f)
		if kind == "graphql" && parts[step+".json"] != nil {
			continue // its variables follow
		}
		got := step1(t, h, parts[step+".graphql"], parts[step+".json"])
		out.Files = append(out.Files, txtar.File{Name: step + ".result", Data: got})
		if diff := cmp.Diff(string(parts[step+".result"]), string(got)); diff != "" && !update {
			t.Errorf("%s on %s:\n%s", step, store, diff)
		}
	}
	if update {
		if err := os.WriteFile(file, txtar.Format(out), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// given are the ids that the server gives.
var given = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`)

// step1 sends one operation, and gives the response, indented, with ids of the server's own as ID.
func step1(t *testing.T, h http.Handler, query, variables []byte) []byte {
	t.Helper()
	request := map[string]any{"query": string(query)}
	if len(variables) > 0 {
		request["variables"] = json.RawMessage(variables)
	}
	body, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	var out bytes.Buffer
	if err := json.Indent(&out, w.Body.Bytes(), "", " "); err != nil {
		t.Fatal(err)
	}
	return append(given.ReplaceAll(out.Bytes(), []byte("ID")), '\n')
}
