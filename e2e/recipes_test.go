package e2e_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"testing"

	"github.com/heliograph/heliograph/load"
	"github.com/heliograph/heliograph/sample"
	"github.com/heliograph/heliograph/search"
)

// TestRecipes runs every query of docs/recipes.md, in their order, over the sample population: none has errors or an empty result.
func TestRecipes(t *testing.T) {
	raw, err := os.ReadFile("../docs/recipes.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if _, err := sample.WriteNDJSON(dir, sample.Config{Patients: 60, Seed: 1}); err != nil {
		t.Fatal(err)
	}
	k := newKit(t, search.UnitsExact)
	store := k.sqlite(t)
	k.load(t, store, load.Config{}, dir)
	h := k.graphOver(t, store)
	nothing := regexp.MustCompile(`^(null|\[\])$|"edges":\[\]`)
	blocks := regexp.MustCompile("(?s)```graphql\n(.*?)```(?:\n\n```json\n(.*?)```)?").FindAllSubmatch(raw, -1)
	if len(blocks) < 35 {
		t.Fatalf("%d recipes", len(blocks))
	}
	for _, b := range blocks {
		request := map[string]any{"query": string(b[1])}
		if len(b[2]) > 0 {
			request["variables"] = json.RawMessage(b[2])
		}
		body, err := json.Marshal(request)
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		var a struct {
			Data   map[string]json.RawMessage
			Errors []struct{ Message string }
		}
		if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || len(a.Errors) > 0 || len(a.Data) == 0 {
			t.Errorf("%s\n%v %v", b[1], a.Errors, err)
		}
		for key, value := range a.Data {
			if nothing.Match(value) {
				t.Errorf("%s\n%s is empty: %s", b[1], key, value)
			}
		}
	}
}
