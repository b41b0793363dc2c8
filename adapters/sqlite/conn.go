package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
)

// conn is one connection with its prepared statements. It speaks to the driver directly: database/sql's locks, pools and
// reflection cost more than a point read. A conn is used by one goroutine at a time.
type conn struct {
	raw      driver.Conn
	preparer driver.ConnPrepareContext
	cache    map[string]*stmt
	tick     int64
	broken   bool
}

// maxStatements bounds the prepared statements that a connection keeps (some 10 KB each).
const maxStatements = 128

type stmt struct {
	raw  driver.Stmt
	q    driver.StmtQueryContext
	x    driver.StmtExecContext
	args []driver.NamedValue
	dest []driver.Value
	used int64
	busy bool
	kept bool
}

// prepare gives the statement for a text, from the cache if it is there and not running.
func (c *conn) prepare(text string) (*stmt, error) {
	c.tick++
	s := c.cache[text]
	if s != nil && !s.busy {
		s.used = c.tick
		return s, nil
	}
	raw, err := c.preparer.PrepareContext(context.Background(), text)
	if err != nil {
		return nil, err
	}
	fresh := &stmt{raw: raw, used: c.tick}
	var ok1, ok2 bool
	fresh.q, ok1 = raw.(driver.StmtQueryContext)
	fresh.x, ok2 = raw.(driver.StmtExecContext)
	if !ok1 || !ok2 {
		return nil, fmt.Errorf("the database driver's %T takes no context", raw)
	}
	if s == nil {
		fresh.kept = true
		if len(c.cache) >= maxStatements {
			if err := c.evict(); err != nil {
				return nil, err
			}
		}
		c.cache[text] = fresh
	}
	return fresh, nil
}

func (c *conn) evict() error {
	var oldest string
	var at int64 = 1<<63 - 1
	for text, s := range c.cache {
		if !s.busy && s.used < at {
			oldest, at = text, s.used
		}
	}
	s := c.cache[oldest]
	if s == nil {
		return nil
	}
	delete(c.cache, oldest)
	return s.raw.Close()
}

func (s *stmt) bind(args []driver.Value) []driver.NamedValue {
	for len(s.args) < len(args) {
		s.args = append(s.args, driver.NamedValue{Ordinal: len(s.args) + 1})
	}
	s.args = s.args[:len(args)]
	for i, a := range args {
		s.args[i].Value = a
	}
	return s.args
}

// exec runs a statement to its end. Arguments are int64, string, []byte or nil.
func (c *conn) exec(ctx context.Context, text string, args ...driver.Value) (int64, error) {
	s, err := c.prepare(text)
	if err != nil {
		return 0, err
	}
	return c.run(ctx, s, args)
}

func (c *conn) run(ctx context.Context, s *stmt, args []driver.Value) (int64, error) {
	result, err := s.x.ExecContext(ctx, s.bind(args))
	if !s.kept {
		err = errors.Join(err, s.raw.Close())
	}
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// rows is a running query. The values of row are valid until the next call.
type rows struct {
	raw driver.Rows
	s   *stmt
	row []driver.Value
}

func (c *conn) query(ctx context.Context, text string, args ...driver.Value) (*rows, error) {
	s, err := c.prepare(text)
	if err != nil {
		return nil, err
	}
	raw, err := s.q.QueryContext(ctx, s.bind(args))
	if err != nil {
		if !s.kept {
			err = errors.Join(err, s.raw.Close())
		}
		return nil, err
	}
	if s.dest == nil {
		s.dest = make([]driver.Value, len(raw.Columns()))
	}
	s.busy = true
	return &rows{raw: raw, s: s, row: s.dest}, nil
}

// next moves to the next row; false at the end.
func (r *rows) next() (bool, error) {
	switch err := r.raw.Next(r.row); {
	case err == nil:
		return true, nil
	case errors.Is(err, io.EOF):
		return false, nil
	default:
		return false, err
	}
}

func (r *rows) close() error {
	err := r.raw.Close()
	r.s.busy = false
	if !r.s.kept {
		err = errors.Join(err, r.s.raw.Close())
	}
	return err
}

// each runs a query and calls f for every row, until f returns false.
func (c *conn) each(ctx context.Context, text string, args []driver.Value, f func(row []driver.Value) (bool, error)) (err error) {
	r, err := c.query(ctx, text, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	for {
		ok, err := r.next()
		if err != nil || !ok {
			return err
		}
		if more, err := f(r.row); err != nil || !more {
			return err
		}
	}
}

// one runs a query for its first row and calls f with it; false if there is none.
func (c *conn) one(ctx context.Context, text string, f func(row []driver.Value) error, args ...driver.Value) (found bool, err error) {
	err = c.each(ctx, text, args, func(row []driver.Value) (bool, error) {
		found = true
		return false, f(row)
	})
	return found, err
}

func (c *conn) close() error {
	var errs []error
	for _, s := range c.cache {
		errs = append(errs, s.raw.Close())
	}
	clear(c.cache)
	return errors.Join(append(errs, c.raw.Close())...)
}

// Columns are read by what the schema says; a foreign type means a damaged file.
func asInt(v driver.Value) int64 {
	n, _ := v.(int64)
	return n
}

func asText(v driver.Value) string {
	s, _ := v.(string)
	return s
}

func asBytes(v driver.Value) []byte {
	b, _ := v.([]byte)
	return b
}
