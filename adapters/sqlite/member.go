package sqlite

import (
	"bytes"
	"context"
	"errors"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// refused is the failure of a member that leaves the group going.
type refused struct{ error }

// member applies a member whole or not at all. An error is the group's.
func (g *group) member(ctx context.Context, m *member) (adapters.Outcome, error) {
	if m.err != nil {
		return adapters.Outcome{Err: m.err, Failed: m.failed}, nil
	}
	// One write is refused before it changes anything; more may be half way.
	if !g.careful && len(m.writes)+min(1, len(m.Meta)) <= 1 {
		return g.apply(ctx, m)
	}
	saved, err := g.save(ctx)
	if err != nil {
		return adapters.Outcome{}, err
	}
	var out adapters.Outcome
	if g.careful {
		out, err = g.applyCarefully(ctx, m)
	} else {
		out, err = g.apply(ctx, m)
	}
	if err != nil {
		return out, err
	}
	if out.Err != nil {
		return out, g.back(ctx, saved)
	}
	_, err = g.conn.exec(ctx, "RELEASE member")
	return out, err
}

func (g *group) apply(ctx context.Context, m *member) (adapters.Outcome, error) {
	results := make([]adapters.Result, len(m.writes))
	for i := range m.writes {
		r, err := g.write(ctx, &m.writes[i])
		var no refused
		if errors.As(err, &no) {
			return adapters.Outcome{Err: no.error, Failed: i}, nil
		}
		if err != nil {
			return adapters.Outcome{Failed: i}, err
		}
		results[i] = r
	}
	err := g.swap(ctx, m.Meta)
	var no refused
	if errors.As(err, &no) {
		return adapters.Outcome{Err: no.error, Failed: -1}, nil
	}
	if err != nil {
		return adapters.Outcome{Failed: -1}, err
	}
	return adapters.Outcome{Results: results}, nil
}

// applyCarefully makes an error that is the member's own its outcome.
func (g *group) applyCarefully(ctx context.Context, m *member) (out adapters.Outcome, err error) {
	err = g.guarded(func() (err error) {
		if out, err = g.apply(ctx, m); err == nil && out.Err == nil {
			err = g.pending.flush(ctx, g.conn)
		}
		return err
	})
	if err != nil && ofMember(err) {
		return adapters.Outcome{Err: failure(ctx, err), Failed: out.Failed}, nil
	}
	return out, err
}

// savepoint is the state to which a failed member goes back.
type savepoint struct {
	head   adapters.Head
	deltas deltas
}

func (g *group) save(ctx context.Context) (savepoint, error) {
	// What is pending belongs to members before this one.
	if err := g.pending.flush(ctx, g.conn); err != nil {
		return savepoint{}, err
	}
	_, err := g.conn.exec(ctx, "SAVEPOINT member")
	return savepoint{g.head, g.deltas.clone()}, err
}

func (g *group) back(ctx context.Context, s savepoint) error {
	g.pending.clear()
	g.head, g.deltas = s.head, s.deltas
	if _, err := g.conn.exec(ctx, "ROLLBACK TO member"); err != nil {
		return err
	}
	_, err := g.conn.exec(ctx, "RELEASE member")
	return err
}

// current is the row of a resource, tombstones included.
type current struct {
	rid, version, updated int64
	deleted               bool
}

func (c current) there() bool { return c.rid != 0 && !c.deleted }

func (g *group) current(ctx context.Context, tid int64, id string) (current, error) {
	var c current
	_, err := g.conn.one(ctx, "SELECT rid, version, updated, deleted FROM resource WHERE tid=? AND id=?",
		func(row []value) error {
			c = current{asInt(row[0]), asInt(row[1]), asInt(row[2]), asInt(row[3]) != 0}
			return nil
		}, tid, id)
	return c, err
}

func (g *group) write(ctx context.Context, w *write) (adapters.Result, error) {
	cur, err := g.current(ctx, w.tid, w.Ref.ID)
	if err != nil {
		return adapters.Result{}, err
	}
	same := adapters.Result{Ref: w.Ref, Version: cur.version, Position: search.Position(cur.rid), LastUpdated: cur.updated}
	if err := g.check(ctx, w, cur); err != nil {
		return same, err
	}
	switch w.Action {
	case adapters.Require:
		return same, nil
	case adapters.Delete:
		if !cur.there() {
			return same, nil
		}
	case adapters.Put:
		if w.If.Newer && cur.there() && w.LastUpdated != 0 && w.LastUpdated < cur.updated {
			return same, nil
		}
		if w.If.Changed && cur.there() {
			equal, err := g.unchanged(ctx, w, cur)
			if err != nil || equal {
				return same, err
			}
		}
	default:
		return same, refused{fault.New(fault.BadUserInput, "action %d", w.Action)}
	}
	return g.put(ctx, w, cur)
}

// check evaluates the precondition; a refusal is what does not hold.
func (g *group) check(ctx context.Context, w *write, cur current) error {
	p := w.If
	if p.Version != 0 && cur.version != p.Version {
		return refused{fault.New(fault.Conflict, "%s is not at version %d", w.Ref, p.Version)}
	}
	if p.Absent && cur.there() {
		return refused{fault.New(fault.Conflict, "%s is there already", w.Ref)}
	}
	if w.search == nil {
		return nil
	}
	if err := g.pending.flush(ctx, g.conn); err != nil {
		return err
	}
	plan, err := g.store.compile(*w.search)
	if err != nil {
		return refused{err}
	}
	var found []string
	err = g.store.rows(ctx, g.conn, plan, bindings{}, func(h search.Hit) (bool, error) {
		found = append(found, h.Ref.ID)
		return true, nil
	})
	if err != nil {
		return err
	}
	if len(found) != p.Matches || p.Matches == 1 && found[0] != w.Ref.ID {
		return refused{fault.New(fault.Conflict, "the condition on %s has not the %d matches that were asked for", w.Ref, p.Matches)}
	}
	return nil
}

func (g *group) unchanged(ctx context.Context, w *write, cur current) (equal bool, err error) {
	if w.LastUpdated != 0 && w.LastUpdated != cur.updated {
		return false, nil
	}
	_, err = g.conn.one(ctx, "SELECT splice, body FROM resource WHERE rid=?", func(row []value) error {
		equal = int(asInt(row[0])) == w.Body.Splice && bytes.Equal(asBytes(row[1]), w.Body.JSON)
		return nil
	}, cur.rid)
	return equal, err
}

// put makes a new version or a tombstone current.
func (g *group) put(ctx context.Context, w *write, cur current) (adapters.Result, error) {
	g.head.Position++
	r := adapters.Result{Effect: adapters.Created, Ref: w.Ref, Version: cur.version + 1, Position: g.head.Position, LastUpdated: w.LastUpdated}
	if r.LastUpdated == 0 {
		r.LastUpdated = g.head.Time
	}
	kind := adapters.ChangePut
	var deleted int64
	var vals, body, first, last value
	if w.Action == adapters.Delete {
		r.Effect, kind, deleted = adapters.Deleted, adapters.ChangeDelete, 1
	} else {
		search.SetLastUpdated(w.vals, r.LastUpdated)
		vals, body = w.vals, w.Body.JSON
		if w.last != search.MinTime {
			first, last = w.first, w.last
		}
		if cur.there() {
			r.Effect = adapters.Updated
		}
	}
	if err := g.index(ctx, w, cur); err != nil {
		return r, err
	}
	_, err := g.conn.exec(ctx, "INSERT INTO resource VALUES (?,?,?,?,?,?,?,?,?,?,?,0)", int64(r.Position), w.tid, w.Ref.ID, r.Version,
		r.LastUpdated, deleted, int64(w.Body.Splice), first, last, vals, body)
	if err != nil {
		return r, err
	}
	if w.words[0] != "" || w.words[1] != "" {
		_, err := g.conn.exec(ctx, "INSERT INTO fts (rowid, narrative, content) VALUES (?,?,?)", int64(r.Position), w.words[0], w.words[1])
		if err != nil {
			return r, err
		}
	}
	return r, g.log(ctx, kind, w.tid, w.Ref.ID, r.Version)
}

func (g *group) log(ctx context.Context, kind adapters.ChangeKind, tid int64, id string, version int64) error {
	_, err := g.conn.exec(ctx, "INSERT INTO log VALUES (?,?,?,?,?,?)", int64(g.head.Position), g.head.Time, int64(kind), tid, id, version)
	return err
}
