package composite

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// each searches below the parents of a level: one store call a thousand parents, and one to count.
func (x *Execution) each(ctx context.Context, n *planner.EachNode, parents []fhir.Ref) Result {
	s, ok := x.engine.stores[n.Store].(adapters.EachSearcher)
	if !ok {
		return Result{Err: &fault.Error{Code: fault.Unsupported, Store: n.Store, Op: "each", Message: "the store does not search per parent"}}
	}
	if n.Request.After != nil && len(parents) > 1 {
		return Result{Err: fault.New(fault.BadUserInput, "a cursor is a place below one parent; here are %d", len(parents))}
	}
	e := eachSearch{Execution: x, node: n, store: s}
	if n.Within != nil && len(parents) > 0 {
		set, err := x.collect(x.stream(ctx, n.Within))
		defer x.release(len(set))
		if err != nil {
			return Result{Err: err}
		}
		e.within = slices.Sorted(maps.Keys(set))
	}
	pages := make([]Page, 0, len(parents))
	for start := 0; start < len(parents); start += planner.MaxKeys {
		batch, err := e.batch(ctx, parents[start:min(start+planner.MaxKeys, len(parents))])
		if err != nil {
			return Result{Err: err}
		}
		pages = append(pages, batch...)
	}
	return Result{Pages: pages}
}

// eachSearch is one search per parent.
type eachSearch struct {
	*Execution
	node  *planner.EachNode
	store adapters.EachSearcher
	// within are the ids to search within, in order, where the plan has such.
	within []string
}

// request is the node's request for these parents.
func (e *eachSearch) request(parents []fhir.Ref) search.EachRequest {
	req := e.node.Request
	req.Parents = parents
	if e.node.Within != nil {
		req.Within = slices.Values(e.within)
	}
	req.Request = e.coded(req.Request)
	return req
}

// list is what is known of one parent's list: its rows so far, the last that the store gave, and whether the store may
// have more behind it.
type list struct {
	rows []Row
	last *search.Cursor
	more bool
}

func (e *eachSearch) batch(ctx context.Context, parents []fhir.Ref) ([]Page, error) {
	if e.node.Filter != nil {
		return e.filtered(ctx, parents)
	}
	pages := make([]Page, len(parents))
	for i := range pages {
		pages[i].Total = -1
	}
	if e.node.Rows {
		if err := e.fill(ctx, parents, pages); err != nil {
			return nil, err
		}
	}
	if !e.node.Request.Count {
		return pages, nil
	}
	began := time.Now()
	totals, at, err := e.store.CountEach(ctx, e.request(parents))
	if err != nil {
		return nil, err
	}
	e.called(e.node, 0, began)
	e.reached(e.node.Store, at)
	for i := range pages {
		pages[i].Total = totals[i]
	}
	return pages, nil
}

// fill gives each parent its rows. A list that lost rows when they were verified is searched on behind the last one examined, so
// that a page is short only at the end.
func (e *eachSearch) fill(ctx context.Context, parents []fhir.Ref, pages []Page) error {
	lists, err := e.ask(ctx, e.request(parents))
	if err != nil {
		return err
	}
	for i := range lists {
		l := &lists[i]
		for want := e.node.Request.Limit; l.more && len(l.rows) < want; {
			req := e.request(parents[i : i+1])
			req.After, req.Offset = l.last, 0
			next, err := e.ask(ctx, req)
			if err != nil {
				return err
			}
			l.rows, l.last, l.more = append(l.rows, next[0].rows...), next[0].last, next[0].more
		}
		e.finish(&pages[i], l.rows)
	}
	return nil
}

// finish makes a page of a list that has one row more than a page, if there is one.
func (e *eachSearch) finish(p *Page, rows []Row) {
	size := e.node.Request.Limit - 1
	p.Rows = rows
	if len(rows) <= size {
		return
	}
	p.Rows, p.More = rows[:size], true
	if e.node.Limit == 0 {
		*p = Page{Total: p.Total, Err: tooMany(e.node.Cap)}
	}
}

// ask makes one store call, and hydrates and verifies what comes without a resource.
func (e *eachSearch) ask(ctx context.Context, req search.EachRequest) ([]list, error) {
	began := time.Now()
	lists := make([]list, len(req.Parents))
	var flat []Row
	var of []int
	answer := e.store.SearchEach(ctx, req)
	for hit, err := range answer.Rows {
		if err != nil {
			return nil, err
		}
		l := &lists[hit.Parent]
		row := Row{Resource: bodyOf(hit.Hit), Order: hit.Order, Score: hit.Score}
		if err := e.give(&row.Resource); err != nil {
			return nil, err
		}
		l.rows = append(l.rows, row)
		l.last, l.more = &search.Cursor{Order: hit.Order, ID: hit.Ref.ID}, len(l.rows) == req.Limit
		flat, of = append(flat, row), append(of, hit.Parent)
	}
	e.called(e.node, len(flat), began)
	e.reached(e.node.Store, answer.At())
	if req.Bodies {
		return lists, nil
	}
	return lists, e.verify(ctx, req.Parents, lists, flat, of)
}

// verify replaces the rows of the lists by those that are there and still match below their parent.
func (e *eachSearch) verify(ctx context.Context, parents []fhir.Ref, lists []list, flat []Row, of []int) error {
	for i := range lists {
		lists[i].rows = lists[i].rows[:0]
	}
	for start := 0; start < len(flat); start += planner.MaxKeys {
		v := verification{
			node: e.node, query: e.node.Request.Query, where: e.node.Verify,
			also: func(i int) search.Expr { return refersTo(e.node.Request.Param, parents[of[start+i]]) },
		}
		kept, err := e.verified(ctx, v, flat[start:min(start+planner.MaxKeys, len(flat))])
		if err != nil {
			return err
		}
		for _, r := range kept {
			if err := e.give(&r.Resource); err != nil {
				return err
			}
			l := &lists[of[start+r.index]]
			l.rows = append(l.rows, r.Row)
		}
	}
	return nil
}
