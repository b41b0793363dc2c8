package memory

import (
	"cmp"
	"iter"
	"maps"
	"slices"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

// world is what a tenant's resources were at a position.
type world struct {
	tenant *tenant
	at     search.Position
	// codes are the expansions that a request brought.
	codes search.Expansions
}

var _ search.World = world{}

// Values implements search.World.
func (w world) Values(ref fhir.Ref) (*search.Values, bool) {
	if v := w.tenant.row(ref).live(w.at); v != nil {
		return v.values, true
	}
	return nil, false
}

// Referrers implements search.World, in the order of the ids.
func (w world) Referrers(ref fhir.Ref, p *search.Param) iter.Seq[*search.Values] {
	return func(yield func(*search.Values) bool) {
		for _, v := range w.referring(edge{target: ref, source: p.Resource, by: p.Code}) {
			if !yield(v.values) {
				return
			}
		}
	}
}

// referring are the versions that have the edge at this position.
func (w world) referring(e edge) []*version {
	if w.tenant == nil {
		return nil
	}
	var out []*version
	for r := range maps.Keys(w.tenant.referrers[e]) {
		if v := r.live(w.at); v != nil && refers(v.values, e.by, e.target) {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(a, b *version) int { return cmp.Compare(a.Ref.ID, b.Ref.ID) })
	return out
}

func refers(v *search.Values, by string, target fhir.Ref) bool {
	return slices.ContainsFunc(v.Of(by), func(i search.Item) bool { return i.Type == target.Type && i.ID == target.ID })
}

// Contains implements search.World, from the expansions of the request.
func (w world) Contains(set search.CodeSet, code fhir.Code) (bool, error) {
	return w.codes.Contains(set, code)
}
