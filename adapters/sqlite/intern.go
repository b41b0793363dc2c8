package sqlite

import (
	"context"
	"maps"
)

// intern makes names, in a transaction of its own: they must be there before the first row that uses them.
func (s *Store) intern(ctx context.Context, missing []wanted) error {
	return s.queue.do(ctx, &job{alone: func(ctx context.Context, g *group) error { return g.intern(ctx, missing) }})
}

// interning makes names on the writer.
type interning struct {
	*group
	next  int64
	added []freshName
	have  map[wanted]bool
	subs  map[wanted]int // made here, by parameter
}

type freshName struct {
	wanted
	id    int64
	chron string
}

func (g *group) intern(ctx context.Context, missing []wanted) error {
	g.names.mu.RLock()
	defer g.names.mu.RUnlock()
	in := &interning{group: g, next: g.names.next, have: map[wanted]bool{}, subs: map[wanted]int{}}
	for _, w := range missing {
		for _, step := range []wanted{{w.tenant, w.typ, "", ""}, {w.tenant, w.typ, w.code, ""}, w} {
			if err := in.want(ctx, step); err != nil {
				return err
			}
		}
	}
	g.onCommit = in.publish
	return nil
}

// want makes a name that is not there.
func (in *interning) want(ctx context.Context, w wanted) error {
	if in.have[w] || in.names.has(w) {
		return nil
	}
	switch {
	case w.sub == subMulti:
		in.have[w] = true
		_, err := in.conn.exec(ctx, "UPDATE names SET multi=1 WHERE tenant=? AND type=? AND code=? AND sub=''", w.tenant, w.typ, w.code)
		return err
	case w.sub != "" && w.sub[:1] != subTarget && w.sub[1:] != overflow:
		// Counted here, where one at a time is made: a system has a name of its own from its first row on, or never.
		p := wanted{w.tenant, w.typ, w.code, ""}
		if in.names.subs(p)+in.subs[p] >= maxSubs {
			return nil
		}
		in.subs[p]++
	}
	in.have[w] = true
	f := freshName{w, in.next, ""}
	in.next++
	if w.code == "" {
		if p := in.cfg.Chronological(w.typ); p != nil {
			f.chron = p.Code
		}
	}
	in.added = append(in.added, f)
	_, err := in.conn.exec(ctx, "INSERT INTO names (id, tenant, type, code, sub, chron) VALUES (?,?,?,?,?,?)",
		f.id, w.tenant, w.typ, w.code, w.sub, f.chron)
	return err
}

// publish makes the names visible once they are committed.
func (in *interning) publish() {
	in.names.mu.Lock()
	defer in.names.mu.Unlock()
	in.names.made.Add(1)
	for _, f := range in.added {
		in.names.add(f.wanted, f.id, f.chron, false, 0, nil)
	}
	for w := range maps.Keys(in.have) {
		if w.sub == subMulti {
			in.names.types[typeKey{w.tenant, w.typ}].params[w.code].multi.Store(true)
		}
	}
}

// subs gives the number of a parameter's subs; the lock is held.
func (n *names) subs(p wanted) int {
	if t := n.types[typeKey{p.tenant, p.typ}]; t != nil && t.params[p.code] != nil {
		return len(t.params[p.code].subs)
	}
	return 0
}

// has says whether a name is there; the lock is held.
func (n *names) has(w wanted) bool {
	t := n.types[typeKey{w.tenant, w.typ}]
	if t == nil || w.code == "" {
		return t != nil
	}
	p := t.params[w.code]
	if p == nil || w.sub == "" {
		return p != nil
	}
	if w.sub == subMulti {
		return p.multi.Load()
	}
	_, ok := p.subs[w.sub]
	return ok
}
