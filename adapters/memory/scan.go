package memory

import (
	"context"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// Scan implements adapters.Scanner.
func (s *Store) Scan(ctx context.Context, tenant, resourceType, after string, limit int) adapters.Answer[adapters.Scanned] {
	if !s.claims.Has(search.CanScan) {
		return failed[adapters.Scanned](s.at("scan", fault.New(fault.Unsupported, "scans are not claimed")))
	}
	return stream(s.now(), ctx, "scan", 0, func(g *generation, at search.Position) ([]adapters.Scanned, error) {
		var out []adapters.Scanned
		for r := range g.of(tenant).rows(resourceType) {
			v := r.current(at)
			if v == nil || r.ref.ID <= after {
				continue
			}
			if limit > 0 && len(out) == limit {
				break
			}
			out = append(out, adapters.Scanned{Resource: v.Resource, Values: v.values})
		}
		return out, nil
	})
}

// Statistics implements adapters.Store; they are exact.
func (s *Store) Statistics(ctx context.Context, tenant string) (search.Statistics, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.open(ctx); err != nil {
		return search.Statistics{}, s.at("statistics", err)
	}
	out := search.Statistics{Rows: map[string]int64{}, Params: map[string]map[string]search.ParamStatistics{}}
	distinct := map[string]bool{}
	g := s.generations[s.serving]
	for r := range g.of(tenant).rows("") {
		v := r.live(g.head)
		if v == nil {
			continue
		}
		out.Rows[r.ref.Type]++
		if out.Params[r.ref.Type] == nil {
			out.Params[r.ref.Type] = map[string]search.ParamStatistics{}
		}
		for _, p := range v.values.Params {
			st := out.Params[r.ref.Type][p.Code]
			for _, item := range p.Items {
				st.Rows++
				key := r.ref.Type + itemKey(&search.Param{Code: p.Code, Type: p.Type}, item)
				if !distinct[key] {
					distinct[key] = true
					st.Distinct++
				}
			}
			out.Params[r.ref.Type][p.Code] = st
		}
	}
	return out, nil
}
