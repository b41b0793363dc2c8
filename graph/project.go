package graph

import (
	"bytes"
	"errors"
	"strconv"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/graph/projection"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// container is a stored resource whose rows are being made: references into it resolve here.
type container struct {
	resource *search.Resource
	// version is set when it was read by version.
	version int64
	// source is its JSON; stored says that meta is not put in.
	source []byte
	stored bool
	// inner are the contained resources by id, starts the offsets at which they start; nil until they are looked for.
	inner  map[string]inner
	starts map[int]bool
	// full is the same with meta put in, once it was needed.
	full *container
}

// inner is a contained resource.
type inner struct {
	span     projection.Span
	typeName string
}

// whole is the JSON of a resource, meta complete if need be. It is valid until the next call.
func (x *request) whole(r *search.Resource, version int64, meta bool) container {
	c := container{resource: r, version: version, source: r.Body.JSON, stored: true}
	if meta {
		x.source = r.Body.Append(x.source[:0], strconv.FormatInt(r.Version, 10), fhir.FormatInstant(r.LastUpdated))
		c.source, c.stored = x.source, false
	}
	return c
}

// project makes the row at of a stored resource.
func (x *request) project(at int, s *shape, r *search.Resource, version int64) {
	c := x.whole(r, version, s.meta)
	x.projectIn(at, s, &c, projection.Span{End: len(c.source)}, identity{ref: r.Ref, version: version})
}

var nothing = []byte("{}")

// projectIn makes the row at of an object inside a container, which may be the container itself. An empty span is an empty object.
func (x *request) projectIn(at int, s *shape, c *container, span projection.Span, id identity) {
	if x.late() {
		return
	}
	src := c.source[span.Start:span.End]
	if len(src) == 0 {
		src = nothing // beside a primitive there may be nothing
	}
	start, holes, faults := len(x.doc), len(x.run.Holes), len(x.run.Faults)
	x.enter(c)
	doc, err := s.plan.Append(x.doc, src, &x.run)
	r := &x.rows[at]
	r.id = id
	if x.overrun = x.overran(err); x.overrun != nil {
		return
	}
	if err != nil {
		r.err = corrupt(id.ref, err)
		return
	}
	x.doc = doc
	r.doc = projection.Span{Start: start, End: len(doc)}
	r.holes, r.holeEnd = holes, len(x.run.Holes)
	r.faults, r.faultEnd = faults, len(x.run.Faults)
	base := len(x.op.roots)
	for i := r.holes; i < r.holeEnd; i++ {
		x.fills = append(x.fills, fill{})
	}
	for i := holes; i < r.holeEnd; i++ {
		x.hole(base+i, x.run.Holes[i], c, span, id)
	}
}

// overran says whether a projection failed because the whole response is past its limits.
func (x *request) overran(err error) error {
	if err == nil {
		return nil // most often: without the allocation
	}
	var e *projection.Error
	switch {
	case !errors.As(err, &e):
		return nil
	case e.Reason == projection.TooLong:
		return tooLarge(x.limits.Response)
	case e.Reason != projection.TooOften:
		return nil
	}
	return past(limitResponse, x.limits.Response, "the operation selects too much under several keys; fewer aliases, or a smaller page, would do")
}

func corrupt(ref fhir.Ref, err error) error {
	f := fault.New(fault.StoreCorrupt, "the stored bytes of %s are corrupt", ref)
	f.Err = err
	var e *projection.Error
	if errors.As(err, &e) {
		f.Message += " at byte " + strconv.Itoa(e.Offset)
	}
	return f
}

// hole decides what fills a place: at once, or at the next level.
func (x *request) hole(at int, p projection.Place, c *container, span projection.Span, id identity) {
	h := &x.op.holes[p.Hole]
	top := len(bytes.TrimLeft(c.source[span.Start:span.Start+p.Object.Start], " \t\r\n")) == 0
	switch {
	case h.node && top:
		x.fills[at] = fill{kind: fillNode}
	case h.node:
		x.fills[at] = fill{kind: fillText, text: x.innerID(p, c, span, id)}
	case h.slice > 0:
		x.fills[at] = x.sliced(h.slice-1, c.source[span.Start+p.Object.Start:span.Start+p.Object.End])
	case h.canonical != nil:
		filled := x.canonicals(h.canonical, p.Object, c, span, id)
		x.fills[at] = filled
	case h.fetch.kind == fetchCanonical:
		x.canonicalResource(at, h.fetch, c, id)
	case h.fetch.kind == fetchReference:
		x.reference(at, h.fetch, c, token(c.source[span.Start:], p.Value), id)
	case !top || id.fragment != "":
		x.fills[at] = x.empty(h.fetch) // nothing outside can refer to what is inside
	default:
		x.want(at, h.fetch, search.Key{Ref: id.ref})
	}
}

func token(src []byte, s projection.Span) []byte { return src[s.Start:s.End] }

// innerID is the nodeId of an object inside a resource: by its own id where it is contained, else by where it stands in this
// very version.
func (x *request) innerID(p projection.Place, c *container, span projection.Span, id identity) string {
	b := appendNodeID(nil, identity{ref: id.ref, version: id.version})
	inner := token(c.source[span.Start:], p.Value)
	if len(inner) > 2 && validID(inner[1:len(inner)-1]) && x.isContained(c, span.Start+p.Object.Start) {
		return string(append(append(b[:len(b)-1], '#'), append(inner[1:len(inner)-1], '"')...))
	}
	b = appendNodeID(nil, identity{ref: id.ref, version: c.resource.Version})
	b = append(b[:len(b)-1], "#@"...)
	b = strconv.AppendInt(b, int64(c.offset(span.Start+p.Object.Start)), 10)
	return string(append(b, '"'))
}

// offset is where something of the source stands in the stored bytes.
func (c *container) offset(at int) int {
	if !c.stored && at > c.resource.Body.Splice {
		return at - (len(c.source) - len(c.resource.Body.JSON))
	}
	return at
}

// appendNodeID appends the nodeId of a row as a JSON string: "Patient/x", "Patient/x/_history/2", "Patient/x#p1".
func appendNodeID(dst []byte, id identity) []byte {
	dst = append(dst, '"')
	dst = append(dst, id.ref.Type...)
	dst = append(dst, '/')
	dst = append(dst, id.ref.ID...)
	if id.version > 0 {
		dst = append(dst, "/_history/"...)
		dst = strconv.AppendInt(dst, id.version, 10)
	}
	if id.fragment != "" {
		dst = append(dst, '#')
		dst = append(dst, id.fragment...)
	}
	return append(dst, '"')
}

// reference fills Reference.resource.
func (x *request) reference(at int, f *fetch, c *container, text []byte, id identity) {
	a := &x.asks[f.index]
	if a.err != nil {
		x.fills[at] = fill{kind: fillError, fetch: f, err: a.err}
		return
	}
	x.referred(at, f, c, x.refs.resolve(text), id)
}

// referred fills the resource of what was read as a reference.
func (x *request) referred(at int, f *fetch, c *container, t target, id identity) {
	a := &x.asks[f.index]
	switch {
	case (t.kind == targetStored || t.kind == targetSought) && a.only != "" && t.key.Type != a.only:
	case t.kind == targetSought:
		x.seeker.waiting = append(x.seeker.waiting, sought{at, f, t.condition})
	case t.kind == targetStored:
		x.want(at, f, t.key)
	case t.kind == targetContained && t.fragment == "":
		x.fills[at] = x.container(f, c)
	case t.kind == targetContained:
		x.fills[at] = x.inside(f, c, t.fragment)
	case a.optional:
	case t.kind == targetForeign:
		x.fills[at] = fill{kind: fillError, fetch: f, err: fault.New(fault.NotFound, "the reference is to another server")}
	default:
		x.fills[at] = fill{kind: fillError, fetch: f, err: fault.New(fault.NotFound, "the reference names no resource of this server")}
	}
}

// accepts says whether a reference field wants resources of a type.
func (x *request) accepts(f *fetch, typeName string) bool {
	a := &x.asks[f.index]
	return a.part.Kind == planner.Get && (a.only == "" || a.only == typeName)
}
