package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/heliograph/heliograph/search"
	engine "modernc.org/sqlite"
)

// kit is the database driver with our functions, and what their calls refer to; programs come and go with the statements that use them.
type kit struct {
	driver   engine.Driver
	programs sync.Map // int64 → running
	next     atomic.Int64
}

// theKit is the one kit of the process, against the rule of no globals: the engine's connections find a function through a table that the
// driver keeps for the life of the process and from which nothing is removed, so a kit a store would leak one at each Open.
var theKit = sync.OnceValues(func() (*kit, error) {
	k := &kit{}
	if err := k.driver.RegisterDeterministicScalarFunction("hg_match", 3, k.match); err != nil {
		return nil, err
	}
	if err := k.driver.RegisterDeterministicScalarFunction("hg_order", 3, k.order); err != nil {
		return nil, err
	}
	return k, nil
})

// connector opens database/sql connections through the kit, for the migrations.
type connector struct {
	kit     *kit
	file    string
	pragmas []string
}

func (c connector) Connect(context.Context) (driver.Conn, error) {
	return c.kit.connect(c.file, c.pragmas)
}
func (c connector) Driver() driver.Driver { return &c.kit.driver }

func (k *kit) database(file string, pragmas ...string) *sql.DB {
	return sql.OpenDB(connector{k, file, pragmas})
}

func (k *kit) open(file string, pragmas ...string) (*conn, error) {
	raw, err := k.connect(file, pragmas)
	if err != nil {
		return nil, err
	}
	preparer, ok := raw.(driver.ConnPrepareContext)
	if !ok {
		return nil, errors.Join(fmt.Errorf("the database driver's %T cannot prepare", raw), raw.Close())
	}
	return &conn{raw: raw, preparer: preparer, cache: map[string]*stmt{}}, nil
}

// connect runs the pragmas in their order. The driver would run those in a data source's name sorted, and a page size that comes after
// journal_mode is without effect.
func (k *kit) connect(file string, pragmas []string) (driver.Conn, error) {
	raw, err := k.driver.Open(dsn(file))
	if err != nil {
		return nil, err
	}
	x, ok := raw.(driver.ExecerContext)
	if !ok {
		return nil, errors.Join(fmt.Errorf("the database driver's %T cannot execute", raw), raw.Close())
	}
	for _, p := range pragmas {
		if _, err := x.ExecContext(context.Background(), "PRAGMA "+p, nil); err != nil {
			return nil, errors.Join(err, raw.Close())
		}
	}
	return raw, nil
}

func dsn(file string) string {
	if absolute, err := filepath.Abs(file); err == nil {
		file = absolute // a relative path would be read as the host of the URI
	}
	u := url.URL{Scheme: "file", Path: file}
	return u.String()
}

// running is a program with the code sets that it needs and the context of the query that it is part of: a query is interrupted by the
// driver only until its first row.
type running struct {
	*program
	known search.Expansions
	ctx   context.Context
}

// enter makes a program known to the functions until leave.
func (k *kit) enter(ctx context.Context, p *program, known search.Expansions) int64 {
	n := k.next.Add(1)
	k.programs.Store(n, running{p, known, ctx})
	return n
}

func (k *kit) leave(n int64) { k.programs.Delete(n) }

type functionContext = engine.FunctionContext
