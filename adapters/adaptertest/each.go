package adaptertest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

type eachSearcher = adapters.EachSearcher

// parents are resources that a parameter's values point at, and some that nothing points at or that are not there.
func (d *Data) parents(p *search.Param, most int) []fhir.Ref {
	var out []fhir.Ref
	for _, i := range d.items[p] {
		if ref := (fhir.Ref{Type: i.Type, ID: i.ID}); i.ID != "" && len(out) < most && !slices.Contains(out, ref) {
			out = append(out, ref)
		}
	}
	return append(out, fhir.Ref{Type: "Patient", ID: "bare"}, fhir.Ref{Type: "Patient", ID: "nowhere"}, fhir.Ref{Type: "Basic", ID: "A"})
}

// eachRequests are searches per parent in many forms.
func (r *rig) eachRequests(t *testing.T, p, by *search.Param) []search.EachRequest {
	t.Helper()
	parents := r.data.parents(p, 60)
	plain := search.EachRequest{Request: request(p.Resource, nil), Param: p, Parents: parents, Count: true}
	form := func(change func(*search.EachRequest)) search.EachRequest {
		q := plain
		change(&q)
		return q
	}
	sorted := []search.SortKey{{Param: by, Desc: true}}
	many := slices.Clone(parents)
	for i := range 1500 {
		many = append(many, fhir.Ref{Type: "Patient", ID: fmt.Sprint("m", i)})
	}
	out := []search.EachRequest{
		plain,
		form(func(q *search.EachRequest) { q.Limit = 1 }),
		form(func(q *search.EachRequest) { q.Limit, q.Query.Sort = 3, sorted }),
		form(func(q *search.EachRequest) { q.Limit, q.Offset, q.Query.Sort = 2, 1, sorted }),
		form(func(q *search.EachRequest) { q.Offset = 2 }),
		form(func(q *search.EachRequest) { q.Reverse, q.Limit, q.Query.Sort = true, 2, sorted }),
		form(func(q *search.EachRequest) { q.Query.Where = search.Exists{Param: by} }),
		form(func(q *search.EachRequest) { q.Query.Where, q.Limit = search.Not{X: search.Exists{Param: by}}, 2 }),
		form(func(q *search.EachRequest) { q.Query.Where = search.False{} }),
		form(func(q *search.EachRequest) { q.Query.Caller.Tenant = otherTenant }),
		form(func(q *search.EachRequest) { q.Query.Caller.Tenant = "nobody" }),
		form(func(q *search.EachRequest) { q.Parents = nil }),
		form(func(q *search.EachRequest) { q.Parents, q.Limit = many, 1 }),
		form(func(q *search.EachRequest) { q.Parents = []fhir.Ref{parents[0], parents[len(parents)-1], parents[0]} }),
	}
	// Pages of one parent.
	first := form(func(q *search.EachRequest) { q.Parents, q.Limit, q.Query.Sort = parents[:1], 1, sorted })
	for hit, err := range r.oracle.SearchEach(t.Context(), first).Rows {
		if err != nil {
			t.Fatal(err)
		}
		next := first
		next.After = &search.Cursor{Order: hit.Order, ID: hit.Ref.ID}
		back := next
		back.Reverse = true
		out = append(out, next, back)
	}
	return out
}
