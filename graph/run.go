package graph

import (
	"context"
	"encoding/json"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

// gatewayPlan is shown for an operation that asks for no resources.
const gatewayPlan = "the gateway's own fields only: no resource is searched or read\n"

// writePlan is shown for a mutation whose payload asks for no resources.
const writePlan = "the write only: no resource is searched or read\n"

// The values of the header X-Heliograph-Explain: the plan beside the result, with what each part of it did, or instead of the result.
const (
	explainPlan    = "plan"
	explainAnalyze = "analyze"
	explainOnly    = "plan-only"
)

// run executes a compiled operation and writes the response.
func (h *Handler) run(ctx context.Context, c *call, d *document, op *operation, vars map[string]any) response {
	x := h.take(c.surface, op)
	defer h.put(x)
	x.ctx = ctx
	h.prepare(x, c, vars)
	if err := h.charge(c, x); err != nil {
		return c.failed(refuse(err))
	}
	var problems []problem
	var gateway map[string]json.RawMessage
	if len(op.gateway) > 0 {
		gateway, problems = h.delegate(ctx, c, d, op, vars)
	}
	if x.exec != nil && c.explain != explainOnly {
		x.levels(ctx)
	}
	buf := h.buffer()
	w := writer{x: x, key: h.key, problems: problems}
	body := append((*buf)[:0], `{"data":{`...)
	for i := range op.roots {
		if i > 0 {
			body = append(body, ',')
		}
		body = h.root(body, &w, i, gateway, vars)
	}
	body = append(body, '}')
	if x.late() {
		body, w.hidden = append(body[:0], `{"data":null`...), 0
		w.problems = []problem{{err: x.overrun}}
	}
	missing := missing(op, w.problems)
	if op.form != nil && x.overrun == nil {
		body, w.problems = h.formed(op.form, body, w.problems, &w.hidden)
	}
	body = h.finish(ctx, body, &w, c)
	*buf = body
	return response{body: body, missing: missing, release: func() { h.buffers.Put(buf) }}
}

// root writes a root field, its key included.
func (h *Handler) root(dst []byte, w *writer, i int, gateway map[string]json.RawMessage, vars map[string]any) []byte {
	r := &w.x.op.roots[i]
	dst = append(dst, '"')
	dst = append(dst, r.key...)
	dst = append(dst, `":`...)
	switch r.kind {
	case rootTypename:
		return append(dst, `"Query"`...)
	case rootGateway:
		if value := gateway[r.key]; value != nil {
			return append(dst, value...)
		}
		return append(dst, "null"...)
	case rootSchema:
		if w.schemaErr != nil { // each would take as long to find out again
			w.steps = []step{{key: r.key}}
			w.problem(w.schemaErr, nil)
			return append(dst, "null"...)
		}
		out, err := introspect(w.x.schema, dst, r, w.x.op, vars)
		if err != nil {
			w.schemaErr = err
			w.steps = []step{{key: r.key}}
			w.problem(err, nil)
			return append(dst, "null"...)
		}
		return out
	}
	return w.root(dst, i)
}

// finish writes what follows the data.
func (h *Handler) finish(ctx context.Context, body []byte, w *writer, c *call) []byte {
	return h.end(ctx, c, body, w.problems, w.hidden, h.extensions(w.x, c))
}

func (h *Handler) end(ctx context.Context, c *call, body []byte, problems []problem, hidden int, ext map[string]any) []byte {
	if len(problems) > 0 {
		errs := make(gqlerror.List, 0, len(problems)+1)
		for _, p := range problems {
			if ctx.Err() != nil { // else it is a store that did not answer in its own time
				p.err = timed(p.err, h.limits.Time)
			}
			p.outcome = p.outcome || c.schema.fhir
			errs = append(errs, newError(ctx, h.log, p))
		}
		if hidden > 0 {
			errs = append(errs, newError(ctx, h.log, problem{err: past(limitErrors, h.limits.Errors, "there are %d more errors", hidden), outcome: c.schema.fhir}))
		}
		body = append(body, `,"errors":`...)
		body = appendJSON(body, errs)
	}
	if len(ext) > 0 {
		body = append(body, `,"extensions":`...)
		body = appendJSON(body, ext)
	}
	return append(body, '}')
}

// extensions are what an answer says of itself: always what is degraded or stale, and the plan when it was asked for.
func (h *Handler) extensions(x *request, c *call) map[string]any {
	if x.exec == nil {
		plan := gatewayPlan
		if x.written != nil {
			plan = writePlan
		}
		if c.explain == "" || len(x.op.gateway) == 0 && x.written == nil {
			return nil
		}
		return map[string]any{"explain": map[string]any{"plan": plan, "snapshot": h.engine.Snapshot().Number}}
	}
	report := x.seeker.report(x.exec.Report())
	var ext map[string]any
	set := func(key string, value any) {
		if ext == nil {
			ext = map[string]any{}
		}
		ext[key] = value
	}
	if len(report.Degraded) > 0 {
		set("degraded", report.Degraded)
	}
	if !report.AtHead {
		set("freshness", map[string]any{"position": report.Position})
	}
	switch c.explain {
	case explainPlan, explainOnly:
		set("explain", map[string]any{"plan": h.engine.Explain(x.plan, nil), "snapshot": x.plan.Snapshot, "cost": x.explainedCost()})
	case explainAnalyze:
		set("explain", map[string]any{
			"plan": h.engine.Explain(x.plan, x.exec), "snapshot": x.plan.Snapshot, "calls": report.Calls, "position": report.Position,
			"cost": x.explainedCost(),
		})
	}
	return ext
}
