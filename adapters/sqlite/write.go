package sqlite

import (
	"context"
	"slices"
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
	*ready
	// search is compiled again by the writer: only there all names of the writes before it are known.
	search *search.Request
}

// ready is what is made of a write's values.
type ready struct {
	typ   *typeName
	tid   int64
	vals  []byte
	rows  []indexRow
	first int64 // of the chronological parameter
	last  int64
	words [2]string // narrative, content: FTS text
}

// Prepare implements adapters.Preparer.
func (s *Store) Prepare(ctx context.Context, tenant string, w *adapters.Write) error {
	one := write{Write: w}
	err := one.check(tenant)
	if err == nil {
		err = s.prepareWrite(ctx, tenant, &one)
	}
	if err != nil {
		return fault.At(s.cfg.ID, "prepare", err)
	}
	one.rows = slices.Concat(one.rows) // as large as they are, for they may wait long
	w.Ready, w.Values = one.ready, nil
	return nil
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
		j.size += m.size()
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

// size is about what a member holds in the queue.
func (m *member) size() int64 {
	n := int64(200)
	for i := range m.Writes {
		n += int64(len(m.Writes[i].Body.JSON)) + 200
	}
	for i := range m.Meta {
		n += int64(len(m.Meta[i].Key) + len(m.Meta[i].Old) + len(m.Meta[i].New))
	}
	return n
}

// prepare does what needs no transaction: names, index rows, encoded values, compiled conditions. What is wrong with the member is its
// outcome, an error is the call's.
func (s *Store) prepare(ctx context.Context, m *member) error {
	m.writes = make([]write, len(m.Writes))
	for i := range m.Writes {
		w := &m.writes[i]
		w.Write = &m.Writes[i]
		if m.err = w.check(m.Tenant); m.err != nil {
			m.failed = i
			return nil
		}
		if err := s.prepareWrite(ctx, m.Tenant, w); err != nil {
			return err
		}
		if w.If.Search != nil {
			q := *w.If.Search
			q.Caller.Tenant = m.Tenant
			w.search = &search.Request{Query: q, Limit: w.If.Matches + 1}
			if _, err := s.compile(*w.search); err != nil {
				m.err, m.failed = err, i
				return nil
			}
		}
	}
	return nil
}

// check refuses what is no write.
func (w *write) check(tenant string) error {
	switch {
	case tenant == "":
		return fault.New(fault.BadUserInput, "a member has no tenant")
	case w.Ref.Type == "" || w.Ref.ID == "":
		return fault.New(fault.BadUserInput, "a write names no resource")
	case w.Action == adapters.Put && w.Values != nil && w.Values.Ref != w.Ref:
		return fault.New(fault.BadUserInput, "the values of %s are those of another resource", w.Ref)
	}
	return nil
}

func (s *Store) prepareWrite(ctx context.Context, tenant string, w *write) error {
	if r, ok := w.Ready.(*ready); ok && r.typ.key == (typeKey{tenant, w.Ref.Type}) {
		w.ready = r
		return nil
	}
	v := &search.Values{Ref: w.Ref}
	if w.Action == adapters.Put && w.Values != nil {
		v = w.Values
	}
	typ, rows, err := s.index(ctx, tenant, v)
	if err != nil {
		return err
	}
	w.ready = &ready{typ: typ, tid: typ.id, rows: rows}
	if w.Action == adapters.Put {
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
