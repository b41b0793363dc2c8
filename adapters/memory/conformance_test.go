package memory_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/adapters/memory"
	"github.com/heliograph/heliograph/search"
)

// conformanceCase is one of conformance/search/cases.json.
type conformanceCase struct {
	ID, ResourceType, Level, Note string
	Params                        map[string][]string
	Expect                        []string
	Ordered, Divergent            bool
	ExpectError                   bool
}

// TestConformance runs the shared search cases through the reader and the oracle. Cases of level core must pass.
func TestConformance(t *testing.T) {
	dir := sharedSearch(t)
	store := memory.Open(memory.Config{})
	load(t, store, dir)
	params := adaptertest.Parameters(t)
	reader := search.NewReader(params, search.ReaderConfig{Now: func() time.Time { return time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC) }})
	text, err := os.ReadFile(filepath.Join(dir, "cases.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []conformanceCase
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	passed := map[string]int{}
	for _, c := range cases {
		if c.Divergent {
			continue
		}
		got, err := ask(t, store, reader, c)
		diff := cmp.Diff(c.Expect, got)
		switch {
		case c.ExpectError && err != nil, !c.ExpectError && err == nil && diff == "":
			passed[c.Level]++
		case c.Level == "core":
			t.Errorf("%s: %s %v: %v\n%s", c.ID, c.ResourceType, c.Params, err, diff)
		default:
			t.Logf("%s (%s): %v: %v %s\n%s", c.ID, c.Level, c.Params, err, c.Note, diff)
		}
	}
	t.Logf("passed: %v", passed)
}

func sharedSearch(t *testing.T) string {
	t.Helper()
	shared := os.Getenv("HELIOGRAPH_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	dir := filepath.Join(shared, "conformance", "search")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("THE SHARED SEARCH CASES ARE NOT THERE (%v): set HELIOGRAPH_SHARED to their folder", err)
	}
	return dir
}

func load(t *testing.T, store *memory.Store, dir string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "resources", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no resources: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var bundle struct {
			Entry []struct{ Resource json.RawMessage }
		}
		if err := json.NewDecoder(bytes.NewReader(text)).Decode(&bundle); err != nil {
			t.Fatal(err)
		}
		for _, e := range bundle.Entry {
			write := adaptertest.Index(t, e.Resource).Put()
			out, err := store.Write(t.Context(), []adapters.Member{{Tenant: "main", Writes: []adapters.Write{write}}})
			if err != nil || out[0].Err != nil {
				t.Fatal(err, out[0].Err)
			}
		}
	}
}

func ask(t *testing.T, store *memory.Store, reader *search.Reader, c conformanceCase) ([]string, error) {
	t.Helper()
	r := search.Request{Query: search.Query{Caller: search.Caller{Tenant: "main"}, Type: c.ResourceType}}
	var all search.And
	offset := 0
	for name, values := range c.Params {
		switch name {
		case "_sort":
			sort, err := reader.Sort(c.ResourceType, values)
			if err != nil {
				return nil, err
			}
			r.Query.Sort = sort
		case "_count":
			r.Limit, _ = strconv.Atoi(values[0])
		case "_offset":
			offset, _ = strconv.Atoi(values[0])
		default:
			e, err := reader.Clause(c.ResourceType, name, values)
			if err != nil {
				return nil, err
			}
			all = append(all, e)
		}
	}
	r.Query.Where = search.Simplify(all)
	if r.Limit > 0 {
		r.Limit += offset
	}
	got := []string{}
	for hit, err := range store.Search(t.Context(), r).Rows {
		if err != nil {
			return nil, err
		}
		got = append(got, hit.Ref.ID)
	}
	if got = got[min(offset, len(got)):]; !c.Ordered {
		slices.Sort(got)
		slices.SortFunc(c.Expect, strings.Compare)
	}
	return got, nil
}
