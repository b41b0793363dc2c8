package adaptertest

import (
	"fmt"
	"testing"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/search"
)

// testMoving walks pages while others are written and deleted between them: every resource that nothing touches comes exactly
// once, in whatever direction and order.
func testMoving(t *testing.T, r *rig) {
	part[adapters.Writer](t, r)
	searcher(t, r)
	family := r.data.Params.Param("Patient", "family")
	for n, q := range []search.Request{
		request("Patient", nil),
		{Query: search.Query{Caller: caller, Type: "Patient", Sort: []search.SortKey{{Param: family}}}},
		{Query: search.Query{Caller: caller, Type: "Patient", Sort: []search.SortKey{{Param: family, Desc: true}}}, Reverse: true},
	} {
		if r.claimed(q) != nil {
			continue
		}
		still := map[string]bool{}
		for i := range 30 {
			p := patient(t, fmt.Sprintf("still%d-%02d", n, i), fmt.Sprint("Family", i%4))
			still[p.Ref.ID] = true
			r.write(t, put(p, adapters.Precondition{}), put(patient(t, fmt.Sprint("moving", i), fmt.Sprint("Family", i%5)), adapters.Precondition{}))
		}
		q.Limit = 4
		seen := r.walkMoving(t, q)
		for id := range still {
			if seen[id] != 1 {
				t.Errorf("order %d: %s came %d times", n, id, seen[id])
			}
		}
	}
}

// walkMoving counts how often each id comes, and writes between any two pages.
func (r *rig) walkMoving(t *testing.T, q search.Request) map[string]int {
	t.Helper()
	seen := map[string]int{}
	for n := 0; ; n++ {
		page := r.sameSearch(t, "a page between writes", q)
		for _, h := range page {
			seen[h.Ref.ID]++
		}
		if len(page) < q.Limit {
			return seen
		}
		last := page[len(page)-1]
		q.After = &search.Cursor{Order: last.Order, ID: last.Ref.ID}
		gone := patient(t, fmt.Sprint("moving", (n*7)%30), "")
		r.write(t,
			put(patient(t, fmt.Sprint("moving", (n*11)%30), fmt.Sprint("Family", n%6)), adapters.Precondition{}),
			remove(gone.Ref, adapters.Precondition{}),
			put(patient(t, fmt.Sprint("new", n), fmt.Sprint("Family", n%3)), adapters.Precondition{}))
		if n > 200 {
			t.Fatal("the pages do not end")
		}
	}
}
