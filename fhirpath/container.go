package fhirpath

import "github.com/valyala/fastjson"

// Container is the resource whose elements conditions are evaluated on: what %resource is, and where resolve() finds what is contained.
// It is read once, and only if an expression asks for it. One goroutine at a time.
type Container struct {
	source  []byte
	reader  fastjson.Parser
	whole   collection
	element fastjson.Parser
}

// NewContainer makes a container of a resource, whose bytes must stay as they are while it is in use; nil is none.
func NewContainer(resource []byte) *Container { return &Container{source: resource} }

// Reset makes it the container of another resource, and keeps its memory.
func (c *Container) Reset(resource []byte) { c.source, c.whole = resource, nil }

// resource is the container as a collection. Who asks first pays for reading it.
func (ev *evaluation) resource(n *node) collection {
	c := ev.container
	if c.whole != nil || c.source == nil {
		return c.whole
	}
	ev.spend(n, len(c.source)/64+1)
	v, err := c.reader.ParseBytes(c.source)
	if err != nil {
		panic(abort{unread(err)})
	}
	c.whole = collection{resourceItem(ev.defs, v)}
	return c.whole
}
