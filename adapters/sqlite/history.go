package sqlite

import (
	"context"
	"encoding/json"
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

// historyPage is how many versions are read at once at most: they come with their bodies.
const historyPage = 100

func (s *Store) history(ctx context.Context, r adapters.HistoryRequest, before search.Position, yield func(search.Resource, error) bool) error {
	left, size := r.Limit, historyPage
	if left > 0 && r.Caller.Policy == nil {
		size = min(left, historyPage) // none of them is hidden
	}
	for {
		part, seen, next, err := s.historyPage(ctx, r, before, size)
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
		if seen < size {
			return nil
		}
		before = next
	}
}

// historyPage gives the visible ones among the next versions, how many there were, and the position of the last.
func (s *Store) historyPage(ctx context.Context, r adapters.HistoryRequest, before search.Position, size int) (out []search.Resource, seen int, last search.Position, err error) {
	text, args := s.historyText(r, before, size)
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

// historyText is the SQL of a page: of the two tables that hold versions, the newest of each type by position, and of those the newest
// with their bodies.
func (s *Store) historyText(r adapters.HistoryRequest, before search.Position, size int) (string, []value) {
	var tids []int64
	for _, t := range s.names.typesOf(r.Caller.Tenant) {
		if r.Type == "" || t.key.typ == r.Type {
			tids = append(tids, t.id)
		}
	}
	types, _ := json.Marshal(tids) // numbers do not fail
	var w writer
	for i, from := range []string{"resource", "history"} {
		if i > 0 {
			w.text(" UNION ALL ")
		}
		w.text("SELECT " + versionColumns + ", tid, id FROM " + from + " WHERE rid IN (SELECT v.rid FROM json_each(").arg(string(types)).
			text(") t CROSS JOIN " + from + " v ON v.rid IN (").add(newest(from, r, before, size)).
			text(") ORDER BY v.rid DESC LIMIT ").arg(int64(size)).text(")")
	}
	w.text(" ORDER BY 1 DESC LIMIT ").arg(int64(size))
	return w.String(), w.args
}

// newest selects the positions of the newest versions in a table of the type t.value.
func newest(from string, r adapters.HistoryRequest, before search.Position, size int) *writer {
	index := "position"
	if r.ID != "" {
		index = "key" // those of a resource are few
	}
	w := (&writer{}).text("SELECT x.rid FROM " + from + " x INDEXED BY " + from + "_" + index + " WHERE x.tid = t.value AND x.rid < ").arg(int64(before))
	if r.ID != "" {
		w.text(" AND x.id = ").arg(r.ID)
	}
	if r.Since != 0 {
		w.text(" AND x.updated >= ").arg(r.Since)
	}
	if r.Until != 0 {
		w.text(" AND x.updated < ").arg(r.Until)
	}
	return w.text(" ORDER BY x.rid DESC LIMIT ").arg(int64(size))
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
