package memory

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// Search implements adapters.Searcher.
func (v *View) Search(ctx context.Context, r search.Request) adapters.Answer[search.Hit] {
	where, err := v.store.refuse(r)
	if err != nil {
		return failed[search.Hit](v.store.at("search", err))
	}
	input := readInput(r)
	return stream(v, ctx, "search", r.AtLeast, func(g *generation, at search.Position) ([]search.Hit, error) {
		found, err := v.find(ctx, r.Query, where, input, g, at)
		if err != nil {
			return nil, err
		}
		list := hits(found, r)
		if r.Score || search.Ranked(r.Query.Sort) {
			v.world(g, r.Query.Caller.Tenant, at).score(list, found, r)
		}
		return window(list, r), nil
	})
}

// Count implements adapters.Searcher.
func (v *View) Count(ctx context.Context, r search.Request) (int64, search.Position, error) {
	where, err := v.store.refuse(r)
	if err == nil && !v.store.claims.Has(search.CanCount) {
		err = fault.New(fault.Unsupported, "count is not claimed")
	}
	if err != nil {
		return 0, 0, v.store.at("count", err)
	}
	input := readInput(r)
	v.store.mu.RLock()
	defer v.store.mu.RUnlock()
	g, at, err := v.begin(ctx, r.AtLeast)
	if err != nil {
		return 0, 0, v.store.at("count", err)
	}
	found, err := v.find(ctx, r.Query, where, input, g, at)
	return int64(len(found)), at, v.store.at("count", err)
}

// refuse gives the condition to evaluate, or an error if the request has a part that is not claimed.
func (s *Store) refuse(r search.Request) (search.Expr, error) {
	where := search.Restrict(r.Query)
	if err := search.Can(s.claims, r.Query.Type, where); err != nil {
		return nil, err
	}
	if err := search.CanSortBy(s.claims, r.Query.Type, r.Query.Sort); err != nil {
		return nil, err
	}
	if err := search.CanScoreBy(s.claims, r); err != nil {
		return nil, err
	}
	for _, f := range []struct {
		asked bool
		f     search.Feature
		name  string
	}{
		{r.Within != nil, search.CanWithin, "a semi-join"},
		{r.Bodies, search.CanBodies, "bodies"},
	} {
		if f.asked && !s.claims.Has(f.f) {
			return nil, fault.New(fault.Unsupported, "%s is not claimed", f.name)
		}
	}
	for _, set := range search.CodeSets(where) {
		if _, given := r.Codes[set]; !given {
			return nil, fault.New(fault.Unsupported, "the codes of %s did not come with the request", set)
		}
	}
	return where, nil
}

// input is what a request streams in, read before the lock is taken: whoever gives it may be using the store.
type input struct {
	within map[string]struct{} // nil: all
	codes  search.Expansions
}

func readInput(r search.Request) input {
	in := input{codes: search.Expand(r.Codes)}
	if r.Within != nil {
		in.within = map[string]struct{}{}
		for id := range r.Within {
			in.within[id] = struct{}{}
		}
	}
	return in
}

// find gives the versions that satisfy a condition, in the order of their ids.
func (v *View) find(ctx context.Context, q search.Query, where search.Expr, in input, g *generation, at search.Position) ([]*version, error) {
	w := v.world(g, q.Caller.Tenant, at)
	w.codes = in.codes
	var out []*version
	for r := range w.tenant.rows(q.Type) {
		if err := ctx.Err(); err != nil {
			return nil, &fault.Error{Code: fault.Timeout, Err: err}
		}
		found := r.live(at)
		if found == nil {
			continue
		}
		if _, in2 := in.within[r.ref.ID]; in.within != nil && !in2 {
			continue
		}
		ok, err := search.Match(where, found.values, w)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, found)
		}
	}
	return out, nil
}

// hits are the versions in the order of the query.
func hits(found []*version, r search.Request) []search.Hit {
	out := make([]search.Hit, len(found))
	for i, f := range found {
		out[i] = search.Hit{Ref: f.Ref, Version: f.Version}
		if !search.Ranked(r.Query.Sort) {
			out[i].Order = search.OrderKey(f.values, r.Query.Sort)
		}
		if r.Bodies {
			body := f.Resource
			out[i].Resource = &body
		}
	}
	slices.SortFunc(out, func(a, b search.Hit) int { return compare(a.Order, a.Ref.ID, b.Order, b.Ref.ID) })
	return out
}

func compare(order []byte, id string, order2 []byte, id2 string) int {
	return cmp.Or(bytes.Compare(order, order2), cmp.Compare(id, id2))
}

// window is the part of the ordered hits that a request asks for.
func window(all []search.Hit, r search.Request) []search.Hit {
	if r.Reverse {
		slices.Reverse(all)
	}
	if r.After != nil {
		all = slices.DeleteFunc(all, func(h search.Hit) bool {
			c := compare(h.Order, h.Ref.ID, r.After.Order, r.After.ID)
			return c <= 0 && !r.Reverse || c >= 0 && r.Reverse
		})
	}
	if r.Limit > 0 {
		all = all[:min(len(all), r.Limit)]
	}
	return all
}
