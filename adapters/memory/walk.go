package memory

import (
	"cmp"
	"context"
	"slices"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// Walk implements adapters.Walker: breadth first, the steps of a level ordered by where they go to. A start that the caller
// may not see, or that is not there, leads nowhere; starts are not steps.
func (v *View) Walk(ctx context.Context, r adapters.WalkRequest) adapters.Answer[adapters.Step] {
	if !v.store.claims.Has(search.CanWalk) {
		return failed[adapters.Step](v.store.at("walk", fault.New(fault.Unsupported, "walk is not claimed")))
	}
	return stream(v, ctx, "walk", r.AtLeast, func(g *generation, at search.Position) ([]adapters.Step, error) {
		w := walk{request: r, world: v.world(g, r.Caller.Tenant, at), seen: map[fhir.Ref]bool{}}
		return w.run(ctx)
	})
}

type walk struct {
	request adapters.WalkRequest
	world   world
	seen    map[fhir.Ref]bool
}

func (w *walk) run(ctx context.Context) ([]adapters.Step, error) {
	var level []*version
	for _, ref := range w.request.Start {
		v, err := w.enter(ref)
		if err != nil {
			return nil, err
		}
		if v != nil {
			level = append(level, v)
		}
	}
	var out []adapters.Step
	for hops := 1; hops <= w.request.Depth && len(level) > 0; hops++ {
		if err := ctx.Err(); err != nil {
			return nil, &fault.Error{Code: fault.Timeout, Err: err}
		}
		steps, next, err := w.level(level, hops)
		if err != nil {
			return nil, err
		}
		out, level = append(out, steps...), next
	}
	if w.request.Limit > 0 {
		out = out[:min(len(out), w.request.Limit)]
	}
	return out, nil
}

func (w *walk) level(from []*version, hops int) (steps []adapters.Step, next []*version, err error) {
	for _, v := range from {
		for _, s := range w.hops(v) {
			to, err := w.enter(s.To)
			if err != nil {
				return nil, nil, err
			}
			if to == nil {
				continue
			}
			s.Hops = hops
			steps, next = append(steps, s), append(next, to)
		}
	}
	slices.SortStableFunc(steps, func(a, b adapters.Step) int { return a.To.Compare(b.To) })
	return steps, next, nil
}

// enter gives a resource the first time it is reached, if the caller may see it.
func (w *walk) enter(ref fhir.Ref) (*version, error) {
	v := w.world.tenant.row(ref).live(w.world.at)
	if v == nil || w.seen[ref] {
		return nil, nil
	}
	ok, err := search.Match(w.request.Caller.Predicate(ref.Type), v.values, w.world)
	if err != nil || !ok {
		return nil, err
	}
	w.seen[ref] = true
	return v, nil
}

// hops are the steps away from a resource, whether they lead anywhere or not.
func (w *walk) hops(v *version) []adapters.Step {
	var out []adapters.Step
	if w.request.Forward {
		for e := range edges(v.values) {
			if w.via(e) {
				out = append(out, adapters.Step{From: v.Ref, To: e.target, Param: e.by})
			}
		}
	}
	if !w.request.Backward {
		return out
	}
	start := len(out)
	for e := range w.world.tenant.referrers {
		if e.target != v.Ref || !w.via(e) {
			continue
		}
		for _, from := range w.world.referring(e) {
			out = append(out, adapters.Step{From: v.Ref, To: from.Ref, Param: e.by})
		}
	}
	slices.SortFunc(out[start:], func(a, b adapters.Step) int { return cmp.Or(a.To.Compare(b.To), cmp.Compare(a.Param, b.Param)) })
	return out
}

func (w *walk) via(e edge) bool {
	return len(w.request.Via) == 0 || slices.ContainsFunc(w.request.Via, func(p *search.Param) bool {
		return p.Resource == e.source && p.Code == e.by
	})
}
