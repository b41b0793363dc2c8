package graph

import "slices"

// rescans is how often the greatest response may be scanned again for members that are selected under several keys.
const rescans = 8

// take gives a request with the memory of an earlier one.
func (h *Handler) take(e *surface, op *operation) *request {
	x, _ := h.requests.Get().(*request)
	if x == nil {
		x = &request{}
	}
	x.schema, x.refs, x.limits, x.inner, x.op = e.schema, h.refs, &h.limits, h.inner, op
	x.run.Most, x.run.Again = h.limits.Response, rescans*h.limits.Response
	return x
}

// put gives a request's memory back, unless it has grown out of all measure, and forgets what it held.
func (h *Handler) put(x *request) {
	const keep = 4 << 20
	if cap(x.doc) > keep || cap(x.source) > keep || cap(x.rows) > 1<<14 {
		return
	}
	x.run.Reset()
	clear(x.run.Picks)
	x.run.Picks = x.run.Picks[:0]
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

// buffer gives memory for a body; it goes back by h.buffers.Put.
func (h *Handler) buffer() *[]byte {
	b, _ := h.buffers.Get().(*[]byte)
	if b == nil || cap(*b) > 8<<20 {
		b = new([]byte)
		*b = slices.Grow(*b, 8<<10)
	}
	return b
}
