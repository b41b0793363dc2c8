package composite

import (
	"context"
	"maps"
	"reflect"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// Refresh reads claims, health and statistics anew and publishes a snapshot if any of them changed class. A store that does
// not answer is not healthy in it and no candidate; only the primary's absence is an error.
func (e *Engine) Refresh(ctx context.Context) error {
	e.refresh.Lock()
	defer e.refresh.Unlock()
	next := &planner.Snapshot{Number: 1}
	head, err := e.primary.Head(ctx)
	if err != nil {
		return err
	}
	if e.terms != nil {
		next.Terminology = e.terms.ID()
	}
	for i, st := range e.order {
		state, err := e.observe(ctx, st, i == 0, head.Epoch)
		if err != nil {
			if i == 0 {
				return err
			}
			e.log.Warn("store does not answer", "store", st.ID(), "error", err)
			state.Away = "it does not answer"
		}
		next.Stores = append(next.Stores, state)
	}
	if old := e.snapshot.Load(); old != nil {
		next.Number = old.Number + 1
		if sameClass(old, next) {
			return nil
		}
	}
	e.snapshot.Store(next)
	return nil
}

// observe reads what is to be known of a store. A secondary whose marker is missing or of another epoch than the primary's log has
// to be built anew: what it holds means nothing.
func (e *Engine) observe(ctx context.Context, st adapters.Store, primary bool, epoch string) (planner.StoreState, error) {
	fixed, row := prior(st.Kind())
	state := planner.StoreState{
		ID: st.ID(), Kind: st.Kind(), Primary: primary, Claims: st.Describe(), FixedMS: fixed, PerRowUS: row,
	}
	stats, err := e.statistics(ctx, st)
	if err != nil {
		return state, err
	}
	if s, ok := st.(adapters.Applier); ok && !primary {
		m, err := s.Marker(ctx)
		if err != nil {
			return state, err
		}
		if m.Epoch != epoch {
			state.Away = "it has to be rebuilt"
			return state, nil
		}
		state.Position = m.Searchable
	}
	state.Statistics, state.Healthy = stats, true
	return state, nil
}

// statistics sums over the tenants: they steer plans, and plans are shared.
func (e *Engine) statistics(ctx context.Context, st adapters.Store) (search.Statistics, error) {
	sum := search.Statistics{Rows: map[string]int64{}, Params: map[string]map[string]search.ParamStatistics{}}
	for _, tenant := range e.tenants {
		s, err := st.Statistics(ctx, tenant)
		if err != nil {
			return sum, err
		}
		for t, n := range s.Rows {
			sum.Rows[t] += n
		}
		for t, params := range s.Params {
			if sum.Params[t] == nil {
				sum.Params[t] = map[string]search.ParamStatistics{}
			}
			for code, p := range params {
				old := sum.Params[t][code]
				sum.Params[t][code] = search.ParamStatistics{Rows: old.Rows + p.Rows, Distinct: old.Distinct + p.Distinct}
			}
		}
	}
	return sum, nil
}

// prior gives a kind's cost until it is measured: milliseconds a call, microseconds a row.
func prior(kind string) (fixed, row float64) {
	switch kind {
	case "postgres":
		return 0.3, 8
	case "elasticsearch":
		return 3, 20
	case "neo4j":
		return 3, 90
	case "s3":
		return 5, 1000
	default:
		return 0.05, 2
	}
}

// sameClass says whether two snapshots give the same plans: equal stores, claims, health and positions (which decide what a
// sync token may be answered by), and row counts of the same decade.
func sameClass(a, b *planner.Snapshot) bool {
	if len(a.Stores) != len(b.Stores) {
		return false
	}
	for i := range a.Stores {
		x, y := a.Stores[i], b.Stores[i]
		if x.ID != y.ID || x.Healthy != y.Healthy || x.Away != y.Away || x.Position != y.Position || !reflect.DeepEqual(x.Claims, y.Claims) {
			return false
		}
		if !maps.Equal(decades(x.Statistics.Rows), decades(y.Statistics.Rows)) {
			return false
		}
	}
	return true
}

func decades(rows map[string]int64) map[string]int {
	out := make(map[string]int, len(rows))
	for t, n := range rows {
		d := 0
		for ; n >= 10; n /= 10 {
			d++
		}
		if n > 0 {
			out[t] = d + 1
		}
	}
	return out
}
