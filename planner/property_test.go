package planner_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// partial are three stores of which none claims everything.
const partial = `
main primary all and or not ids sort count each within bodies gender birthdate name subject rows=Patient:1000 values=Patient.gender:1000/2
text and or text content within family fixed=3 row=20 rows=Patient:1000
graph all and or not chain has within name organization fixed=3 row=90 rows=Patient:1000`

var clauses = []string{
	"gender=female", "birthdate=1990", "name=x", "_text=pain", "_content=x", "family=y", "organization:Organization.name=z",
	"phone=123", "_id=p1", "_has:Observation:subject:code=c",
}

// conditions draws conditions over the clauses.
func conditions(t *rapid.T, leaves []search.Expr, depth int) search.Expr {
	kind := 0
	if depth > 0 {
		kind = rapid.IntRange(0, 3).Draw(t, "kind")
	}
	parts := func() []search.Expr {
		out := make([]search.Expr, rapid.IntRange(2, 3).Draw(t, "parts"))
		for i := range out {
			out[i] = conditions(t, leaves, depth-1)
		}
		return out
	}
	switch kind {
	case 1:
		return search.And(parts())
	case 2:
		return search.Or(parts())
	case 3:
		return search.Not{X: conditions(t, leaves, depth-1)}
	}
	return rapid.SampledFrom(leaves).Draw(t, "leaf")
}

func allLeaves(t testing.TB) []search.Expr {
	t.Helper()
	out := make([]search.Expr, len(clauses))
	for i, c := range clauses {
		out[i] = condition(t, "Patient", c)
	}
	return out
}

func shuffled(e search.Expr, r *rand.Rand) search.Expr {
	mix := func(parts []search.Expr) []search.Expr {
		out := make([]search.Expr, len(parts))
		for i, p := range parts {
			out[i] = shuffled(p, r)
		}
		r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
		return out
	}
	switch e := e.(type) {
	case search.And:
		return search.And(mix(e))
	case search.Or:
		return search.Or(mix(e))
	case search.Not:
		return search.Not{X: shuffled(e.X, r)}
	}
	return e
}

func searchFor(where search.Expr) planner.Operation {
	return planner.Operation{Caller: search.Caller{Tenant: "main"}, Parts: []planner.Part{{
		Kind: planner.Search, Path: "PatientList", Parent: -1, Rows: true, Total: planner.Accurate, Limit: 10,
		Query: search.Query{Type: "Patient", Where: where},
	}}}
}

// outcome is the text of a plan or of the error.
func outcome(op planner.Operation, s *planner.Snapshot) string {
	p, err := planner.Make(op, s)
	if err != nil {
		return err.Error()
	}
	return p.String()
}

// TestOrderOfClauses: the plan, or the error, is the same for every order of the clauses.
func TestOrderOfClauses(t *testing.T) {
	leaves, s := allLeaves(t), snapshot(t, partial)
	rapid.Check(t, func(t *rapid.T) {
		where := conditions(t, leaves, 3)
		want := outcome(searchFor(where), s)
		for seed := range uint64(5) {
			other := shuffled(where, rand.New(rand.NewPCG(seed, 1)))
			if diff := cmp.Diff(want, outcome(searchFor(other), s)); diff != "" {
				t.Fatalf("%s\n%s\n%s", where, other, diff)
			}
		}
	})
}

// TestDeterminism: equal input gives an equal plan, a thousand times.
func TestDeterminism(t *testing.T) {
	c := parse(t, `search Patient (and gender=female (or _text=pain organization:Organization.name=z) (not family=y) phone=1)
sort -birthdate
page 10
total
 each Observation subject
  get Encounter`)
	want := outcome(c.op, snapshot(t, partial))
	for range 1000 {
		if diff := cmp.Diff(want, outcome(c.op, snapshot(t, partial))); diff != "" {
			t.Fatal(diff)
		}
	}
}

// TestPolicyAtEveryLeaf: whatever is asked, every request of the plan carries the caller, and every store that is asked claims the
// condition with the caller's predicates in it, so that it can apply them.
func TestPolicyAtEveryLeaf(t *testing.T) {
	leaves, s := allLeaves(t), snapshot(t, partial)
	caller := search.Caller{Tenant: "other", Policy: map[string]search.Expr{
		"Patient": condition(t, "Patient", "name=mine"), "Organization": condition(t, "Organization", "name=mine"),
		"*": search.False{},
	}}
	planned := 0
	rapid.Check(t, func(t *rapid.T) {
		op := searchFor(conditions(t, leaves, 3))
		op.Caller = caller
		plan, err := planner.Make(op, s)
		if err != nil {
			if code := fault.Of(err); code != fault.Unsupported {
				t.Fatal(err)
			}
			return
		}
		planned++
		for _, n := range []planner.Node{plan.Parts[0].Rows, plan.Parts[0].Count} {
			for _, m := range matches(n) {
				if diff := cmp.Diff(caller, m.Request.Query.Caller); diff != "" {
					t.Fatalf("%s\n%s", plan, diff)
				}
				i := slices.IndexFunc(s.Stores, func(st planner.StoreState) bool { return st.ID == m.Store })
				if err := search.Can(s.Stores[i].Claims, "Patient", search.Restrict(m.Request.Query)); err != nil {
					t.Fatalf("%s\n%v", plan, err)
				}
			}
		}
	})
	if planned == 0 {
		t.Error("nothing was planned")
	}
}

// matches are the leaves of a tree.
func matches(n planner.Node) []*planner.Match {
	switch n := n.(type) {
	case *planner.Match:
		return []*planner.Match{n}
	case *planner.Count:
		if n.Match != nil {
			return []*planner.Match{n.Match}
		}
	}
	var out []*planner.Match
	for _, in := range n.Inputs() {
		out = append(out, matches(in)...)
	}
	return out
}

// BenchmarkMake plans a page of one store, and a query that three stores share with a nested list: at most 100 µs.
func BenchmarkMake(b *testing.B) {
	for _, c := range []struct{ name, stores, text string }{
		{"one store", "main primary all and or not sort count each within bodies *", `search Patient (and gender=female name=x)
sort -birthdate
page 10`},
		{"three stores", partial, `search Patient (and gender=female (or _text=pain organization:Organization.name=z) (not family=y) phone=1)
sort -birthdate
page 10
total
 each Observation subject
  get Encounter`},
	} {
		b.Run(c.name, func(b *testing.B) {
			op, s := parse(b, c.text).op, snapshot(b, c.stores)
			if _, err := planner.Make(op, s); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := planner.Make(op, s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
