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
	blocks := regexp.MustCompile("(?s)```graphql\n(.*?)```(?:\n\n```json\n(.*?)```)?").FindAllSubmatch(raw, -1)
	if len(blocks) < 10 {
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
		empty := regexp.MustCompile(`"data":\{("\w+":(null|\[\]),?)*\}|"edges":\[\]`)
		if bytes.Contains(w.Body.Bytes(), []byte(`"errors"`)) || empty.Match(w.Body.Bytes()) {
			t.Errorf("%s\n%s", b[1], w.Body)
		}
	}
}
