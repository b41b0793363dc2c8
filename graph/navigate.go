package graph

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/fhirpath"
	"github.com/heliograph/heliograph/graph/projection"
)

// The arguments of a list by which elements of it, or rows, are counted off.
const (
	argCount  = "_count"
	argOffset = "_offset"
)

// picked is a field that lists some of the elements that a resource has, by its arguments.
type picked struct {
	field *ast.Field
	typ   *fhir.Type // of the elements
}

// pick enters a field whose elements are chosen; 0 for one that lists them all.
func (c *compiler) pick(f *ast.Field, t *fhir.Type) int {
	if len(f.Arguments) == 0 {
		return 0
	}
	c.op.picks = append(c.op.picks, picked{f, t})
	return len(c.op.picks)
}

// navigate reads the arguments of the fields that choose elements, for the projections of this request.
func (x *request) navigate(k *asker) {
	if len(x.op.picks) == 0 && len(x.op.slices) == 0 {
		return
	}
	x.within = fhirpath.NewContainer(func() []byte { return x.complete(&x.around).source })
	for i := range x.op.picks {
		x.run.Picks = append(x.run.Picks, k.pick(&x.op.picks[i], x.within))
	}
	for i := range x.op.slices {
		x.slices = append(x.slices, k.slice(&x.op.slices[i]))
	}
}

// pick reads the arguments of one field. What is wrong with them is the field's error, wherever it stands.
func (k *asker) pick(p *picked, within *fhirpath.Container) (out projection.Pick) {
	args := arguments{p.field, k.vars}
	out.Count = -1
	n, given, err := args.number(argCount)
	if given {
		out.Count = n
	}
	if err == nil {
		out.Offset, _, err = args.number(argOffset)
	}
	if err == nil && args.has(argFHIRPath) {
		out.Keep, err = k.holding(args.text(argFHIRPath), p.typ, within)
	}
	if err == nil {
		var wanted []equal
		wanted, err = k.equals(args, p.typ)
		out.Keep = having(wanted, out.Keep)
	}
	out.Err = err
	return out
}

// holding keeps the elements of which an expression is true. %resource is the stored resource that they are in, its meta complete.
func (k *asker) holding(source string, t *fhir.Type, within *fhirpath.Container) (func([]byte) (bool, error), error) {
	expression, err := k.compiler.Compile(source)
	if err != nil {
		return nil, err
	}
	metered := expression.Under(k.meter)
	return func(element []byte) (bool, error) { return metered.HoldsIn(within, t.Name, element) }, nil
}

// enter makes a container the one around the elements that are looked at next.
func (x *request) enter(c *container) {
	if x.within != nil && x.around.resource != c.resource {
		x.around = *c
		x.within.Reset()
	}
}

// complete is a container with meta put in.
func (x *request) complete(c *container) *container {
	if !c.stored {
		return c
	}
	if c.full == nil {
		full := x.whole(c.resource, c.version, true)
		c.full = &full
	}
	return c.full
}
