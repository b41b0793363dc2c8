package main

import (
	"context"
	"io"
	"net/http"
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

// overloaded is the answer to an operation that has waited too long.
const overloaded = `{"errors":[{"message":"too many operations run at present; try again","extensions":{"code":"OVERLOADED"}}]}`

// admitted lets limits.requests operations run at a time, so that what each may hold is bounded together, too.
func (h *house) admitted(next http.Handler) http.Handler {
	places := make(chan struct{}, h.cfg.Limits.Requests)
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
				_, _ = io.WriteString(w, overloaded) // who has gone away needs no answer
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
