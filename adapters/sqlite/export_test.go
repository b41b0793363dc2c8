package sqlite

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
)

// ShortLog has the writer empty its log beyond so many bytes, and when it was idle for so long.
func ShortLog(cfg Config, most int64, after time.Duration) Config {
	cfg.walMost, cfg.walAfter = most, after
	return cfg
}

// LimitPages makes the disk full, as far as the engine can tell, at so many pages; 0 makes room again.
func (s *Store) LimitPages(ctx context.Context, n int64) error {
	if n == 0 {
		n = 1 << 30
	}
	return s.queue.do(ctx, &job{alone: func(ctx context.Context, g *group) error {
		_, err := g.conn.one(ctx, fmt.Sprintf("PRAGMA max_page_count=%d", n), func([]value) error { return nil })
		return err
	}})
}

// Hold keeps the writer busy until release is closed.
func (s *Store) Hold(ctx context.Context, held, release chan struct{}) error {
	return s.queue.do(ctx, &job{alone: func(context.Context, *group) error {
		close(held)
		<-release
		return nil
	}})
}

// TryWrite queues a member without waiting for it: the error is the queue's.
func (s *Store) TryWrite(ctx context.Context, m adapters.Member) error {
	p := &member{Member: m}
	if err := s.prepare(ctx, p); err != nil {
		return err
	}
	j := &job{ctx: ctx, members: []*member{p}, finished: make(chan struct{}), size: p.size()}
	return s.queue.put(j)
}

// AwaitQueued waits until so many calls wait for the writer.
func (s *Store) AwaitQueued(n int) {
	for {
		s.queue.mu.Lock()
		queued := len(s.queue.jobs)
		s.queue.mu.Unlock()
		if queued >= n {
			return
		}
		runtime.Gosched()
	}
}

// PurgeRowsOnly is a Purge that a crash cuts short after its first transaction.
func (s *Store) PurgeRowsOnly(ctx context.Context, tenant string, ref fhir.Ref) error {
	return s.queue.do(ctx, &job{alone: func(ctx context.Context, g *group) error {
		_, err := g.purge(ctx, tenant, s.names.typeOf(tenant, ref.Type), ref)
		return err
	}})
}

// Still runs f while the writer stands still, in the middle of a transaction of no writes.
func (s *Store) Still(ctx context.Context, f func() error) error {
	return s.queue.do(ctx, &job{between: func(context.Context, *group) error { return f() }})
}

// CheckWhole is the slower Check.
func (s *Store) CheckWhole(ctx context.Context) error {
	return s.check(ctx, "integrity_check")
}

// ScrubPage wipes a page of a tree and reads its cells; it says whether the page is sound.
func ScrubPage(data []byte) bool {
	p := treePage{data: data, usable: len(data)}
	if !p.parse() {
		return false
	}
	if _, ok := p.wipe(); !ok {
		return false
	}
	for i := range p.cells {
		if _, ok := p.overflow(i); !ok {
			return false
		}
	}
	return true
}

// HistorySteps is what the engine does for a page of a history.
func (s *Store) HistorySteps(ctx context.Context, r adapters.HistoryRequest) (steps string, err error) {
	text, args := s.historyText(r, 1000, historyPage)
	err = s.read(ctx, "history", func(c *conn) error {
		return c.each(ctx, "EXPLAIN QUERY PLAN "+text, args, func(row []value) (bool, error) {
			steps += asText(row[3]) + "\n"
			return true, nil
		})
	})
	return steps, err
}
