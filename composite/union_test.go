package composite_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/search"
)

// TestUnion: branches that overlap are merged in order, each row once, in both directions, by the order of the stores or sorted here,
// page by page.
func TestUnion(t *testing.T) {
	params := adaptertest.Parameters(t)
	dated := word
	dated.Features |= search.CanSort
	dated.Params = append([]search.ParamClaim{{Codes: []string{"birthdate"}}}, dated.Params...)
	for _, claims := range []search.Claims{word, dated} {
		r := &rig{oracle: memory0(t), primary: memory1(t)}
		for i := range 24 {
			r.write(t, record(t, fmt.Sprintf(`{"resourceType":"Patient","id":"p%02d","gender":%q,"birthDate":"19%02d-01-01","name":[{"family":%q}]}`,
				i, []string{"female", "male"}[i%2], 50+i*7%10, []string{"Ames", "Byrd", "Cole"}[i%3])).Put())
		}
		r.secondaries = append(r.secondaries, newSecondary(t, r.primary, "word", claims))
		r.engine = open(t, r.primary, composite.Budget{}, r.secondaries[0])
		r.sync(t, 0)
		req := named(t, "Ames")
		req.Query.Where = search.Or(req.Query.Where.(search.And))
		for _, sort := range [][]search.SortKey{nil, {{Param: params.Param("Patient", "birthdate"), Desc: true}}} {
			for _, reverse := range []bool{false, true} {
				req.Query.Sort, req.Reverse, req.After = sort, reverse, nil
				r.walkUnion(t, req)
			}
		}
	}
}

func (r *rig) walkUnion(t *testing.T, req search.Request) {
	t.Helper()
	req.Limit = 0
	want := hitIDs(hits(t, r.oracle, req))
	var got []string
	for req.Limit = 5; ; {
		page, plan, err := run(t.Context(), r.engine, req.Query.Caller, part(req), "")
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, idsOf(page.Rows)...)
		if !page.More || len(got) > len(want) {
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s\n%s", plan, diff)
			}
			return
		}
		last := page.Rows[len(page.Rows)-1]
		req.After = &search.Cursor{Order: last.Order, ID: last.Ref.ID}
	}
}
