package memory

import (
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

// Values are the index values and the body of a resource as it was at the view's position; false if it was not there.
func (v *View) Values(tenant string, ref fhir.Ref) (*search.Values, fhir.Body, bool) {
	v.store.mu.RLock()
	defer v.store.mu.RUnlock()
	g := v.store.generations[v.store.serving]
	if live := g.of(tenant).row(ref).live(min(v.at, g.head)); live != nil {
		return live.values, live.Body, true
	}
	return nil, fhir.Body{}, false
}

// World is the whole of a tenant at the view's position, for search.Match. It must not be used while the store is written to.
func (v *View) World(tenant string) search.World {
	v.store.mu.RLock()
	defer v.store.mu.RUnlock()
	g := v.store.generations[v.store.serving]
	return v.world(g, tenant, min(v.at, g.head))
}
