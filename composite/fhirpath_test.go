package composite_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// holding is a program that holds for resources with this text in them, and wants them as they are served.
type holding string

func (h holding) Holds(resource []byte) (bool, error) {
	if !bytes.Contains(resource, []byte(`"meta":{"versionId":"`)) || !bytes.Contains(resource, []byte(`"lastUpdated":"`)) {
		return false, errors.New("this is not the served form")
	}
	return bytes.Contains(resource, []byte(h)), nil
}

func path(text string) search.FHIRPath { return search.FHIRPath{Source: text, Program: holding(text)} }

// final is an expression, and the clause that says the same, so that the oracle can answer for it.
func final(t *testing.T) (search.FHIRPath, search.Clause) {
	status := adaptertest.Parameters(t).Param("Observation", "status")
	return path(`"status":"final"`), search.Clause{Param: status, Values: []search.Value{{Code: "final"}}}
}

// TestDifferentialFHIRPath: random searches with an expression give what the oracle gives for the clause that says the same: rows,
// order, pages, counts, and whether rows follow.
func TestDifferentialFHIRPath(t *testing.T) {
	t.Parallel()
	r := newRig(t, 3, composite.Budget{})
	expression, clause := final(t)
	found, n := 0, 0
	for req := range r.queries(seed + 7) {
		if req.Query.Type != "Observation" {
			continue
		}
		if n++; n > 200 {
			break
		}
		asked, said := req, req
		asked.Query.Where, said.Query.Where = shapes(n, req.Query.Where, expression), shapes(n, req.Query.Where, clause)
		page, plan, err := run(t.Context(), r.engine, req.Query.Caller, part(asked), "")
		if fault.Of(err) == fault.Unsupported && plan == nil {
			continue
		}
		if err != nil {
			t.Fatalf("search %d: %v\n%s", n, err, plan)
		}
		want, more := expected(t, r.oracle, said)
		total, _, err := r.oracle.Count(t.Context(), said)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(hitIDs(want), idsOf(page.Rows)); diff != "" || page.More != more || page.Total != total {
			t.Fatalf("search %d: total %d (want %d), more %t\n%s\n%s", n, page.Total, total, page.More, plan, diff)
		}
		found += min(1, len(want))
	}
	if found < 40 {
		t.Errorf("only %d of %d searches found something", found, n)
	}
}

// shapes puts an expression into a condition, at some place.
func shapes(n int, where, e search.Expr) search.Expr {
	switch n % 4 {
	case 0:
		return search.And{where, e}
	case 1:
		return search.And{search.Not{X: e}, where}
	case 2:
		return search.Or{where, e}
	default:
		return search.Not{X: search.And{where, e}}
	}
}

