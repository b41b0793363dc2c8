package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/heliograph/heliograph/bundle"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/graph"
	"github.com/heliograph/heliograph/internal/shareddata"
	"github.com/heliograph/heliograph/load"
	"github.com/heliograph/heliograph/sample"
	"github.com/heliograph/heliograph/search"
)

// graphOver is a GraphQL endpoint over one store.
func (k *kit) graphOver(t testing.TB, store primary) *graph.Handler {
	t.Helper()
	engine, err := composite.Open(t.Context(), composite.Config{Primary: store, Terminology: k.terms(t, store), Models: k.models})
	if err != nil {
		t.Fatal(err)
	}
	storage, err := composite.NewStorage(composite.StorageConfig{Primary: store, Intake: k.intake})
	if err != nil {
		t.Fatal(err)
	}
	bundles, err := bundle.New(bundle.Config{Storage: storage, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	h, err := graph.New(graph.Config{
		Definitions: fhir.R4(), Models: k.models, Engine: graph.Over(engine), Storage: storage, Bundles: bundles, CursorKey: bytes.Repeat([]byte{1}, 32),
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestAgreement asks SQLite and the oracle generated queries over real data, by GraphQL and by REST: the responses are equal, byte for byte.
func TestAgreement(t *testing.T) {
	a := agreement{seed: uint64(time.Now().UnixNano()), count: 1_500, kit: newKit(t, search.UnitsExact)}
	if s := os.Getenv("HELIOGRAPH_TEST_SEED"); s != "" {
		var err error
		if a.seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	if os.Getenv("HELIOGRAPH_TEST_SOAK") != "" {
		a.count = 20_000
	}
	t.Logf("seed %d (set HELIOGRAPH_TEST_SEED to repeat)", a.seed)
	dir, ok := shareddata.Unpack(t, "sof-r4-100")
	if !ok {
		if _, err := sample.WriteNDJSON(dir, sample.Config{Patients: 60, Seed: 1}); err != nil {
			t.Fatal(err)
		}
	}
	a.sqlite, a.oracle = a.kit.sqlite(t), a.kit.memory(t)
	for _, store := range []primary{a.sqlite, a.oracle} {
		if sum := a.kit.load(t, store, load.Config{}, dir); sum.Rejected > 0 {
			t.Fatalf("%+v", sum)
		}
	}
	t.Run("graphql", a.graphql)
	t.Run("rest", a.rest)
}

// agreement is what two stores are asked that hold the same.
type agreement struct {
	kit            *kit
	sqlite, oracle primary
	seed           uint64
	count          int
}

func (x *agreement) graphql(t *testing.T) {
	seed, count := x.seed, x.count
	a, b := x.kit.graphOver(t, x.sqlite), x.kit.graphOver(t, x.oracle)
	g := newQueries(t, x.kit, x.oracle, rand.New(rand.NewPCG(seed, 1)))
	withRows, withErrors := 0, 0
	for i := 0; i < count; i++ {
		query, pages := g.next()
		for range 4 { // the query and, of a connection, the pages behind it
			got, want := serve(t, a, query), serve(t, b, query)
			if !bytes.Equal(got, want) {
				t.Errorf("query %d of seed %d:\n%s\nsqlite: %s\noracle: %s", i, seed, query, around(got, want), around(want, got))
			}
			if bytes.Contains(want, []byte(`"errors"`)) {
				withErrors++
				if testing.Verbose() && withErrors < 20 {
					t.Logf("%s\n%.300s", query, want)
				}
			}
			if bytes.Contains(want, []byte(`"id":"`)) {
				withRows++
			}
			if query = following(query, pages, want); query == "" {
				break
			}
			i++
		}
	}
	t.Logf("%d queries, %d with rows, %d with errors", count, withRows, withErrors)
	if withRows < count/2 || withErrors > count/4 {
		t.Errorf("of %d queries only %d have rows and %d have errors: the generator is too weak", count, withRows, withErrors)
	}
}

// following is the query for the page behind an answer; "" if there is none.
func following(query, pages string, answer []byte) string {
	if pages == "" {
		return ""
	}
	var got struct {
		Data map[string]struct {
			PageInfo struct {
				HasNextPage bool
				EndCursor   string
			}
		}
	}
	if json.Unmarshal(answer, &got) != nil || !got.Data[pages].PageInfo.HasNextPage {
		return ""
	}
	at := strings.LastIndex(query, "first: ")
	if before := strings.LastIndex(query[:at], "after: \""); before >= 0 {
		query, at = query[:before]+query[at:], before
	}
	return query[:at] + fmt.Sprintf("after: %q, ", got.Data[pages].PageInfo.EndCursor) + query[at:]
}

func serve(t testing.TB, h http.Handler, query string) []byte {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Body.Bytes()
}

// around shows where two responses part.
func around(a, b []byte) []byte {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	return a[max(0, i-200):min(len(a), i+300)]
}
