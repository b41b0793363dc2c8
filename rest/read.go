package rest

import (
	"context"
	"net/http"
	"strconv"
	"sync"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// read answers a read and a vread.
func (h *Handler) read(ctx context.Context, q *request) (response, error) {
	key := search.Key{Ref: fhir.Ref{Type: q.path[0], ID: q.path[1]}}
	if len(q.path) == 4 {
		n, err := strconv.ParseInt(q.path[3], 10, 64)
		if err != nil || n < 1 || q.path[3][0] == '+' {
			return response{}, fault.New(fault.NotFound, "there is no such version of %s", key.Ref)
		}
		key.Version = n
	}
	view, err := h.view(q, q.path[:1])
	if err != nil {
		return response{}, err
	}
	if err := onlyViews(q); err != nil {
		return response{}, err
	}
	r, err := h.get(ctx, q.caller, key)
	if err != nil {
		return response{}, err
	}
	if q.raw || view == nil && key.Type == "Binary" && q.wantsRaw() {
		return h.content(&r)
	}
	return h.resource(http.StatusOK, &r, view), nil
}

// onlyViews refuses parameters that a read does not have.
func onlyViews(q *request) error {
	for _, a := range q.args {
		switch a.name {
		case "_format", "_pretty", "_summary", "_elements":
		default:
			if !q.lenient {
				return fault.New(fault.BadUserInput, "a read has the parameters _format, _pretty, _summary and _elements")
			}
		}
	}
	return nil
}

// get reads one resource; what is not there or deleted is an error.
func (h *Handler) get(ctx context.Context, caller search.Caller, key search.Key) (search.Resource, error) {
	plan, err := h.engine.Plan(planner.Operation{Caller: caller, Parts: []planner.Part{{
		Kind: planner.Get, Path: key.Type, Parent: -1, Targets: []string{key.Type}, Rows: true,
	}}})
	if err != nil {
		return search.Resource{}, err
	}
	result := h.engine.Start(plan).Run(ctx, []composite.Call{{Keys: []search.Key{key}}})[0]
	if result.Err != nil {
		return search.Resource{}, result.Err
	}
	r := result.Resources[0]
	switch {
	case r.Version == 0 && key.Version > 0:
		return r, fault.New(fault.NotFound, "there is no such version of %s", key.Ref)
	case r.Version == 0:
		return r, unknownResource(key.Ref)
	case r.Deleted:
		return r, fault.New(fault.Gone, "%s has been deleted, by version %d", key.Ref, r.Version)
	}
	return r, nil
}

// buffers are those of answers; what a large one leaves behind is not kept.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

const keptBuffer = 1 << 20

// buffer borrows memory for an answer; set is told the body in the end.
func buffer() (b []byte, free func([]byte) func()) {
	p := buffers.Get().(*[]byte)
	return (*p)[:0], func(b []byte) func() {
		return func() {
			if cap(b) <= keptBuffer {
				*p = b
				buffers.Put(p)
			}
		}
	}
}

// resource is the answer that is one resource.
func (h *Handler) resource(status int, r *search.Resource, view view) response {
	b, free := buffer()
	b = h.appendResource(b, r, view)
	return response{status: status, body: b, version: r.Version, updated: r.LastUpdated, free: free(b)}
}

// appendResource writes a resource as it is seen.
func (h *Handler) appendResource(dst []byte, r *search.Resource, v view) []byte {
	version, updated := strconv.FormatInt(r.Version, 10), fhir.FormatInstant(r.LastUpdated)
	if v == nil {
		return r.Body.Append(dst, version, updated)
	}
	return v.of(r.Ref.Type).append(dst, r.Body.JSON, version, updated)
}
