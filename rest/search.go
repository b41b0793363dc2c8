package rest

import (
	"context"
	"net/http"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
)

// searchType answers GET [type]?… and POST [type]/_search.
func (h *Handler) searchType(ctx context.Context, q *request) (response, error) {
	if err := q.ofOneType(); err != nil {
		return response{}, err
	}
	return h.search(ctx, q, scope{types: q.path[:1]})
}

// ofOneType refuses _type where the path names the type.
func (q *request) ofOneType() error {
	if _, ok := q.args.first("_type"); ok {
		return fault.New(fault.BadUserInput, "_type is a parameter of a search over several types; the path names one")
	}
	return nil
}

// searchSystem answers GET [base]?… and POST _search.
func (h *Handler) searchSystem(ctx context.Context, q *request) (response, error) {
	types, err := h.searchTypes(q, h.types)
	if err != nil {
		return response{}, err
	}
	return h.search(ctx, q, scope{types: types})
}

// searchCompartment answers GET [compartment]/[id]/[type]?… and …/*?….
func (h *Handler) searchCompartment(ctx context.Context, q *request) (response, error) {
	c, ref := h.defs.Compartment(q.path[0]), fhir.Ref{Type: q.path[0], ID: q.path[1]}
	in := scope{types: q.path[2:3], where: h.within(q, c, ref)}
	if q.path[2] == "*" {
		var err error
		if in.types, err = h.searchTypes(q, h.compartmentTypes(c)); err != nil {
			return response{}, err
		}
	} else if c.Params(q.path[2]) == nil && q.path[2] != ref.Type {
		return response{}, fault.New(fault.BadUserInput, "%s is not in the compartment of %s", q.path[2], ref.Type)
	} else if err := q.ofOneType(); err != nil {
		return response{}, err
	}
	return h.search(ctx, q, in)
}

// compartmentTypes are those of a compartment that are served, its own first.
func (h *Handler) compartmentTypes(c *fhir.Compartment) []string {
	out := []string{c.Type}
	for _, name := range c.Types() {
		if h.served[name] && name != c.Type {
			out = append(out, name)
		}
	}
	return out
}

// search runs a search and writes its Bundle.
func (h *Handler) search(ctx context.Context, q *request, in scope) (response, error) {
	s, err := h.searching(q, in)
	if err != nil {
		return response{}, err
	}
	p, err := h.page(ctx, q, s)
	if err != nil {
		return response{}, err
	}
	b, free := buffer()
	b, err = h.searchset(b, q, s, p)
	return response{status: http.StatusOK, body: b, free: free(b)}, err
}
