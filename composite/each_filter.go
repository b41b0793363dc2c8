package composite

import (
	"context"
	"time"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// firstSift is how many rows for one that is wanted a store is asked for at first where they are filtered here.
const firstSift = 4

// filtered searches below parents where rows are filtered here. The store is asked for some rows of each parent, and once more, for
// all rows, of those parents whose page is not full by then: two calls, whatever the filter leaves. Where matches are counted all rows
// are wanted at once.
func (e *eachSearch) filtered(ctx context.Context, parents []fhir.Ref) ([]Page, error) {
	pages := make([]Page, len(parents))
	open := make([]int, len(parents))
	for i := range open {
		open[i] = i
	}
	if !e.node.Request.Count {
		var err error
		if open, err = e.sieve(ctx, parents, open, firstSift*(e.node.Request.Limit+e.node.Request.Offset), pages); err != nil {
			return nil, err
		}
	}
	if len(open) > 0 {
		if _, err := e.sieve(ctx, parents, open, 0, pages); err != nil {
			return nil, err
		}
	}
	return pages, nil
}

// sieve makes the pages of some of the parents from the first rows of each, 0 for all; it gives those that the rows did not suffice
// for.
func (e *eachSearch) sieve(ctx context.Context, parents []fhir.Ref, which []int, limit int, pages []Page) (open []int, err error) {
	some := make([]fhir.Ref, len(which))
	for i, w := range which {
		some[i] = parents[w]
	}
	req := e.request(some)
	req.Limit, req.Offset = limit, 0
	if req.Count {
		req.After = nil // those before it count
	}
	s := sifting{eachSearch: e, request: req, heaps: make([]heap, len(some))}
	if err := s.run(ctx); err != nil {
		return nil, err
	}
	for i, w := range which {
		h := &s.heaps[i]
		if limit > 0 && h.given == limit && !s.full(h) {
			open = append(open, w)
			continue
		}
		pages[w] = Page{Total: -1}
		if req.Count {
			pages[w].Total = h.passed
		}
		if e.node.Rows {
			e.finish(&pages[w], h.rows)
		}
		for j := range pages[w].Rows {
			if err := e.give(&pages[w].Rows[j].Resource); err != nil {
				return nil, err
			}
		}
	}
	return open, nil
}

// sifting is one store call whose rows are filtered as they come.
type sifting struct {
	*eachSearch
	request search.EachRequest
	heaps   []heap
	// flat and of are rows that have still to be read and verified, and the index of each one's parent.
	flat []Row
	of   []int
}

// heap is what one parent has so far: rows given by the store, rows that passed and are not before the page, and the page's.
type heap struct {
	given          int
	passed, behind int64
	rows           []Row
}

// full says whether nothing more can come of a parent's rows.
func (s *sifting) full(h *heap) bool {
	return !s.request.Count && len(h.rows) >= s.node.Request.Limit
}

func (s *sifting) run(ctx context.Context) error {
	began, count := time.Now(), 0
	answer := s.store.SearchEach(ctx, s.request)
	for hit, err := range answer.Rows {
		if err != nil {
			return err
		}
		if count++; count == 1 {
			s.reached(s.node.Store, answer.At())
		}
		s.heaps[hit.Parent].given++
		row := Row{Resource: bodyOf(hit.Hit), Order: hit.Order, Score: hit.Score}
		if err := ctx.Err(); err != nil {
			return err
		}
		if s.request.Bodies {
			err = s.take(hit.Parent, row)
		} else {
			err = s.later(ctx, hit.Parent, row)
		}
		if err != nil {
			return err
		}
	}
	if count == 0 {
		s.reached(s.node.Store, answer.At())
	}
	s.called(s.node, count, began)
	return s.flush(ctx)
}

// later keeps a row until there are enough to be read together.
func (s *sifting) later(ctx context.Context, parent int, row Row) error {
	s.flat, s.of = append(s.flat, row), append(s.of, parent)
	if len(s.flat) < planner.MaxKeys {
		return nil
	}
	return s.flush(ctx)
}

func (s *sifting) flush(ctx context.Context) error {
	if len(s.flat) == 0 {
		return nil
	}
	kept, err := s.verified(ctx, verification{
		node: s.node, query: s.node.Request.Query, where: s.node.Verify,
		also: func(i int) search.Expr { return refersTo(s.node.Request.Param, s.request.Parents[s.of[i]]) },
	}, s.flat)
	if err != nil {
		return err
	}
	for _, r := range kept {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.take(s.of[r.index], r.Row); err != nil {
			return err
		}
	}
	s.flat, s.of = s.flat[:0], s.of[:0]
	return nil
}

// take filters a row. Of a full page no more rows are filtered, but they count as read.
func (s *sifting) take(parent int, row Row) error {
	h := &s.heaps[parent]
	if s.full(h) {
		return s.scan()
	}
	ok, err := s.passes(&row, s.node.Filter)
	if err != nil || !ok {
		return err
	}
	h.passed++
	want := s.node.Request
	if want.After != nil && compareRows(row, place(want.Query.Type, want.After), want.Reverse) <= 0 {
		return nil
	}
	if h.behind++; s.node.Rows && h.behind > int64(want.Offset) && len(h.rows) < want.Limit {
		row.values = nil
		h.rows = append(h.rows, row)
	}
	return nil
}
