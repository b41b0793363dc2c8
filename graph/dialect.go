package graph

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/graph/dialect"
	"github.com/heliograph/heliograph/graph/form"
	"github.com/heliograph/heliograph/internal/fault"
)

// rewrite turns a document of the FHIR dialect into one that its schema validates; nil and nothing done for the strict one.
func (h *Handler) rewrite(e *surface, doc *ast.QueryDocument) (*dialect.Rewritten, gqlerror.List) {
	if !e.schema.fhir {
		return nil, nil
	}
	r, found := dialect.Rewrite(&dialect.Config{
		Schema: e.schema.doc, Facts: e.schema, Resources: []string{typeResource, typeNode}, Reference: typeReference,
		Primitives: e.schema.primitive, Selections: h.limits.Selections, Quiet: h.quiet,
	}, doc)
	if r.Full {
		return nil, refuse(past(limitSelections, h.limits.Selections, "%s", found[len(found)-1].Message))
	}
	var errs gqlerror.List
	for _, e := range found {
		errs = append(errs, invalid(e, codeValidate))
	}
	return r, errs
}

// Targets implements dialect.Facts.
func (s *Schema) Targets(typeName, field string) []string {
	f, ok := s.element(typeName, field)
	if !ok {
		return nil
	}
	return f.Type.Targets
}

// Canonical implements dialect.Facts.
func (s *Schema) Canonical(typeName, field string) bool {
	f, ok := s.element(typeName, field)
	return ok && f.Type.Name == "canonical"
}

func (s *Schema) element(typeName, field string) (fhir.Field, bool) {
	t := s.objects[typeName]
	if t == nil {
		t = s.defs.Type(typeName) // the interface of all resources
	}
	if t == nil {
		return fhir.Field{}, false
	}
	return t.Field(strings.TrimPrefix(field, "_"))
}

func (s *Schema) primitive(name string) bool {
	t := s.defs.Type(name)
	return t != nil && t.Kind == fhir.KindPrimitive
}

// compile compiles an operation of a document, and its form.
func (h *Handler) compile(c *call, d *document, def *ast.OperationDefinition, f flags) (*operation, error) {
	op, err := compile(c.schema, c.reader, def, f, &h.limits)
	if err != nil || d.rewritten == nil {
		return op, err
	}
	o, bad := d.rewritten.Form(def, h.limits.Fields)
	if bad != nil {
		bad.Err = fault.New(fault.BadUserInput, "%s", bad.Message)
		return nil, bad
	}
	if c.schema.instance != "" && def.Operation == ast.Query {
		o = instanceForm(o)
	}
	op.form = o
	return op, nil
}

// adapt makes the values of variables fit what the dialect has made of their declarations.
func adapt(d *document, def *ast.OperationDefinition, c *call) {
	if d.rewritten != nil {
		d.rewritten.Adapt(def, c.variables)
	}
}

// formed gives the data of a body (`{"data":{…}`) the form of the FHIR dialect, and the problems their places in it. Names that @slice
// makes longer count for the limit of the response. hidden counts the problems beyond the limit.
func (h *Handler) formed(o *form.Object, body []byte, problems []problem, hidden *int) ([]byte, []problem) {
	const head = `{"data":`
	for i := range problems {
		if problems[i].path = o.Path(problems[i].path); len(problems[i].path) == 1 && problems[i].path[0] == keyInstance && o.Fields[0].Key == keyInstance {
			problems[i].path = nil // the resource is the answer
		}
	}
	buf := h.buffer()
	out := append((*buf)[:0], head...)
	out, err := o.Append(out, body[len(head):], h.limits.Response, func(path []any, err error) {
		if len(problems) >= h.limits.Errors {
			*hidden++
			return
		}
		problems = append(problems, problem{err: fault.New(fault.BadUserInput, "%s", err.Error()), path: path})
	})
	if err != nil {
		out, problems, *hidden = append(out, "null"...), []problem{{err: tooLarge(h.limits.Response)}}, 0
	}
	body = append(body[:0], out...)
	*buf = out
	h.buffers.Put(buf)
	return body, problems
}

// missing is NOT_FOUND or GONE where an operation asks for one thing, which is not there.
func missing(op *operation, problems []problem) fault.Code {
	if op.form == nil || len(problems) != 1 || len(problems[0].path) != 1 {
		return ""
	}
	if n := slices.IndexFunc(op.roots, func(r root) bool { return r.kind != rootFetch && r.kind != rootTypename }); n >= 0 {
		return ""
	}
	fetches := 0
	for _, r := range op.roots {
		if r.kind == rootFetch {
			fetches++
		}
	}
	if code := codeOf(problems[0].err); fetches == 1 && (code == fault.NotFound || code == fault.Gone) {
		return code
	}
	return ""
}
