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
			out = c.failed(gqlerror.List{{Message: "internal error", Extensions: map[string]any{"code": string(fault.Internal)}}})
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
