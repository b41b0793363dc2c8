package memory

import (
	"bytes"
	"context"
	"iter"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// Head implements adapters.Log.
func (s *Store) Head(ctx context.Context) (adapters.Head, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.open(ctx); err != nil {
		return adapters.Head{}, s.at("head", err)
	}
	g := s.generations[s.serving]
	return adapters.Head{Epoch: g.epoch, Position: g.head, Time: s.time, Trimmed: s.trimmed}, nil
}

// Notify implements adapters.Notifier.
func (s *Store) Notify(c chan<- struct{}) (stop func()) { return s.bell.Notify(c) }

// Changes implements adapters.Log.
func (s *Store) Changes(ctx context.Context, from search.Position, limit int) iter.Seq2[adapters.Change, error] {
	return func(yield func(adapters.Change, error) bool) {
		changes, err := s.changes(ctx, from, limit)
		if err != nil {
			yield(adapters.Change{}, s.at("changes", err))
			return
		}
		for _, c := range changes {
			if err := ctx.Err(); err != nil {
				yield(adapters.Change{}, &fault.Error{Code: fault.Timeout, Store: s.id, Op: "changes", Err: err})
				return
			}
			if !yield(c, nil) {
				return
			}
		}
	}
}

func (s *Store) changes(ctx context.Context, from search.Position, limit int) ([]adapters.Change, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.open(ctx); err != nil {
		return nil, err
	}
	if from < s.trimmed {
		return nil, fault.New(fault.ResumeExpired, "the log is kept from position %d on", s.trimmed)
	}
	above := s.log[min(int64(len(s.log)), int64(from-s.trimmed)):]
	if limit > 0 {
		above = above[:min(len(above), limit)]
	}
	return above, nil
}

// Trim implements adapters.Log.
func (s *Store) Trim(ctx context.Context, upTo search.Position) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.open(ctx); err != nil {
		return s.at("trim", err)
	}
	if n := min(int64(len(s.log)), int64(upTo-s.trimmed)); n > 0 {
		s.log = append([]adapters.Change(nil), s.log[n:]...)
		s.trimmed += search.Position(n)
	}
	return nil
}

// Purge implements adapters.Log.
func (s *Store) Purge(ctx context.Context, tenant string, ref fhir.Ref) (adapters.Result, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.open(ctx); err != nil {
		return adapters.Result{}, s.at("purge", err)
	}
	t := s.begin(tenant)
	last := t.row(ref).current(t.gen.head)
	if last == nil {
		return adapters.Result{Effect: adapters.Unchanged, Ref: ref}, nil
	}
	number := last.Version
	t.erase(ref)
	t.gen.head++
	defer s.bell.Ring()
	s.log = append(s.log, adapters.Change{Position: t.gen.head, Time: t.at, Tenant: tenant, Kind: adapters.ChangePurge, Ref: ref, Version: number})
	return adapters.Result{Effect: adapters.Deleted, Ref: ref, Version: number, Position: t.gen.head, LastUpdated: t.at}, nil
}

// Reindex implements adapters.Reindexer.
func (s *Store) Reindex(ctx context.Context, tenant string, items []adapters.Reindexed) (changed int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.open(ctx); err != nil {
		return 0, s.at("reindex", err)
	}
	t := s.begin(tenant)
	defer s.bell.Ring()
	for _, item := range items {
		if t.reindex(item) {
			changed++
		}
	}
	return changed, nil
}

// reindex gives the current version other values, unless it is another one or has them already.
func (t *transaction) reindex(item adapters.Reindexed) bool {
	live := t.row(item.Values.Ref).live(t.gen.head)
	if live == nil || live.Version != item.Version {
		return false
	}
	values := *item.Values
	values.LastUpdated = live.LastUpdated
	if !item.Words {
		if bytes.Equal(values.AppendBinary(nil), live.values.AppendBinary(nil)) {
			return false
		}
		values.Narrative, values.Content = live.values.Narrative, live.values.Content
	}
	next := *live
	next.values, next.again = &values, true
	t.append(adapters.ChangeReindex, next)
	return true
}
