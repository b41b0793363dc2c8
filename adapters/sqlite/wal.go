package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// wal keeps the write-ahead log short. The engine moves it into the database by itself every 4,000 pages, but begins it anew only at a
// moment when nobody reads from it, which may never come while reads overlap; and what is in it stays on disk while nothing is written.
type wal struct {
	file  string
	most  int64         // the size at which the writer waits for readers to leave the log
	after time.Duration // how long nothing must be written until it is emptied
	next  int64         // the size at which that is tried again
	dirty bool          // something may be in it
}

// The values of most and after, and how long the writer waits for readers.
const (
	walMost  = 128 << 20
	walAfter = time.Second
	walWait  = 100 * time.Millisecond
)

func newWAL(cfg *Config, database string) wal {
	w := wal{file: database + "-wal", most: cfg.walMost, after: cfg.walAfter, dirty: true}
	if w.most == 0 {
		w.most = walMost
	}
	if w.after == 0 {
		w.after = walAfter
	}
	w.next = w.most
	return w
}

// rest is how long the writer waits for work before it is idle; 0 if there is nothing to do then.
func (w *wal) rest() time.Duration {
	if w.dirty {
		return w.after
	}
	return 0
}

// idle empties the log while nobody writes. With a reader in it that is tried again.
func (g *group) idle(ctx context.Context) {
	done, err := g.shorten(ctx, 0)
	g.wal.dirty = !done
	g.trouble(err)
}

// grown empties the log once it is long: it waits for the readers that are in it, for a bounded time. New ones do not enter it, because
// all of it is in the database.
func (g *group) grown(ctx context.Context) {
	info, err := os.Stat(g.wal.file)
	if err != nil || info.Size() < g.wal.next {
		if !errors.Is(err, fs.ErrNotExist) {
			g.trouble(err)
		}
		return
	}
	done, err := g.shorten(ctx, walWait)
	g.wal.next = g.wal.most
	if !done {
		g.wal.next = info.Size() + info.Size()/4
	}
	g.trouble(err)
}

// trouble keeps what is wrong with the log for Ping: no caller waits for it.
func (g *group) trouble(err error) {
	if err == nil {
		g.store.trouble.Store(nil)
		return
	}
	err = fmt.Errorf("the write-ahead log cannot be moved into the database: %w", err)
	g.store.trouble.Store(&err)
}

// shorten moves the log into the database and empties it, outside of a transaction; false if a reader was in it for longer than wait.
func (g *group) shorten(ctx context.Context, wait time.Duration) (done bool, err error) {
	timeout := func(d time.Duration) error {
		_, err := g.conn.one(ctx, fmt.Sprintf("PRAGMA busy_timeout=%d", d.Milliseconds()), func([]value) error { return nil })
		return err
	}
	if err := timeout(wait); err != nil {
		return false, err
	}
	_, err = g.conn.one(ctx, "PRAGMA wal_checkpoint(TRUNCATE)", func(row []value) error {
		done = asInt(row[0]) == 0
		return nil
	})
	return done && err == nil, errors.Join(err, timeout(busyTimeout))
}
