package sqlite

import (
	"context"
	"fmt"
	"github.com/heliograph/heliograph/adapters"
)

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
	j := &job{ctx: ctx, members: []*member{p}, finished: make(chan struct{})}
	for i := range p.writes {
		j.size += int64(len(p.writes[i].Body.JSON)) + 200
	}
	return s.queue.put(j)
}
