package rest

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/cursor"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// page is the answer to a search: in the order of the search, whichever way it was walked.
type page struct {
	rows     []composite.Row
	included []search.Resource
	total    int64 // -1 unknown
	before   bool  // rows are before the page
	after    bool  // rows follow it
	binding  cursor.Binding
}

// place is where a page begins: behind a row of one of the types, or before it.
type place struct {
	at       *search.Cursor
	typ      int
	backward bool
}

// page finds the rows of a page, and what is included.
func (h *Handler) page(ctx context.Context, q *request, s *searching) (*page, error) {
	p := &page{total: -1, binding: s.binding()}
	from, err := h.place(s, p.binding)
	if err != nil {
		return nil, err
	}
	if len(s.queries) == 0 {
		p.total = 0
		return p, nil
	}
	run, err := h.plan(q, s, from)
	if err != nil {
		return nil, err
	}
	more, err := run.rows(ctx, p)
	if err != nil {
		return nil, err
	}
	if p.before, p.after = from.at != nil || s.offset > 0, more; from.backward {
		p.before, p.after = more, from.at != nil
		slices.Reverse(p.rows)
	}
	if s.rows && p.total < 0 && !p.before && !p.after {
		p.total = int64(len(p.rows)) // it is known for nothing
	}
	return p, run.include(ctx, p)
}

// binding is what the links of a search belong to.
func (s *searching) binding() cursor.Binding {
	if len(s.queries) == 0 {
		return cursor.Binding{}
	}
	if len(s.queries) == 1 {
		return cursor.Bind(s.queries[0], nil)
	}
	all := s.queries[0]
	var where search.And
	var types []string
	for _, one := range s.queries {
		where, types = append(where, one.Where), append(types, one.Type)
	}
	all.Type, all.Where = strings.Join(types, ","), where
	return cursor.Bind(all, nil)
}

// place opens the cursor of a link.
func (h *Handler) place(s *searching, binding cursor.Binding) (place, error) {
	if s.cursor == "" {
		return place{}, nil
	}
	c, err := cursor.Open(h.key, s.cursor)
	if err != nil {
		return place{}, err
	}
	if c.Binding != binding || c.Link != nil {
		return place{}, cursor.Bad("is of another search or another caller")
	}
	p := place{at: c.At, backward: c.Backward}
	if s.offset = 0; c.At == nil || len(s.queries) == 1 {
		return p, nil
	}
	typeName, id, _ := strings.Cut(c.At.ID, "/")
	p.at = &search.Cursor{Order: c.At.Order, ID: id}
	p.typ = slices.IndexFunc(s.queries, func(q search.Query) bool { return q.Type == typeName })
	if p.typ < 0 {
		return place{}, cursor.Bad("is malformed")
	}
	return p, nil
}

// afterAll is an id behind all ids.
const afterAll = "\x7f"

// from is where a type goes on: rows of one order are by type, then by id.
func (p place) from(typ int) *search.Cursor {
	switch {
	case p.at == nil:
		return nil
	case typ < p.typ:
		return &search.Cursor{Order: p.at.Order, ID: afterAll}
	case typ > p.typ:
		return &search.Cursor{Order: p.at.Order}
	}
	return p.at
}

// searchRun is one run of a search.
type searchRun struct {
	h    *Handler
	s    *searching
	q    *request
	from place
	exec *composite.Execution
	// reads is the part that reads what references name; reverse are those of _revinclude.
	reads, reverse int
}

