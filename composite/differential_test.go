package composite_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

const seed = 20

// searches is how many random searches are made: fewer in the quick loop.
func searches() int {
	if testing.Short() {
		return 400
	}
	return 2000
}

// rules are those to be switched off in turn; "" leaves all on.
func rules() []string {
	out := []string{""}
	for _, r := range planner.Rules() {
		out = append(out, r.Name)
	}
	return out
}

// TestDifferential: over three stores none of which claims everything, random searches give the oracle's ids in the oracle's order,
// its order keys, its counts, and say truly whether rows follow; with every rule off in turn.
func TestDifferential(t *testing.T) {
	t.Parallel()
	r := newRig(t, 3, composite.Budget{})
	tally := map[string]int{}
	n := 0
	for req := range r.queries(seed) {
		if n++; n > searches() {
			break
		}
		r.differ(t, n, req, tally)
		if t.Failed() {
			t.Fatalf("seed %d, search %d", seed, n)
		}
	}
	t.Logf("seed %d: %v", seed, tally)
	if tally["found something"] < searches()/10 || tally["split"] < searches()/20 || tally["filtered"] < searches()/50 || tally["unsupported"] > searches()/3 {
		t.Errorf("the searches say little: %v", tally)
	}
}

// differ compares one search with the oracle, with each rule off.
func (r *rig) differ(t *testing.T, n int, req search.Request, tally map[string]int) {
	t.Helper()
	want, more := expected(t, r.oracle, req)
	total, _, err := r.oracle.Count(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	ran := map[string]bool{}
	for _, off := range rules() {
		if text, err := planText(r.engine, req.Query.Caller, part(req), off); err == nil && ran[text] {
			continue // the rule has no part in this plan
		} else if err == nil {
			ran[text] = true
		}
		page, plan, err := run(t.Context(), r.engine, req.Query.Caller, part(req), off)
		if fault.Of(err) == fault.Unsupported && plan == nil {
			tally["unsupported"]++
			return
		}
		if err != nil {
			t.Fatalf("search %d without %q: %v\n%s", n, off, err, plan)
		}
		if diff := cmp.Diff(hitIDs(want), idsOf(page.Rows)); diff != "" {
			t.Fatalf("search %d without %q:\n%s\n%s", n, off, plan, diff)
		}
		for i := range want {
			if string(want[i].Order) != string(page.Rows[i].Order) || page.Rows[i].Body.JSON == nil {
				t.Fatalf("search %d without %q: row %d has another order key, or no body\n%s", n, off, i, plan)
			}
		}
		if page.Total != total || page.More != more {
			t.Fatalf("search %d without %q: total %d (want %d), more %t (want %t)\n%s", n, off, page.Total, total, page.More, more, plan)
		}
		if off != "" {
			tally["without "+off]++
		} else {
			tally["found something"] += min(1, len(want))
			tally["split"] += min(1, leaves(plan.Parts[0].Rows)-1)
			tally["filtered"] += min(1, strings.Count(plan.String(), "filter ["))
			tally["sorted here"] += min(1, strings.Count(plan.String(), "sort here"))
		}
	}
}

// expected are the oracle's rows of a page, and whether more follow.
func expected(t *testing.T, o adapters.Searcher, req search.Request) ([]search.Hit, bool) {
	t.Helper()
	limit := req.Limit
	if limit > 0 {
		req.Limit++
	}
	want := hits(t, o, req)
	if limit > 0 && len(want) > limit {
		return want[:limit], true
	}
	return want, false
}

// leaves is the number of stores' matches below a node.
func leaves(n planner.Node) int {
	if _, ok := n.(*planner.Match); ok {
		return 1
	}
	sum := 0
	for _, in := range n.Inputs() {
		sum += leaves(in)
	}
	return sum
}

// TestDifferentialPolicy: the same under a policy, which only some of the stores can apply.
func TestDifferentialPolicy(t *testing.T) {
	t.Parallel()
	r := newRig(t, 3, composite.Budget{})
	params := adaptertest.Parameters(t)
	exists := func(resource, code string) search.Expr { return search.Exists{Param: params.Param(resource, code)} }
	policy := map[string]search.Expr{
		"Patient":     search.Not{X: exists("Patient", "death-date")},
		"Observation": exists("Observation", "value-quantity"),
		"Encounter":   search.Has{Param: params.Param("Observation", "encounter"), Where: search.True{}},
		"Condition":   search.True{},
	}
	tally := map[string]int{}
	n := 0
	for req := range r.queries(seed + 1) {
		if n++; n > searches()/4 {
			break
		}
		req.Query.Caller.Policy = policy
		r.differ(t, n, req, tally)
	}
	t.Logf("seed %d: %v", seed+1, tally)
	if tally["found something"] < searches()/80 || tally["split"] == 0 {
		t.Errorf("the searches say little: %v", tally)
	}
}

// TestPagesByCursor: pages walked by their last row's cursor give every row once, in both directions.
func TestPagesByCursor(t *testing.T) {
	t.Parallel()
	r := newRig(t, 3, composite.Budget{})
	walked, n := 0, 0
	for req := range r.queries(seed + 2) {
		if n++; n > 150 {
			break
		}
		req.After, req.Limit = nil, 0
		want := hitIDs(hits(t, r.oracle, req))
		var got []string
		p := part(req)
		p.Limit, p.Total = 2+n%9, planner.NoTotal
		for {
			page, plan, err := run(t.Context(), r.engine, req.Query.Caller, p, "")
			if fault.Of(err) == fault.Unsupported && plan == nil {
				got = want
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, idsOf(page.Rows)...)
			if page.More != (len(got) < len(want)) || page.More && len(page.Rows) < p.Limit {
				t.Fatalf("search %d: a page of %d of %d, more %t\n%s", n, len(page.Rows), p.Limit, page.More, plan)
			}
			if !page.More {
				walked += min(1, len(want))
				break
			}
			last := page.Rows[len(page.Rows)-1]
			p.After = &search.Cursor{Order: last.Order, ID: last.Ref.ID}
		}
		if !slices.Equal(want, got) && len(want)+len(got) > 0 {
			t.Fatalf("search %d: %s", n, cmp.Diff(want, got))
		}
	}
	if walked < 20 {
		t.Errorf("only %d lists had rows", walked)
	}
}

// TestOffsets: an offset skips rows of the merged set, not of one store's.
func TestOffsets(t *testing.T) {
	t.Parallel()
	r := newRig(t, 3, composite.Budget{})
	n := 0
	for req := range r.queries(seed + 3) {
		if n++; n > 200 {
			break
		}
		req.Limit = 0
		want := hitIDs(hits(t, r.oracle, req))
		p := part(req)
		p.Offset, p.Limit = n%9, 4
		page, plan, err := run(t.Context(), r.engine, req.Query.Caller, p, "")
		if fault.Of(err) == fault.Unsupported && plan == nil {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		want = want[min(p.Offset, len(want)):]
		more := len(want) > p.Limit
		want = want[:min(p.Limit, len(want))]
		if diff := cmp.Diff(want, idsOf(page.Rows)); diff != "" || page.More != more {
			t.Fatalf("search %d: more %t\n%s\n%s", n, page.More, plan, diff)
		}
	}
}
