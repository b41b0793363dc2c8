package composite_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/adapters/memory"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// newRanked is an engine over patients of one word, the later ones with more words besides.
func newRanked(t *testing.T, patients int) (*memory.Store, *composite.Engine) {
	t.Helper()
	store := memory.Open(memory.Config{ID: "main"})
	for i := range patients {
		write(t, store, record(t, fmt.Sprintf(`{"resourceType":"Patient","id":"p%04d","active":%v,"name":[{"family":"ames","given":["a%s"]}]}`,
			i, i%2 == 0, []string{"", " b", " b c d"}[i%3])).Put())
	}
	return store, open(t, store, composite.Budget{})
}

func write(t *testing.T, store *memory.Store, w adapters.Write) {
	t.Helper()
	out, err := store.Write(t.Context(), []adapters.Member{{Tenant: tenant, Writes: []adapters.Write{w}}})
	if err != nil || out[0].Err != nil {
		t.Fatal(err, out[0].Err)
	}
}

// byRelevance is a page of the patients by relevance.
func byRelevance(t *testing.T, where search.Expr) planner.Part {
	t.Helper()
	keys, err := models(t).Current().Reader.Sort("Patient", []string{"-_score"})
	if err != nil {
		t.Fatal(err)
	}
	p := part(search.Request{Query: search.Query{Caller: search.Caller{Tenant: tenant}, Type: "Patient", Where: where, Sort: keys}})
	p.Total, p.Limit = planner.NoTotal, 30
	return p
}

var ames = search.Text{Content: true, Any: [][]string{{"ames"}}}

func place(r composite.Row) *search.Cursor { return &search.Cursor{Order: r.Order, ID: r.Ref.ID} }

// TestWindow: pages of one ranking, forward and back, while others write.
func TestWindow(t *testing.T) {
	store, e := newRanked(t, 100)
	caller := search.Caller{Tenant: tenant}
	p := byRelevance(t, ames)
	var forward []composite.Row
	for {
		page, _, err := run(t.Context(), e, caller, p, "")
		if err != nil {
			t.Fatal(err)
		}
		forward = append(forward, page.Rows...)
		if !page.More {
			break
		}
		p.After = place(page.Rows[len(page.Rows)-1])
		write(t, store, record(t, fmt.Sprintf(`{"resourceType":"Patient","id":"new%d","name":[{"family":"ames"}]}`, len(forward))).Put())
		write(t, store, record(t, fmt.Sprintf(`{"resourceType":"Patient","id":"p%04d","name":[{"family":"other"}]}`, len(forward)/30)).Put())
	}
	ids := map[string]bool{}
	for i, r := range forward {
		if ids[r.Ref.ID] = true; r.Score <= 0 || i > 0 && r.Score > forward[i-1].Score || len(r.Body.JSON) == 0 {
			t.Fatalf("row %d: %s with %v", i, r.Ref, r.Score)
		}
	}
	if len(ids) != len(forward) || len(ids) < 97 {
		t.Fatalf("%d rows, %d different ones", len(forward), len(ids))
	}
	p.After, p.Reverse, p.Limit = place(forward[20]), true, 10
	page, _, err := run(t.Context(), e, caller, p, "")
	if err != nil || !page.More {
		t.Fatal(page.More, err)
	}
	slices.Reverse(page.Rows)
	if d := cmp.Diff(forward[10].Order, page.Rows[len(page.Rows)-10].Order); d != "" {
		t.Error(d)
	}
	for what, change := range map[string]func(*planner.Part){
		"another query": func(p *planner.Part) { p.Query.Where = search.Text{Any: ames.Any} },
		"another name":  func(p *planner.Part) { p.After = &search.Cursor{Order: append([]byte("x"), p.After.Order[1:]...)} },
	} {
		other := p
		if change(&other); fault.Of(second(run(t.Context(), e, caller, other, ""))) != fault.CursorExpired {
			t.Errorf("a cursor of %s is taken", what)
		}
	}
	other := open(t, store, composite.Budget{})
	if err := second(run(t.Context(), other, caller, p, "")); fault.Of(err) != fault.CursorExpired {
		t.Errorf("a ranking that is gone: %v", err)
	}
	p.After = &search.Cursor{Order: []byte("nonsense")}
	if err := second(run(t.Context(), e, caller, p, "")); fault.Of(err) != fault.BadUserInput {
		t.Errorf("a cursor of another order: %v", err)
	}
}

func second(_ composite.Page, _ *planner.Plan, err error) error { return err }

// TestWindowEnds: the end of a ranking is told from the end of the matches.
func TestWindowEnds(t *testing.T) {
	_, e := newRanked(t, planner.RankedWindow+30)
	caller := search.Caller{Tenant: tenant}
	p := byRelevance(t, ames)
	p.Limit = 900
	page, _, err := run(t.Context(), e, caller, p, "")
	if err != nil || !page.More {
		t.Fatal(page.More, err)
	}
	p.After = place(page.Rows[899])
	if page, _, err = run(t.Context(), e, caller, p, ""); err != nil || len(page.Rows) != 100 || !page.More {
		t.Fatalf("the end of the window: %d rows, more %v, %v", len(page.Rows), page.More, err)
	}
	p.After = place(page.Rows[99])
	if err := second(run(t.Context(), e, caller, p, "")); fault.Of(err) != fault.TooCostly {
		t.Errorf("behind the window: %v", err)
	}
	p.After, p.Reverse = nil, true
	if err := second(run(t.Context(), e, caller, p, "")); fault.Of(err) != fault.TooCostly {
		t.Errorf("from the end: %v", err)
	}
	p.Reverse, p.Limit, p.Cap = false, 0, 1000
	if err := second(run(t.Context(), e, caller, p, "")); fault.Of(err) != fault.TooCostly {
		t.Errorf("all of it: %v", err)
	}
	p = byRelevance(t, search.And{ames, search.Clause{Param: models(t).Current().Parameters.Param("Patient", "active"), Values: []search.Value{{Code: "false"}}}})
	p.Limit, p.Offset = 30, 510
	if page, _, err = run(t.Context(), e, caller, p, ""); err != nil || len(page.Rows) != 5 || page.More {
		t.Fatalf("the end of the matches: %d rows, more %v, %v", len(page.Rows), page.More, err)
	}
}