// plan plans everything that a search will ask of the stores.
func (h *Handler) plan(q *request, s *searching, from place) (*searchRun, error) {
	op := planner.Operation{Caller: q.caller}
	if s.offset > 0 && len(s.queries) > 1 {
		return nil, fault.New(fault.Unsupported, "_offset needs a search of one type; follow the links of the pages instead")
	}
	if len(s.queries) > 1 && search.Ranked(s.queries[0].Sort) {
		return nil, fault.New(fault.Unsupported, "_sort: -%s orders a search of one type; name one", search.ParamScore)
	}
	for i, query := range s.queries {
		if s.offset+s.size > 10*h.limits.Page {
			return nil, fault.New(fault.TooCostly, "_offset leads too far; follow the links of the pages instead")
		}
		op.Parts = append(op.Parts, planner.Part{
			Kind: planner.Search, Path: query.Type, Parent: -1, Query: query, Rows: s.rows, Total: s.total,
			After: from.from(i), Reverse: from.backward, Offset: s.offset, Limit: s.size, Cap: h.limits.Page,
			Score: len(s.queries) == 1,
		})
	}
	run := &searchRun{h: h, s: s, q: q, from: from, reads: len(op.Parts)}
	if s.rows {
		op.Parts = append(op.Parts, s.include.parts(h)...)
	}
	run.reverse = run.reads + 1
	plan, err := h.engine.Plan(op)
	if err != nil {
		return nil, err
	}
	run.exec = h.engine.Start(plan)
	return run, nil
}

// rows gets the rows of the page in the direction in which it is walked, and says whether more follow.
func (x *searchRun) rows(ctx context.Context, p *page) (more bool, err error) {
	n := len(x.s.queries)
	if n == 1 {
		r := x.exec.Run(ctx, []composite.Call{{Part: 0}})[0]
		if r.Err != nil {
			return false, r.Err
		}
		p.rows, p.total = r.Pages[0].Rows, r.Pages[0].Total
		return r.Pages[0].More, r.Pages[0].Err
	}
	// Without a sort the types follow one another: those behind the page need not be asked, unless they are to be counted.
	step := 4
	if len(x.s.queries[0].Sort) > 0 || x.s.total != planner.NoTotal {
		step = n
		p.total = 0
	}
	if x.s.total == planner.NoTotal {
		p.total = -1
	}
	for begin := 0; begin < n && len(p.rows) <= x.s.size; begin += step {
		var calls []composite.Call
		for i := begin; i < min(begin+step, n); i++ {
			part := i
			if x.from.backward {
				part = n - 1 - i
			}
			calls = append(calls, composite.Call{Part: part})
		}
		for _, r := range x.exec.Run(ctx, calls) {
			if r.Err != nil {
				return false, r.Err
			}
			if r.Pages[0].Err != nil {
				return false, r.Pages[0].Err
			}
			p.rows = append(p.rows, r.Pages[0].Rows...)
			if more = more || r.Pages[0].More; x.s.total != planner.NoTotal {
				p.total += r.Pages[0].Total
			}
		}
	}
	x.merge(p)
	if len(p.rows) > x.s.size {
		p.rows, more = p.rows[:x.s.size], true
	}
	return more, nil
}

// merge puts the rows of several types in order.
func (x *searchRun) merge(p *page) {
	number := make(map[string]int, len(x.s.queries))
	for i := range x.s.queries {
		number[x.s.queries[i].Type] = i
	}
	slices.SortFunc(p.rows, func(a, b composite.Row) int {
		c := cmp.Or(bytes.Compare(a.Order, b.Order), cmp.Compare(number[a.Ref.Type], number[b.Ref.Type]), cmp.Compare(a.Ref.ID, b.Ref.ID))
		if x.from.backward {
			return -c
		}
		return c
	})
}

// cursorAt is the place of a row, for a link.
func (s *searching) cursorAt(r *composite.Row) *search.Cursor {
	id := r.Ref.ID
	if len(s.queries) > 1 {
		id = r.Ref.String()
	}
	return &search.Cursor{Order: r.Order, ID: id}
}

// refs are the references to rows, each once.
func refs(rows []search.Resource) []fhir.Ref {
	out := make([]fhir.Ref, len(rows))
	for i := range rows {
		out[i] = rows[i].Ref
	}
	return out
}
