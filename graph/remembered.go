package graph

import (
	"context"
	"io"
)

// remembered answers an operation that asks for nothing but the schema: the response is kept. It is as GraphQL says in both dialects, absent
// values too: tools look for them. __schema is never null, so that an error of it leaves no data.
func (h *Handler) remembered(ctx context.Context, c *call, d *document, op *operation) response {
	if c.schema.fhir && op.whole() {
		return h.following(ctx, c, d, op)
	}
	var of problem
	r, err := c.rendered.answer(queryKey(d.text, c.name), func(w io.Writer) error {
		key, err := c.schema.answer(timely{ctx, h, w}, op)
		if key != "" {
			of.path = []any{key}
		}
		return err
	})
	if err == nil {
		return response{body: r.raw, gzipped: r.gzipped, release: func() {}}
	}
	of.err = err
	return response{body: h.end(ctx, c, []byte(`{"data":null`), []problem{of}, 0, nil), release: func() {}}
}

// following answers it with what is kept, or with what is being made for all who ask meanwhile.
func (h *Handler) following(ctx context.Context, c *call, d *document, op *operation) response {
	r, running := c.rendered.begin(queryKey(d.text, c.name), func(w io.Writer) error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), h.limits.Time)
		defer cancel()
		_, err := c.schema.answer(timely{ctx, h, w}, op)
		return err
	})
	if r != nil {
		return response{body: r.raw, gzipped: r.gzipped, release: func() {}}
	}
	return response{running: running, release: func() {}}
}

// timely is a writer that fails when its request's time is over.
type timely struct {
	ctx context.Context
	h   *Handler
	w   io.Writer
}

// Write implements io.Writer.
func (t timely) Write(b []byte) (int, error) {
	if err := t.ctx.Err(); err != nil {
		return 0, timed(err, t.h.limits.Time)
	}
	return t.w.Write(b)
}
