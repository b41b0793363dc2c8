package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"

	"github.com/heliograph/heliograph/internal/fault"
)

// isBatch says whether a request is an array of requests.
func isBatch(text []byte) bool {
	start := bytes.TrimLeft(text, " \t\r\n")
	return len(start) > 0 && start[0] == '['
}

// batch answers an array of requests by an array of their answers, in their order. They run one after the other, and what limits the body, the
// cost, the response and the time of one request is of all of them. The answer is application/json: an array is no GraphQL response.
func (h *Handler) batch(w http.ResponseWriter, r *http.Request, c call, text []byte) {
	if !accepts(r.Header, mediaJSON) {
		h.refuse(w, mediaJSON, http.StatusNotAcceptable, fault.New(fault.BadUserInput, "the answer to a batch is %s", mediaJSON))
		return
	}
	items, err := split(text, h.limits.Batch)
	if err != nil {
		h.refuse(w, mediaJSON, http.StatusBadRequest, err)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), h.limits.Time)
	defer cancel()
	c.size, c.spent = int64(len(text)), new(int64)
	body := []byte{'['}
	for i, item := range items {
		one := c
		body = h.item(ctx, comma(body, i), item, &one)
	}
	h.send(w, r, mediaJSON, http.StatusOK, append(body, ']'), nil)
}

// item appends the answer to one request of a batch.
func (h *Handler) item(ctx context.Context, dst []byte, text []byte, c *call) []byte {
	if len(dst) > h.limits.Response {
		return append(dst, failed(refuse(past(limitResponse, h.limits.Response, "the answers before are larger than %d bytes: this request was not run", h.limits.Response))).body...)
	}
	if err := c.readJSON(text, &h.limits); err != nil {
		return append(dst, failed(refuse(err)).body...)
	}
	out := h.execute(ctx, c)
	defer out.release()
	return append(dst, out.body...)
}

// split gives the requests of a batch.
func split(text []byte, most int) ([]json.RawMessage, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	if _, err := d.Token(); err != nil {
		return nil, notJSON("the batch", err)
	}
	var items []json.RawMessage
	for d.More() {
		if len(items) == most {
			return nil, past(limitBatch, most, "the batch has more than %d requests", most)
		}
		var item json.RawMessage
		if err := d.Decode(&item); err != nil {
			return nil, fault.New(fault.BadUserInput, "request %d of the batch is not JSON", len(items)+1)
		}
		items = append(items, item)
	}
	if _, err := d.Token(); err != nil || len(bytes.TrimSpace(text[d.InputOffset():])) > 0 {
		return nil, fault.New(fault.BadUserInput, "the batch does not end as an array of JSON does")
	}
	if len(items) == 0 {
		return nil, fault.New(fault.BadUserInput, "the batch has no requests")
	}
	return items, nil
}
