package graph

import (
	"strconv"
	"strings"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/graph/projection"
	"github.com/heliograph/heliograph/internal/fault"
)

// member compiles one field of an object.
func (c *compiler) member(r collected, t *fhir.Type, typeName string, at place) (projection.Field, error) {
	name := r.fields[0].Name
	out := projection.Field{Key: r.key, Name: name, Kind: projection.Scalar}
	resource := t.Kind == fhir.KindResource || typeName == typeResource
	switch {
	case name == "__typename" && typeName == typeResource:
		out.Name, out.Type = "resourceType", projection.String
		return out, nil
	case name == "__typename":
		out.Kind, out.Value = projection.Constant, strconv.Quote(typeName)
		return out, nil
	case resource && name == "nodeId":
		out.Kind, out.Name, out.Hole = projection.Hole, "id", c.hole(hole{node: true})
		return out, nil
	case resource && name == "resourceType":
		out.Type = projection.String
		return out, nil
	case name == memberSlice:
		out.Kind, out.Name, out.Hole = projection.Hole, "", c.hole(hole{slice: c.sliced(r.fields[0], t, typeName)})
		return out, nil
	case typeName == typeReference && name == "resource":
		return c.nested(r, "reference", &fetch{kind: fetchReference}, typeResource, at)
	case typeName == typeCanonical && name == "resource":
		return c.nested(r, "", &fetch{kind: fetchCanonical, targets: at.targets}, typeResource, at)
	}
	if f, ok := t.Field(name); ok {
		return c.element(out, r, f, at)
	}
	if name[0] == '_' {
		if f, ok := t.Field(name[1:]); ok {
			return c.sibling(out, r, f, at)
		}
	}
	source, suffix, ok := c.schema.isReverse(name)
	if !ok && strings.HasPrefix(name, "__") { // of an instance the type of the query is that of resources below it, too
		return out, fault.New(fault.BadUserInput, "%s is a field of the query itself, and of no %s within it", name, typeName)
	}
	if !ok {
		return out, fault.New(fault.Internal, "the schema has %s.%s and the compiler does not", typeName, name)
	}
	f := &fetch{kind: fetchReverseList, typ: source, owner: typeName}
	if suffix == suffixConnection {
		f.kind = fetchReverseConnection
	}
	return c.nested(r, "", f, source, at)
}

// element compiles a field that the definitions know.
func (c *compiler) element(out projection.Field, r collected, f fhir.Field, at place) (projection.Field, error) {
	t := f.Definition()
	out.List = f.Element.List()
	if t.Kind == fhir.KindPrimitive {
		switch scalarOf(c.schema.defs, t.Name) {
		case "Boolean":
			out.Type = projection.Boolean
		case "Int":
			out.Type = projection.Integer
		case typeDecimal:
			out.Type = projection.Number
		default:
			out.Type = projection.String
		}
		return out, nil
	}
	name := nameOf(t.Name)
	if t.Kind == fhir.KindAbstract {
		name = typeElement
		if c.schema.defs.Is(t.Name, typeResource) {
			name = typeResource
		}
	}
	out.Kind = projection.Object
	if out.List {
		out.Pick = c.pick(r.fields[0], t)
	}
	var err error
	out.Sub, err = c.plan(r.slicing(), name, at.below(r.fields[0].Name))
	return out, err
}

// nested compiles a field whose value comes from the stores.
func (c *compiler) nested(r collected, member string, f *fetch, typeName string, at place) (projection.Field, error) {
	f.field, f.parent, f.path = r.fields[0], at.fetch.index, at.path+"."+r.fields[0].Name
	f, err := c.add(f, r, typeName, at.depth)
	out := projection.Field{Key: r.key, Name: member, Kind: projection.Hole, Hole: c.hole(hole{fetch: f})}
	return out, err
}

func (c *compiler) hole(h hole) int {
	c.op.holes = append(c.op.holes, h)
	return len(c.op.holes) - 1
}
