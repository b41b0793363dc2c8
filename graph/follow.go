package graph

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"runtime/debug"
	"strconv"
	"sync"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/fhirpath"
	"github.com/heliograph/heliograph/graph/stream"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// Feed tells of changes: a composite.Feed.
type Feed interface {
	// Follow begins to follow: see composite.Feed.
	Follow(context.Context, composite.Interest) (*composite.Following, error)
	// Head is the token of what is committed now.
	Head(context.Context) (string, error)
}

// follower is a subscription that runs.
type follower struct {
	h         *Handler
	c         *call
	op        *operation
	vars      map[string]any
	key       eventKey
	following *composite.Following
}

// eventKey tells subscriptions apart whose events look different. Whose they are, and of what, is not in it: events are shared by those
// alone who follow the same.
type eventKey struct {
	surface *surface
	sum     [sha256.Size]byte // of document, operation and variables
}

// subscribe begins a subscription, where the transport can carry one. What is wrong with it is told before any event.
func (h *Handler) subscribe(ctx context.Context, c *call, op *operation, vars map[string]any) response {
	switch {
	case c.follow == nil:
		return failed(refuse(fault.New(fault.BadUserInput,
			"a subscription is followed over WebSocket (graphql-transport-ws), or with Accept: text/event-stream; see docs/subscriptions.md")))
	case h.feed == nil:
		return failed(refuse(fault.New(fault.Unsupported, "this server does not tell of changes")))
	}
	s := op.subscription
	if err := h.chargePayload(c, s.payload, s.typ, vars); err != nil {
		return failed(refuse(err))
	}
	interest, err := s.interest(c, vars)
	var g *composite.Following
	if err == nil {
		g, err = h.feed.Follow(c.follow, interest)
	}
	if err != nil {
		return failed(gqlerror.List{newError(ctx, h.log, problem{err: err, path: []any{s.key}, field: s.field})})
	}
	f := &follower{h: h, c: c, op: op, vars: vars, following: g, key: eventKey{surface: c.surface, sum: sumOf(c)}}
	return response{followed: f, release: func() {}}
}

// sumOf is of what decides how an event looks.
func sumOf(c *call) (sum [sha256.Size]byte) {
	variables, _ := json.Marshal(c.variables) // they came as JSON; names are sorted
	h := sha256.New()
	for _, part := range [][]byte{[]byte(c.query), []byte(c.name), variables} {
		h.Write(strconv.AppendInt(nil, int64(len(part)), 10))
		h.Write([]byte{0})
		h.Write(part)
	}
	h.Sum(sum[:0])
	return sum
}

// rendering is the message of an event, made by the first who needs it.
type rendering struct {
	mu   sync.Mutex
	made bool
	body []byte
	err  error
}

// maxShared is how large a message may be that waits beside its event for those who are behind. A larger one is made for each, or one who
// lags would keep them all.
const maxShared = 32 << 10

func (r *rendering) message(render func() ([]byte, error)) ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.made {
		return r.body, r.err
	}
	body, err := render()
	if len(body) <= maxShared {
		r.made, r.body, r.err = true, body, err
	}
	return body, err
}

// results gives a result an event, until the following ends.
func (f *follower) results(ctx context.Context) func(yield func(stream.Result) bool) {
	return func(yield func(stream.Result) bool) {
		defer f.following.Close()
		for e := range f.following.Events() {
			r := e.Shared(f.key, func() any { return new(rendering) }).(*rendering)
			body, err := r.message(func() ([]byte, error) { return f.render(ctx, e) })
			if err != nil {
				yield(f.ended(ctx, err))
				return
			}
			if !yield(stream.Result{Data: body, Token: e.Token}) {
				return
			}
		}
		if err := f.following.Err(); err != nil && ctx.Err() == nil {
			yield(f.ended(ctx, err))
		}
	}
}

// ended is the result that says why there are no more; with a token, where one can go on.
func (f *follower) ended(ctx context.Context, err error) stream.Result {
	e := newError(ctx, f.h.log, problem{err: err, path: []any{f.op.subscription.key}, field: f.op.subscription.field})
	if token := f.following.Token(); token != "" && codeOf(err) != fault.ResumeExpired {
		e.Extensions["token"] = token
	}
	return stream.Result{Errors: appendJSON(nil, gqlerror.List{e})}
}

// render makes the message of an event, for all who share it: whose connection ends meanwhile does not end it.
func (f *follower) render(ctx context.Context, e *composite.Event) (body []byte, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), f.h.limits.Time)
	defer cancel()
	defer func() {
		if r := recover(); r != nil {
			f.h.log.ErrorContext(ctx, "an event panicked", "panic", r, "stack", string(debug.Stack()))
			body, err = nil, fault.New(fault.Internal, "panic")
		}
	}()
	release, err := f.h.admit(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	c := *f.c
	c.meter = fhirpath.NewMeter(f.h.limits.Steps)
	return f.h.event(ctx, &c, f.op, e, f.vars), nil
}

// event writes an event as a response. Its resource is at hand; whatever hangs on it is read at the position of the event or later.
func (h *Handler) event(ctx context.Context, c *call, op *operation, e *composite.Event, vars map[string]any) []byte {
	s := op.subscription
	x := h.take(c.surface, s.payload)
	defer h.put(x)
	x.written = &written{done: composite.Done{Ref: e.Ref, Version: e.Version, Position: e.Position}}
	x.ctx = ctx
	if e.Resource != nil {
		x.written.key, x.written.resource = search.Key{Ref: e.Ref}, *e.Resource
	}
	h.prepare(x, c, vars)
	if x.exec != nil {
		x.levels(ctx)
	}
	w := writer{x: x, key: h.key, base: []step{{key: s.key}}}
	told := func(dst []byte, name string) []byte { return appendEventField(dst, name, s, e) }
	head := append(append([]byte(`{"data":{"`), s.key...), `":`...)
	body := w.payload(head, s.payload, false, told)
	if w.over(body) || x.late() { // what has happened has happened
		overrun := x.overrun
		w.problems, w.hidden, x.overrun = nil, 0, nil
		body = w.payload(body[:len(head)], s.payload, true, told)
		w.steps = w.base
		w.problem(withPrefix("the event cannot be shown whole: ", overrun), nil)
	}
	return h.end(ctx, c, append(body, '}'), w.problems, w.hidden, h.extensions(x, c))
}

// appendEventField writes what an event tells itself.
func appendEventField(dst []byte, name string, s *subscription, e *composite.Event) []byte {
	switch name {
	case "__typename":
		return appendQuoted(dst, s.name)
	case "kind":
		return appendQuoted(dst, e.Kind.String())
	case "target":
		return appendNodeID(dst, identity{ref: e.Ref})
	case "token":
		return appendQuoted(dst, e.Token)
	case "versionId":
		return appendQuoted(dst, etag(e.Version))
	}
	return appendQuoted(dst, fhir.FormatInstant(e.LastUpdated)) // lastUpdated
}
