package sqlite

import (
	"context"
	"strconv"
	"strings"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// member is a Member, prepared for the writer.
type member struct {
	adapters.Member
	writes []write
	err    error // found while preparing: the outcome
	failed int
}

// write is a Write with what can be made before the writer.
type write struct {
	*adapters.Write
	typ    *typeName
	tid    int64
	vals   []byte
	rows   []indexRow
	first  int64 // of the chronological parameter
	last   int64
	words  [2]string // narrative, content: FTS text
	search *plan
}

// Write implements adapters.Writer.
func (s *Store) Write(ctx context.Context, members []adapters.Member) ([]adapters.Outcome, error) {
	if len(members) == 0 {
		return nil, nil
	}
	if ctx.Err() != nil {
		return nil, fault.At(s.cfg.ID, "write", ended(ctx))
	}
	j := &job{members: make([]*member, len(members))}
	for i := range members {
		m := &member{Member: members[i]}
		if err := s.prepare(ctx, m); err != nil {
			return nil, fault.At(s.cfg.ID, "write", err)
		}
		for k := range m.writes {
			j.size += int64(len(m.writes[k].Body.JSON)) + 200
		}
		j.members[i] = m
	}
	if err := s.queue.do(ctx, j); err != nil {
		return nil, fault.At(s.cfg.ID, "write", err)
	}
	for i := range j.outcomes {
		j.outcomes[i].Err = fault.At(s.cfg.ID, "write", j.outcomes[i].Err)
	}
	return j.outcomes, nil
}

// prepare does what needs no transaction: names, index rows, encoded values, compiled conditions.
func (s *Store) prepare(ctx context.Context, m *member) error {
	m.writes = make([]write, len(m.Writes))
	if m.Tenant == "" && len(m.Writes) > 0 {
		return fault.New(fault.BadUserInput, "a member has no tenant")
	}
	for i := range m.Writes {
		w := &m.writes[i]
		w.Write = &m.Writes[i]
		if err := s.prepareWrite(ctx, m.Tenant, w); err != nil {
			return err
		}
		if w.If.Search != nil {
			q := *w.If.Search
			q.Caller.Tenant = m.Tenant
			p, err := s.compile(search.Request{Query: q, Limit: w.If.Matches + 1})
			if err != nil {
				m.err, m.failed = err, i
			}
			w.search = p
		}
	}
	return nil
}

func (s *Store) prepareWrite(ctx context.Context, tenant string, w *write) error {
	if w.Ref.Type == "" || w.Ref.ID == "" {
		return fault.New(fault.BadUserInput, "a write names no resource")
	}
	v := &search.Values{Ref: w.Ref}
	if w.Action == adapters.Put && w.Values != nil {
		v = w.Values
	}
	typ, rows, err := s.index(ctx, tenant, v)
	if err != nil {
		return err
	}
	w.typ, w.tid, w.rows = typ, typ.id, rows
	if w.Action == adapters.Put {
		if w.Values != nil && w.Values.Ref != w.Ref {
			return fault.New(fault.BadUserInput, "the values of %s are those of another resource", w.Ref)
		}
		w.vals = v.AppendBinary(nil)
		w.first, w.last = typ.span(v)
		w.words[0], w.words[1] = ftsText(w.tid, v.Narrative), ftsText(w.tid, v.Content)
	}
	return nil
}

// index gives the index rows of the values, after it has made the names that are not there yet.
func (s *Store) index(ctx context.Context, tenant string, v *search.Values) (*typeName, []indexRow, error) {
	const rounds = 4 // a type, its parameters, their systems, the one that too many systems share
	for range rounds {
		typ, rows, missing := s.names.build(tenant, v)
		if len(missing) == 0 {
			return typ, rows, nil
		}
		if err := s.intern(ctx, missing); err != nil {
			return nil, nil, err
		}
	}
	return nil, nil, fault.New(fault.Internal, "the names of %s are not settled", v.Ref)
}

// ftsText is the text that makes a resource's tokens: each once, with the type's name before it, so that a word of another
// tenant or type is another word.
func ftsText(tid int64, tokens []string) string {
	if len(tokens) == 0 {
		return ""
	}
	prefix := ftsPrefix(tid)
	seen := make(map[string]bool, len(tokens))
	var b strings.Builder
	for _, t := range tokens {
		if seen[t] {
			continue
		}
		seen[t] = true
		b.WriteString(prefix)
		b.WriteString(t)
		b.WriteByte(' ')
	}
	b.WriteString(prefix) // the word of those that have any
	return b.String()
}

func ftsPrefix(tid int64) string { return strconv.FormatInt(tid, 36) + "_" }

// intern makes names, in a transaction of its own: they must be there before the first row that uses them.
func (s *Store) intern(ctx context.Context, missing []wanted) error {
	return s.queue.do(ctx, &job{alone: func(ctx context.Context, g *group) error { return g.intern(ctx, missing) }})
}

func (g *group) intern(ctx context.Context, missing []wanted) error {
	g.names.mu.Lock()
	defer g.names.mu.Unlock()
	type fresh struct {
		wanted
		id    int64
		chron string
	}
	var added []fresh
	have := map[wanted]bool{}
	next := g.names.next
	subs := map[wanted]int{}
	want := func(w wanted) error {
		if w.sub != "" && w.sub[:1] != subTarget && w.sub != subMulti && w.sub[1:] != overflow {
			// Counted here, where one at a time is made: a system either has a name of its own from its first row on or never.
			p := wanted{w.tenant, w.typ, w.code, ""}
			if g.names.subs(p)+subs[p] >= maxSubs {
				return nil
			}
			defer func() { subs[p]++ }()
		}
		if have[w] || g.names.has(w) {
			return nil
		}
		have[w] = true
		if w.sub == subMulti {
			_, err := g.conn.exec(ctx, "UPDATE names SET multi=1 WHERE tenant=? AND type=? AND code=? AND sub=''", w.tenant, w.typ, w.code)
			return err
		}
		f := fresh{w, next, ""}
		next++
		if w.code == "" {
			if p := g.cfg.Chronological(w.typ); p != nil {
				f.chron = p.Code
			}
		}
		added = append(added, f)
		_, err := g.conn.exec(ctx, "INSERT INTO names (id, tenant, type, code, sub, chron) VALUES (?,?,?,?,?,?)",
			f.id, w.tenant, w.typ, w.code, w.sub, f.chron)
		return err
	}
	for _, w := range missing {
		for _, step := range []wanted{{w.tenant, w.typ, "", ""}, {w.tenant, w.typ, w.code, ""}, w} {
			if err := want(step); err != nil {
				return err
			}
		}
	}
	g.onCommit = func() {
		g.names.mu.Lock()
		defer g.names.mu.Unlock()
		for _, f := range added {
			g.names.add(f.wanted, f.id, f.chron, false, 0, nil)
		}
		for w := range have {
			if w.sub == subMulti {
				g.names.types[typeKey{w.tenant, w.typ}].params[w.code].multi.Store(true)
			}
		}
	}
	return nil
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
