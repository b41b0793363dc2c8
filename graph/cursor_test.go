package graph_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/graph"
	"github.com/heliograph/heliograph/search"
)

// crowd is n patients in three families.
func crowd(n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf(`{"resourceType":"Patient","id":"p%02d","name":[{"family":"F%d"}],"gender":"male"}`, i, i%3))
	}
	return out
}

type connection struct {
	Count, Offset *int
	Edges         []struct {
		Cursor string
		Node   struct{ ID string }
	}
	First, Previous, Next, Last *string
	PageInfo                    struct {
		HasNextPage, HasPreviousPage bool
		StartCursor, EndCursor       *string
	}
}

func (c *connection) ids() (ids []string) {
	for _, e := range c.Edges {
		ids = append(ids, e.Node.ID)
	}
	return ids
}

const pageSelection = ` { count offset edges { cursor node { id } } first previous next last pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }`

func (w *world) connect(args string) *connection {
	w.t.Helper()
	var data struct{ PatientConnection connection }
	if err := json.Unmarshal([]byte(w.data(`{ PatientConnection(`+args+`)`+pageSelection+` }`, nil)), &data); err != nil {
		w.t.Fatal(err)
	}
	return &data.PatientConnection
}

// walk follows next from a page to the end, by the way that step gives.
func (w *world) walk(args string, step func(*connection) string) (ids []string) {
	w.t.Helper()
	for range 20 {
		c := w.connect(args)
		ids = append(ids, c.ids()...)
		if args = step(c); args == "" {
			return ids
		}
	}
	w.t.Fatal("the pages do not end")
	return nil
}

func TestPages(t *testing.T) {
	w := open(t, nil, crowd(10)...)
	all := w.connect(`gender: "male", _sort: "-family", first: 20`).ids()
	if len(all) != 10 || all[0] != "p02" {
		t.Fatal(all)
	}
	relay := w.walk(`gender: "male", _sort: "-family", first: 3`, func(c *connection) string {
		if !c.PageInfo.HasNextPage {
			return ""
		}
		return fmt.Sprintf(`gender: "male", _sort: "-family", first: 3, after: %q`, *c.PageInfo.EndCursor)
	})
	links := w.walk(`gender: "male", _sort: "-family", _count: 3`, func(c *connection) string {
		if c.Next == nil {
			return ""
		}
		return fmt.Sprintf(`_cursor: %q`, *c.Next)
	})
	offsets := w.walk(`gender: "male", _sort: "-family", _count: 3`, func(c *connection) string {
		if !c.PageInfo.HasNextPage {
			return ""
		}
		return fmt.Sprintf(`gender: "male", _sort: "-family", _count: 3, _offset: %d`, *c.Offset+3)
	})
	for name, got := range map[string][]string{"relay": relay, "links": links, "offsets": offsets} {
		if diff := cmp.Diff(all, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestPagesBackward(t *testing.T) {
	w := open(t, nil, crowd(10)...)
	all := w.connect(`_sort: "family", first: 20`).ids()
	var back []string
	args := `_sort: "family", last: 4`
	for range 5 {
		c := w.connect(args)
		back = append(c.ids(), back...)
		if !c.PageInfo.HasPreviousPage {
			break
		}
		args = fmt.Sprintf(`_sort: "family", last: 4, before: %q`, *c.PageInfo.StartCursor)
	}
	if diff := cmp.Diff(all, back); diff != "" {
		t.Error(diff)
	}
	c := w.connect(`_sort: "family", _count: 4`)
	last := w.connect(fmt.Sprintf(`_cursor: %q`, *c.Last))
	if diff := cmp.Diff(all[6:], last.ids()); diff != "" {
		t.Error(diff)
	}
	if last.Next != nil || last.Offset != nil || last.Count == nil || *last.Count != 10 {
		t.Error(last.Next, last.Offset)
	}
	previous := w.connect(fmt.Sprintf(`_cursor: %q`, *last.Previous))
	first := w.connect(fmt.Sprintf(`_cursor: %q`, *previous.First))
	if !slices.Equal(previous.ids(), all[2:6]) || !slices.Equal(first.ids(), all[:4]) || first.Previous != nil || *first.Offset != 0 {
		t.Error(previous.ids(), first.ids())
	}
}

// TestCursorsAreBound: a cursor is of one query, one sort and one caller, and of one key.
func TestCursorsAreBound(t *testing.T) {
	tenant := "main"
	caller := func(c *graph.Config) {
		c.Caller = func(*http.Request) (search.Caller, error) { return search.Caller{Tenant: tenant}, nil }
	}
	w := open(t, caller, crowd(5)...)
	page := w.connect(`gender: "male", _sort: "family", first: 2`)
	after, next := *page.PageInfo.EndCursor, *page.Next
	refused := func(args string) {
		t.Helper()
		a := w.post(`{ PatientConnection(`+args+`) { count } }`, nil)
		if len(a.Errors) != 1 || a.Errors[0].Extensions["code"] != "BAD_USER_INPUT" || string(a.Data) != `{"PatientConnection":null}` {
			t.Errorf("%.40s: %v %s", args, a.Errors, a.Data)
		}
	}
	good := fmt.Sprintf(`gender: "male", _sort: "family", first: 3, after: %q`, after)
	w.connect(good)
	refused(strings.ReplaceAll(good, `"male"`, `"female"`))
	refused(strings.ReplaceAll(good, `"family"`, `"-family"`))
	refused(fmt.Sprintf(`_cursor: %q`, after))
	refused(fmt.Sprintf(`_cursor: %q, _count: 2`, next))
	refused(fmt.Sprintf(`gender: "male", _sort: "family", after: %q`, next[:len(next)-2]))
	refused(`first: 2, after: ""`)
	for i := range after {
		c := byte('A')
		if after[i] == c {
			c = 'B'
		}
		refused(fmt.Sprintf(`gender: "male", _sort: "family", first: 3, after: %q`, after[:i]+string(c)+after[i+1:]))
	}
	tenant = "other"
	refused(good)
	refused(fmt.Sprintf(`_cursor: %q`, next))
	tenant = "main"
	w.handler = open(t, func(c *graph.Config) { caller(c); c.CursorKey = []byte(strings.Repeat("x", 32)) }, crowd(5)...).handler
	refused(good)
}
