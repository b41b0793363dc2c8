package adaptertest

import (
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// all reads a stream to its end.
func all[T any](t *testing.T, a adapters.Answer[T]) ([]T, error) {
	t.Helper()
	var out []T
	for row, err := range a.Rows {
		if err != nil {
			return out, err
		}
		out = append(out, row)
	}
	return out, nil
}

// same demands that the store gives what the oracle gives: the same error code, or the same rows.
func same[T any](t *testing.T, what string, got, want adapters.Answer[T], options ...cmp.Option) []T {
	t.Helper()
	wantRows, wantErr := all(t, want)
	gotRows, gotErr := all(t, got)
	if fault.Of(gotErr) != fault.Of(wantErr) {
		t.Fatalf("%s: error %v, the oracle's %v", what, gotErr, wantErr)
	}
	equal(t, what, wantRows, gotRows, options...)
	return gotRows
}

// equal compares rows: quickly, and with a diff where that finds anything.
func equal[T any](t *testing.T, what string, want, got []T, options ...cmp.Option) {
	t.Helper()
	if slices.EqualFunc(want, got, func(a, b T) bool { return reflect.DeepEqual(a, b) }) {
		return
	}
	if d := cmp.Diff(want, got, append(options, cmpopts.EquateEmpty())...); d != "" {
		t.Fatalf("%s (-oracle +store):\n%s", what, shorten(d))
	}
}

func shorten(s string) string {
	const most = 4000
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}

// sameSearch compares a search and, if it is claimed, its count with the oracle's.
func (r *rig) sameSearch(t *testing.T, what string, q search.Request) []search.Hit {
	t.Helper()
	s := searcher(t, r)
	ctx := t.Context()
	if err := r.claimed(q); err != nil {
		r.refused(t, what, q)
		return nil
	}
	hits := same(t, what, withoutEmpty(s.Search(ctx, q)), withoutEmpty(r.oracle.Search(ctx, q)))
	if r.searches++; q.After != nil || r.searches%countEvery != 0 || !r.Store.Describe().Has(search.CanCount) {
		return hits
	}
	wantCount, _, err := r.oracle.Count(ctx, q)
	if err != nil {
		t.Fatalf("%s: the oracle's count: %v", what, err)
	}
	if n, _, err := s.Count(ctx, q); err != nil || n != wantCount {
		t.Fatalf("%s: count %d (%v), the oracle's %d", what, n, err, wantCount)
	}
	return hits
}

// withoutEmpty makes empty order keys nil, so that rows can be compared quickly.
func withoutEmpty(a adapters.Answer[search.Hit]) adapters.Answer[search.Hit] {
	rows := a.Rows
	a.Rows = func(yield func(search.Hit, error) bool) {
		for h, err := range rows {
			if len(h.Order) == 0 {
				h.Order = nil
			}
			if !yield(h, err) {
				return
			}
		}
	}
	return a
}

// claimed says whether the store claims all of a request.
func (r *rig) claimed(q search.Request) error {
	c := r.Store.Describe()
	if err := search.Can(c, q.Query.Type, search.Restrict(q.Query)); err != nil {
		return err
	}
	if err := search.CanSortBy(c, q.Query.Type, q.Query.Sort); err != nil {
		return err
	}
	if q.Within != nil && !c.Has(search.CanWithin) || q.Bodies && !c.Has(search.CanBodies) || q.Score && !c.Has(search.CanScore) {
		return fault.New(fault.Unsupported, "a part of the request")
	}
	return nil
}

// refused demands that search and count fail with the code of the claims.
func (r *rig) refused(t *testing.T, what string, q search.Request) {
	t.Helper()
	s := searcher(t, r)
	rows, err := all(t, s.Search(t.Context(), q))
	if c := fault.Of(err); len(rows) > 0 || c != fault.Unsupported && c != fault.ParameterBuilding {
		t.Fatalf("%s is not claimed: %d rows and error %v, want UNSUPPORTED", what, len(rows), err)
	}
	if n, _, err := s.Count(t.Context(), q); n != 0 || fault.Of(err) != fault.Unsupported && fault.Of(err) != fault.ParameterBuilding {
		t.Fatalf("%s is not claimed: count %d and error %v, want UNSUPPORTED", what, n, err)
	}
}