// TestEachFHIRPath: the same below parents, where the filter comes before each parent's page, offset and count.
func TestEachFHIRPath(t *testing.T) {
	t.Parallel()
	r := newRig(t, 3, composite.Budget{})
	expression, clause := final(t)
	subject := adaptertest.Parameters(t).Param("Observation", "subject")
	claims := graph
	claims.Features |= search.CanWithin
	by := newSecondary(t, r.primary, "by", claims)
	catchUp(t, r.primary, by, 0)
	engines := []*composite.Engine{open(t, r.primary, composite.Budget{}, r.secondaries[0], by), open(t, r.oracle, composite.Budget{})}
	var parents []fhir.Ref
	for _, rec := range r.data.Records {
		if rec.Ref.Type == "Patient" && !slices.Contains(parents, rec.Ref) {
			parents = append(parents, rec.Ref)
		}
	}
	found, n := 0, 0
	for req := range r.queries(seed + 8) {
		if req.Query.Type != "Observation" || req.Codes != nil {
			continue
		}
		if n++; n > 100 {
			break
		}
		req.Limit = n % 4
		req.After = nil
		p := part(req)
		p.Kind, p.Param, p.Offset = planner.Each, subject, n%3
		p.Query.Where = search.And{req.Query.Where, expression}
		req.Query.Where = search.And{req.Query.Where, clause}
		for _, e := range engines {
			plan, err := e.Plan(planner.Operation{Caller: req.Query.Caller, Parts: []planner.Part{p}})
			if fault.Of(err) == fault.Unsupported {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			res := e.Start(plan).Run(t.Context(), []composite.Call{{Parents: parents}})[0]
			if res.Err != nil {
				t.Fatalf("search %d: %v\n%s", n, res.Err, plan)
			}
			found += r.sameEach(t, search.EachRequest{Request: req, Param: subject, Parents: parents, Offset: p.Offset}, res.Pages, plan)
		}
	}
	if found < 100 {
		t.Errorf("only %d rows found", found)
	}
}

// TestEachFHIRPathCalls: a page costs one call a level where the first rows fill it, two where they do not, for all parents together;
// a cursor goes on behind the row that it stands at.
func TestEachFHIRPathCalls(t *testing.T) {
	r := newObservations(t)
	e := open(t, r.oracle, composite.Budget{})
	p := planner.Part{
		Kind: planner.Each, Parent: -1, Rows: true, Limit: 1,
		Param: adaptertest.Parameters(t).Param("Observation", "subject"),
	}
	for _, c := range []struct {
		where string
		after string
		total planner.Total
		want  []string
		calls int
	}{
		{`"id":"o00`, "", planner.NoTotal, []string{"o000"}, 1},
		{`"id":"o007"`, "", planner.NoTotal, []string{"o007"}, 2},
		{`"id":"o00`, "o003", planner.NoTotal, []string{"o004"}, 1},
		{`"id":"o00`, "o003", planner.Accurate, []string{"o004"}, 1},
		{`"id":"nobody"`, "", planner.NoTotal, []string{}, 2},
	} {
		p.Query, p.Total, p.After = search.Query{Type: "Observation", Where: path(c.where)}, c.total, nil
		if c.after != "" {
			p.After = &search.Cursor{ID: c.after}
		}
		plan, err := e.Plan(planner.Operation{Caller: search.Caller{Tenant: tenant}, Parts: []planner.Part{p}})
		if err != nil {
			t.Fatal(err)
		}
		x := e.Start(plan)
		res := x.Run(t.Context(), []composite.Call{{Parents: []fhir.Ref{ref("Patient", "p000")}}})[0]
		if res.Err != nil {
			t.Fatal(res.Err)
		}
		if diff := cmp.Diff(c.want, idsOf(res.Pages[0].Rows)); diff != "" || x.Report().Calls != c.calls {
			t.Errorf("%s: %d calls\n%s", c.where, x.Report().Calls, diff)
		}
		if c.total == planner.Accurate && res.Pages[0].Total != 8 {
			t.Errorf("%s: total %d", c.where, res.Pages[0].Total)
		}
	}
}

// TestFHIRPathBudget: rows that are read to be filtered count, on a page and below parents.
func TestFHIRPathBudget(t *testing.T) {
	r := newObservations(t)
	e := open(t, r.oracle, composite.Budget{Scanned: 5})
	p := planner.Part{Kind: planner.Search, Parent: -1, Rows: true, Limit: 1, Query: search.Query{Type: "Observation", Where: path(`"id":"o007"`)}}
	_, _, err := run(t.Context(), e, search.Caller{Tenant: tenant}, p, "")
	wantCode(t, err, fault.TooCostly)
	p.Kind, p.Param = planner.Each, adaptertest.Parameters(t).Param("Observation", "subject")
	plan, err := e.Plan(planner.Operation{Caller: search.Caller{Tenant: tenant}, Parts: []planner.Part{p}})
	if err != nil {
		t.Fatal(err)
	}
	wantCode(t, e.Start(plan).Run(t.Context(), []composite.Call{{Parents: []fhir.Ref{ref("Patient", "p000")}}})[0].Err, fault.TooCostly)
}
