package main

import (
	"context"

	"github.com/heliograph/heliograph/graph"
	"github.com/heliograph/heliograph/graph/stream"
	"github.com/heliograph/heliograph/internal/fault"
)

// stream makes the side of /graphql that streams.
func (h *house) stream(g *graph.Handler) (*stream.Handler, error) {
	s := h.cfg.Subscriptions
	return stream.New(stream.Config{
		Server: g.Streams(), Connections: s.Connections, Operations: s.Operations, Message: h.cfg.Limits.Body, Read: h.cfg.Limits.Time, Logger: h.log,
	})
}

// enter waits for a place for an operation that came over a stream, or for an event: it is one of limits.requests as those by HTTP are.
func (places places) enter(ctx context.Context) (release func(), err error) {
	select {
	case places <- struct{}{}:
		return func() { <-places }, nil
	case <-ctx.Done():
		return nil, fault.New(fault.Overloaded, "too many operations run at present; try again")
	}
}
