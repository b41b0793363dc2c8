package graph

import (
	"github.com/heliograph/heliograph/graph/projection"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// containedPlan finds the contained resources of a resource, their ids and types.
func containedPlan() (*projection.Plan, error) {
	sub, err := projection.Compile(projection.Selection{Fields: []projection.Field{
		{Key: "id", Name: "id", Kind: projection.Hole, Hole: 0},
		{Key: "type", Name: "resourceType", Kind: projection.Hole, Hole: 1},
	}})
	if err != nil {
		return nil, err
	}
	return projection.Compile(projection.Selection{Fields: []projection.Field{
		{Key: "contained", Name: "contained", Kind: projection.Object, List: true, Sub: sub},
	}})
}

// container fills a reference by the resource that it stands in ("#").
func (x *request) container(f *fetch, c *container) fill {
	if !x.accepts(f, c.resource.Ref.Type) {
		return fill{}
	}
	if c.stored && f.shapes[0].meta { // c itself was made for a selection without meta, and stays as it is
		whole := x.whole(c.resource, c.version, true)
		c = &whole
	}
	return x.row(f, c, projection.Span{End: len(c.source)}, identity{ref: c.resource.Ref, version: c.version})
}

// inside fills a reference by what is contained in the same resource under an id.
func (x *request) inside(f *fetch, c *container, fragment string) fill {
	span, typeName, ok := x.find(c, fragment)
	switch {
	case ok && !x.accepts(f, typeName):
		return fill{}
	case !ok && x.asks[f.index].optional:
		return fill{}
	case !ok:
		return fill{kind: fillError, fetch: f, err: fault.New(fault.NotFound, "nothing is contained under the id that is referred to")}
	}
	return x.row(f, c, span, identity{ref: c.resource.Ref, version: c.version, fragment: fragment})
}

func (x *request) row(f *fetch, c *container, span projection.Span, id identity) fill {
	at := x.grow(1)
	if at < 0 {
		return fill{kind: fillError, fetch: f, err: tooManyRows(x.limits.Rows)}
	}
	x.projectIn(at, f.shapes[0], c, span, id)
	return fill{kind: fillRow, fetch: f, at: int32(at)}
}

// containedIn answers a node that is contained in a stored resource.
func (x *request) containedIn(f *fetch, r *search.Resource, version int64, fragment string) fill {
	c := x.whole(r, version, false)
	span, _, ok := x.find(&c, fragment)
	if !ok {
		return fill{}
	}
	return x.row(f, &c, span, identity{ref: r.Ref, version: version, fragment: fragment})
}

// find looks for a contained resource by its id.
func (x *request) find(c *container, id string) (span projection.Span, typeName string, ok bool) {
	places := x.containedOf(c)
	for i := 0; i+1 < len(places); i += 2 {
		if text := token(c.source, places[i].Value); len(text) > 2 && string(text[1:len(text)-1]) == id {
			name := token(c.source, places[i+1].Value)
			if len(name) < 2 {
				return span, "", false
			}
			return places[i].Object, string(name[1 : len(name)-1]), true
		}
	}
	return span, "", false
}

// containedOf gives the places of the ids and types of all contained resources, two each; none if the source is corrupt,
// which the projection of the row itself reports.
func (x *request) containedOf(c *container) []projection.Place {
	x.contained.Reset()
	var err error
	x.scratch, err = x.inner.Append(x.scratch[:0], c.source, &x.contained)
	if err != nil {
		return nil
	}
	return x.contained.Holes
}

// isContained says whether an object that starts at an offset of the source is a contained resource.
func (x *request) isContained(c *container, at int) bool {
	for _, p := range x.containedOf(c) {
		if p.Object.Start == at {
			return true
		}
	}
	return false
}
