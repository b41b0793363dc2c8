package sqlite

import (
	"context"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// Lists per parent are one statement a parent type, run once a parent on one snapshot: a prepared statement's run costs some
// microseconds here, and each reads just its page from the index of references. (A server across a network wants a lateral join.)

// eachPlan is the plan of each parent type that occurs.
type eachPlan map[string]*plan

func (s *Store) compileEach(r search.EachRequest, counting bool) (eachPlan, error) {
	if r.After != nil && len(r.Parents) > 1 {
		return nil, fault.New(fault.BadUserInput, "a cursor goes with one parent, not with %d", len(r.Parents))
	}
	if r.Param == nil || r.Param.Type != search.Reference || r.Param.Resource != r.Query.Type {
		return nil, fault.New(fault.BadUserInput, "%s are listed by a reference parameter of theirs", r.Query.Type)
	}
	if err := search.NoScoreEach(r); err != nil {
		return nil, err
	}
	out := eachPlan{}
	for _, parent := range r.Parents {
		if out[parent.Type] != nil {
			continue
		}
		p, err := s.eachOf(r, parent.Type, counting)
		if err != nil {
			return nil, err
		}
		out[parent.Type] = p
	}
	return out, nil
}

func (s *Store) eachOf(r search.EachRequest, parentType string, counting bool) (*plan, error) {
	c, parts, err := s.conjuncts(r.Request)
	if err != nil {
		return nil, err
	}
	c.repeated = true
	q := &rootQuery{compiler: c, request: &r.Request, parts: parts, typ: r.Query.Type}
	sid, rows := c.edge(r.Param, parentType)
	perParent := rows/max(c.live(parentType), 1) + 1
	sc := q.scope(perParent * float64(len(r.Parents)))
	from := sqlf(" FROM rx d CROSS JOIN resource r ON r.tid = ? AND r.id = d.id WHERE d.sid = ? AND d.target = ?", c.tid(r.Query.Type), sid, parentArg{})
	if name := c.names.param(c.tenant, r.Param); name != nil && name.multi.Load() {
		from.text(" AND NOT EXISTS (SELECT 1 FROM rx e WHERE e.sid = d.sid AND e.target = d.target AND e.chron = d.chron AND e.id = d.id AND e.version < d.version)")
	}
	from.add(q.rest(-1, sc))
	if counting {
		return &plan{typ: r.Query.Type, statements: []statement{sqlf("SELECT count(*)?", from).statement()}}, c.err
	}
	p := &plan{typ: r.Query.Type, bodies: r.Bodies, limit: r.Limit}
	var w *writer
	switch {
	case len(r.Query.Sort) == 0:
		w = sqlf("SELECT ??", q.columns(nil), from)
		q.behind(w, "d.id")
		w.text(" ORDER BY d.id" + q.direction())
	case q.chronological():
		p.time = &r.Query.Sort[0]
		w = sqlf("SELECT ??", q.columns(sqlf("d.chron")), from)
		if r.After != nil {
			w.text(" AND ").add(q.behindTime("d.chron", "d.id", *p.time, r.After))
		}
		w.text(" ORDER BY d.chron" + q.flip(true) + ", d.id" + q.flip(false))
	default:
		w = q.eachSorted(from)
	}
	if r.Limit > 0 || r.Offset > 0 {
		n := int64(-1)
		if r.Limit > 0 {
			n = int64(r.Limit)
		}
		w.text(" LIMIT ").arg(n).text(" OFFSET ").arg(int64(r.Offset))
	}
	p.statements = []statement{w.statement()}
	return p, c.err
}

// chronological says whether the order is the one in which references are kept: the newest first.
func (q *rootQuery) chronological() bool {
	r := q.request
	t := q.names.typeOf(q.tenant, q.typ)
	return t != nil && t.chron != "" && len(r.Query.Sort) == 1 && r.Query.Sort[0].Desc && r.Query.Sort[0].Param.Code == t.chron
}

func (q *rootQuery) eachSorted(from *writer) *writer {
	keys := sqlf("SELECT r.rid AS rid, r.id AS id, ? AS ord?", q.orderKey(), from)
	w := sqlf("SELECT ? FROM (? LIMIT -1) b CROSS JOIN resource r ON r.rid = b.rid", q.columns(sqlf("b.ord")), keys)
	if after := q.request.After; after != nil {
		op := ">"
		if q.request.Reverse {
			op = "<"
		}
		w.add(sqlf(" WHERE (b.ord, b.id) "+op+" (?, ?)", after.Order, after.ID))
	}
	return w.text(" ORDER BY b.ord" + q.direction() + ", b.id" + q.direction())
}

// SearchEach implements adapters.EachSearcher.
func (s *Store) SearchEach(ctx context.Context, r search.EachRequest) adapters.Answer[search.EachHit] {
	var at search.Position
	return adapters.Answer[search.EachHit]{
		At: func() search.Position { return at },
		Rows: func(yield func(search.EachHit, error) bool) {
			var err error
			if at, err = s.reached(r.AtLeast); err != nil {
				yield(search.EachHit{}, fault.At(s.cfg.ID, "search each", err))
				return
			}
			in := &inputs{request: &r.Request}
			whole := r.Limit > 0 && r.Limit*len(r.Parents) <= 20*buffered
			stream(ctx, s, "search each", whole, yield, func() (runner[search.EachHit], error) {
				plans, b, err := s.planEach(r, in, false)
				return func(c *conn, give func(search.EachHit) (bool, error)) error {
					return c.snapshot(ctx, func() error { return s.eachRows(ctx, c, r, plans, b, give) })
				}, err
			})
		},
	}
}

func (s *Store) planEach(r search.EachRequest, in *inputs, counting bool) (eachPlan, bindings, error) {
	made := s.names.vintage()
	plans, err := s.compileEach(r, counting)
	if err != nil {
		return nil, bindings{}, err
	}
	var all []statement
	for _, p := range plans {
		all = append(all, p.statements...)
	}
	b, err := s.bind(in, made, all...)
	return plans, b, err
}

func (s *Store) eachRows(ctx context.Context, c *conn, r search.EachRequest, plans eachPlan, b bindings, give func(search.EachHit) (bool, error)) error {
	more := true
	for i, parent := range r.Parents {
		b.parent = boundKey(parent.ID)
		err := s.rows(ctx, c, plans[parent.Type], b, func(h search.Hit) (bool, error) {
			var err error
			more, err = give(search.EachHit{Parent: i, Hit: h})
			return more, err
		})
		if err != nil || !more {
			return err
		}
	}
	return nil
}

// CountEach implements adapters.EachSearcher.
func (s *Store) CountEach(ctx context.Context, r search.EachRequest) ([]int64, search.Position, error) {
	r.Offset, r.Limit, r.After = 0, 0, nil
	at, err := s.reached(r.AtLeast)
	if err != nil {
		return nil, at, fault.At(s.cfg.ID, "count each", err)
	}
	out := make([]int64, len(r.Parents))
	in := &inputs{request: &r.Request}
	err = settled(ctx, func() error {
		plans, b, err := s.planEach(r, in, true)
		if err != nil {
			return err
		}
		return s.read(ctx, "count each", func(c *conn) error {
			return c.snapshot(ctx, func() error { return s.eachNumbers(ctx, c, r.Parents, plans, b, out) })
		})
	})
	return out, at, fault.At(s.cfg.ID, "count each", err)
}

func (s *Store) eachNumbers(ctx context.Context, c *conn, parents []fhir.Ref, plans eachPlan, b bindings, out []int64) (err error) {
	for i, parent := range parents {
		b.parent = boundKey(parent.ID)
		if out[i], err = s.number(ctx, c, plans[parent.Type].statements[0], b); err != nil {
			return err
		}
	}
	return nil
}

// CompileEach implements adapters.Compiler: a statement a parent type, each run once a parent.
func (s *Store) CompileEach(r search.EachRequest) (string, error) {
	plans, err := s.compileEach(r, false)
	if err != nil {
		return "", fault.At(s.cfg.ID, "compile", err)
	}
	out := ""
	for _, parent := range r.Parents {
		if p := plans[parent.Type]; p != nil {
			out += "-- for each " + parent.Type + "\n" + p.show() + "\n"
			delete(plans, parent.Type)
		}
	}
	return out, nil
}
