package main

import (
	"context"
	"io"
	"net/http"
	"path"
	"strings"
	"time"
)

// limited ends an operation after limits.time: the arrival of its body, and its work.
func (h *house) limited(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), h.cfg.Limits.Time)
		defer cancel()
		// A writer without deadlines is that of a test or a command, whose bodies are there.
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(h.cfg.Limits.Time))
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// limitedFHIR is limited but for a Bundle that is posted: what arrives for minutes, and is committed at once, ends when the program does,
// or when nothing more arrives for limits.time.
func (h *house) limitedFHIR(ctx context.Context, next http.Handler) http.Handler {
	short, long := h.limited(next), untilStopped(ctx, next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			r.Body = &arriving{r.Body, http.NewResponseController(w), ctx, h.cfg.Limits.Time}
			long.ServeHTTP(w, r)
			return
		}
		short.ServeHTTP(w, r)
	})
}

// arriving is a body of which something has to come within a time: who sends a Bundle and stops holds no place for ever.
type arriving struct {
	io.ReadCloser
	conn   *http.ResponseController
	until  context.Context // the program's: once it ends, the deadline is now and stays so
	within time.Duration
}

// Read implements io.Reader.
func (a *arriving) Read(p []byte) (int, error) {
	if a.until.Err() == nil {
		_ = a.conn.SetReadDeadline(time.Now().Add(a.within)) // without deadlines the body is there
	}
	return a.ReadCloser.Read(p)
}

// straight sends what is below /fhir to its handler also where the mux would tidy the path (/fhir//Patient): a redirect, in HTML, is
// no answer of FHIR's, and a client that writes does not follow it.
func straight(mux, fhir http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at := r.URL.EscapedPath()
		if strings.HasPrefix(at, "/fhir/") && path.Clean(at) != strings.TrimSuffix(at, "/") {
			fhir.ServeHTTP(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// The answers to an operation that has waited too long.
const (
	overloaded     = `{"errors":[{"message":"too many operations run at present; try again","extensions":{"code":"OVERLOADED"}}]}`
	overloadedFHIR = `{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"throttled","diagnostics":"too many operations run at present; try again"}]}`
)

// places are limits.requests: as many operations run at a time, of all endpoints together, so that what each may hold is bounded
// together, too.
type places chan struct{}

// admitted lets an operation run when there is a place for it; busy is the answer to who has waited too long.
func (places places) admitted(next http.Handler, busy string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case places <- struct{}{}:
		default:
			select {
			case places <- struct{}{}:
			case <-r.Context().Done():
				w.Header().Set("Content-Type", "application/json")
				w.Header().Set("Retry-After", "1")
				w.WriteHeader(http.StatusServiceUnavailable)
				_, _ = io.WriteString(w, busy) // who has gone away needs no answer
				return
			}
		}
		defer func() { <-places }()
		next.ServeHTTP(w, r)
	})
}

// untilStopped ends a request when ctx ends: one that may take for ever must not keep the program from stopping.
func untilStopped(ctx context.Context, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		own, cancel := context.WithCancel(r.Context())
		defer cancel()
		defer context.AfterFunc(ctx, func() {
			cancel()
			_ = http.NewResponseController(w).SetReadDeadline(time.Now()) // without deadlines the body's own end is waited for
		})()
		next.ServeHTTP(w, r.WithContext(own))
	})
}
