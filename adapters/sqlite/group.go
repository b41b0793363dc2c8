package sqlite

import (
	"context"
	"errors"
	"maps"
	"time"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/internal/fault"
)

// group is the writer: it commits jobs, one group at a time, on its own goroutine.
type group struct {
	conn  *conn
	names *names
	cfg   Config
	store *Store

	head     adapters.Head // of what is written so far, committed or not
	pending  pending
	deltas   deltas
	careful  bool // every member has a savepoint: see commit
	onCommit func()
	saved    time.Time // when row counts were last stored
	saving   []*tally  // those that the running transaction stores
	wal      wal
}

// deltas are what the group changes in the counts.
type deltas struct {
	live map[int64]int64
	rows map[*paramName]int64
	subs map[*subName]int64
}

func newDeltas() deltas {
	return deltas{live: map[int64]int64{}, rows: map[*paramName]int64{}, subs: map[*subName]int64{}}
}

func (d deltas) clone() deltas {
	return deltas{maps.Clone(d.live), maps.Clone(d.rows), maps.Clone(d.subs)}
}

// serve commits groups until the queue is closed and empty.
func (g *group) serve(q *queue, publish func(*adapters.Head)) {
	defer close(q.done)
	ctx := context.Background()
	for {
		jobs, open := q.take(g.cfg.GroupBytes, g.wal.rest())
		if !open {
			break
		}
		if len(jobs) == 0 {
			g.idle(ctx)
			continue
		}
		if err := g.commit(ctx, jobs); err != nil {
			for _, j := range jobs {
				if j.err == nil {
					j.err = err
				}
			}
		}
		head := g.head
		publish(&head)
		for _, j := range jobs {
			close(j.finished)
		}
		g.grown(ctx)
	}
	_, err := g.conn.exec(ctx, "BEGIN IMMEDIATE")
	if err == nil {
		err = g.saveRows(ctx, true)
		_, e := g.conn.exec(ctx, "COMMIT")
		err = errors.Join(err, e)
	}
	// A reader that is still there keeps the log; the last connection to close empties it then.
	_, e := g.shorten(ctx, 0)
	q.err = errors.Join(err, e, g.conn.close())
}

// commit runs jobs in one transaction. Nothing of it is there if it fails, and the writer goes on.
//
// Savepoints are not free, and the rows of many members are inserted together. So a group is tried without them, and if a member turns
// out to have an error that is its own, anew with a savepoint each, so that this member alone fails.
func (g *group) commit(ctx context.Context, jobs []*job) error {
	if f := jobs[0].between; f != nil {
		return g.guarded(func() error { return failure(ctx, f(ctx, g)) })
	}
	g.careful = false
	err := g.transact(ctx, jobs)
	if err == nil || jobs[0].solo() || !ofMember(err) {
		return err
	}
	g.careful = true
	return g.transact(ctx, jobs)
}

// transact is one try of a group.
func (g *group) transact(ctx context.Context, jobs []*job) error {
	before := g.head
	g.onCommit, g.deltas, g.saving = nil, newDeltas(), nil
	g.pending.clear()
	if _, err := g.conn.exec(ctx, "BEGIN IMMEDIATE"); err != nil {
		return failure(ctx, err)
	}
	g.head.Time = max(g.head.Time, g.cfg.Clock().UnixMicro())
	now := g.head.Time
	err := g.guarded(func() error { return g.run(ctx, jobs) })
	if err == nil && g.head.Position == before.Position && g.head.Trimmed == before.Trimmed {
		g.head.Time = before.Time
	} else if err == nil {
		g.head.Time = now
		err = g.finish(ctx)
	}
	if err == nil {
		_, err = g.conn.exec(ctx, "COMMIT")
	}
	if err != nil {
		g.head = before
		return g.rollback(ctx, err)
	}
	g.published()
	return nil
}

// guarded turns a panic into an error: a mistake of ours must not take the other writers down.
func (g *group) guarded(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.New(fault.Internal, "the writer failed: %v", p)
		}
	}()
	return f()
}

func (g *group) run(ctx context.Context, jobs []*job) error {
	for _, j := range jobs {
		if j.ctx.Err() != nil {
			j.err = ended(j.ctx)
			continue
		}
		if j.alone != nil {
			if err := j.alone(ctx, g); err != nil {
				return err
			}
			continue
		}
		j.outcomes = make([]adapters.Outcome, len(j.members))
		for i, m := range j.members {
			out, err := g.member(ctx, m)
			if err != nil {
				return err
			}
			j.outcomes[i] = out
		}
	}
	return nil
}

// finish writes what a group has collected.
func (g *group) finish(ctx context.Context) error {
	if err := g.pending.flush(ctx, g.conn); err != nil {
		return err
	}
	for tid, n := range g.deltas.live {
		if n == 0 {
			continue
		}
		if _, err := g.conn.exec(ctx, "INSERT INTO live VALUES (?1, ?2) ON CONFLICT (tid) DO UPDATE SET count = count + ?2",
			tid, n); err != nil {
			return err
		}
	}
	if err := g.saveRows(ctx, false); err != nil {
		return err
	}
	_, err := g.conn.exec(ctx, "UPDATE head SET position=?, time=?, trimmed=?", int64(g.head.Position), g.head.Time,
		int64(g.head.Trimmed))
	return err
}

// published makes the new counts and names visible.
func (g *group) published() {
	g.wal.dirty = true
	if g.onCommit != nil {
		g.onCommit()
	}
	g.names.mu.RLock()
	defer g.names.mu.RUnlock()
	if len(g.deltas.live) > 0 {
		for _, t := range g.names.types {
			t.live.Add(g.deltas.live[t.id])
		}
	}
	for _, t := range g.saving {
		t.dirty = false
	}
	for p, n := range g.deltas.rows {
		p.rows.Add(n)
		p.dirty = true
		p.estimate()
	}
	for s, n := range g.deltas.subs {
		s.rows.Add(n)
		s.dirty = true
		s.estimate()
	}
}

// rollback ends a failed transaction; the engine may have ended it already.
func (g *group) rollback(ctx context.Context, cause error) error {
	g.pending.clear()
	if len(g.saving) > 0 {
		g.saved = time.Time{}
	}
	err := failure(ctx, cause)
	if _, e := g.conn.exec(ctx, "ROLLBACK"); e != nil && fault.Of(err) == fault.Internal {
		err = errors.Join(err, e)
	}
	return err
}
