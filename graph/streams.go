package graph

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"

	"github.com/heliograph/heliograph/graph/stream"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// Streams is the handler as the transports that stream see it: the strict dialect, subscriptions included.
func (h *Handler) Streams() stream.Server { return streams{h} }

type streams struct{ h *Handler }

// Session implements stream.Server.
func (s streams) Session(r *http.Request, authorization string) (stream.Session, *stream.Refusal) {
	if authorization != "" {
		other := *r
		other.Header = r.Header.Clone()
		other.Header.Set("Authorization", authorization)
		r = &other
	}
	caller, err := s.h.caller(r)
	if err != nil {
		return nil, refusal(statusOf(err), err)
	}
	return session{h: s.h, caller: caller}, nil
}

func refusal(status int, err error) *stream.Refusal {
	return &stream.Refusal{Status: status, Errors: appendJSON(nil, refuse(err))}
}

// session is a caller who is connected.
type session struct {
	h      *Handler
	caller search.Caller
}

// Key implements stream.Session.
func (s session) Key() string { return fmt.Sprintf("%s %v", s.caller.Tenant, s.caller.Policy) }

// Parse implements stream.Session.
func (s session) Parse(payload []byte) (stream.Operation, *stream.Refusal) {
	c := &call{caller: s.caller}
	if err := c.readJSON(payload, &s.h.limits); err != nil {
		return nil, refusal(http.StatusBadRequest, err)
	}
	return streamed{s.h, c}, nil
}

// Read implements stream.Session. A client that comes back says in Last-Event-ID which event it has seen last.
func (s session) Read(w http.ResponseWriter, r *http.Request) (stream.Operation, *stream.Refusal) {
	c := &call{caller: s.caller, since: r.Header.Get("Last-Event-ID")}
	c.lenient, c.whole = prefers(r.Header, "handling", "lenient"), prefers(r.Header, "return", "representation")
	if r.Header.Get("X-Heliograph-Explain") != "" {
		return nil, refusal(http.StatusBadRequest, fault.New(fault.BadUserInput, "a plan is shown by JSON, not on a stream: leave X-Heliograph-Explain out"))
	}
	read := func() (int, error) { return s.h.readPost(w, r, c) }
	if r.Method != http.MethodPost {
		read = func() (int, error) { return s.h.readGet(r, c) }
	}
	if status, err := read(); err != nil {
		return nil, refusal(status, err)
	}
	return streamed{s.h, c}, nil
}

// streamed is an operation that came over a stream.
type streamed struct {
	h *Handler
	c *call
}

// ID implements stream.Operation.
func (o streamed) ID() string { return o.c.id }

// Start implements stream.Operation.
func (o streamed) Start(ctx context.Context) (iter.Seq[stream.Result], *stream.Refusal) {
	run, cancel := context.WithTimeout(ctx, o.h.limits.Time)
	defer cancel()
	release, err := o.h.admit(run)
	if err != nil {
		return nil, refusal(http.StatusServiceUnavailable, err)
	}
	defer release()
	o.c.follow = ctx
	out := o.h.execute(run, o.c)
	switch {
	case out.refused:
		return nil, &stream.Refusal{Status: out.status(), Errors: errorsIn(out.body)}
	case out.followed != nil:
		return out.followed.results(ctx), nil
	}
	return func(yield func(stream.Result) bool) {
		defer out.release()
		yield(stream.Result{Data: out.body})
	}, nil
}

// errorsIn are the errors of a refused answer, which has nothing else.
func errorsIn(body []byte) []byte {
	var b struct{ Errors json.RawMessage }
	if err := json.Unmarshal(body, &b); err != nil {
		return []byte(`[]`) // it is our own
	}
	return b.Errors
}

// status is what HTTP says of a call that was refused.
func (r *response) status() int {
	switch {
	case r.large:
		return http.StatusRequestEntityTooLarge
	case r.mutation:
		return http.StatusMethodNotAllowed
	}
	return http.StatusBadRequest
}

// operationID is that of graphql-sse; "" if there is none.
func operationID(extensions map[string]json.RawMessage) string {
	var id string
	_ = json.Unmarshal(extensions["operationId"], &id) // what is no text is none
	return id
}
