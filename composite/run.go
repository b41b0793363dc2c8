package composite

import (
	"context"
	"runtime/debug"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// sideBySide is how many calls of one level run at the same time.
const sideBySide = 4

// Execution is one run of a plan. Run may be called level after level, by one goroutine at a time.
type Execution struct {
	engine *Engine
	plan   *planner.Plan
	codes  codes
	// model is that of the start: the values of a row are of one model.
	model *Model
	// rankings are the windows that pages of this execution run over.
	rankings map[*planner.Window]*ranking
	account
}

// Run runs the calls of one level, side by side where there are several, and gives their results in the same order. A call
// that fails, or panics, has its error in its own result.
func (x *Execution) Run(ctx context.Context, calls []Call) []Result {
	results := make([]Result, len(calls))
	if len(calls) == 1 {
		results[0] = x.call(ctx, calls[0])
		return results
	}
	var g errgroup.Group
	g.SetLimit(sideBySide)
	for i := range calls {
		g.Go(func() error {
			results[i] = x.call(ctx, calls[i])
			return nil
		})
	}
	_ = g.Wait() // the functions give no error: each result carries its own
	return results
}

func (x *Execution) call(ctx context.Context, c Call) (result Result) {
	defer func() {
		if p := recover(); p != nil {
			x.engine.log.Error("a call panicked", "part", c.Part, "panic", p, "stack", string(debug.Stack()))
			result = Result{Err: fault.New(fault.Internal, "part %d panicked", c.Part)}
		}
	}()
	if c.Part < 0 || c.Part >= len(x.plan.Parts) {
		return Result{Err: fault.New(fault.Internal, "no part %d in the plan", c.Part)}
	}
	part := &x.plan.Parts[c.Part]
	if part.Codes != nil {
		if err := x.expand(ctx, part.Codes); err != nil {
			return Result{Err: err}
		}
	}
	switch part.Part.Kind {
	case planner.Get:
		return x.get(ctx, part.Rows.(*planner.GetNode), c.Keys)
	case planner.Each:
		return x.each(ctx, part.Rows.(*planner.EachNode), c.Parents)
	case planner.History:
		return x.history(ctx, part.Rows.(*planner.HistoryNode))
	default:
		return x.search(ctx, part)
	}
}

func (x *Execution) get(ctx context.Context, n *planner.GetNode, keys []search.Key) Result {
	out := make([]search.Resource, 0, len(keys))
	for batch := range slices.Chunk(keys, planner.MaxKeys) {
		rows, err := x.read(ctx, n, n.Caller, batch)
		if err != nil {
			return Result{Err: err}
		}
		for i := range rows {
			if err := x.give(&rows[i]); err != nil {
				return Result{Err: err}
			}
		}
		out = append(out, rows...)
	}
	return Result{Resources: out}
}

// read reads keys from the primary, a thousand a call.
func (x *Execution) read(ctx context.Context, n planner.Node, caller search.Caller, keys []search.Key) ([]search.Resource, error) {
	out := make([]search.Resource, 0, len(keys))
	for start := 0; start < len(keys); start += planner.MaxKeys {
		batch := keys[start:min(start+planner.MaxKeys, len(keys))]
		began := time.Now()
		rows, at, err := x.engine.primary.Read(ctx, caller, x.plan.AtLeast, batch)
		if err != nil {
			return nil, err
		}
		if len(rows) != len(batch) {
			return nil, &fault.Error{Code: fault.Internal, Store: x.engine.primary.ID(), Op: "read", Message: "not one row a key"}
		}
		x.called(n, len(rows), began)
		x.reached(x.engine.primary.ID(), at)
		out = append(out, rows...)
	}
	return out, nil
}

func (x *Execution) search(ctx context.Context, part *planner.PartPlan) Result {
	page := Page{Total: -1}
	if part.Rows != nil {
		p, err := x.page(ctx, part.Rows.(*planner.Page))
		if err != nil {
			return Result{Err: err}
		}
		page = p
	}
	if part.Count != nil {
		n, err := x.count(ctx, part.Count.(*planner.Count))
		if err != nil {
			return Result{Err: err}
		}
		page.Total = n
	}
	return Result{Pages: []Page{page}}
}

func (x *Execution) count(ctx context.Context, n *planner.Count) (int64, error) {
	began := time.Now()
	if n.Match != nil && n.AtMost > 0 {
		return x.countTo(n, x.match(ctx, n.Match, n.Match.Request))
	}
	if n.Match != nil {
		s, err := x.searcher(n.Match.Store)
		if err != nil {
			return 0, err
		}
		total, at, err := s.Count(ctx, x.coded(n.Match.Request))
		if err != nil {
			return 0, err
		}
		x.called(n, 1, began)
		x.reached(n.Match.Store, at)
		return total, nil
	}
	if n.AtMost > 0 {
		defer x.worked(n, 1, began)
		return x.countTo(n, x.stream(ctx, n.Input))
	}
	var total int64
	defer func() { x.release(int(total)) }()
	for _, err := range x.stream(ctx, n.Input) {
		if err != nil {
			return 0, err
		}
		total++
		// What is counted crosses from the stores to here as ids do that are kept.
		if err := x.hold(1); err != nil {
			return 0, err
		}
	}
	x.worked(n, 1, began)
	return total, nil
}

// countTo counts up to the node's bound; beyond it the number is what statistics say, if that is more.
func (x *Execution) countTo(n *planner.Count, matches rows) (int64, error) {
	var total int64
	for _, err := range matches {
		if err != nil {
			return 0, err
		}
		if total++; total > int64(n.AtMost) {
			return max(total, n.Estimate), nil
		}
	}
	return total, nil
}

func (x *Execution) history(ctx context.Context, n *planner.HistoryNode) Result {
	began := time.Now()
	p := n.Part
	answer := x.engine.primary.History(ctx, adapters.HistoryRequest{
		Caller: p.Query.Caller, Type: p.HistoryOf.Type, ID: p.HistoryOf.ID, Since: p.Since, Until: p.Until, Before: p.Before, Limit: p.Limit,
	})
	var out []search.Resource
	for r, err := range answer.Rows {
		if err != nil {
			return Result{Err: err}
		}
		if err := x.give(&r); err != nil {
			return Result{Err: err}
		}
		out = append(out, r)
	}
	x.called(n, len(out), began)
	x.reached(n.Store, answer.At())
	return Result{Resources: out}
}

func (x *Execution) searcher(store string) (adapters.Searcher, error) {
	s, ok := x.engine.stores[store].(adapters.Searcher)
	if !ok {
		return nil, &fault.Error{Code: fault.Unsupported, Store: store, Op: "search", Message: "the store does not search"}
	}
	return s, nil
}

// page pulls rows until the page is full or its input ends. Without a limit, more than Cap rows is an error: a list is whole
// or not there.
func (x *Execution) page(ctx context.Context, n *planner.Page) (Page, error) {
	began := time.Now()
	out := Page{Total: -1}
	limit := n.Limit
	if limit == 0 {
		limit = n.Cap
	}
	window := planner.WindowOf(n.Input)
	var best *ranking
	if window != nil {
		var err error
		if best, err = x.ranking(ctx, window); err != nil {
			return Page{}, err
		}
	}
	skipped := 0
	for row, err := range x.stream(ctx, n.Input) {
		if err != nil {
			return Page{}, err
		}
		if skipped < n.Offset {
			skipped++
			continue
		}
		if len(out.Rows) == limit {
			out.More = true
			break
		}
		if err := x.give(&row.Resource); err != nil {
			return Page{}, err
		}
		row.values = nil
		out.Rows = append(out.Rows, row)
	}
	if err := best.ended(window, &out); err != nil {
		return Page{}, err
	}
	if out.More && n.Limit == 0 {
		return Page{}, tooMany(n.Cap)
	}
	x.worked(n, len(out.Rows), began)
	return out, nil
}

func tooMany(limit int) error {
	return fault.Past(fault.Limit{Name: "list", Most: int64(limit)}, "the list has more than %d entries; ask for a page with _count, or use a connection", limit)
}
