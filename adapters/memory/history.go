package memory

import (
	"cmp"
	"context"
	"slices"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/search"
)

// History implements adapters.Reader.
func (v *View) History(ctx context.Context, r adapters.HistoryRequest) adapters.Answer[search.Resource] {
	return stream(v, ctx, "history", 0, func(g *generation, at search.Position) ([]search.Resource, error) {
		w := v.world(g, r.Caller.Tenant, at)
		var out []search.Resource
		for row := range w.tenant.rows(r.Type) {
			if r.ID != "" && row.ref.ID != r.ID {
				continue
			}
			for i := range row.versions {
				ver := &row.versions[i]
				if !inHistory(r, at, ver) {
					continue
				}
				seen, err := visible(w, r.Caller, row, row.numbered(at, ver.Version))
				if err != nil {
					return nil, err
				}
				if seen {
					out = append(out, ver.Resource)
				}
			}
		}
		slices.SortFunc(out, func(a, b search.Resource) int { return cmp.Compare(b.Position, a.Position) })
		if r.Limit > 0 {
			out = out[:min(len(out), r.Limit)]
		}
		return out, nil
	})
}

func inHistory(r adapters.HistoryRequest, at search.Position, v *version) bool {
	return v.at <= at && !v.again && !v.purged &&
		(r.Before == 0 || v.Position < r.Before) &&
		(r.Since == 0 || v.LastUpdated >= r.Since) &&
		(r.Until == 0 || v.LastUpdated < r.Until)
}
