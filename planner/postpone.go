package planner

import (
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// postpone leaves a condition to be filtered from whole resources. It fails if a part of it does not show on the resource alone
// and no store answers it, and if a part is about a parameter that is being built, for which a client had better wait.
func (b *builder) postpone(q search.Query) error {
	why := "no store claims it"
	if whole(q.Where) {
		why = "only whole resources show it"
	}
	for leaf := range leaves(q.Where) {
		lq := with(q, leaf)
		c, ok := b.choose(lq, 0, 0)
		here := search.CanFilter(leaf)
		switch code := c.code(); {
		case ok && here != nil:
			return undivided(b.part, leaf, q.Where, c.store.ID)
		case ok:
		case here != nil || code == fault.ParameterBuilding:
			return c.refusal(b.part)
		case code == fault.StoreUnavailable, code == fault.StoreLagging:
			why = "its store is away or behind"
			b.degraded = append(b.degraded, "["+shape(leaf)+"] is filtered here, its store is away or behind")
		}
	}
	b.residual, b.why = append(b.residual, q.Where), why
	return nil
}

// whole says whether a condition has a part that no index value shows.
func whole(e search.Expr) bool {
	for leaf := range leaves(e) {
		if _, ok := leaf.(search.FHIRPath); ok {
			return true
		}
	}
	return false
}

// undivided is the error for a condition that a store answers, inside one that has to be filtered here as a whole.
func undivided(part *Part, leaf, whole search.Expr, store string) error {
	return fault.New(fault.Unsupported, "%s: [%s] can only be answered by %s, and [%s] only here, from whole resources",
		part.Path, shape(leaf), store, shape(whole))
}

// leaves are the parts of a condition that are not And, Or or Not.
func leaves(e search.Expr) func(yield func(search.Expr) bool) {
	return func(yield func(search.Expr) bool) { walk(e, yield) }
}

func walk(e search.Expr, yield func(search.Expr) bool) bool {
	switch e := e.(type) {
	case search.And:
		return walkAll(e, yield)
	case search.Or:
		return walkAll(e, yield)
	case search.Not:
		return walk(e.X, yield)
	}
	return yield(e)
}

func walkAll(parts []search.Expr, yield func(search.Expr) bool) bool {
	for _, p := range parts {
		if !walk(p, yield) {
			return false
		}
	}
	return true
}

// buildingSort fails if no store gives an order only because a parameter of it is being built.
func (b *builder) buildingSort(q search.Query) error {
	var building error
	for i := range b.snapshot.Stores {
		err := search.CanSortBy(b.snapshot.Stores[i].Claims, q.Type, q.Sort)
		if err == nil {
			return nil
		}
		if fault.Of(err) == fault.ParameterBuilding {
			building = fault.New(fault.ParameterBuilding, "%s: %s", b.part.Path, message(err))
		}
	}
	return building
}
