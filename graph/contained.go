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
	if f.shapes[0].meta { // c itself may have been made for a selection without meta, and stays as it is
		c = x.complete(c)
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
	case ok && !x.schema.served[typeName] && x.asks[f.index].optional:
		return fill{}
	case ok && !x.schema.served[typeName]:
		return fill{kind: fillError, fetch: f, err: notServed(typeName)}
	case !ok:
		return fill{kind: fillError, fetch: f, err: fault.New(fault.NotFound, "nothing is contained under the id that is referred to")}
	}
	return x.row(f, c, span, identity{ref: c.resource.Ref, version: c.version, fragment: fragment})
}

func (x *request) row(f *fetch, c *container, span projection.Span, id identity) fill {
	x.follow(span)
	at := x.grow(1)
	if at < 0 {
		return fill{kind: fillError, fetch: f, err: tooManyRows(x.limits.Rows)}
	}
	x.projectIn(at, f.shapes[0], c, span, id)
	return fill{kind: fillRow, fetch: f, at: int32(at)}
}

// follow counts what is read again. A container may refer to itself, so that few bytes are projected as often as there may be rows.
func (x *request) follow(span projection.Span) {
	if x.followed += span.End - span.Start; x.followed > rescans*x.limits.Response && x.overrun == nil {
		x.overrun = past(limitResponse, x.limits.Response, "the operation follows too many references inside of resources")
	}
}

// notServed is of a resource that is there and that the schema, narrowed, has no type for.
func notServed(typeName string) *fault.Error {
	return fault.New(fault.Unsupported, "the schema does not have the type %s", typeName)
}

// containedIn answers a node that is contained in a stored resource.
func (x *request) containedIn(f *fetch, r *search.Resource, version int64, fragment string) fill {
	c := x.whole(r, version, false)
	span, typeName, ok := x.find(&c, fragment)
	if !ok || !x.schema.served[typeName] {
		return fill{}
	}
	return x.row(f, &c, span, identity{ref: r.Ref, version: version, fragment: fragment})
}

// find looks for a contained resource by its id: the first, if there are several.
func (x *request) find(c *container, id string) (span projection.Span, typeName string, ok bool) {
	x.look(c)
	found, ok := c.inner[id]
	return found.span, found.typeName, ok && found.typeName != ""
}

// isContained says whether an object that starts at an offset of the source is a contained resource.
func (x *request) isContained(c *container, at int) bool {
	x.look(c)
	return c.starts[at]
}

// look finds the contained resources, once a container: there may be as many questions as references. If the source is corrupt
// there are none; the projection of the row itself reports it.
func (x *request) look(c *container) {
	if c.inner != nil {
		return
	}
	c.inner, c.starts = map[string]inner{}, map[int]bool{}
	x.contained.Reset()
	var err error
	x.scratch, err = x.inner.Append(x.scratch[:0], c.source, &x.contained)
	if err != nil {
		return
	}
	places := x.contained.Holes
	for i := 0; i+1 < len(places); i += 2 {
		c.starts[places[i].Object.Start] = true
		id, name := unquoted(c.source, places[i].Value), unquoted(c.source, places[i+1].Value)
		if _, known := c.inner[id]; id != "" && !known {
			c.inner[id] = inner{places[i].Object, name}
		}
	}
}

// unquoted is a string of the source without its quotes; "" if it is none.
func unquoted(src []byte, s projection.Span) string {
	if s.End-s.Start < 2 || src[s.Start] != '"' {
		return ""
	}
	return string(src[s.Start+1 : s.End-1])
}
