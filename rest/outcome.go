package rest

import (
	"context"
	"errors"
	"math"
	"net/http"
	"slices"
	"strconv"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/outcome"
	"github.com/heliograph/heliograph/patch"
)

// refusal is an error of HTTP itself, or one whose status says more than its code.
type refusal struct {
	status int
	// issue is a code of OperationOutcome.issue.code.
	issue string
	allow string
	text  string
}

// Error implements error.
func (r *refusal) Error() string { return r.text }

func note(severity outcome.Severity, code, text string) outcome.Issue {
	return outcome.Issue{Severity: severity, Code: code, Text: text}
}

// failure is the answer to a request that failed.
func (h *Handler) failure(ctx context.Context, err error) response {
	var r *refusal
	var invalid *composite.InvalidError
	switch {
	case errors.As(err, &r):
		return response{status: r.status, body: outcome.Append(nil, []outcome.Issue{note(outcome.Error, r.issue, r.text)}), allow: r.allow}
	case errors.As(err, &invalid):
		status := http.StatusUnprocessableEntity
		if code := fault.Of(invalid); code != fault.BadUserInput {
			status = statusOf(code)
		} else if ofID(invalid) {
			status = http.StatusBadRequest
		}
		return response{status: status, body: outcome.Append(nil, outcome.Of(outcome.Error, invalid.Issues))}
	}
	code := codeOf(err)
	out := response{status: statusOf(code)}
	if errors.Is(err, patch.ErrTest) {
		out.status = http.StatusUnprocessableEntity // R4, 3.1.0.6
	}
	i := outcome.Failure(code, messageOf(err, code))
	if out.status >= 500 {
		if out.status == http.StatusServiceUnavailable {
			out.retry = retryAfter(err)
		} else {
			i.Severity = outcome.Fatal
		}
		if !errors.Is(err, context.Canceled) { // a client that has gone is nobody's failure
			h.log.ErrorContext(ctx, "a request failed", "code", string(code), "error", err)
		}
	}
	if code == fault.Unauthenticated {
		out.challenge = "Bearer" // RFC 9110, 15.5.2
	}
	out.body = outcome.Append(nil, []outcome.Issue{i})
	return out
}

// ofID says whether the id of a resource that is written is missing or another than the URL's: that is 400 (R4, 3.1.0.4).
func ofID(e *composite.InvalidError) bool {
	return slices.ContainsFunc(e.Issues, func(i fhir.Issue) bool { return e.Ref.Type != "" && i.Path == e.Ref.Type+".id" })
}

func retryAfter(err error) string {
	var f *fault.Error
	if errors.As(err, &f) && f.RetryAfter > 0 {
		return strconv.Itoa(int(math.Ceil(f.RetryAfter.Seconds())))
	}
	return "1"
}

func codeOf(err error) fault.Code {
	code := fault.Of(err)
	if code == fault.Internal && (errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)) {
		return fault.Timeout
	}
	return code
}

// statusOf is the one table from codes to statuses.
func statusOf(code fault.Code) int {
	switch code {
	case fault.BadUserInput, fault.CursorExpired, fault.ResumeExpired, fault.TokenExpired, fault.Unsupported, fault.TooCostly:
		return http.StatusBadRequest
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Gone:
		return http.StatusGone
	case fault.Conflict:
		return http.StatusConflict
	case fault.PreconditionFailed:
		return http.StatusPreconditionFailed
	case fault.StoreUnavailable, fault.StoreLagging, fault.ParameterBuilding, fault.Overloaded, fault.Timeout:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// messageOf is what a client is told. Internal errors say nothing; the log has them.
func messageOf(err error, code fault.Code) string {
	var f *fault.Error
	switch {
	case code == fault.Internal:
		return "internal error"
	case code == fault.Timeout:
		return "the request took too long"
	case errors.As(err, &f) && f.Message != "":
		return f.Message
	case code == fault.StoreUnavailable:
		return "a store does not answer"
	case code == fault.StoreLagging:
		return "no store has reached the position that is asked for"
	case code == fault.StoreCorrupt:
		return "stored bytes are corrupt"
	case code == fault.Overloaded:
		return "the server is overloaded; try again"
	}
	return "the request failed"
}
