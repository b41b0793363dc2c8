package graph

import (
	"bytes"
	"strings"

	"github.com/valyala/fastjson"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/graph/projection"
	"github.com/heliograph/heliograph/internal/fault"
)

// typeCanonical is the type of what stands beside a canonical: its id and extensions, and the resource that it names. The canonical
// itself is a String, which has no fields.
const typeCanonical = "CanonicalElement"

// canonical is a field that stands beside a canonical, or a list of them, with the resources that they name. Of a list it has an entry
// for each value, whether the stored resource has anything beside it or not.
type canonical struct {
	list  bool
	shape *shape // of an entry
	// find finds the values, and what stands beside them, in the object around.
	find *projection.Plan
}

// The holes of canonical.find.
const (
	holeValue = iota
	holeBeside
)

// sibling compiles the field that stands beside a primitive.
func (c *compiler) sibling(out projection.Field, r collected, f fhir.Field, at place) (projection.Field, error) {
	below, typeName := at.below(r.fields[0].Name), typeElement
	if f.Type.Name == "canonical" {
		typeName = typeCanonical
		below.targets = f.Type.Targets
	}
	sub, err := c.plan(r.selections(), typeName, below)
	if err != nil || typeName == typeElement || !c.resolves(r) {
		out.Kind, out.List, out.Sub = projection.Object, f.Element.List(), sub
		return out, err
	}
	find, err := findPlan(f)
	h := hole{canonical: &canonical{list: f.Element.List(), shape: &shape{plan: sub}, find: find}}
	return projection.Field{Key: out.Key, Kind: projection.Hole, Hole: c.hole(h)}, err
}

// resolves says whether the resource is selected of a canonical.
func (c *compiler) resolves(r collected) bool {
	for _, f := range collect(r.selections(), c.flags, func(condition string) bool { return condition == typeCanonical }) {
		if f.fields[0].Name == "resource" {
			return true
		}
	}
	return false
}

func findPlan(f fhir.Field) (*projection.Plan, error) {
	entry, err := projection.Compile(projection.Selection{Fields: []projection.Field{{Key: "at", Kind: projection.Hole, Hole: holeBeside}}})
	if err != nil {
		return nil, err
	}
	return projection.Compile(projection.Selection{Fields: []projection.Field{
		{Key: "value", Name: f.JSON, Kind: projection.Hole, Hole: holeValue},
		{Key: "beside", Name: "_" + f.JSON, Kind: projection.Object, List: f.Element.List(), Sub: entry},
	}})
}

// canonicals fills a field beside canonicals: a row an entry, whose resources are asked for next.
func (x *request) canonicals(h *canonical, object projection.Span, c *container, span projection.Span, id identity) fill {
	object.Start, object.End = object.Start+span.Start, object.End+span.Start
	if x.follow(object); x.overrun != nil {
		return fill{}
	}
	values, beside, err := x.entries(h, c.source, object)
	n := max(len(values), len(beside))
	switch {
	case err != nil:
		return fill{kind: fillError, err: corrupt(id.ref, err)}
	case n == 0:
		return fill{}
	}
	first := x.grow(n)
	if first < 0 {
		return fill{kind: fillError, err: tooManyRows(x.limits.Rows)}
	}
	outer := x.canonical
	for i := range n {
		var at projection.Span
		if x.canonical = nil; i < len(values) {
			x.canonical = values[i]
		}
		if i < len(beside) {
			at = beside[i]
		}
		x.projectIn(first+i, h.shape, c, at, id)
	}
	x.canonical = outer
	if h.list {
		return fill{kind: fillRows, at: int32(first), n: int32(n)}
	}
	return fill{kind: fillRow, at: int32(first)}
}

// entries are the values in an object and where in the source stands what is beside them; nil and an empty span for nothing.
func (x *request) entries(h *canonical, source []byte, object projection.Span) (values [][]byte, beside []projection.Span, err error) {
	x.contained.Reset()
	if x.scratch, err = h.find.Append(x.scratch[:0], source[object.Start:object.End], &x.contained); err != nil {
		return nil, nil, err
	}
	for _, f := range x.contained.Faults {
		return nil, nil, f
	}
	for _, p := range x.contained.Holes {
		if p.Hole == holeValue {
			if values, err = canonicalTexts(source[object.Start+p.Value.Start:object.Start+p.Value.End], h.list); err != nil {
				return nil, nil, err
			}
			continue
		}
		i := 0
		if path := projection.PathAt(x.scratch, 0, p.At); h.list && len(path) > 1 {
			i, _ = path[1].(int)
		}
		for len(beside) <= i {
			beside = append(beside, projection.Span{})
		}
		beside[i] = projection.Span{Start: object.Start + p.Object.Start, End: object.Start + p.Object.End}
	}
	return values, beside, nil
}

// canonicalTexts are the strings of a value; nil for a null. What is none of the schema's shape is a fault.
func canonicalTexts(value []byte, list bool) (out [][]byte, err error) {
	if len(value) == 0 {
		return nil, nil
	}
	v, err := fastjson.ParseBytes(value)
	if err != nil {
		return nil, err
	}
	all := []*fastjson.Value{v}
	if list != (v.Type() == fastjson.TypeArray) {
		return nil, projection.Fault{Want: "list", Found: "string"}
	}
	if list {
		all = v.GetArray()
	}
	for _, v := range all {
		if v.Type() != fastjson.TypeString && v.Type() != fastjson.TypeNull {
			return nil, projection.Fault{Want: "string", Found: v.Type().String()}
		}
		out = append(out, v.GetStringBytes())
	}
	return out, nil
}

// canonicalResource fills the resource of a canonical.
func (x *request) canonicalResource(at int, f *fetch, c *container, id identity) {
	a := &x.asks[f.index]
	switch text := x.canonical; {
	case a.err != nil:
		x.fills[at] = fill{kind: fillError, fetch: f, err: a.err}
	case len(text) == 0: // extensions and no value
	case text[0] == '#' || !bytes.Contains(text, []byte(":")):
		x.referred(at, f, c, x.refs.resolveText(text), id)
	case bytes.IndexByte(text, '#') >= 0:
		x.fills[at] = fill{kind: fillError, fetch: f, err: fault.New(fault.Unsupported, "what a canonical names inside of another resource (#) is not followed")}
	default:
		url, version, _ := strings.Cut(string(text), "|")
		x.seeker.canonicals = append(x.seeker.canonicals, soughtCanonical{at, f, url, version})
	}
}
