package memory

import (
	"context"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// SearchEach implements adapters.EachSearcher.
func (v *View) SearchEach(ctx context.Context, r search.EachRequest) adapters.Answer[search.EachHit] {
	where, err := v.store.refuseEach(r)
	if err != nil {
		return failed[search.EachHit](v.store.at("search each", err))
	}
	input := readInput(r.Request)
	return stream(v, ctx, "search each", r.AtLeast, func(g *generation, at search.Position) ([]search.EachHit, error) {
		found, err := v.find(ctx, r.Query, where, input, g, at)
		if err != nil {
			return nil, err
		}
		children := byParent(found, r.Param)
		var out []search.EachHit
		for i, parent := range r.Parents {
			list := window(hits(children[parent], r.Request), search.Request{After: r.After, Reverse: r.Reverse})
			list = list[min(len(list), max(0, r.Offset)):]
			if r.Limit > 0 {
				list = list[:min(len(list), r.Limit)]
			}
			for _, h := range list {
				out = append(out, search.EachHit{Parent: i, Hit: h})
			}
		}
		return out, nil
	})
}

// CountEach implements adapters.EachSearcher.
func (v *View) CountEach(ctx context.Context, r search.EachRequest) ([]int64, search.Position, error) {
	where, err := v.store.refuseEach(r)
	if err == nil && !v.store.claims.Has(search.CanCount) {
		err = fault.New(fault.Unsupported, "count is not claimed")
	}
	if err != nil {
		return nil, 0, v.store.at("count each", err)
	}
	input := readInput(r.Request)
	v.store.mu.RLock()
	defer v.store.mu.RUnlock()
	g, at, err := v.begin(ctx, r.AtLeast)
	if err != nil {
		return nil, 0, v.store.at("count each", err)
	}
	found, err := v.find(ctx, r.Query, where, input, g, at)
	if err != nil {
		return nil, 0, v.store.at("count each", err)
	}
	children := byParent(found, r.Param)
	out := make([]int64, len(r.Parents))
	for i, parent := range r.Parents {
		out[i] = int64(len(children[parent]))
	}
	return out, at, nil
}

func (s *Store) refuseEach(r search.EachRequest) (search.Expr, error) {
	if !s.claims.Has(search.CanEach) {
		return nil, fault.New(fault.Unsupported, "a search per parent is not claimed")
	}
	if r.Param.Type != search.Reference || r.Param.Resource != r.Query.Type {
		return nil, fault.New(fault.BadUserInput, "%s.%s is not a reference of %s", r.Param.Resource, r.Param.Code, r.Query.Type)
	}
	if err := search.Can(s.claims, r.Query.Type, search.Exists{Param: r.Param}); err != nil {
		return nil, err
	}
	if err := search.NoScoreEach(r); err != nil {
		return nil, err
	}
	return s.refuse(r.Request)
}

// byParent groups by what each refers to, each once.
func byParent(found []*version, p *search.Param) map[fhir.Ref][]*version {
	out := map[fhir.Ref][]*version{}
	for _, f := range found {
		seen := map[fhir.Ref]bool{}
		for _, i := range f.values.Of(p.Code) {
			if ref := (fhir.Ref{Type: i.Type, ID: i.ID}); i.ID != "" && !seen[ref] {
				seen[ref] = true
				out[ref] = append(out[ref], f)
			}
		}
	}
	return out
}
