package rest

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/heliograph/heliograph/bundle"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// bundle answers POST [base]: a batch or a transaction (R4, 3.1.0.11). What came is spooled, and so is the answer.
func (h *Handler) bundle(ctx context.Context, q *request) (response, error) {
	if h.bundles == nil {
		return response{}, &refusal{status: http.StatusMethodNotAllowed, issue: "not-supported", text: "this server does not take Bundles"}
	}
	if err := q.jsonBody(); err != nil {
		return response{}, err
	}
	if err := onlyFormat(q); err != nil {
		return response{}, err
	}
	how, err := q.returned()
	if err != nil {
		return response{}, err
	}
	done, err := h.bundles.Process(ctx, q.caller, q.body, bundle.Options{
		Base: q.base, Lenient: q.lenient, Return: returns[how],
		Fetch: func(ctx context.Context, r bundle.Request) bundle.Answer { return h.fetch(ctx, q, r) },
		Failure: func(err error) (int, []byte) {
			out := h.failure(ctx, err)
			return out.status, out.body
		},
	})
	var most *http.MaxBytesError
	if errors.As(err, &most) {
		return response{}, tooLarge(most.Limit)
	}
	if err != nil {
		return response{}, err
	}
	return response{status: http.StatusOK, stream: done, free: done.Close}, nil
}

// returns are what Prefer: return asks of the entries of a Bundle; nothing is asked for, nothing but the outcome comes.
var returns = map[string]bundle.Return{
	"": bundle.Minimal, "minimal": bundle.Minimal, "representation": bundle.Representation, "OperationOutcome": bundle.OperationOutcome,
}

// Fetch answers an entry of a Bundle that reads, as if it had come by itself. Where this endpoint's own URL is not configured, the links in
// the answer begin with its path.
func (h *Handler) Fetch(ctx context.Context, caller search.Caller, r bundle.Request) bundle.Answer {
	base := h.base
	if base == "" {
		base = h.path
	}
	return h.fetch(ctx, &request{caller: caller, base: base, media: mediaFHIR}, r)
}

// fetch answers an entry that reads.
func (h *Handler) fetch(ctx context.Context, of *request, r bundle.Request) bundle.Answer {
	q := &request{
		method: r.Method, header: http.Header{}, caller: of.caller, model: h.models.Current(), base: of.base, media: of.media, lenient: of.lenient,
	}
	out, err := h.fetched(ctx, q, r.URL)
	if err != nil {
		out = h.failure(ctx, err)
	}
	defer out.release()
	a := bundle.Answer{Status: out.status, ETag: out.tag(), LastModified: out.updated}
	if out.status == http.StatusOK && unchanged(r.Method, r.IfNoneMatch, r.IfModifiedSince, a.ETag, out.updated) {
		a.Status = http.StatusNotModified
		return a
	}
	if r.Method != http.MethodHead {
		a.Resource = bytes.Clone(out.body) // its memory goes back to a pool
	}
	return a
}

func (h *Handler) fetched(ctx context.Context, q *request, url string) (out response, err error) {
	path, query, _ := strings.Cut(url, "?")
	if q.path, err = segments(path); err != nil {
		return out, err
	}
	if q.args, err = readArgs(query); err != nil {
		return out, err
	}
	if len(q.path) > 0 && q.path[0] == "$graphql" {
		return out, fault.New(fault.Unsupported, "an entry of a Bundle does not ask GraphQL")
	}
	if err := q.negotiate(); err != nil {
		return out, err
	}
	return h.guarded(ctx, q)
}
