package sqlite

import (
	"bytes"
	"context"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// Reindex implements adapters.Reindexer. A call is a transaction of its own: others wait for it, so that batches should be small.
func (s *Store) Reindex(ctx context.Context, tenant string, items []adapters.Reindexed) (changed int, err error) {
	changed, err = s.reindex(ctx, tenant, items)
	return changed, fault.At(s.cfg.ID, "reindex", err)
}

func (s *Store) reindex(ctx context.Context, tenant string, items []adapters.Reindexed) (changed int, err error) {
	if tenant == "" {
		return 0, fault.New(fault.BadUserInput, "a re-index has no tenant")
	}
	if ctx.Err() != nil {
		return 0, ended(ctx)
	}
	fresh := make([]again, len(items))
	for i, item := range items {
		fresh[i] = again{version: item.Version, all: item.Words}
		fresh[i].Write = &adapters.Write{Ref: item.Values.Ref, Values: item.Values}
		if err := s.prepareWrite(ctx, tenant, &fresh[i].write); err != nil {
			return 0, err
		}
	}
	err = s.queue.do(ctx, &job{alone: func(ctx context.Context, g *group) error {
		changed = 0
		for i := range fresh {
			did, err := g.again(ctx, &fresh[i])
			if err != nil {
				return err
			}
			if did {
				changed++
			}
		}
		return nil
	}})
	if err != nil {
		return 0, err
	}
	return changed, nil
}

// again is what indexes a version anew.
type again struct {
	write
	version int64
	all     bool // its words, too
}

// again gives the current version other index values, unless it is another one or has them already.
func (g *group) again(ctx context.Context, a *again) (changed bool, err error) {
	cur, err := g.current(ctx, a.tid, a.Ref.ID)
	if err != nil || !cur.there() || cur.version != a.version {
		return false, err
	}
	search.SetLastUpdated(a.vals, cur.updated)
	old, err := g.encoded(ctx, cur)
	if err != nil || !a.all && bytes.Equal(old, a.vals) {
		return false, err
	}
	if err := g.swapRows(ctx, a, old); err != nil {
		return false, err
	}
	if a.all {
		if err := g.swapWords(ctx, a, cur); err != nil {
			return false, err
		}
	}
	var first, last value
	if a.last != search.MinTime {
		first, last = a.first, a.last
	}
	g.head.Position++
	if _, err := g.conn.exec(ctx, "UPDATE resource SET vals=?, first=?, last=?, indexed=? WHERE rid=?", a.vals, first, last,
		int64(g.head.Position), cur.rid); err != nil {
		return false, err
	}
	return true, g.log(ctx, adapters.ChangeReindex, a.tid, a.Ref.ID, cur.version)
}

// encoded gives the values stored beside a version.
func (g *group) encoded(ctx context.Context, cur current) (vals []byte, err error) {
	_, err = g.conn.one(ctx, "SELECT vals FROM resource WHERE rid=?", func(row []value) error {
		vals = bytes.Clone(asBytes(row[0]))
		return nil
	}, cur.rid)
	return vals, err
}

// swapRows brings the index rows from those of the old values to the new ones.
func (g *group) swapRows(ctx context.Context, a *again, old []byte) error {
	v, err := search.DecodeValues(old)
	if err != nil {
		return corrupt(a.Ref.String(), err)
	}
	_, before, _ := g.names.build(a.typ.key.tenant, v)
	key := resourceKey{a.tid, a.Ref.ID}
	gone, added := difference(before, a.rows)
	if g.pending.ids[key] {
		if err := g.pending.flush(ctx, g.conn); err != nil {
			return err
		}
	}
	if err := g.remove(ctx, key, gone); err != nil {
		return err
	}
	g.pending.add(key, added)
	g.count(added, 1)
	return nil
}

func (g *group) swapWords(ctx context.Context, a *again, cur current) error {
	if _, err := g.conn.exec(ctx, "DELETE FROM fts WHERE rowid=?", cur.rid); err != nil {
		return err
	}
	if a.words[0] == "" && a.words[1] == "" {
		return nil
	}
	_, err := g.conn.exec(ctx, "INSERT INTO fts (rowid, narrative, content) VALUES (?,?,?)", cur.rid, a.words[0], a.words[1])
	return err
}
