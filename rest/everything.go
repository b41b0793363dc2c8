package rest

import (
	"context"
	"net/http"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// everything answers Patient/[id]/$everything: the patient, then what is in the compartment, type by type (R4,
// patient-operation-everything.html). start and end narrow the types that have a date of care; the others are given whole.
func (h *Handler) everything(ctx context.Context, q *request) (response, error) {
	c, ref := h.defs.Compartment(q.path[0]), fhir.Ref{Type: q.path[0], ID: q.path[1]}
	if _, err := h.get(ctx, q.caller, search.Key{Ref: ref}); err != nil {
		return response{}, err
	}
	inner, narrow, ignored, err := everythingArgs(q)
	if err != nil {
		return response{}, err
	}
	types, err := h.searchTypes(q, h.compartmentTypes(c))
	if err != nil {
		return response{}, err
	}
	within := h.within(&inner, c, ref)
	s, err := h.searching(&inner, scope{types: types, where: func(typeName string) (search.Expr, error) {
		e, err := within(typeName)
		if err != nil {
			return nil, err
		}
		return h.narrowed(q, typeName, search.And{e}, narrow)
	}})
	if err != nil {
		return response{}, err
	}
	s.ignored = append(s.ignored, ignored...)
	s.used = append(s.used, narrow...)
	p, err := h.page(ctx, q, s)
	if err != nil {
		return response{}, err
	}
	b, free := buffer()
	b, err = h.searchset(b, q, s, p)
	return response{status: http.StatusOK, body: b, free: free(b)}, err
}

// everythingArgs divides the operation's parameters into those of the search that it comes to, its own, and with lenient handling
// the names of those that it does not know.
func everythingArgs(q *request) (inner request, narrow args, ignored []string, err error) {
	inner = *q
	inner.args = nil
	for _, a := range q.args {
		switch a.name {
		case "_type", "_format", "_pretty", "_count", "_elements", "_summary", cursorArg:
			inner.args = append(inner.args, a)
		case "_since", "start", "end":
			if _, _, bad := fhir.ParseInstantRange(a.value, nil); bad != nil {
				return inner, nil, nil, fault.New(fault.BadUserInput, "%s is a date or a time, as in 2024-05-01 or 2024-05-01T10:30:00Z", a.name)
			}
			narrow = append(narrow, a)
		default:
			if !q.lenient {
				return inner, nil, nil, fault.New(fault.BadUserInput, "$everything has the parameters start, end, _since, _type, _count, _elements and _summary")
			}
			ignored = append(ignored, a.name)
		}
	}
	return inner, narrow, ignored, nil
}

// narrowed adds the times of the operation to the condition on a type.
func (h *Handler) narrowed(q *request, typeName string, where search.And, narrow args) (search.Expr, error) {
	for _, a := range narrow {
		code, prefix := search.ParamLastUpdated, "ge"
		if a.name != "_since" {
			p := q.model.Parameters.Chronological(typeName)
			if p == nil || typeName == q.path[0] {
				continue
			}
			if code = p.Code; a.name == "end" {
				prefix = "le"
			}
		}
		e, err := q.model.Reader.Clause(typeName, code, []string{prefix + a.value})
		if err != nil {
			return nil, err
		}
		where = append(where, e)
	}
	if len(where) == 1 {
		return where[0], nil
	}
	return where, nil
}
