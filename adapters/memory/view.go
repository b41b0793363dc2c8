package memory

import (
	"context"
	"math"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

var (
	_ adapters.Reader       = (*View)(nil)
	_ adapters.Searcher     = (*View)(nil)
	_ adapters.EachSearcher = (*View)(nil)
	_ adapters.Walker       = (*View)(nil)
)

// View is a store as it was at a position. What has been purged since is in no view.
type View struct {
	store *Store
	at    search.Position
}

// latest stands for the head at the time of the call.
const latest = search.Position(math.MaxInt64)

// At gives the store as it was at a position. Reads of a view above the head fail with fault.StoreLagging.
func (s *Store) At(p search.Position) *View { return &View{store: s, at: p} }

func (s *Store) now() *View { return &View{store: s, at: latest} }

// begin resolves the position, with the lock held.
func (v *View) begin(ctx context.Context, atLeast search.Position) (*generation, search.Position, error) {
	if err := v.store.open(ctx); err != nil {
		return nil, 0, err
	}
	g := v.store.generations[v.store.serving]
	at := v.at
	if at == latest {
		at = g.head
	}
	if at > g.head || atLeast > at {
		return nil, 0, fault.New(fault.StoreLagging, "position %d has not been reached (%d)", max(atLeast, v.at), g.head)
	}
	return g, at, nil
}

func (v *View) world(g *generation, tenant string, at search.Position) world {
	return world{tenant: g.of(tenant), at: at}
}

// Read implements adapters.Reader.
func (v *View) Read(ctx context.Context, caller search.Caller, atLeast search.Position, keys []adapters.Key) ([]search.Resource, search.Position, error) {
	v.store.mu.RLock()
	defer v.store.mu.RUnlock()
	g, at, err := v.begin(ctx, atLeast)
	if err != nil {
		return nil, 0, v.store.at("read", err)
	}
	w := v.world(g, caller.Tenant, at)
	out := make([]search.Resource, len(keys))
	for i, k := range keys {
		out[i].Ref = k.Ref
		found := w.tenant.row(k.Ref).current(at)
		if k.Version != 0 {
			found = w.tenant.row(k.Ref).numbered(at, k.Version)
		}
		if found == nil {
			continue
		}
		seen, err := visible(w, caller, w.tenant.row(k.Ref), found)
		if err != nil {
			return nil, 0, v.store.at("read", err)
		}
		if seen {
			out[i] = found.Resource
		}
	}
	return out, at, nil
}

// visible applies the caller's predicate to a version. A tombstone has no values to judge by; it is judged by the version
// that it ended.
func visible(w world, c search.Caller, r *row, v *version) (bool, error) {
	values := v.values
	for i := len(r.versions) - 1; i >= 0 && values == nil; i-- {
		if r.versions[i].at < v.at {
			values = r.versions[i].values
		}
	}
	if values == nil {
		values = &search.Values{Ref: v.Ref}
	}
	return search.Match(c.Predicate(v.Ref.Type), values, w)
}

// stream computes an answer under the lock, when its rows are asked for, and gives the rows without it.
func stream[T any](v *View, ctx context.Context, op string, atLeast search.Position, rows func(*generation, search.Position) ([]T, error)) adapters.Answer[T] {
	var reached search.Position
	compute := func() ([]T, error) {
		v.store.mu.RLock()
		defer v.store.mu.RUnlock()
		g, at, err := v.begin(ctx, atLeast)
		if err != nil {
			return nil, err
		}
		reached = at
		return rows(g, at)
	}
	return adapters.Answer[T]{
		Rows: func(yield func(T, error) bool) {
			var zero T
			out, err := compute()
			if err != nil {
				yield(zero, v.store.at(op, err))
				return
			}
			for _, row := range out {
				if err := ctx.Err(); err != nil {
					yield(zero, &fault.Error{Code: fault.Timeout, Store: v.store.id, Op: op, Err: err})
					return
				}
				if !yield(row, nil) {
					return
				}
			}
		},
		At: func() search.Position { return reached },
	}
}

// failed is an answer that has only an error.
func failed[T any](err error) adapters.Answer[T] {
	return adapters.Answer[T]{
		Rows: func(yield func(T, error) bool) { var zero T; yield(zero, err) },
		At:   func() search.Position { return 0 },
	}
}
