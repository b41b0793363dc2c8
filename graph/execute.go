package graph

import (
	"context"
	"encoding/json"
	"runtime/debug"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/fhirpath"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// call is a request as it came, whatever the transport.
type call struct {
	query     string
	name      string
	variables map[string]any
	text      []byte // of the variables
	size      int64  // of all that was posted
	caller    search.Caller
	instance  fhir.Ref // the resource that the endpoint is of
	queryOnly bool     // a mutation is refused (GET)
	lenient   bool     // what legacy data bends is written all the same
	whole     bool     // the response Bundle has what was written
	explain   string   // one of the explain modes
	persisted persistedQuery
	spent     *int64          // of limits.cost, by all requests of a batch; nil for one that is alone
	meter     *fhirpath.Meter // of all conditions: execute sets it
	follow    context.Context // how long a subscription may go on; nil where there can be none
	since     string          // where it begins, instead of what its argument says
	id        string          // of the operation, by its extensions

	*surface // of the edition of the beginning: execute sets it, unless it is there
}

// response is the answer to a call: body is JSON, valid until release.
type response struct {
	body []byte
	// gzipped is the same body compressed, where it is at hand.
	gzipped []byte
	// running is the same body compressed, where it is still being made; body and gzipped are then not there.
	running *pressing
	// refused says that the call was not run: it is no GraphQL, or not of this schema.
	refused bool
	// unknown says that it names a persisted query that is not kept: for its client, no failure.
	unknown bool
	// missing is the code of the error that nothing is there, where that is all that the operation asked for.
	missing fault.Code
	// mutation says that it was refused because of the method.
	mutation bool
	// large says that it was refused because of its size.
	large   bool
	release func()
	// followed is a subscription that has begun; there is no body then.
	followed *follower
}

// execute runs a call. It never panics and always gives a body.
func (h *Handler) execute(ctx context.Context, c *call) (out response) {
	defer func() {
		if r := recover(); r != nil {
			h.log.ErrorContext(ctx, "a request panicked", "panic", r, "stack", string(debug.Stack()))
			out = failed(gqlerror.List{{Message: "internal error", Extensions: map[string]any{"code": string(fault.Internal)}}})
			out.refused = false
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, h.limits.Time)
	defer cancel()
	if c.meter = fhirpath.NewMeter(h.limits.Steps); c.surface == nil {
		c.surface = h.edition.Load().strict
	}
	if err := h.recall(c); err != nil {
		out := c.failed(gqlerror.List{newError(ctx, h.log, problem{err: err})})
		out.unknown = codeOf(err) == codeNotPersisted
		return out
	}
	return h.answer(ctx, c)
}

// answer reads a call's document and runs what it asks for.
func (h *Handler) answer(ctx context.Context, c *call) response {
	d, errs := h.document(c.surface, c.query)
	if len(errs) > 0 {
		out := c.failed(errs)
		out.mutation = c.queryOnly && writes(c.query, c.name, h.limits.Tokens)
		return out
	}
	h.persist(c)
	def, err := pick(d.doc, c.name)
	if err != nil {
		return c.failed(refuse(err))
	}
	if def.Operation == ast.Mutation && c.queryOnly {
		out := c.failed(refuse(fault.New(fault.BadUserInput, "a mutation is sent by POST")))
		out.mutation = true
		return out
	}
	if def.Operation != ast.Mutation && c.size > h.limits.Body {
		out := c.failed(refuse(past(limitBody, h.limits.Body, "the request is larger than %d bytes; only a mutation may be", h.limits.Body)))
		out.large = true
		return out
	}
	adapt(d, def, c)
	vars, err := (&coercion{schema: c.schema.doc, quiet: h.quiet}).variables(def, c.variables)
	if err == nil {
		err = d.checkConditions(def, vars)
	}
	if err != nil {
		return c.failed(h.located(ctx, err))
	}
	op, kept, err := d.operation(def, vars, func(f flags) (*operation, error) { return h.compile(c, d, def, f) })
	if err != nil {
		return c.failed(h.located(ctx, err))
	}
	if kept {
		c.documents.grown(d, op)
	}
	if op.schema && h.production {
		return c.failed(refuse(fault.New(fault.Forbidden, "introspection is switched off")))
	}
	switch def.Operation {
	case ast.Mutation:
		return h.mutate(ctx, c, op, vars)
	case ast.Subscription:
		return h.subscribe(ctx, c, op, vars)
	}
	if op.onlySchema() && len(def.VariableDefinitions) == 0 {
		return h.remembered(ctx, c, d, op)
	}
	return h.run(ctx, c, d, op, vars)
}

// pick chooses the operation of a document by its name (GraphQL 6.1).
func pick(doc *ast.QueryDocument, name string) (*ast.OperationDefinition, error) {
	if name == "" {
		if len(doc.Operations) == 1 {
			return doc.Operations[0], nil
		}
		return nil, fault.New(fault.BadUserInput, "the document has %d operations; operationName must name one", len(doc.Operations))
	}
	if op := doc.Operations.ForName(name); op != nil {
		return op, nil
	}
	return nil, fault.New(fault.BadUserInput, "the document has no operation of that name")
}

func (h *Handler) located(ctx context.Context, err error) gqlerror.List {
	e, ok := err.(*gqlerror.Error)
	if !ok {
		return gqlerror.List{newError(ctx, h.log, problem{err: err})}
	}
	e.Extensions = map[string]any{"code": string(codeOf(e.Err))}
	return gqlerror.List{e}
}

// failed is the answer to a call that was not run: errors, and no data. In the FHIR dialect each tells an OperationOutcome.
func (c *call) failed(errs gqlerror.List) response {
	if c.surface != nil && c.schema.fhir {
		withOutcomes(errs)
	}
	return failed(errs)
}

// failed is the answer to a call that was not run: errors, and no data.
func failed(errs gqlerror.List) response {
	body := append([]byte(nil), `{"errors":`...)
	body = append(appendJSON(body, errs), '}')
	return response{body: body, refused: true, release: func() {}}
}

// appendJSON appends what encoding/json makes of a value of ours, which cannot fail.
func appendJSON(dst []byte, v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		return append(dst, "null"...)
	}
	return append(dst, b...)
}

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
		return failed(refuse(err))
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
