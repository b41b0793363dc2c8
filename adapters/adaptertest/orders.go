package adaptertest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/search"
)

// sorts are orders of a type: each parameter both ways, and some pairs.
func (d *Data) sorts(resourceType string) [][]search.SortKey {
	var out [][]search.SortKey
	var before *search.Param
	for _, p := range d.searched(resourceType) {
		if p.Type == search.Composite || p.Type == search.Special {
			continue
		}
		out = append(out, []search.SortKey{{Param: p}}, []search.SortKey{{Param: p, Desc: true}})
		if before != nil {
			out = append(out, []search.SortKey{{Param: before, Desc: true}, {Param: p}}, []search.SortKey{{Param: p}, {Param: before}})
		}
		before = p
	}
	id := d.Params.Param(resourceType, search.ParamID)
	return append(out, []search.SortKey{{Param: id}}, []search.SortKey{{Param: id, Desc: true}})
}

// testOrders compares whole answers, order keys included: missing and repeated values and ties are in the data.
func testOrders(t *testing.T, r *rig) {
	searcher(t, r)
	r.fill(t, mainTenant, r.data.Records)
	for _, resourceType := range r.data.types {
		for _, sort := range r.data.sorts(resourceType) {
			q := request(resourceType, nil)
			q.Query.Sort = sort
			what := fmt.Sprintf("%s by %s", resourceType, sortText(sort))
			r.sameSearch(t, what, q)
			q.Limit, q.Reverse = 3, true
			r.sameSearch(t, what+", the last three", q)
		}
	}
	r.unstored(t)
}

// unstored sorts what nothing that was ever stored can match: a parameter without a value in the data, alone and beside one that has.
func (r *rig) unstored(t *testing.T) {
	t.Helper()
	values := map[search.ParamType]search.Value{
		search.Token: {Code: "none"}, search.String: {Text: "none"}, search.Date: {Op: search.Gt, Lo: 1, Hi: 2}, search.Reference: {Type: "Patient", Code: "none"},
	}
	for _, kind := range []string{"Slot", "Patient"} {
		for _, p := range r.data.Params.Of(kind) {
			v, ok := values[p.Type]
			if !ok || p.Code == search.ParamID || p.Code == search.ParamLastUpdated || slices.Contains(r.data.searched(kind), p) {
				continue
			}
			for _, by := range []string{search.ParamLastUpdated, search.ParamID} {
				for _, desc := range []bool{false, true} {
					q := request(kind, search.Clause{Param: p, Values: []search.Value{v}})
					q.Query.Sort, q.Limit = []search.SortKey{{Param: r.data.Params.Param(kind, by), Desc: desc}}, 3
					r.sameSearch(t, kind+" of "+p.Code+", of which there are none, by "+by, q)
				}
			}
		}
	}
}

func sortText(sort []search.SortKey) string {
	text := ""
	for _, k := range sort {
		text += map[bool]string{false: " +", true: " -"}[k.Desc] + k.Param.Code
	}
	return text
}

// testPages: pages of any size, forward and backward, cover the answer exactly once.
func testPages(t *testing.T, r *rig) {
	searcher(t, r)
	r.fill(t, mainTenant, r.data.Records)
	for _, resourceType := range []string{"Patient", "Observation", "Encounter"} {
		sorts := append(r.data.sorts(resourceType), nil)
		for n, sort := range sorts {
			q := request(resourceType, nil)
			q.Query.Sort = sort
			if r.claimed(q) != nil {
				continue
			}
			whole := r.sameSearch(t, "all", q)
			q.Limit = []int{len(whole)/5 + 1, 50, len(whole) + 1, len(whole)/11 + 1}[n%4]
			if len(whole) < 40 {
				q.Limit = 1 + n%3
			}
			for _, reverse := range []bool{false, true} {
				q.Reverse = reverse
				got := r.pages(t, q)
				if reverse {
					slices.Reverse(got)
				}
				equal(t, fmt.Sprintf("pages of %d of %s by%s, backward %v", q.Limit, resourceType, sortText(sort), reverse), whole, got)
			}
		}
	}
	r.middle(t)
}

// pages walks an answer page by page.
func (r *rig) pages(t *testing.T, q search.Request) []search.Hit {
	t.Helper()
	var got []search.Hit
	for {
		page, err := all(t, withoutEmpty(searcher(t, r).Search(t.Context(), q)))
		if err != nil {
			t.Fatal(err)
		}
		if q.Limit > 0 && len(page) > q.Limit {
			t.Fatalf("a page of %d has %d hits", q.Limit, len(page))
		}
		got = append(got, page...)
		if len(page) < q.Limit {
			return got
		}
		if len(got) > len(r.data.Records) {
			t.Fatal("the pages do not end")
		}
		last := page[len(page)-1]
		q.After = &search.Cursor{Order: last.Order, ID: last.Ref.ID}
	}
}

// middle starts at places where no row is.
func (r *rig) middle(t *testing.T) {
	t.Helper()
	q := request("Patient", nil)
	for _, id := range []string{"", "A", "A0", "a-", "zzzz", "\U0010ffff"} {
		for _, reverse := range []bool{false, true} {
			q.After, q.Reverse, q.Limit = &search.Cursor{ID: id}, reverse, 3
			r.sameSearch(t, fmt.Sprintf("behind %q, backward %v", id, reverse), q)
		}
	}
}

// testEach: order, offset, limit and count of each parent on its own.
func testEach(t *testing.T, r *rig) {
	s := part[eachSearcher](t, r)
	if !r.Store.Describe().Has(search.CanEach) {
		t.Skip("not claimed")
	}
	r.fill(t, mainTenant, r.data.Records)
	r.fill(t, otherTenant, r.data.Records[:len(r.data.Records)/2])
	for _, source := range []struct{ resourceType, code, sort string }{
		{"Observation", "subject", "date"}, {"Encounter", "subject", "_lastUpdated"}, {"Patient", "general-practitioner", "birthdate"},
		{"Organization", "partof", "name"}, {"Observation", "has-member", "code"}, {"DocumentReference", "relatesto", "date"},
	} {
		p, by := r.data.Params.Param(source.resourceType, source.code), r.data.Params.Param(source.resourceType, source.sort)
		for n, q := range r.eachRequests(t, p, by) {
			what := fmt.Sprintf("each %s.%s, form %d", source.resourceType, source.code, n)
			if err := r.claimed(q.Request); err != nil {
				continue
			}
			same(t, what, s.SearchEach(t.Context(), q), r.oracle.SearchEach(t.Context(), q))
			want, _, err := r.oracle.CountEach(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			got, _, err := s.CountEach(t.Context(), q)
			if d := cmp.Diff(want, got); d != "" || err != nil {
				t.Fatalf("%s: counts: %v\n%s", what, err, d)
			}
		}
	}
}
