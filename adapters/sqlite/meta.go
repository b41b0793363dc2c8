package sqlite

import (
	"bytes"
	"context"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/internal/fault"
)

// Load implements adapters.Meta.
func (s *Store) Load(ctx context.Context, keys ...string) ([][]byte, error) {
	out := make([][]byte, len(keys))
	err := s.read(ctx, "load", func(c *conn) error {
		return c.snapshot(ctx, func() error {
			for i, key := range keys {
				v, err := c.meta(ctx, key)
				if err != nil {
					return err
				}
				out[i] = v
			}
			return nil
		})
	})
	return out, err
}

// meta gives the value of a key; nil if it is absent, empty but not nil if the value is empty.
func (c *conn) meta(ctx context.Context, key string) (out []byte, err error) {
	_, err = c.one(ctx, "SELECT value FROM meta WHERE key=?", func(row []value) error {
		if out = asBytes(row[0]); out == nil {
			out = []byte{}
		}
		return nil
	}, key)
	return out, err
}

// List implements adapters.Meta. A limit of 0 is no limit.
func (s *Store) List(ctx context.Context, prefix, after string, limit int) (keys []string, values [][]byte, err error) {
	if limit <= 0 {
		limit = -1
	}
	err = s.read(ctx, "list", func(c *conn) error {
		return c.each(ctx, "SELECT key, value FROM meta WHERE key >= ?1 AND key < ?2 AND key > ?3 ORDER BY key LIMIT ?4",
			[]value{prefix, prefix + "\xff", after, int64(limit)}, func(row []value) (bool, error) {
				v := asBytes(row[1])
				if v == nil {
					v = []byte{}
				}
				keys, values = append(keys, asText(row[0])), append(values, v)
				return true, nil
			})
	})
	return keys, values, err
}

// Swap implements adapters.Meta.
func (s *Store) Swap(ctx context.Context, swaps ...adapters.Swap) error {
	outcomes, err := s.Write(ctx, []adapters.Member{{Meta: swaps}})
	if err != nil {
		return err
	}
	return outcomes[0].Err
}

// swap compares all keys before it sets any.
func (g *group) swap(ctx context.Context, swaps []adapters.Swap) error {
	for _, w := range swaps {
		now, err := g.conn.meta(ctx, w.Key)
		if err != nil {
			return err
		}
		if (now == nil) != (w.Old == nil) || !bytes.Equal(now, w.Old) {
			return refused{fault.New(fault.Conflict, "%s is not what it was", w.Key)}
		}
	}
	for _, w := range swaps {
		text, args := "INSERT INTO meta VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value=?2", []value{w.Key, w.New}
		if w.New == nil {
			text, args = "DELETE FROM meta WHERE key=?", args[:1]
		} else if len(w.New) == 0 {
			text, args = "INSERT INTO meta VALUES (?1, x'') ON CONFLICT (key) DO UPDATE SET value=x''", args[:1]
		}
		if _, err := g.conn.exec(ctx, text, args...); err != nil {
			return err
		}
	}
	return nil
}

// snapshot runs several statements on one state of the database.
func (c *conn) snapshot(ctx context.Context, f func() error) error {
	if _, err := c.exec(context.WithoutCancel(ctx), "BEGIN"); err != nil {
		return err
	}
	err := f()
	if _, e := c.exec(context.WithoutCancel(ctx), "COMMIT"); e != nil {
		c.broken = true
		if err == nil {
			err = e
		}
	}
	return err
}
