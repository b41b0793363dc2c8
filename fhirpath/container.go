package fhirpath

import "github.com/valyala/fastjson"

// Container is the resource whose elements conditions are evaluated on: what %resource is, and where resolve() finds what is contained.
// It is read once, and only if an expression asks for it. One goroutine at a time.
type Container struct {
	source  func() []byte
	reader  fastjson.Parser
	whole   collection
	element fastjson.Parser
}

// NewContainer makes a container of what a function gives when it is first needed, which must then stay as it is until Reset; nil is
// no resource.
func NewContainer(resource func() []byte) *Container { return &Container{source: resource} }

// Reset forgets the resource: the function is asked again. The memory is kept.
func (c *Container) Reset() { c.whole = nil }

// resource is the container as a collection. Who asks first pays for reading it.
func (ev *evaluation) resource(n *node) collection {
	c := ev.container
	if c.whole != nil || c.source == nil {
		return c.whole
	}
	source := c.source()
	ev.spend(n, len(source)/64+1)
	v, err := c.reader.ParseBytes(source)
	if err != nil {
		panic(abort{unread(err)})
	}
	c.whole = collection{resourceItem(ev.defs, v)}
	return c.whole
}
