package memory

import (
	"bytes"
	"context"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// Write implements adapters.Writer. A call is one group, applied while nobody reads.
func (s *Store) Write(ctx context.Context, members []adapters.Member) ([]adapters.Outcome, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.open(ctx); err != nil {
		return nil, s.at("write", err)
	}
	defer s.bell.Ring()
	out := make([]adapters.Outcome, len(members))
	for i, m := range members {
		out[i] = s.apply(ctx, m)
	}
	return out, nil
}

// transaction is a member being applied.
type transaction struct {
	store *Store
	gen   *generation
	name  string
	*tenant
	at   int64
	done []fhir.Ref // what has got a version, to be taken back on failure
}

func (s *Store) begin(tenant string) *transaction {
	g := s.generations[s.serving]
	s.time = max(s.time, s.clock().UnixMicro())
	return &transaction{store: s, gen: g, name: tenant, tenant: g.make(tenant), at: s.time}
}

// apply applies a member whole, or takes back what it had done.
func (s *Store) apply(ctx context.Context, m adapters.Member) adapters.Outcome {
	t := s.begin(m.Tenant)
	results := make([]adapters.Result, len(m.Writes))
	for i, w := range m.Writes {
		r, err := t.write(ctx, w)
		if err != nil {
			t.rollback()
			return adapters.Outcome{Err: s.at("write", err), Failed: i}
		}
		results[i] = r
	}
	if err := s.swap(m.Meta); err != nil {
		t.rollback()
		return adapters.Outcome{Err: s.at("write", err), Failed: -1}
	}
	return adapters.Outcome{Results: results}
}

func (t *transaction) rollback() {
	for i := len(t.done) - 1; i >= 0; i-- {
		t.drop(t.done[i])
		t.gen.head--
		t.store.log = t.store.log[:len(t.store.log)-1]
	}
}

func (t *transaction) write(ctx context.Context, w adapters.Write) (adapters.Result, error) {
	row := t.row(w.Ref)
	if err := t.check(ctx, row, w); err != nil {
		return adapters.Result{}, err
	}
	current := row.current(t.gen.head)
	live := row.live(t.gen.head)
	switch {
	case w.Action == adapters.Require,
		w.Action == adapters.Delete && live == nil,
		w.Action == adapters.Put && w.If.Changed && same(live, w),
		w.Action == adapters.Put && w.If.Newer && live != nil && w.LastUpdated != 0 && w.LastUpdated < live.LastUpdated:
		return result(adapters.Unchanged, w.Ref, current), nil
	}
	next := version{Resource: search.Resource{Ref: w.Ref, Version: 1, LastUpdated: w.LastUpdated}}
	if next.LastUpdated == 0 {
		next.LastUpdated = t.at
	}
	if current != nil {
		next.Version = current.Version + 1
	}
	if w.Action == adapters.Delete {
		next.Deleted = true
		return result(adapters.Deleted, w.Ref, t.append(adapters.ChangeDelete, next)), nil
	}
	if w.Values == nil || w.Values.Ref != w.Ref {
		return adapters.Result{}, fault.New(fault.Internal, "%s comes without its index values", w.Ref)
	}
	values := *w.Values
	values.LastUpdated = next.LastUpdated
	next.Body, next.values = w.Body, &values
	effect := adapters.Updated
	if live == nil {
		effect = adapters.Created
	}
	return result(effect, w.Ref, t.append(adapters.ChangePut, next)), nil
}

// append gives a version the next position and logs it.
func (t *transaction) append(kind adapters.ChangeKind, v version) *version {
	t.gen.head++
	if v.at = t.gen.head; !v.again {
		v.Position = v.at
	}
	t.add(v)
	t.done = append(t.done, v.Ref)
	t.store.log = append(t.store.log, record(t.name, kind, t.at, &v))
	return &v
}

func result(e adapters.Effect, ref fhir.Ref, v *version) adapters.Result {
	if v == nil {
		return adapters.Result{Effect: e, Ref: ref}
	}
	return adapters.Result{Effect: e, Ref: ref, Version: v.Version, Position: v.Position, LastUpdated: v.LastUpdated}
}

func same(live *version, w adapters.Write) bool {
	return live != nil && bytes.Equal(live.Body.JSON, w.Body.JSON) && (w.LastUpdated == 0 || w.LastUpdated == live.LastUpdated)
}

// check demands the precondition of a write, against the state that includes the member's earlier writes.
func (t *transaction) check(ctx context.Context, row *row, w adapters.Write) error {
	current := row.current(t.gen.head)
	if w.If.Version != 0 && (current == nil || current.Version != w.If.Version) {
		return fault.New(fault.Conflict, "%s is not at version %d", w.Ref, w.If.Version)
	}
	if w.If.Absent && row.live(t.gen.head) != nil {
		return fault.New(fault.Conflict, "%s is there already", w.Ref)
	}
	if w.If.Search == nil {
		return nil
	}
	q := *w.If.Search
	q.Caller.Tenant = t.name
	where, err := t.store.refuse(search.Request{Query: q})
	if err != nil {
		return err
	}
	found, err := t.store.now().find(ctx, q, where, input{}, t.gen, t.gen.head)
	if err != nil {
		return err
	}
	if len(found) != w.If.Matches || w.If.Matches == 1 && found[0].Ref != w.Ref {
		return fault.New(fault.Conflict, "the condition of %s has %d matches", w.Ref, len(found))
	}
	return nil
}
