package sqlite

import (
	"context"
	"strings"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// History implements adapters.Reader. It is read a page of versions at a time, all at or below the position that was the head's when
// the loop began; of what is purged meanwhile the rest is gone.
func (s *Store) History(ctx context.Context, r adapters.HistoryRequest) adapters.Answer[search.Resource] {
	var at search.Position
	return adapters.Answer[search.Resource]{
		At: func() search.Position { return at },
		Rows: func(yield func(search.Resource, error) bool) {
			at = s.head.Load().Position
			before := at + 1
			if r.Before > 0 {
				before = min(before, r.Before)
			}
			if err := s.history(ctx, r, before, yield); err != nil {
				yield(search.Resource{}, err)
			}
		},
	}
}

// historyPage is how many versions are read at once: they come with their bodies.
const historyPage = 100

func (s *Store) history(ctx context.Context, r adapters.HistoryRequest, before search.Position, yield func(search.Resource, error) bool) error {
	left := r.Limit
	for {
		part, seen, next, err := s.historyPage(ctx, r, before)
		if err != nil {
			return err
		}
		for _, v := range part {
			if !yield(v, nil) {
				return nil
			}
			if left--; left == 0 {
				return nil
			}
		}
		if seen < historyPage {
			return nil
		}
		before = next
	}
}

// historyPage gives the visible ones among the next versions, how many there were, and the position of the last.
func (s *Store) historyPage(ctx context.Context, r adapters.HistoryRequest, before search.Position) (out []search.Resource, seen int, last search.Position, err error) {
	text, args := s.historyText(r, before)
	types := s.names.byID()
	err = s.read(ctx, "history", func(c *conn) error {
		return c.snapshot(ctx, func() error {
			var all []search.Resource
			err := c.each(ctx, text, args, func(row []value) (bool, error) {
				v, err := readVersion(row, fhir.Ref{Type: types[asInt(row[6])].typ, ID: asText(row[7])})
				all = append(all, v)
				last = v.Position
				return true, err
			})
			if err != nil {
				return err
			}
			seen = len(all)
			for _, v := range all {
				hidden, err := s.hidden(ctx, c, r.Caller, s.names.typeOf(r.Caller.Tenant, v.Ref.Type), v)
				if err != nil {
					return err
				}
				if !hidden {
					out = append(out, v)
				}
			}
			return nil
		})
	})
	return out, seen, last, fault.At(s.cfg.ID, "history", err)
}

// historyText is the SQL of a page: the two tables that hold versions, both by position.
func (s *Store) historyText(r adapters.HistoryRequest, before search.Position) (string, []value) {
	var tids []int64
	for _, t := range s.names.typesOf(r.Caller.Tenant) {
		if r.Type == "" || t.key.typ == r.Type {
			tids = append(tids, t.id)
		}
	}
	var w writer
	for i, from := range []string{"resource", "history"} {
		if i > 0 {
			w.text(" UNION ALL ")
		}
		w.text("SELECT " + versionColumns + ", tid, id FROM " + from + " WHERE rid < ").arg(int64(before)).text(" AND tid ").in(tids)
		if r.ID != "" {
			w.text(" AND id = ").arg(r.ID)
		}
		if r.Since != 0 {
			w.text(" AND updated >= ").arg(r.Since)
		}
		if r.Until != 0 {
			w.text(" AND updated < ").arg(r.Until)
		}
	}
	w.text(" ORDER BY 1 DESC LIMIT ").arg(int64(historyPage))
	return w.String(), w.args
}

// writer builds a statement: text and arguments together, so that they cannot part.
type writer struct {
	strings.Builder
	args []value
}

func (w *writer) text(s string) *writer {
	w.WriteString(s)
	return w
}

func (w *writer) arg(v value) *writer {
	w.WriteByte('?')
	w.args = append(w.args, v)
	return w
}

// in writes "= ?" or "IN (?, …)"; of none it is never true.
func (w *writer) in(ids []int64) *writer {
	if len(ids) == 1 {
		return w.text("= ").arg(ids[0])
	}
	w.text("IN (")
	for i, id := range ids {
		if i > 0 {
			w.text(",")
		}
		w.arg(id)
	}
	return w.text(")")
}

// add puts another statement's text and arguments in.
func (w *writer) add(o *writer) *writer {
	w.WriteString(o.String())
	w.args = append(w.args, o.args...)
	return w
}
