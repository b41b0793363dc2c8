package memory

import (
	"cmp"
	"context"
	"slices"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// Aggregate implements adapters.Aggregator. Groups come largest first, then by key. A resource counts once in the group of
// each of its values.
func (s *Store) Aggregate(ctx context.Context, q search.Query, by *search.Param, limit int) adapters.Answer[adapters.Group] {
	where, err := s.refuse(search.Request{Query: search.Query{Caller: q.Caller, Type: q.Type, Where: q.Where}})
	if err == nil && !s.claims.Has(search.CanAggregate) {
		err = fault.New(fault.Unsupported, "aggregates are not claimed")
	}
	if err == nil {
		err = search.Can(s.claims, q.Type, search.Exists{Param: by})
	}
	if err != nil {
		return failed[adapters.Group](s.at("aggregate", err))
	}
	v := s.now()
	return stream(v, ctx, "aggregate", 0, func(g *generation, at search.Position) ([]adapters.Group, error) {
		found, err := v.find(ctx, q, where, input{}, g, at)
		if err != nil {
			return nil, err
		}
		return groups(found, by, limit), nil
	})
}

func groups(found []*version, by *search.Param, limit int) []adapters.Group {
	type group struct {
		adapters.Group
		key string
	}
	byKey := map[string]*group{}
	for _, f := range found {
		for _, item := range f.values.Of(by.Code) {
			key := itemKey(by, item)
			if byKey[key] == nil {
				byKey[key] = &group{Group: adapters.Group{Key: item}, key: key}
			}
			byKey[key].Count++
		}
	}
	all := make([]*group, 0, len(byKey))
	for _, g := range byKey {
		all = append(all, g)
	}
	slices.SortFunc(all, func(a, b *group) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.key, b.key)) })
	if limit > 0 {
		all = all[:min(len(all), limit)]
	}
	out := make([]adapters.Group, len(all))
	for i, g := range all {
		out[i] = g.Group
	}
	return out
}

// itemKey tells index values apart, and orders them somehow.
func itemKey(p *search.Param, item search.Item) string {
	alone := search.Values{Params: []search.ParamValues{{Code: p.Code, Type: p.Type, Items: []search.Item{item}}}}
	return string(alone.AppendBinary(nil))
}
