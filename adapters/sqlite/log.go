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

// Notify implements adapters.Notifier. No other process writes to the store.
func (s *Store) Notify(c chan<- struct{}) (stop func()) { return s.bell.Notify(c) }

// publish makes a committed head the store's.
func (s *Store) publish(h *adapters.Head) {
	if old := s.head.Swap(h); old.Position != h.Position {
		s.bell.Ring()
	}
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
		// The head of the same snapshot: one in memory may not know yet of a trimming that the log has seen.
		return c.snapshot(ctx, func() error {
			head, err := readHead(ctx, c)
			if err != nil {
				return err
			}
			if from < head.Trimmed {
				return fault.New(fault.ResumeExpired, "the log begins behind position %d, asked for what follows %d", head.Trimmed, from)
			}
			next := from
			err = c.each(ctx, "SELECT position, time, kind, tid, id, version FROM log WHERE position > ? AND position <= ? ORDER BY position LIMIT ?",
				[]value{int64(from), int64(until), int64(n)}, func(row []value) (bool, error) {
					t := types[asInt(row[3])]
					next++
					if p := search.Position(asInt(row[0])); p != next {
						return false, gap(next)
					}
					out = append(out, adapters.Change{Position: next, Time: asInt(row[1]), Tenant: t.tenant,
						Kind: adapters.ChangeKind(asInt(row[2])), Ref: fhir.Ref{Type: t.typ, ID: asText(row[4])}, Version: asInt(row[5])})
					return true, nil
				})
			if err == nil && len(out) < n && next < until {
				err = gap(next + 1)
			}
			return err
		})
	})
	return out, err
}

// gap is the error of a log that is not dense.
func gap(at search.Position) error {
	return fault.New(fault.StoreCorrupt, "position %d is missing in the log: restore a backup", at)
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
