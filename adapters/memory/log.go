package memory

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
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.open(ctx); err != nil {
		return adapters.Head{}, s.at("head", err)
	}
	g := s.generations[s.serving]
	return adapters.Head{Epoch: g.epoch, Position: g.head, Time: s.time, Trimmed: s.trimmed}, nil
}

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
	s.log = append(s.log, adapters.Change{Position: t.gen.head, Time: t.at, Tenant: tenant, Kind: adapters.ChangePurge, Ref: ref, Version: number})
	return adapters.Result{Effect: adapters.Deleted, Ref: ref, Version: number, Position: t.gen.head, LastUpdated: t.at}, nil
}

// Reindex implements adapters.Reindexer. Values of resources that are no longer there are left out.
func (s *Store) Reindex(ctx context.Context, tenant string, items iter.Seq2[*search.Values, error]) error {
	for v, err := range items {
		if err == nil {
			err = s.reindex(ctx, tenant, v)
		}
		if err != nil {
			return s.at("reindex", err)
		}
	}
	return nil
}

func (s *Store) reindex(ctx context.Context, tenant string, v *search.Values) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.open(ctx); err != nil {
		return err
	}
	t := s.begin(tenant)
	live := t.row(v.Ref).live(t.gen.head)
	if live == nil {
		return nil
	}
	next := *live
	values := *v
	values.LastUpdated = live.LastUpdated
	next.values, next.again = &values, true
	t.append(adapters.ChangeReindex, next)
	return nil
}
