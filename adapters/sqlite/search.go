package sqlite

import (
	"context"
	"fmt"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// Describe implements adapters.Store.
func (s *Store) Describe() search.Claims {
	return search.Claims{
		Features: search.CanAll | search.CanAnd | search.CanOr | search.CanNot | search.CanChain | search.CanHas | search.CanIDs |
			search.CanText | search.CanContent | search.CanList | search.CanSort | search.CanCount | search.CanEach |
			search.CanWithin | search.CanBodies | search.CanScan | search.CanScore,
		Params: []search.ParamClaim{
			{ParamType: search.String, Modifiers: []search.Modifier{
				search.Plain, search.Exact, search.Contains, search.Equals, search.EndsWith, search.Compared,
			}},
			{ParamType: search.Token, Modifiers: []search.Modifier{search.Plain, search.TextOf, search.OfType, search.In, search.Above, search.Below, search.Compared}},
			{ParamType: search.Reference, Modifiers: []search.Modifier{search.Plain, search.Identifier, search.Above, search.Below}},
			{ParamType: search.URI, Modifiers: []search.Modifier{search.Plain, search.Above, search.Below, search.Compared}},
			{ParamType: search.Date}, {ParamType: search.Number}, {ParamType: search.Quantity}, {ParamType: search.Composite},
			{ParamType: search.Special, Codes: []string{search.ParamText, search.ParamContent}},
		},
	}
}

// taken are the statements of a plan that give its rows.
func (s *Store) taken(ctx context.Context, c *conn, p *plan, b bindings) ([]statement, error) {
	if p.fork == 0 {
		return p.statements, nil
	}
	n, err := s.number(ctx, c, p.statements[0], b)
	if n <= p.fork {
		return p.statements[1:2], err
	}
	return p.statements[2:], err
}

// rows runs a plan on a connection.
func (s *Store) rows(ctx context.Context, c *conn, p *plan, b bindings, yield func(search.Hit) (bool, error)) error {
	left := p.limit
	statements, err := s.taken(ctx, c, p, b)
	if err != nil {
		return err
	}
	for _, st := range statements {
		more := true
		err := s.statementRows(ctx, c, st, b, func(row []value) (bool, error) {
			h, err := readHit(row, p)
			if err != nil {
				return false, err
			}
			if more, err = yield(h); err != nil {
				return false, err
			}
			left--
			more = more && (p.limit == 0 || left > 0)
			return more, nil
		})
		if err != nil || !more {
			return err
		}
	}
	return nil
}

func (s *Store) statementRows(ctx context.Context, c *conn, st statement, b bindings, f func(row []value) (bool, error)) error {
	args, leave, err := s.arguments(ctx, c, st.args, b)
	defer leave()
	if err != nil {
		return err
	}
	err = c.each(ctx, st.text, args, func(row []value) (bool, error) {
		if ctx.Err() != nil {
			return false, ended(ctx)
		}
		if err := b.made.hold(); err != nil {
			return false, err
		}
		return f(row)
	})
	if err != nil {
		return err
	}
	return b.made.hold()
}

func readHit(row []value, p *plan) (search.Hit, error) {
	h := search.Hit{Ref: fhir.Ref{Type: p.typ, ID: asText(row[0])}, Version: asInt(row[1])}
	next := 4
	if p.bodies {
		r := &search.Resource{Ref: h.Ref, Version: h.Version, Position: search.Position(asInt(row[2])), LastUpdated: asInt(row[3])}
		if err := readBody(r, row[4], row[5]); err != nil {
			return h, err
		}
		h.Resource = r
		next = 6
	}
	if p.scored {
		h.Score, _ = row[next].(float64)
		next++
	}
	switch {
	case p.time != nil:
		h.Order = timeOrder(row[next], *p.time)
	case len(row) > next:
		h.Order = asBytes(row[next])
	}
	return h, nil
}

// buffered is the greatest limit whose hits are all read before the first is given, so that no connection waits for the caller.
const buffered = 1000

// Search implements adapters.Searcher.
func (s *Store) Search(ctx context.Context, r search.Request) adapters.Answer[search.Hit] {
	var at search.Position
	return adapters.Answer[search.Hit]{
		At: func() search.Position { return at },
		Rows: func(yield func(search.Hit, error) bool) {
			fail := func(err error) { yield(search.Hit{}, fault.At(s.cfg.ID, "search", err)) }
			var err error
			if at, err = s.reached(r.AtLeast); err != nil {
				fail(err)
				return
			}
			in := &inputs{request: &r}
			stream(ctx, s, "search", r.Limit > 0 && r.Limit <= buffered, yield, func() (runner[search.Hit], error) {
				p, err := s.compile(r)
				if err != nil {
					return nil, err
				}
				b, err := s.bind(in, p.made, p.statements...)
				return func(c *conn, give func(search.Hit) (bool, error)) error {
					if len(p.statements) == 1 {
						return s.rows(ctx, c, p, b, give)
					}
					return c.snapshot(ctx, func() error { return s.rows(ctx, c, p, b, give) })
				}, err
			})
		},
	}
}

// runner runs a compiled query on a connection.
type runner[T any] func(*conn, func(T) (bool, error)) error

// stream gives rows to a loop: all at once after they are read, or, where there may be many, while they are read.
func stream[T any](ctx context.Context, s *Store, op string, whole bool, yield func(T, error) bool, compile func() (runner[T], error)) {
	var hits []T
	left := false
	give := func(h T) (bool, error) {
		if whole {
			hits = append(hits, h)
			return true, nil
		}
		left = !yield(h, nil)
		return !left, nil
	}
	err := settled(ctx, func() error {
		run, err := compile()
		if err != nil {
			return fault.At(s.cfg.ID, op, err)
		}
		return s.read(ctx, op, func(c *conn) error { return run(c, give) })
	})
	for _, h := range hits {
		if !yield(h, nil) {
			return
		}
	}
	if err != nil && !left {
		var none T
		yield(none, err)
	}
}

// Count implements adapters.Searcher.
func (s *Store) Count(ctx context.Context, r search.Request) (n int64, at search.Position, err error) {
	if at, err = s.reached(r.AtLeast); err != nil {
		return 0, at, fault.At(s.cfg.ID, "count", err)
	}
	in := &inputs{request: &r}
	err = settled(ctx, func() error {
		p, err := s.count(r)
		if err != nil {
			return err
		}
		b, err := s.bind(in, p.made, p.statements...)
		if err != nil {
			return err
		}
		return s.read(ctx, "count", func(c *conn) (err error) {
			n, err = s.number(ctx, c, p.statements[0], b)
			return err
		})
	})
	return n, at, fault.At(s.cfg.ID, "count", err)
}

func (s *Store) number(ctx context.Context, c *conn, st statement, b bindings) (n int64, err error) {
	err = s.statementRows(ctx, c, st, b, func(row []value) (bool, error) {
		n = asInt(row[0])
		return false, nil
	})
	return n, err
}

// Compile implements adapters.Compiler: the SQL, its arguments in comments.
func (s *Store) Compile(r search.Request) (string, error) {
	p, err := s.compile(r)
	if err != nil {
		return "", fault.At(s.cfg.ID, "compile", err)
	}
	return p.show(), nil
}

func (p *plan) show() string {
	out := ""
	for i, st := range p.statements {
		switch {
		case i == 0:
		case i == 1 && p.fork > 0:
			out += fmt.Sprintf("\n; -- if that is at most %d\n", p.fork)
		case i == 2 && p.fork > 0:
			out += "\n; -- else\n"
		default:
			out += "\n;\n"
		}
		out += st.show()
	}
	return out
}
