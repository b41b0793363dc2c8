package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// The files in a data folder.
const (
	databaseName = "heliograph.db"
	lockName     = "heliograph.lock"
)

// Config says where and how a store is kept. The zero values of all but Dir are useful.
type Config struct {
	// ID is the backend's id in the configuration; "sqlite" if empty.
	ID string
	// Dir is the data folder; it is made if it is not there. One process owns it.
	Dir string
	// Chronological gives the date parameter by which lists of a type are usually ordered, nil for none: references are kept
	// in its order, so that the newest of a parent are a range scan. A type keeps the parameter that it had at its first write.
	Chronological func(resourceType string) *search.Param
	// Clock is time.Now if nil.
	Clock adapters.Clock
	// Relaxed commits without waiting for the disk: see the package's doc.
	Relaxed bool
	// Readers is how many reading connections are kept; 4 if 0.
	Readers int
	// QueueBytes bounds the writes that wait, by the size of their bodies; 64 MB if 0. Beyond it Write fails with Overloaded.
	QueueBytes int64
	// GroupBytes bounds the bodies of one group commit; 8 MB if 0. A larger member is a group of its own.
	GroupBytes int64

	walMost  int64         // for tests: see wal
	walAfter time.Duration // likewise
}

// Store is a primary in one SQLite file. Its methods are safe for concurrent use.
type Store struct {
	cfg   Config
	kit   *kit
	file  string
	lock  *os.File
	names *names
	pool  *pool
	queue *queue
	head  atomic.Pointer[adapters.Head]
	bell  adapters.Bell
	// trouble is what is wrong with the write-ahead log: see wal.
	trouble atomic.Pointer[error]
	// purging is held by the one Purge that runs; traces says that one was cut short.
	purging chan struct{}
	traces  atomic.Bool

	closing sync.Once
	closed  error
}

var (
	_ adapters.Primary      = (*Store)(nil)
	_ adapters.Preparer     = (*Store)(nil)
	_ adapters.Searcher     = (*Store)(nil)
	_ adapters.EachSearcher = (*Store)(nil)
	_ adapters.Compiler     = (*Store)(nil)
	_ adapters.Scanner      = (*Store)(nil)
	_ adapters.Reindexer    = (*Store)(nil)
	_ adapters.Notifier     = (*Store)(nil)
	_ adapters.Digester     = (*Store)(nil)
	_ adapters.Backuper     = (*Store)(nil)
)

// Open opens the store in a data folder and makes it the folder's owner. It fails with StoreUnavailable if another process owns it, and
// with Unsupported if the database was written by a newer program.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	s, err := open(ctx, cfg.withDefaults())
	if err != nil {
		return nil, fault.At(cfg.withDefaults().ID, "open", err)
	}
	return s, nil
}

func (c Config) withDefaults() Config {
	if c.ID == "" {
		c.ID = "sqlite"
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Chronological == nil {
		c.Chronological = func(string) *search.Param { return nil }
	}
	if c.Readers <= 0 {
		c.Readers = 4
	}
	if c.QueueBytes <= 0 {
		c.QueueBytes = 64 << 20
	}
	if c.GroupBytes <= 0 {
		c.GroupBytes = 8 << 20
	}
	return c
}

func open(ctx context.Context, cfg Config) (_ *Store, err error) {
	if cfg.Dir == "" {
		return nil, fault.New(fault.BadUserInput, "the data folder is not named")
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, err
	}
	k, err := theKit()
	if err != nil {
		return nil, err
	}
	s := &Store{cfg: cfg, kit: k, file: filepath.Join(cfg.Dir, databaseName)}
	if s.lock, err = lockFolder(cfg.Dir); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.lock.Close())
		}
	}()
	if err := migrate(ctx, k, s.file); err != nil {
		return nil, err
	}
	return s, s.start(ctx)
}

// start reads what is kept in memory and begins to serve.
func (s *Store) start(ctx context.Context) (err error) {
	writer, err := s.kit.open(s.file, writerPragmas(s.cfg.Relaxed)...)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, writer.close())
		}
	}()
	head, err := ensureHead(ctx, writer)
	if err != nil {
		return err
	}
	s.head.Store(&head)
	if s.names, err = loadNames(ctx, writer); err != nil {
		return err
	}
	traces, err := tracesLeft(ctx, writer)
	if err != nil {
		return err
	}
	s.traces.Store(traces)
	s.purging = make(chan struct{}, 1)
	s.pool = newPool(s.cfg.Readers, func() (*conn, error) { return s.kit.open(s.file, readerPragmas()...) })
	s.queue = newQueue(s.cfg.QueueBytes)
	g := &group{conn: writer, names: s.names, cfg: s.cfg, store: s, head: head, wal: newWAL(&s.cfg, s.file)}
	go g.serve(s.queue, s.publish)
	return nil
}

// ID implements adapters.Store.
func (s *Store) ID() string { return s.cfg.ID }

// Kind implements adapters.Store: "sqlite".
func (s *Store) Kind() string { return "sqlite" }

// Ping implements adapters.Store. It fails too while the write-ahead log cannot be moved into the database: it then grows.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.trouble.Load(); err != nil {
		return fault.At(s.cfg.ID, "ping", failure(ctx, *err))
	}
	return s.read(ctx, "ping", func(c *conn) error {
		_, err := c.one(ctx, "SELECT position FROM head", func([]value) error { return nil })
		return err
	})
}

// Close implements adapters.Store: it waits for what runs and for the writes that were accepted, and gives the folder free.
func (s *Store) Close() error {
	s.closing.Do(func() {
		s.queue.close()
		<-s.queue.done
		s.closed = fault.At(s.cfg.ID, "close", failure(context.Background(), errors.Join(s.queue.err, s.pool.close(), s.lock.Close())))
	})
	return s.closed
}

// read lends a reading connection to f and gives its error a code and a place.
func (s *Store) read(ctx context.Context, op string, f func(*conn) error) error {
	if ctx.Err() != nil {
		return fault.At(s.cfg.ID, op, ended(ctx))
	}
	c, err := s.pool.take(ctx)
	if err != nil {
		return fault.At(s.cfg.ID, op, failure(ctx, err))
	}
	returned := false
	defer func() {
		if !returned { // a panic, of the loop over a stream perhaps, passes through: the connection is in the middle of something
			c.broken = true
			_ = s.pool.give(c) // the panic says more
		}
	}()
	err = f(c)
	returned = true
	if err != nil && fault.Of(err) != fault.Unsupported {
		c.broken = c.broken || isDriver(err)
	}
	return fault.At(s.cfg.ID, op, failure(ctx, errors.Join(err, s.pool.give(c))))
}

// reached fails if the store has not come to a position. A primary always has, but for a position of the future or of another epoch.
func (s *Store) reached(p search.Position) (search.Position, error) {
	at := s.head.Load().Position
	if at < p {
		return at, fault.New(fault.StoreLagging, "the store is at position %d, asked for %d", at, p)
	}
	return at, nil
}
