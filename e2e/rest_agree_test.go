package e2e_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// rest asks generated searches by their URLs, and for the pages behind them by their links.
func (x *agreement) rest(t *testing.T) {
	seed, count := x.seed, x.count*2/3
	a, b := x.kit.restOver(t, x.sqlite), x.kit.restOver(t, x.oracle)
	g := newQueries(t, x.kit, x.oracle, rand.New(rand.NewPCG(seed, 3)))
	withRows, refused, pages := 0, 0, 0
	for i := 0; i < count; i++ {
		query := g.restNext()
		for range 4 { // the search, and pages behind it
			gotStatus, got := ofURL(t, a, query)
			wantStatus, want := ofURL(t, b, query)
			if gotStatus != wantStatus || !bytes.Equal(got, want) {
				t.Errorf("search %d of seed %d: %s\nsqlite: %d %s\noracle: %d %s", i, seed, query, gotStatus, around(got, want), wantStatus, around(want, got))
			}
			switch {
			case wantStatus == http.StatusBadRequest:
				if refused++; testing.Verbose() && refused < 20 {
					t.Logf("%s\n%.300s", query, want)
				}
			case wantStatus != http.StatusOK && wantStatus != http.StatusNotFound:
				t.Errorf("search %d of seed %d: %s: %d %.300s", i, seed, query, wantStatus, want)
			case bytes.Contains(want, []byte(`"entry":`)):
				withRows++
			}
			if query = linkOf(want, g.pick("next", "next", "next", "previous")); query == "" {
				break
			}
			pages++
			i++
		}
	}
	t.Logf("%d searches, %d pages behind, %d with rows, %d refused", count, pages, withRows, refused)
	if withRows < count/2 || pages < count/10 || refused > count/4 {
		t.Errorf("of %d searches %d have rows, %d pages behind, %d are refused: the generator is too weak", count, withRows, pages, refused)
	}
}

func ofURL(t *testing.T, h http.Handler, url string) (int, []byte) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/fhir/"+url, nil))
	return w.Code, w.Body.Bytes()
}

// linkOf is the URL of a link of a Bundle, below the base; "" without it.
func linkOf(bundle []byte, relation string) string {
	var b struct {
		Link []struct{ Relation, URL string }
	}
	if json.Unmarshal(bundle, &b) != nil {
		return ""
	}
	for _, l := range b.Link {
		if l.Relation == relation {
			_, below, _ := strings.Cut(l.URL, "/fhir")
			return strings.TrimPrefix(below, "/")
		}
	}
	return ""
}
