package e2e_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/search"
)

// walker walks pages while a writer inserts, changes and deletes rows between them.
type walker struct {
	*testing.T
	random  *rand.Rand
	handler http.Handler
	storage *composite.Storage
}

// TestPagesUnderWrites: walking the pages forward and back, by cursors and by links, at the root and below a parent, shows every row that
// nobody touches exactly once, in the order of the whole.
func TestPagesUnderWrites(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	k := newKit(t, search.UnitsExact)
	for name, store := range map[string]primary{"memory": k.memory(t), "sqlite": k.sqlite(t)} {
		t.Run(name, func(t *testing.T) {
			w := &walker{T: t, random: rand.New(rand.NewPCG(seed, 2)), handler: k.graphOver(t, store)}
			var err error
			if w.storage, err = composite.NewStorage(composite.StorageConfig{Primary: store, Intake: k.intake}); err != nil {
				t.Fatal(err)
			}
			w.put(`{"resourceType":"Patient","id":"p"}`)
			for i := range 30 {
				w.put(w.observation(fmt.Sprintf("kept%02d", i)))
			}
			for _, sort := range []string{"_id", "date", "-date", "-status,date", "value-quantity", "_lastUpdated"} {
				w.walks(fmt.Sprintf("_sort: %q", sort))
			}
		})
	}
}

func (w *walker) observation(id string) string {
	return fmt.Sprintf(`{"resourceType":"Observation","id":%q,"status":%q,"code":{"text":"x"},"subject":{"reference":"Patient/p"},`+
		`"effectiveDateTime":"20%02d-01","valueQuantity":{"value":%d}}`,
		id, []string{"final", "amended", "preliminary"}[w.random.IntN(3)], w.random.IntN(12), w.random.IntN(6))
}

func (w *walker) put(resource string) {
	w.Helper()
	var of struct{ ResourceType, ID string }
	if err := json.Unmarshal([]byte(resource), &of); err != nil {
		w.Fatal(err)
	}
	w.do(composite.Command{Method: composite.Update, Type: of.ResourceType, ID: of.ID, Resource: []byte(resource)})
}

func (w *walker) do(c composite.Command) {
	w.Helper()
	if _, err := w.storage.Do(w.Context(), everyone, c); err != nil {
		w.Fatal(err)
	}
}

// disturb writes what the walk must not mind.
func (w *walker) disturb() {
	for range w.random.IntN(5) {
		id := fmt.Sprintf("other%02d", w.random.IntN(20))
		if w.random.IntN(3) == 0 {
			w.do(composite.Command{Method: composite.Delete, Type: "Observation", ID: id})
			continue
		}
		w.put(w.observation(id))
	}
}

// observations is a page.
type observations struct {
	Edges          []struct{ Node struct{ ID string } }
	First, Last    string
	Previous, Next *string
	PageInfo       struct {
		HasNextPage, HasPreviousPage bool
		StartCursor, EndCursor       string
	}
}

func (w *walker) page(nested bool, args string) (o observations) {
	w.Helper()
	const fields = " { edges { node { id } } first last previous next pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } "
	query := `{ ObservationConnection(` + args + `)` + fields + `}`
	if nested {
		query = `{ Patient(id: "p") { ObservationConnection(_reference: subject, ` + args + `)` + fields + `} }`
	}
	var answer struct {
		Data struct {
			ObservationConnection *observations
			Patient               struct{ ObservationConnection *observations }
		}
		Errors []struct{ Message string }
	}
	if err := json.Unmarshal(serve(w, w.handler, query), &answer); err != nil || len(answer.Errors) > 0 {
		w.Fatal(query, err, answer.Errors)
	}
	if nested {
		return *answer.Data.Patient.ObservationConnection
	}
	return *answer.Data.ObservationConnection
}

// kept are the rows of a page that nobody touches.
func (o *observations) kept() (ids []string) {
	for _, e := range o.Edges {
		if strings.HasPrefix(e.Node.ID, "kept") {
			ids = append(ids, e.Node.ID)
		}
	}
	return ids
}

// way is a way through pages: the arguments of the first, and of the one behind a page.
type way struct {
	name  string
	start string
	back  bool
	next  func(o *observations) string
}

func (w *walker) walks(sort string) {
	size := 1 + w.random.IntN(7)
	link := func(text *string) string {
		if text == nil {
			return ""
		}
		return fmt.Sprintf("_cursor: %q", *text)
	}
	end := w.page(false, fmt.Sprintf("%s, _count: %d", sort, size)).Last
	for _, way := range []way{
		{"after", fmt.Sprintf("%s, first: %d", sort, size), false, func(o *observations) string {
			return fmt.Sprintf("%s, first: %d, after: %q", sort, size, o.PageInfo.EndCursor)
		}},
		{"before", fmt.Sprintf("%s, last: %d", sort, size), true, func(o *observations) string {
			return fmt.Sprintf("%s, last: %d, before: %q", sort, size, o.PageInfo.StartCursor)
		}},
		{"next", fmt.Sprintf("%s, _count: %d", sort, size), false, func(o *observations) string { return link(o.Next) }},
		{"previous", fmt.Sprintf("_cursor: %q", end), true, func(o *observations) string { return link(o.Previous) }},
	} {
		w.walk(way, sort, false)
		if way.name == "after" || way.name == "before" {
			w.walk(way, sort, true)
		}
	}
}

func (w *walker) walk(way way, sort string, nested bool) {
	whole := w.page(nested, sort+", first: 200")
	want := whole.kept()
	var got []string
	for args := way.start; ; {
		o := w.page(nested, args)
		kept := o.kept()
		if way.back {
			slices.Reverse(kept)
		}
		got = append(got, kept...)
		if more := o.PageInfo.HasNextPage; !way.back && !more || way.back && !o.PageInfo.HasPreviousPage {
			break
		}
		args = way.next(&o)
		w.disturb()
	}
	if way.back {
		slices.Reverse(got)
	}
	if diff := cmp.Diff(want, got); diff != "" || len(want) != 30 {
		w.Errorf("%s by %s, nested %t: %s", sort, way.name, nested, diff)
	}
}
