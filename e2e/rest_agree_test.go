package e2e_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/heliograph/heliograph/internal/shareddata"
	"github.com/heliograph/heliograph/load"
	"github.com/heliograph/heliograph/sample"
	"github.com/heliograph/heliograph/search"
)

// TestRestAgreement asks SQLite and the oracle generated searches by REST, and the pages behind them: the responses are equal, byte for byte.
func TestRestAgreement(t *testing.T) {
	seed, count := uint64(time.Now().UnixNano()), 300
	if s := os.Getenv("HELIOGRAPH_TEST_SEED"); s != "" {
		var err error
		if seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	if os.Getenv("HELIOGRAPH_TEST_SOAK") != "" {
		count = 20_000
	}
	t.Logf("seed %d (set HELIOGRAPH_TEST_SEED to repeat)", seed)
	k := newKit(t, search.UnitsExact)
	dir, ok := shareddata.Unpack(t, "sof-r4-100")
	if !ok {
		if _, err := sample.WriteNDJSON(dir, sample.Config{Patients: 60, Seed: 1}); err != nil {
			t.Fatal(err)
		}
	}
	real, oracle := k.sqlite(t), k.memory(t)
	for _, store := range []primary{real, oracle} {
		if sum := k.load(t, store, load.Config{}, dir); sum.Rejected > 0 {
			t.Fatalf("%+v", sum)
		}
	}
	a, b := k.restOver(t, real), k.restOver(t, oracle)
	g := newQueries(t, k, oracle, rand.New(rand.NewPCG(seed, 3)))
	withRows, refused, pages := 0, 0, 0
	for i := 0; i < count; i++ {
		query := g.restNext()
		for step := range 4 { // the search, and pages behind it
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
			i += step % 2
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
