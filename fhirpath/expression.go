package fhirpath

import (
	"github.com/valyala/fastjson"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
)

// Expression is a compiled expression; it is immutable and safe for concurrent use.
type Expression struct {
	source string
	cfg    *Config
	root   *node
}

// Source is the text that was compiled.
func (e *Expression) Source() string { return e.source }

// Holds evaluates the expression on a resource as a condition: empty is false, one boolean is itself, any other single item is true
// (singleton evaluation); several items are BadUserInput. Past the budget it is TooCostly. The resource must be valid.
func (e *Expression) Holds(resource []byte) (bool, error) {
	v, err := read(resource)
	if err != nil {
		return false, err
	}
	root := e.resourceItem(v)
	return e.holds(root, &Container{whole: collection{root}}, nil)
}

// HoldsIn is Holds on an element of a type ("HumanName", "Patient.contact") of a resource, which is what %resource is; resource may be
// nil, and %resource then empty. What stands where any resource may ("Resource") is of its own type.
func (e *Expression) HoldsIn(resource []byte, typeName string, element []byte) (bool, error) {
	var c Container
	if resource != nil {
		c.source = func() []byte { return resource }
	}
	return e.holdsIn(&c, typeName, element, nil)
}

func (e *Expression) holdsIn(c *Container, typeName string, element []byte, m *Meter) (bool, error) {
	root, err := e.elementItem(c, typeName, element)
	if err != nil {
		return false, err
	}
	return e.holds(root, c, m)
}

// elementItem reads an element of a type.
func (e *Expression) elementItem(c *Container, typeName string, element []byte) (item, error) {
	v, err := c.element.ParseBytes(element)
	if err != nil {
		return item{}, unread(err)
	}
	t := e.cfg.Definitions.Type(typeName)
	if t == nil {
		return item{}, fault.New(fault.BadUserInput, "FHIRPath: there is no type %q", typeName)
	}
	if own := e.resourceItem(v); t.Kind == fhir.KindAbstract && own.typ != nil {
		return own, nil
	}
	return item{json: v, typ: t, sure: true}, nil
}

func (e *Expression) holds(root item, in *Container, m *Meter) (holds bool, err error) {
	out, err := e.run(root, in, false, m)
	if err != nil {
		return false, err
	}
	defer caught(&err)
	ev := &evaluation{source: e.source, cfg: e.cfg}
	holds, _ = ev.condition(e.root, out)
	return holds, nil
}

// Value is an item of a result.
type Value struct {
	// Type is its type: a FHIR type ("Patient", "HumanName", "code") or one of the language ("System.Boolean").
	Type string
	// JSON is the item as JSON, the digits of numbers as they are written; null for a primitive that only has extensions. Dates and
	// quantities of the language are strings.
	JSON []byte
}

// Evaluate gives the items of the expression's result on a resource, in order. The errors are those of Holds, and TooCostly for a result
// beyond Output.
func (e *Expression) Evaluate(resource []byte) ([]Value, error) {
	v, err := read(resource)
	if err != nil {
		return nil, err
	}
	root := e.resourceItem(v)
	return e.values(root, &Container{whole: collection{root}}, nil)
}

func (e *Expression) values(root item, in *Container, m *Meter) ([]Value, error) {
	items, err := e.run(root, in, false, m)
	if err != nil {
		return nil, err
	}
	out := make([]Value, 0, len(items))
	size := 0
	for _, i := range items {
		if i.away {
			return nil, fault.New(fault.Unsupported, "FHIRPath: what a reference points at is not loaded: only its type can be asked for")
		}
		out = append(out, Value{i.name(), i.appendJSON(nil)})
		if size += len(out[len(out)-1].JSON); size > e.cfg.Output {
			return nil, fault.New(fault.TooCostly, "FHIRPath: the result is larger than %d bytes", e.cfg.Output)
		}
	}
	return out, nil
}

func read(raw []byte) (*fastjson.Value, error) {
	v, err := fastjson.ParseBytes(raw)
	if err != nil {
		return nil, unread(err)
	}
	return v, nil
}

func unread(err error) *fault.Error {
	return &fault.Error{Code: fault.Internal, Op: "fhirpath", Message: "a resource that is no JSON", Err: err}
}
