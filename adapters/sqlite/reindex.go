package sqlite

import (
	"context"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// index moves what is current to the history and brings the index rows to those of the new version: rows that stay are not touched.
func (g *group) index(ctx context.Context, w *write, cur current) error {
	rows := w.rows
	if w.Action == adapters.Delete {
		rows = nil
	}
	key := resourceKey{w.tid, w.Ref.ID}
	if cur.there() {
		old, err := g.stored(ctx, w, cur)
		if err != nil {
			return err
		}
		if g.pending.ids[key] {
			if err := g.pending.flush(ctx, g.conn); err != nil {
				return err
			}
		}
		var gone []indexRow
		gone, rows = difference(old, rows)
		if err := g.remove(ctx, key, gone); err != nil {
			return err
		}
	}
	if cur.rid != 0 {
		if err := g.supersede(ctx, cur); err != nil {
			return err
		}
	}
	g.pending.add(key, rows)
	g.count(rows, 1)
	switch {
	case w.Action == adapters.Put && !cur.there():
		g.deltas.live[w.tid]++
	case w.Action == adapters.Delete && cur.there():
		g.deltas.live[w.tid]--
	}
	if g.pending.n >= maxPending {
		return g.pending.flush(ctx, g.conn)
	}
	return nil
}

func (g *group) supersede(ctx context.Context, cur current) error {
	for _, text := range []string{
		"INSERT INTO history SELECT rid, tid, id, version, updated, deleted, splice, vals, body FROM resource WHERE rid=?",
		"DELETE FROM resource WHERE rid=?",
		"DELETE FROM fts WHERE rowid=?",
	} {
		if _, err := g.conn.exec(ctx, text, cur.rid); err != nil {
			return err
		}
	}
	return nil
}

// stored gives the index rows of the version that is current, by the values stored beside it.
func (g *group) stored(ctx context.Context, w *write, cur current) (rows []indexRow, err error) {
	_, err = g.conn.one(ctx, "SELECT vals FROM resource WHERE rid=?", func(row []value) error {
		v, err := search.DecodeValues(asBytes(row[0]))
		if err != nil {
			return corrupt(w.Ref.String(), err)
		}
		_, rows, _ = g.names.build(w.typ.key.tenant, v)
		return nil
	}, cur.rid)
	return rows, err
}

func corrupt(what string, cause error) error {
	return &fault.Error{Code: fault.StoreCorrupt, Message: "the stored form of " + what + " is damaged", Err: cause}
}

func (g *group) remove(ctx context.Context, key resourceKey, rows []indexRow) error {
	for i := range rows {
		s := &shapes[rows[i].table]
		if rows[i].table == labelTable {
			continue // others may have it; it is a hint, never an answer
		}
		if _, err := g.conn.exec(ctx, "DELETE FROM "+s.name+" WHERE "+s.remove, s.key(&rows[i], key.id)...); err != nil {
			return err
		}
	}
	g.count(rows, -1)
	return nil
}

func (g *group) count(rows []indexRow, by int64) {
	for i := range rows {
		if rows[i].table == labelTable {
			continue
		}
		g.deltas.rows[rows[i].param] += by
		s := rows[i].sub
		if s != nil && rows[i].text == "" {
			continue // a coding without a code: many have it, nobody looks for it, and it would pass for what the codes are like
		}
		if s != nil {
			g.deltas.subs[s] += by
		}
		switch {
		case by < 0:
		case s != nil:
			s.see(rows[i].hash())
		default:
			rows[i].param.see(rows[i].hash())
		}
	}
}

// difference splits sorted rows into those that are only in old and those that are only in fresh.
func difference(old, fresh []indexRow) (gone, added []indexRow) {
	for len(old) > 0 && len(fresh) > 0 {
		switch c := compareRows(old[0], fresh[0]); {
		case c < 0:
			gone, old = append(gone, old[0]), old[1:]
		case c > 0:
			added, fresh = append(added, fresh[0]), fresh[1:]
		default:
			if !sameRow(old[0], fresh[0]) {
				gone, added = append(gone, old[0]), append(added, fresh[0])
			}
			old, fresh = old[1:], fresh[1:]
		}
	}
	return append(gone, old...), append(added, fresh...)
}
