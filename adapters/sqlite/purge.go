package sqlite

import (
	"context"
	"time"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// Purge implements adapters.Log. When it returns without an error, neither the database file nor the write-ahead log has bytes of any
// version of the resource, of its index rows or of its words; what was deleted or moved in earlier times is wiped out of the pages too.
// What stays are the entries of the log (type and id, which the contract keeps), names of systems and parameters that it was the first to
// use, references of others to it, and backups.
//
// It merges the index of words and reads the whole file, in steps between which others write, and then waits for the streams that were
// open before it: some seconds for 100,000 resources. Cut short (ctx, a crash), the resource is purged and the file is not yet clean:
// any later Purge, of the same resource for one, cleans it.
func (s *Store) Purge(ctx context.Context, tenant string, ref fhir.Ref) (adapters.Result, error) {
	r := adapters.Result{Ref: ref}
	t := s.names.typeOf(tenant, ref.Type)
	if t == nil {
		return r, nil
	}
	select {
	case s.purging <- struct{}{}:
		defer func() { <-s.purging }()
	case <-ctx.Done():
		return r, fault.At(s.cfg.ID, "purge", ended(ctx))
	}
	err := s.queue.do(ctx, &job{alone: func(ctx context.Context, g *group) (err error) {
		r, err = g.purge(ctx, tenant, t, ref)
		return err
	}})
	if err == nil && s.traces.Load() {
		err = s.clean(ctx)
	}
	return r, fault.At(s.cfg.ID, "purge", err)
}

func (g *group) purge(ctx context.Context, tenant string, t *typeName, ref fhir.Ref) (adapters.Result, error) {
	r := adapters.Result{Ref: ref}
	cur, err := g.current(ctx, t.id, ref.ID)
	if err != nil || cur.rid == 0 {
		return r, err
	}
	w := &write{Write: &adapters.Write{Action: adapters.Delete, Ref: ref}, ready: &ready{typ: t, tid: t.id}}
	var labels []indexRow
	if cur.there() {
		if labels, err = g.stored(ctx, w, cur); err != nil {
			return r, err
		}
		if err := g.index(ctx, w, cur); err != nil {
			return r, err
		}
	}
	for _, text := range []string{"DELETE FROM resource WHERE tid=? AND id=?", "DELETE FROM history WHERE tid=? AND id=?"} {
		if _, err := g.conn.exec(ctx, text, t.id, ref.ID); err != nil {
			return r, err
		}
	}
	if err := g.unlabel(ctx, tenant, labels); err != nil {
		return r, err
	}
	if err := g.markTraces(ctx, true); err != nil {
		return r, err
	}
	g.head.Position++
	r = adapters.Result{Effect: adapters.Deleted, Ref: ref, Version: cur.version, Position: g.head.Position, LastUpdated: g.head.Time}
	return r, g.log(ctx, adapters.ChangePurge, t.id, ref.ID, cur.version)
}

// tracesLeft says whether a purge was cut short before the file was clean; the database's user_version is where that is kept.
func tracesLeft(ctx context.Context, c *conn) (left bool, err error) {
	_, err = c.one(ctx, "PRAGMA user_version", func(row []value) error {
		left = asInt(row[0]) != 0
		return nil
	})
	return left, err
}

func (g *group) markTraces(ctx context.Context, left bool) error {
	text := "PRAGMA user_version=0"
	if left {
		text = "PRAGMA user_version=1"
	}
	_, err := g.conn.exec(ctx, text)
	g.onCommit = func() { g.store.traces.Store(left) }
	return err
}

// clean wipes what purged resources have left in the file.
func (s *Store) clean(ctx context.Context) error {
	if err := s.mergeWords(ctx); err != nil {
		return err
	}
	if err := s.scrub(ctx); err != nil {
		return err
	}
	if err := s.emptyLog(ctx); err != nil {
		return err
	}
	return s.queue.do(ctx, &job{alone: func(ctx context.Context, g *group) error { return g.markTraces(ctx, false) }})
}

// mergeWords rewrites the index of words, in steps. A deletion only marks the resource there: its words go when they are merged.
func (s *Store) mergeWords(ctx context.Context) error {
	const step = 500 // pages
	pages := int64(-step)
	for more := true; more; pages = step {
		err := s.queue.do(ctx, &job{alone: func(ctx context.Context, g *group) error {
			before, err := g.conn.changes(ctx)
			if err != nil {
				return err
			}
			if _, err := g.conn.exec(ctx, "INSERT INTO fts (fts, rank) VALUES ('merge', ?)", pages); err != nil {
				return err
			}
			after, err := g.conn.changes(ctx)
			more = after-before >= 2 // (fts5: as long as there was something to merge)
			return err
		}})
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *conn) changes(ctx context.Context) (n int64, err error) {
	_, err = c.one(ctx, "SELECT total_changes()", func(row []value) error {
		n = asInt(row[0])
		return nil
	})
	return n, err
}

// emptyLog waits until no reader holds a snapshot of the time before, and empties the write-ahead log. It leaves the writer to others for
// most of that time.
func (s *Store) emptyLog(ctx context.Context) error {
	pause := 20 * time.Millisecond
	for done := false; !done; pause = min(2*pause, 10*walWait) {
		err := s.queue.do(ctx, &job{between: func(ctx context.Context, g *group) (err error) {
			done, err = g.shorten(ctx, walWait)
			return err
		}})
		if err != nil {
			return err
		}
		if done {
			break
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ended(ctx)
		}
	}
	return nil
}

// unlabel removes the display texts of a purged resource that no resource with the same token has.
func (g *group) unlabel(ctx context.Context, tenant string, rows []indexRow) error {
	for i := range rows {
		r := &rows[i]
		if r.table != labelTable {
			continue
		}
		used, err := g.labelled(ctx, tenant, r)
		if err != nil {
			return err
		}
		if used {
			continue
		}
		s := &shapes[labelTable]
		if _, err := g.conn.exec(ctx, "DELETE FROM label WHERE "+s.remove, s.key(r, "")...); err != nil {
			return err
		}
	}
	return nil
}

// labelled says whether a resource has the token with the same display text.
func (g *group) labelled(ctx context.Context, tenant string, r *indexRow) (used bool, err error) {
	err = g.conn.each(ctx, "SELECT r.vals FROM tx JOIN resource r ON r.tid=? AND r.id=tx.id WHERE tx.sid=? AND tx.code=?",
		[]value{r.param.typ.id, r.lo, r.b}, func(row []value) (bool, error) {
			v, err := search.DecodeValues(asBytes(row[0]))
			if err != nil {
				return false, corrupt("a resource of type "+r.param.typ.key.typ, err)
			}
			_, other, _ := g.names.build(tenant, v)
			for k := range other {
				used = used || compareRows(other[k], *r) == 0
			}
			return !used, nil
		})
	return used, err
}
