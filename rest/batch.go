package rest

import (
	"context"
	"net/http"
)

// bundle answers POST [base]: a batch or a transaction.
func (h *Handler) bundle(_ context.Context, _ *request) (response, error) {
	return response{}, &refusal{status: http.StatusNotImplemented, issue: "not-supported", text: "batch and transaction are not there yet"}
}
