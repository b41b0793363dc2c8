package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/graph"
	"github.com/heliograph/heliograph/internal/shareddata"
	"github.com/heliograph/heliograph/load"
	"github.com/heliograph/heliograph/sample"
	"github.com/heliograph/heliograph/search"
)

// graphOver is a GraphQL endpoint over one store.
func (k *kit) graphOver(t testing.TB, store primary) http.Handler {
	t.Helper()
	engine, err := composite.Open(t.Context(), composite.Config{Primary: store, Terminology: k.terms(t, store), Models: k.models})
	if err != nil {
		t.Fatal(err)
	}
	storage, err := composite.NewStorage(composite.StorageConfig{Primary: store, Intake: k.intake})
	if err != nil {
		t.Fatal(err)
	}
	h, err := graph.New(graph.Config{
		Definitions: fhir.R4(), Models: k.models, Engine: graph.Over(engine), Storage: storage, CursorKey: bytes.Repeat([]byte{1}, 32),
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestAgreement asks SQLite and the oracle generated GraphQL queries over real data: the responses are equal, byte for byte.
func TestAgreement(t *testing.T) {
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
	a, b := k.graphOver(t, real), k.graphOver(t, oracle)
	g := newQueries(t, k, oracle, rand.New(rand.NewPCG(seed, 1)))
	withRows, withErrors := 0, 0
	for i := range count {
		query := g.next()
		got, want := serve(t, a, query), serve(t, b, query)
		if !bytes.Equal(got, want) {
			t.Errorf("query %d of seed %d:\n%s\nsqlite: %s\noracle: %s", i, seed, query, around(got, want), around(want, got))
		}
		if bytes.Contains(want, []byte(`"errors"`)) {
			withErrors++
		}
		if bytes.Contains(want, []byte(`"id":"`)) {
			withRows++
		}
	}
	t.Logf("%d queries, %d with rows, %d with errors", count, withRows, withErrors)
	if withRows < count/2 || withErrors > count/4 {
		t.Errorf("of %d queries only %d have rows and %d have errors: the generator is too weak", count, withRows, withErrors)
	}
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

// queries generates GraphQL queries whose arguments are values that occur in the data.
type queries struct {
	random *rand.Rand
	params *search.Parameters
	types  []string
	// values are texts of arguments by type and parameter.
	values map[string]map[string][]string
}

func newQueries(t testing.TB, k *kit, store primary, random *rand.Rand) *queries {
	t.Helper()
	g := &queries{random: random, params: k.params, values: map[string]map[string][]string{}}
	stats, err := store.Statistics(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	g.types = slices.Sorted(maps.Keys(stats.Rows))
	for _, typ := range g.types {
		g.values[typ] = map[string][]string{}
		q := search.Request{Query: search.Query{Caller: search.Caller{Tenant: "main"}, Type: typ}, Limit: 60, Bodies: true}
		for hit, err := range store.Search(t.Context(), q).Rows {
			if err != nil {
				t.Fatal(err)
			}
			v, _, err := k.models.Current().Indexer.IndexBytes(hit.Resource.Body.JSON)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range v.Params {
				for _, item := range p.Items {
					if text := argument(p.Type, item, random); text != "" {
						g.values[typ][p.Code] = append(g.values[typ][p.Code], text)
					}
				}
			}
		}
	}
	return g
}

// argument writes an index value as a search argument, sometimes with a prefix or less precise.
func argument(t search.ParamType, item search.Item, random *rand.Rand) string {
	escape := strings.NewReplacer(`\`, `\\`, ",", `\,`, "|", `\|`, "$", `\$`).Replace
	switch t {
	case search.String:
		r := []rune(item.Exact)
		return escape(string(r[:min(len(r), 1+random.IntN(8))]))
	case search.Token:
		if item.System != "" && random.IntN(2) == 0 {
			return escape(item.System) + "|" + escape(item.Code)
		}
		return escape(item.Code)
	case search.Date:
		if item.Lo == search.MinTime {
			return ""
		}
		layout := []string{"2006", "2006-01", "2006-01-02", "2006-01-02T15:04:05Z"}[random.IntN(4)]
		return []string{"", "ge", "lt", "ne", "sa", "eb", "gt", "le"}[random.IntN(8)] + time.UnixMicro(item.Lo).UTC().Format(layout)
	case search.Reference:
		if item.ID != "" {
			return item.Type + "/" + item.ID
		}
		return escape(item.URL)
	case search.URI:
		return escape(item.Text)
	case search.Quantity:
		return fmt.Sprintf("%s%d", []string{"gt", "lt", "ge", "le", "ap"}[random.IntN(5)], random.IntN(200))
	}
	return ""
}

func (g *queries) pick(from []string) string { return from[g.random.IntN(len(from))] }

func (g *queries) next() string {
	typ := g.pick(g.types)
	if g.random.IntN(4) == 0 {
		return "{ " + g.connection(typ) + " }"
	}
	return "{ " + g.list(typ, 0) + " }"
}

// filters are up to two arguments of a type.
func (g *queries) filters(typ string) []string {
	var out []string
	codes := slices.Sorted(maps.Keys(g.values[typ]))
	seen := map[string]bool{}
	for range g.random.IntN(3) {
		if len(codes) == 0 {
			break
		}
		code := g.pick(codes)
		if strings.HasPrefix(code, "_") || seen[code] || len(g.values[typ][code]) == 0 {
			continue
		}
		seen[code] = true
		values := []string{}
		for range 1 + g.random.IntN(2) {
			values = append(values, strconv.Quote(g.pick(g.values[typ][code])))
		}
		out = append(out, fmt.Sprintf("%s: [%s]", strings.ReplaceAll(code, "-", "_"), strings.Join(values, ", ")))
	}
	return out
}

func (g *queries) sort(typ string) []string {
	codes := []string{"_lastUpdated", "_id"}
	for code := range maps.Keys(g.values[typ]) {
		if p := g.params.Param(typ, code); p != nil && p.Type != search.Composite && !strings.HasPrefix(code, "_") {
			codes = append(codes, code)
		}
	}
	slices.Sort(codes)
	if g.random.IntN(2) == 0 {
		return nil
	}
	key := g.pick(codes)
	if g.random.IntN(2) == 0 {
		key = "-" + key
	}
	return []string{fmt.Sprintf("_sort: %q", key)}
}

func (g *queries) list(typ string, depth int) string {
	args := append(g.filters(typ), g.sort(typ)...)
	args = append(args, fmt.Sprintf("_count: %d", 1+g.random.IntN(20)))
	if g.random.IntN(3) == 0 {
		args = append(args, fmt.Sprintf("_offset: %d", g.random.IntN(10)))
	}
	return fmt.Sprintf("%sList(%s) { %s }", typ, strings.Join(args, ", "), g.selection(typ, depth))
}

func (g *queries) connection(typ string) string {
	args := append(g.filters(typ), g.sort(typ)...)
	args = append(args, fmt.Sprintf("first: %d", 1+g.random.IntN(10)))
	return fmt.Sprintf("%sConnection(%s) { count edges { cursor node { id resourceType } } pageInfo { hasNextPage endCursor } }", typ, strings.Join(args, ", "))
}

// selection takes the common fields and, at the first levels, lists of what refers here.
func (g *queries) selection(typ string, depth int) string {
	fields := []string{"id", "nodeId", "__typename", "meta { lastUpdated versionId profile }"}
	if depth == 2 {
		return strings.Join(fields, " ")
	}
	for i := range 1 + g.random.IntN(2) {
		source, param := g.reverse(typ)
		if source == "" {
			break
		}
		args := append([]string{"_reference: " + strings.ReplaceAll(param, "-", "_")}, g.sort(source)...)
		args = append(args, fmt.Sprintf("_count: %d", 1+g.random.IntN(5)))
		fields = append(fields, fmt.Sprintf("r%d: %sList(%s) { %s }", i, source, strings.Join(args, ", "), g.selection(source, depth+1)))
	}
	return strings.Join(fields, " ")
}

// reverse picks a type in the data and a parameter by which it may refer to typ.
func (g *queries) reverse(typ string) (source, param string) {
	type pair struct{ source, param string }
	var all []pair
	for _, s := range g.types {
		for code := range g.values[s] {
			if p := g.params.Param(s, code); p != nil && p.Type == search.Reference && slices.Contains(p.Targets, typ) {
				all = append(all, pair{s, code})
			}
		}
	}
	if len(all) == 0 {
		return "", ""
	}
	slices.SortFunc(all, func(a, b pair) int { return strings.Compare(a.source+a.param, b.source+b.param) })
	p := all[g.random.IntN(len(all))]
	return p.source, p.param
}
