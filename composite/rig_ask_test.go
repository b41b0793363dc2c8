package composite_test

import (
	"context"
	"testing"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// part is a search of a request.
func part(r search.Request) planner.Part {
	return planner.Part{
		Kind: planner.Search, Path: r.Query.Type + "List", Parent: -1, Query: r.Query, Rows: true, Total: planner.Accurate,
		After: r.After, Reverse: r.Reverse, Limit: r.Limit, Cap: 100_000,
	}
}

// run plans and runs one part, with a rule off or none.
func run(ctx context.Context, e *composite.Engine, caller search.Caller, p planner.Part, off string) (composite.Page, *planner.Plan, error) {
	plan, err := planOf(e, caller, p, off)
	if err != nil {
		return composite.Page{}, nil, err
	}
	res := e.Start(plan).Run(ctx, []composite.Call{{Part: 0}})[0]
	if res.Err != nil {
		return composite.Page{}, plan, res.Err
	}
	return res.Pages[0], plan, res.Pages[0].Err
}

func planOf(e *composite.Engine, caller search.Caller, p planner.Part, off string) (*planner.Plan, error) {
	s := *e.Snapshot()
	s.Off = map[string]bool{off: true}
	return planner.Make(planner.Operation{Caller: caller, Parts: []planner.Part{p}}, &s)
}

func planText(e *composite.Engine, caller search.Caller, p planner.Part, off string) (string, error) {
	plan, err := planOf(e, caller, p, off)
	if err != nil {
		return "", err
	}
	return plan.String(), nil
}

// hits are the oracle's answer to a request.
func hits(t testing.TB, o adapters.Searcher, r search.Request) []search.Hit {
	t.Helper()
	var out []search.Hit
	for h, err := range o.Search(t.Context(), r).Rows {
		if err != nil {
			t.Fatalf("%s: %v", r.Query.Where, err)
		}
		out = append(out, h)
	}
	return out
}

func idsOf(rows []composite.Row) []string {
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = r.Ref.ID
	}
	return out
}

func hitIDs(list []search.Hit) []string {
	out := make([]string, len(list))
	for i, h := range list {
		out[i] = h.Ref.ID
	}
	return out
}

// wantCode fails unless err has the code.
func wantCode(t testing.TB, err error, code fault.Code) {
	t.Helper()
	if fault.Of(err) != code {
		t.Fatalf("want %s, got %v", code, err)
	}
}

func ref(resourceType, id string) fhir.Ref { return fhir.Ref{Type: resourceType, ID: id} }
