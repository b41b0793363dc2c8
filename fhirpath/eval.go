package fhirpath

import (
	"time"

	"github.com/valyala/fastjson"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
)

// evaluation is one run of an expression. Its methods abort when the budget is spent.
type evaluation struct {
	source string
	cfg    *Config
	defs   *fhir.Definitions
	left   int // steps
	limit  int
	places bool // whether items know where they stand

	container *Container
	context   collection
	focus     focus
	now       time.Time
}

// focus is what $this, $index and $total are.
type focus struct {
	this  collection
	index int
	total collection
}

func (ev *evaluation) fail(n *node, format string, args ...any) {
	fail(ev.source, n.pos, fault.BadUserInput, format, args...)
}

// spend takes steps from the budget.
func (ev *evaluation) spend(n *node, steps int) {
	if steps > ev.left {
		fail(ev.source, n.pos, fault.TooCostly, "the expression takes more than %d steps on this resource", ev.limit)
	}
	ev.left -= steps
}

// spendText pays for a text of a length.
func (ev *evaluation) spendText(n *node, length int) { ev.spend(n, length/64+1) }

// in evaluates with another focus.
func (ev *evaluation) in(f focus, n *node) collection {
	saved := ev.focus
	ev.focus = f
	out := ev.eval(n)
	ev.focus = saved
	return out
}

func (ev *evaluation) eval(n *node) collection {
	ev.spend(n, 1)
	switch n.op {
	case opLiteral:
		return n.value
	case opVariable:
		return ev.variable(n)
	case opConstant:
		if n.name == "context" {
			return ev.context
		}
		return ev.resource(n)
	case opMember:
		return ev.memberOf(n)
	case opCall:
		in := ev.input(n)
		ev.spend(n, len(in))
		return n.fn.run(ev, n, in)
	case opIndex:
		return ev.indexed(n)
	case opSign:
		return ev.sign(n)
	case opIs:
		return ev.isType(n, ev.eval(n.args[0]))
	case opAs:
		return ev.ofType(n, ev.eval(n.args[0]))
	}
	return ev.binary(n)
}

// input is what a member or call is of: the focus where nothing stands before the dot.
func (ev *evaluation) input(n *node) collection {
	if n.args[0] == nil {
		return ev.focus.this
	}
	return ev.eval(n.args[0])
}

func (ev *evaluation) variable(n *node) collection {
	switch n.name {
	case "$index":
		return single(int64(ev.focus.index))
	case "$total":
		return ev.focus.total
	}
	return ev.focus.this
}

func (ev *evaluation) indexed(n *node) collection {
	in, at := ev.eval(n.args[0]), ev.eval(n.args[1])
	i, ok := ev.integer(n, at)
	if !ok || i < 0 || i >= int64(len(in)) {
		return nil
	}
	return in[i : i+1 : i+1]
}

// one is the value of the only item; false for none. Several items are an error.
func (ev *evaluation) one(n *node, c collection) (any, bool) {
	if len(c) > 1 {
		ev.fail(n, "one item is wanted here, and there are %d; choose one, for example by first()", len(c))
	}
	if len(c) == 0 {
		return nil, false
	}
	v := c[0].value()
	if s, ok := v.(string); ok {
		ev.spendText(n, len(s))
	}
	return v, v != nil
}

func (ev *evaluation) integer(n *node, c collection) (int64, bool) {
	v, ok := ev.one(n, c)
	if !ok {
		return 0, false
	}
	i, is := v.(int64)
	if !is {
		ev.fail(n, "an Integer is wanted here, not %s", typeOf(v))
	}
	return i, true
}

// text is the only item as a string; false for none.
func (ev *evaluation) text(n *node, c collection) (string, bool) {
	v, ok := ev.one(n, c)
	if !ok {
		if len(c) > 0 && c[0].json != nil {
			ev.fail(n, "a String is wanted here, not %s", c[0].name())
		}
		return "", false
	}
	switch v := v.(type) {
	case string:
		return v, true
	case temporal:
		return v.text, true
	}
	ev.fail(n, "a String is wanted here, not %s", typeOf(v))
	return "", false
}

// condition evaluates a collection as a boolean (FHIRPath, "Singleton Evaluation of Collections"): empty is unknown, a boolean is
// itself, any other single item is true.
func (ev *evaluation) condition(n *node, c collection) (holds, known bool) {
	if len(c) > 1 {
		ev.fail(n, "a condition is wanted here, and there are %d items; ask for exists(), or choose one", len(c))
	}
	if len(c) == 0 {
		return false, false
	}
	i := c[0]
	if i.sys == nil && i.json == nil {
		return false, false
	}
	if b, ok := i.value().(bool); ok {
		return b, true
	}
	return true, true
}

// run evaluates an expression on a node, within the budget. The meter, if there is one, is told what it took.
func (e *Expression) run(root item, in *Container, places bool, m *Meter) (out collection, err error) {
	defer caught(&err)
	ev := &evaluation{source: e.source, cfg: e.cfg, defs: e.cfg.Definitions, left: e.cfg.Steps, limit: e.cfg.Steps, places: places, now: time.Now()}
	if m != nil {
		defer func() { m.take(ev.limit - ev.left) }()
	}
	ev.container, ev.context = in, collection{root}
	ev.focus = focus{this: ev.context}
	return ev.eval(e.root), nil
}

// resourceItem is a resource as an item.
func (e *Expression) resourceItem(v *fastjson.Value) item {
	return resourceItem(e.cfg.Definitions, v)
}

func resourceItem(defs *fhir.Definitions, v *fastjson.Value) item {
	return item{json: v, typ: defs.Type(string(v.GetStringBytes("resourceType"))), sure: true}
}
