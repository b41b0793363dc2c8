package sqlite

import (
	"context"
	"iter"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// Head implements adapters.Log.
func (s *Store) Head(ctx context.Context) (adapters.Head, error) {
	if ctx.Err() != nil {
		return adapters.Head{}, fault.At(s.cfg.ID, "head", ended(ctx))
	}
	return *s.head.Load(), nil
}

// Changes implements adapters.Log. Without a limit it reads to the head that there is when the loop begins.
func (s *Store) Changes(ctx context.Context, from search.Position, limit int) iter.Seq2[adapters.Change, error] {
	return func(yield func(adapters.Change, error) bool) {
		if err := s.changes(ctx, from, limit, yield); err != nil {
			yield(adapters.Change{}, err)
		}
	}
}

// page is how many rows of a long stream are read at once, so that a slow consumer holds no snapshot.
const page = 1000

func (s *Store) changes(ctx context.Context, from search.Position, limit int, yield func(adapters.Change, error) bool) error {
	until := s.head.Load().Position
	left := limit
	for {
		n := page
		if limit > 0 {
			n = min(n, left)
		}
		part, err := s.changesPage(ctx, from, until, n)
		if err != nil {
			return err
		}
		for _, c := range part {
			if !yield(c, nil) {
				return nil
			}
		}
		left -= len(part)
		if len(part) < n || limit > 0 && left == 0 {
			return nil
		}
		from = part[len(part)-1].Position
	}
}

func (s *Store) changesPage(ctx context.Context, from, until search.Position, n int) (out []adapters.Change, err error) {
	types := s.names.byID()
	err = s.read(ctx, "changes", func(c *conn) error {
		if trimmed := s.head.Load().Trimmed; from < trimmed {
			return fault.New(fault.ResumeExpired, "the log begins behind position %d, asked for what follows %d", trimmed, from)
		}
		return c.each(ctx, "SELECT position, time, kind, tid, id, version FROM log WHERE position > ? AND position <= ? ORDER BY position LIMIT ?",
			[]value{int64(from), int64(until), int64(n)}, func(row []value) (bool, error) {
				t := types[asInt(row[3])]
				out = append(out, adapters.Change{Position: search.Position(asInt(row[0])), Time: asInt(row[1]), Tenant: t.tenant,
					Kind: adapters.ChangeKind(asInt(row[2])), Ref: fhir.Ref{Type: t.typ, ID: asText(row[4])}, Version: asInt(row[5])})
				return true, nil
			})
	})
	if err == nil && from < s.head.Load().Trimmed {
		return nil, fault.At(s.cfg.ID, "changes", fault.New(fault.ResumeExpired, "the log was trimmed past position %d meanwhile", from))
	}
	return out, err
}

// Trim implements adapters.Log.
func (s *Store) Trim(ctx context.Context, upTo search.Position) error {
	err := s.queue.do(ctx, &job{alone: func(ctx context.Context, g *group) error {
		upTo := min(upTo, g.head.Position)
		if upTo <= g.head.Trimmed {
			return nil
		}
		g.head.Trimmed = upTo
		_, err := g.conn.exec(ctx, "DELETE FROM log WHERE position <= ?", int64(upTo))
		return err
	}})
	return fault.At(s.cfg.ID, "trim", err)
}

// Purge implements adapters.Log. The file keeps no trace either: what is deleted is overwritten (secure_delete).
func (s *Store) Purge(ctx context.Context, tenant string, ref fhir.Ref) (adapters.Result, error) {
	r := adapters.Result{Ref: ref}
	t := s.names.typeOf(tenant, ref.Type)
	if t == nil {
		return r, nil
	}
	err := s.queue.do(ctx, &job{alone: func(ctx context.Context, g *group) (err error) {
		r, err = g.purge(ctx, tenant, t, ref)
		return err
	}})
	return r, fault.At(s.cfg.ID, "purge", err)
}

func (g *group) purge(ctx context.Context, tenant string, t *typeName, ref fhir.Ref) (adapters.Result, error) {
	r := adapters.Result{Ref: ref}
	cur, err := g.current(ctx, t.id, ref.ID)
	if err != nil || cur.rid == 0 {
		return r, err
	}
	w := &write{Write: &adapters.Write{Action: adapters.Delete, Ref: ref}, typ: t, tid: t.id}
	if _, err := g.conn.exec(ctx, "PRAGMA secure_delete=1"); err != nil {
		return r, err
	}
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
	if _, err := g.conn.exec(ctx, "PRAGMA secure_delete=0"); err != nil {
		return r, err
	}
	g.head.Position++
	r = adapters.Result{Effect: adapters.Deleted, Ref: ref, Version: cur.version, Position: g.head.Position, LastUpdated: g.head.Time}
	return r, g.log(ctx, adapters.ChangePurge, t.id, ref.ID, cur.version)
}

// unlabel removes the display texts of a purged resource that no resource with the same token has.
func (g *group) unlabel(ctx context.Context, tenant string, rows []indexRow) error {
	for i := range rows {
		r := &rows[i]
		if r.table != labelTable {
			continue
		}
		used := false
		err := g.conn.each(ctx, "SELECT r.vals FROM tx JOIN resource r ON r.tid=? AND r.id=tx.id WHERE tx.sid=? AND tx.code=?",
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
