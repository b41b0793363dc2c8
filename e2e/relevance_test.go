package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/load"
	"github.com/heliograph/heliograph/sample"
	"github.com/heliograph/heliograph/search"
)

// TestRelevance: pages by relevance have every match once, each with a score that never rises, and the same set on both stores.
func TestRelevance(t *testing.T) {
	dir := t.TempDir()
	if _, err := sample.WriteNDJSON(dir, sample.Config{Patients: 20, Seed: 1}); err != nil {
		t.Fatal(err)
	}
	k := newKit(t, search.UnitsExact)
	var sets [][]string
	for _, store := range []primary{k.memory(t), k.sqlite(t)} {
		k.load(t, store, load.Config{}, dir)
		ids := byRelevance(t, k.graphOver(t, store))
		slices.Sort(ids)
		if len(ids) < 10 || len(slices.Compact(slices.Clone(ids))) != len(ids) {
			t.Errorf("%d matches, or one comes twice", len(ids))
		}
		sets = append(sets, ids)
	}
	if diff := cmp.Diff(sets[0], sets[1]); diff != "" {
		t.Errorf("(-memory +sqlite):\n%s", diff)
	}
}

// byRelevance walks the pages of a search by relevance.
func byRelevance(t *testing.T, h http.Handler) (ids []string) {
	t.Helper()
	after, last := "", 1.0
	for {
		var a struct {
			Data struct {
				ConditionConnection struct {
					Edges []struct {
						Score float64
						Node  struct{ ID string }
					}
					PageInfo struct {
						HasNextPage bool
						EndCursor   string
					}
				}
			}
		}
		body := resultOf(t, h, fmt.Sprintf(`{ ConditionConnection(_content: ["asthma", "active"], _sort: "-_score", first: 4%s) {
			edges { score node { id } } pageInfo { hasNextPage endCursor } } }`, after))
		if err := json.Unmarshal(body, &a); err != nil {
			t.Fatal(err)
		}
		page := a.Data.ConditionConnection
		if len(page.Edges) == 0 {
			t.Fatalf("an empty page: %s", body)
		}
		for _, e := range page.Edges {
			if e.Score <= 0 || e.Score > last {
				t.Errorf("%s has %v behind %v", e.Node.ID, e.Score, last)
			}
			last, ids = e.Score, append(ids, e.Node.ID)
		}
		if !page.PageInfo.HasNextPage {
			return ids
		}
		after = fmt.Sprintf(", after: %q", page.PageInfo.EndCursor)
	}
}
