package graph

import (
	"context"
	"encoding/json"
	"runtime/debug"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// call is a request as it came, whatever the transport.
type call struct {
	query     string
	name      string
	variables map[string]any
	caller    search.Caller
	queryOnly bool   // a mutation is refused (GET)
	explain   string // one of the explain modes
}

// outcome is the response to a call: body is JSON, valid until release.
type outcome struct {
	body []byte
	// gzipped is the same body compressed, where it is at hand.
	gzipped []byte
	// refused says that the call was not run: it is no GraphQL, or not of this schema.
	refused bool
	// mutation says that it was refused because of the method.
	mutation bool
	release  func()
}

// execute runs a call. It never panics and always gives a body.
func (h *Handler) execute(ctx context.Context, c *call) (out outcome) {
	defer func() {
		if r := recover(); r != nil {
			h.log.ErrorContext(ctx, "a request panicked", "panic", r, "stack", string(debug.Stack()))
			out = failed(gqlerror.List{{Message: "internal error", Extensions: map[string]any{"code": string(fault.Internal)}}})
			out.refused = false
		}
	}()
	d, errs := h.document(c.query)
	if len(errs) > 0 {
		out := failed(errs)
		out.mutation = c.queryOnly && writes(c.query, c.name, h.limits.Tokens)
		return out
	}
	def, err := pick(d.doc, c.name)
	if err != nil {
		return failed(refuse(err))
	}
	if def.Operation != ast.Query {
		out := failed(refuse(fault.New(fault.Unsupported, "only queries are served yet, not a %s", def.Operation)))
		out.mutation = c.queryOnly
		return out
	}
	vars, err := coerceVariables(h.schema.doc, def, c.variables)
	if err != nil {
		return failed(h.located(ctx, err))
	}
	op, err := d.operation(def, vars, func(f flags) (*operation, error) { return compile(h.schema, def, f, &h.limits) })
	if err != nil {
		return failed(gqlerror.List{newError(ctx, h.log, problem{err: err})})
	}
	if op.schema && h.production {
		return failed(refuse(fault.New(fault.Forbidden, "introspection is switched off")))
	}
	if op.onlySchema() && len(def.VariableDefinitions) == 0 {
		return h.remembered(ctx, c, d, op)
	}
	return h.run(ctx, c, d, op, vars)
}

// remembered answers an operation that asks for nothing but the schema: the response is kept.
func (h *Handler) remembered(ctx context.Context, c *call, d *document, op *operation) outcome {
	r, err := h.schemas.answer(queryKey(d.text, c.name), func() ([]byte, error) {
		out := h.run(ctx, c, d, op, nil)
		defer out.release()
		return slices.Clone(out.body), nil
	})
	if err != nil {
		return failed(gqlerror.List{newError(ctx, h.log, problem{err: err})})
	}
	return outcome{body: r.raw, gzipped: r.gzipped, release: func() {}}
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

// failed is the outcome of a call that was not run: errors, and no data.
func failed(errs gqlerror.List) outcome {
	body := append([]byte(nil), `{"errors":`...)
	body = append(appendJSON(body, errs), '}')
	return outcome{body: body, refused: true, release: func() {}}
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

// The values of the header X-Heliograph-Explain: the plan beside the result, with what each part of it did, or instead of the result.
const (
	explainPlan    = "plan"
	explainAnalyze = "analyze"
	explainOnly    = "plan-only"
)

// run executes a compiled operation and writes the response.
func (h *Handler) run(ctx context.Context, c *call, d *document, op *operation, vars map[string]any) outcome {
	x := h.take(op)
	defer h.put(x)
	problems := h.prepare(x, c.caller, vars)
	var gateway map[string]json.RawMessage
	if len(op.gateway) > 0 {
		var p []problem
		gateway, p = h.delegate(ctx, c, d, op, vars)
		problems = append(problems, p...)
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
	if w.large {
		body = append(body[:0], `{"data":null`...)
		w.problems = []problem{{err: fault.New(fault.TooCostly, "the response is larger than %d bytes", h.limits.Response)}}
	}
	body = h.finish(ctx, body, &w, c)
	*buf = body
	return outcome{body: body, release: func() { h.buffers.Put(buf) }}
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
		out, err := h.introspect(dst, r, w.x.op, vars)
		if err != nil {
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
	if len(w.problems) > 0 {
		errs := make(gqlerror.List, 0, len(w.problems)+1)
		for _, p := range w.problems {
			errs = append(errs, newError(ctx, h.log, p))
		}
		if w.hidden > 0 {
			errs = append(errs, newError(ctx, h.log, problem{err: fault.New(fault.TooCostly, "there are %d more errors", w.hidden)}))
		}
		body = append(body, `,"errors":`...)
		body = appendJSON(body, errs)
	}
	if ext := h.extensions(w.x, c); len(ext) > 0 {
		body = append(body, `,"extensions":`...)
		body = appendJSON(body, ext)
	}
	return append(body, '}')
}

// extensions are what an answer says of itself: always what is degraded or stale, and the plan when it was asked for.
func (h *Handler) extensions(x *request, c *call) map[string]any {
	if x.exec == nil {
		if c.explain == "" || len(x.op.gateway) == 0 {
			return nil
		}
		return map[string]any{"explain": map[string]any{"plan": gatewayPlan, "snapshot": h.engine.Snapshot().Number}}
	}
	report := x.exec.Report()
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
		set("explain", map[string]any{"plan": h.engine.Explain(x.plan, nil), "snapshot": x.plan.Snapshot})
	case explainAnalyze:
		set("explain", map[string]any{
			"plan": h.engine.Explain(x.plan, x.exec), "snapshot": x.plan.Snapshot, "calls": report.Calls, "position": report.Position,
		})
	}
	return ext
}

// prepare reads the arguments of all fetches and makes the plan. What is wrong with one field is that field's error.
func (h *Handler) prepare(x *request, caller search.Caller, vars map[string]any) []problem {
	if len(x.op.fetches) == 0 {
		return nil
	}
	k := asker{schema: h.schema, reader: h.reader, limits: &h.limits, caller: caller, vars: vars, key: h.key, refs: h.refs}
	for _, f := range x.op.fetches {
		x.asks = append(x.asks, k.ask(f))
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
			return []problem{{err: err}}
		}
	}
	if plan != nil {
		x.plan, x.exec = plan, h.engine.Start(plan)
		x.load = newLoader(x.exec)
	}
	x.start()
	return nil
}

// plan numbers the parts that can run and plans them. It is nil when there are none.
func (h *Handler) plan(x *request) (*planner.Plan, error) {
	op := planner.Operation{}
	for i, f := range x.op.fetches {
		a := &x.asks[i]
		a.number = -1
		if a.err != nil || f.kind == fetchNode && a.key.ID == "" || f.parent >= 0 && x.asks[f.parent].number < 0 {
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

func (h *Handler) take(op *operation) *request {
	x, _ := h.requests.Get().(*request)
	if x == nil {
		x = &request{}
	}
	x.schema, x.refs, x.limits, x.inner, x.op = h.schema, h.refs, &h.limits, h.inner, op
	return x
}

// put gives a request's memory back, unless it has grown out of all measure, and forgets what it held.
func (h *Handler) put(x *request) {
	const keep = 4 << 20
	if cap(x.doc) > keep || cap(x.source) > keep || cap(x.rows) > 1<<14 {
		return
	}
	x.run.Reset()
	clear(x.asks)
	clear(x.rows)
	clear(x.fills)
	clear(x.pages)
	clear(x.batches)
	*x = request{
		asks: x.asks[:0], doc: x.doc[:0], run: x.run, rows: x.rows[:0], fills: x.fills[:0], pages: x.pages[:0],
		pending: x.pending[:0], batches: x.batches[:0], source: x.source[:0], contained: x.contained, scratch: x.scratch[:0],
	}
	h.requests.Put(x)
}

func (h *Handler) buffer() *[]byte {
	b, _ := h.buffers.Get().(*[]byte)
	if b == nil || cap(*b) > 8<<20 {
		b = new([]byte)
		*b = slices.Grow(*b, 8<<10)
	}
	return b
}
