package graph

import (
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
)

// prepare reads the arguments of all fetches and makes the plan. What is wrong with one field is that field's error.
func (h *Handler) prepare(x *request, c *call, vars map[string]any) {
	if len(x.op.fetches) == 0 {
		return
	}
	x.navigate(h.read(x, c, vars))
	x.seeker = &seeker{engine: h.engine, reader: c.reader, caller: c.caller}
	if x.written != nil {
		x.seeker.atLeast = x.written.done.Position
	}
	plan, err := h.plan(x)
	if err != nil {
		// A clause that nobody can evaluate is the error of its own root field; the others are planned without it.
		for i, f := range x.op.fetches {
			if f.parent < 0 && x.asks[i].err == nil {
				x.asks[i].err = h.alone(x, i)
			}
		}
		if plan, err = h.plan(x); err != nil {
			x.refuse(err)
			return
		}
	}
	if plan != nil {
		x.plan, x.exec = plan, h.engine.Start(plan)
		x.load = newLoader(x.exec)
		if x.written != nil {
			x.load.know(x.written.key, x.written.resource)
			if x.op.informs() {
				x.load.know(informationKey, x.written.information())
			}
		}
	}
	x.start()
}

// read reads the arguments of all fetches.
func (h *Handler) read(x *request, c *call, vars map[string]any) *asker {
	k := &asker{
		schema: c.schema, reader: c.reader, compiler: h.compiler, meter: c.meter, limits: &h.limits, caller: c.caller, vars: vars, key: h.key,
		refs: h.refs, written: x.written, instance: c.instance,
	}
	for _, f := range x.op.fetches {
		x.asks = append(x.asks, k.ask(f))
	}
	return k
}

// plan numbers the parts that can run and plans them. It is nil when there are none.
func (h *Handler) plan(x *request) (*planner.Plan, error) {
	op := planner.Operation{}
	if x.written != nil {
		op.AtLeast = x.written.done.Position
	}
	for i, f := range x.op.fetches {
		a := &x.asks[i]
		a.number = -1
		if a.err != nil || f.names() && a.key.ID == "" || f.parent >= 0 && x.asks[f.parent].number < 0 {
			continue
		}
		a.part.Parent = -1
		if f.parent >= 0 {
			a.part.Parent = x.asks[f.parent].number
		}
		a.number = len(op.Parts)
		op.Caller = a.part.Query.Caller
		op.Parts = append(op.Parts, a.part)
	}
	if len(op.Parts) == 0 {
		return nil, nil
	}
	return h.engine.Plan(op)
}

// alone plans a root field with what is below it and nothing else, to see whether it can be.
func (h *Handler) alone(x *request, root int) error {
	errs := make([]error, len(x.asks))
	for i, f := range x.op.fetches {
		errs[i] = x.asks[i].err
		if f.parent < 0 && i != root {
			x.asks[i].err = fault.New(fault.Internal, "left out")
		}
	}
	_, err := h.plan(x)
	for i := range errs {
		x.asks[i].err = errs[i]
	}
	return err
}

// refuse fails all root fields that ask the stores: the operation has no plan.
func (x *request) refuse(err error) {
	x.start()
	x.pending = x.pending[:0]
	for i := range x.op.roots {
		if x.op.roots[i].kind == rootFetch && x.fills[i].kind != fillError {
			x.fills[i] = fill{kind: fillError, fetch: x.op.fetches[x.op.roots[i].fetch], err: err}
		}
	}
}
