package memory

import (
	"iter"
	"maps"
	"slices"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

// generation is the content of a store: what a primary has in its first and only one.
type generation struct {
	epoch string
	// head is the position of the content.
	head    search.Position
	tenants map[string]*tenant
}

type tenant struct {
	types map[string]map[string]*row
	// referrers are the rows that refer, or once referred, to a resource through a parameter.
	referrers map[edge]map[*row]struct{}
}

// edge is a way by which resources of a type refer to a resource.
type edge struct {
	target     fhir.Ref
	source, by string
}

// row is a resource with all its versions, oldest first.
type row struct {
	ref      fhir.Ref
	versions []version
}

// version is what a change made of a resource.
type version struct {
	search.Resource
	// at is the position of the change: above Resource.Position where only the index values are new.
	at     search.Position
	values *search.Values
	// again: only the index values are new. purged: there is nothing left but the position.
	again, purged bool
}

func newGeneration(epoch string) *generation {
	return &generation{epoch: epoch, tenants: map[string]*tenant{}}
}

// current is the version at a position; nil if there is none or it has been purged.
func (r *row) current(at search.Position) *version {
	if r == nil {
		return nil
	}
	for i := len(r.versions) - 1; i >= 0; i-- {
		if v := &r.versions[i]; v.at <= at {
			if v.purged {
				return nil
			}
			return v
		}
	}
	return nil
}

// live is the current version, if it is not a tombstone.
func (r *row) live(at search.Position) *version {
	if v := r.current(at); v != nil && !v.Deleted {
		return v
	}
	return nil
}

// numbered is a version by its number, with the index values that it has at a position.
func (r *row) numbered(at search.Position, number int64) *version {
	if r == nil {
		return nil
	}
	for i := len(r.versions) - 1; i >= 0; i-- {
		if v := &r.versions[i]; v.Version == number && v.at <= at && !v.purged {
			return v
		}
	}
	return nil
}

// of gives a tenant, which may be nil.
func (g *generation) of(name string) *tenant { return g.tenants[name] }

func (g *generation) make(name string) *tenant {
	t := g.tenants[name]
	if t == nil {
		t = &tenant{types: map[string]map[string]*row{}, referrers: map[edge]map[*row]struct{}{}}
		g.tenants[name] = t
	}
	return t
}

// row is nil if there is none; a nil tenant has none.
func (t *tenant) row(ref fhir.Ref) *row {
	if t == nil {
		return nil
	}
	return t.types[ref.Type][ref.ID]
}

// rows are those of a type in the order of their ids; of all types, in the order of their names, if it is "".
func (t *tenant) rows(resourceType string) iter.Seq[*row] {
	return func(yield func(*row) bool) {
		if t == nil {
			return
		}
		types := []string{resourceType}
		if resourceType == "" {
			types = slices.Sorted(maps.Keys(t.types))
		}
		for _, name := range types {
			for _, id := range slices.Sorted(maps.Keys(t.types[name])) {
				if !yield(t.types[name][id]) {
					return
				}
			}
		}
	}
}

// add appends a version to its row.
func (t *tenant) add(v version) {
	r := t.row(v.Ref)
	if r == nil {
		r = &row{ref: v.Ref}
		if t.types[v.Ref.Type] == nil {
			t.types[v.Ref.Type] = map[string]*row{}
		}
		t.types[v.Ref.Type][v.Ref.ID] = r
	}
	r.versions = append(r.versions, v)
	for e := range edges(v.values) {
		if t.referrers[e] == nil {
			t.referrers[e] = map[*row]struct{}{}
		}
		t.referrers[e][r] = struct{}{}
	}
}

// drop takes the last version of a row away again.
func (t *tenant) drop(ref fhir.Ref) {
	r := t.row(ref)
	if r.versions = r.versions[:len(r.versions)-1]; len(r.versions) == 0 {
		t.erase(ref)
	}
}

// erase forgets a row and all that it refers to.
func (t *tenant) erase(ref fhir.Ref) {
	r := t.row(ref)
	if r == nil {
		return
	}
	for i := range r.versions {
		for e := range edges(r.versions[i].values) {
			if delete(t.referrers[e], r); len(t.referrers[e]) == 0 {
				delete(t.referrers, e)
			}
		}
	}
	if delete(t.types[ref.Type], ref.ID); len(t.types[ref.Type]) == 0 {
		delete(t.types, ref.Type)
	}
}

// edges are the references to resources here that index values hold.
func edges(v *search.Values) iter.Seq[edge] {
	return func(yield func(edge) bool) {
		if v == nil {
			return
		}
		for _, p := range v.Params {
			if p.Type != search.Reference {
				continue
			}
			for _, i := range p.Items {
				if i.Type == "" || i.ID == "" {
					continue
				}
				if !yield(edge{target: fhir.Ref{Type: i.Type, ID: i.ID}, source: v.Ref.Type, by: p.Code}) {
					return
				}
			}
		}
	}
}

// record is what the log says about a version.
func record(tenant string, kind adapters.ChangeKind, at int64, v *version) adapters.Change {
	return adapters.Change{Position: v.at, Time: at, Tenant: tenant, Kind: kind, Ref: v.Ref, Version: v.Version}
}
