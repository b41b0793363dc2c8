package resolvers

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/graph/model"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
	"github.com/vektah/gqlparser/v2/validator/core"
)

// stores are those of a snapshot, the primary first.
func stores(s *planner.Snapshot) []*model.Store {
	out := make([]*model.Store, 0, len(s.Stores))
	for i := range s.Stores {
		st := &s.Stores[i]
		m := &model.Store{ID: st.ID, Kind: st.Kind, Role: model.StoreRoleSecondary, Healthy: st.Healthy, Features: strings.Split(st.Claims.Features.String(), "+")}
		if st.Primary {
			m.Role = model.StoreRolePrimary
		} else {
			position := strconv.FormatInt(int64(st.Position), 10)
			m.Position = &position
		}
		out = append(out, m)
	}
	return out
}

// health is the worst of what holds for any store.
func health(s *planner.Snapshot) *model.Health {
	h := &model.Health{Status: model.HealthStatusOk, Snapshot: strconv.FormatUint(s.Number, 10), Stores: stores(s)}
	for i := range s.Stores {
		switch {
		case s.Stores[i].Healthy:
		case s.Stores[i].Primary:
			h.Status = model.HealthStatusDown
		case h.Status == model.HealthStatusOk:
			h.Status = model.HealthStatusDegraded
		}
	}
	return h
}

// suggestion is the type whose name is most like another, as a question; "" where none is, or names are not told.
func (r *Resolver) suggestion(name string) string {
	if r.NoSuggestions || len(name) > 80 {
		return ""
	}
	if like := core.SuggestionList(name, r.Types); len(like) > 0 {
		return "; did you mean " + like[0] + "?"
	}
	return ""
}

// counts counts, exactly and as the caller may see them, the resources of the types; without any, of those that have some.
func (r *Resolver) counts(ctx context.Context, types []string) ([]*model.TypeCount, error) {
	all := len(types) == 0
	if all {
		types = r.Types
	}
	if len(types) > len(r.Types) {
		return nil, fault.New(fault.BadUserInput, "types has %d items; there are %d types", len(types), len(r.Types))
	}
	op := planner.Operation{Caller: callerOf(ctx)}
	calls := make([]composite.Call, 0, len(types))
	for i, name := range types {
		if !slices.Contains(r.Types, name) {
			return nil, fault.New(fault.BadUserInput, "types: item %d is no resource type of this schema%s", i, r.suggestion(name))
		}
		calls = append(calls, composite.Call{Part: i})
		op.Parts = append(op.Parts, planner.Part{
			Kind: planner.Search, Path: "counts." + name, Parent: -1, Total: planner.Accurate,
			Query: search.Query{Caller: op.Caller, Type: name, Where: search.True{}},
		})
	}
	if len(calls) == 0 {
		return []*model.TypeCount{}, nil
	}
	results, err := r.Engine.Run(ctx, op, calls)
	if err != nil {
		return nil, err
	}
	out := make([]*model.TypeCount, 0, len(types))
	for i, res := range results {
		if res.Err != nil {
			return nil, res.Err
		}
		if n := int(res.Pages[0].Total); n > 0 || !all {
			out = append(out, &model.TypeCount{Type: types[i], Count: n})
		}
	}
	return out, nil
}
