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
	onCommit func()
	saved    time.Time // when row counts were last stored
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
	for {
		jobs := q.take(g.cfg.GroupBytes)
		if len(jobs) == 0 {
			break
		}
		if err := g.commit(jobs); err != nil {
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
	}
	_, err := g.conn.exec(context.Background(), "BEGIN IMMEDIATE")
	err = errors.Join(err, g.saveRows(true))
	if err == nil {
		_, err = g.conn.exec(context.Background(), "COMMIT")
	}
	_, optimize := g.conn.exec(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE)")
	q.err = errors.Join(err, optimize, g.conn.close())
}

// commit runs jobs in one transaction. Nothing of it is there if it fails, and the writer goes on.
func (g *group) commit(jobs []*job) (err error) {
	ctx := context.Background()
	before := g.head
	defer func() {
		if p := recover(); p != nil {
			// A mistake of ours must not take the other writers down.
			g.head = before
			err = g.rollback(ctx, fault.New(fault.Internal, "the writer failed: %v", p))
		}
	}()
	g.onCommit, g.deltas = nil, newDeltas()
	g.pending.clear()
	if _, err := g.conn.exec(ctx, "BEGIN IMMEDIATE"); err != nil {
		return failure(ctx, err)
	}
	g.head.Time = max(g.head.Time, g.cfg.Clock().UnixMicro())
	now := g.head.Time
	err = g.run(ctx, jobs)
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
	if err := g.saveRows(false); err != nil {
		return err
	}
	_, err := g.conn.exec(ctx, "UPDATE head SET position=?, time=?, trimmed=?", int64(g.head.Position), g.head.Time,
		int64(g.head.Trimmed))
	return err
}

// published makes the new counts and names visible.
func (g *group) published() {
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
	err := failure(ctx, cause)
	if _, e := g.conn.exec(ctx, "ROLLBACK"); e != nil && fault.Of(err) == fault.Internal {
		err = errors.Join(err, e)
	}
	return err
}

// saveEvery is how often row counts are stored: they are estimates, and may be that old after a crash.
const saveEvery = 5 * time.Second

// saveRows stores row counts, in the running transaction.
func (g *group) saveRows(all bool) error {
	if !all && time.Since(g.saved) < saveEvery {
		return nil
	}
	g.saved = time.Now()
	ctx := context.Background()
	save := func(id int64, t *tally) error {
		if !t.dirty {
			return nil
		}
		t.dirty = false
		_, err := g.conn.exec(ctx, "UPDATE names SET rows=?, sketch=? WHERE id=?", t.rows.Load(), t.sketch[:], id)
		return err
	}
	for _, t := range g.names.types {
		for _, p := range t.params {
			if err := save(p.id, &p.tally); err != nil {
				return err
			}
			for _, s := range p.subs {
				if err := save(s.id, &s.tally); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
