package graph

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/heliograph/heliograph/bundle"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// Fetch answers an entry of a Bundle that reads, on behalf of a caller.
type Fetch func(context.Context, search.Caller, bundle.Request) bundle.Answer

// bundle runs a transaction or a batch.
func (m *mutating) bundle(ctx context.Context, root *mutation) (*written, error) {
	if m.h.bundles == nil {
		return nil, fault.New(fault.Unsupported, "this server does not run Bundles")
	}
	raw, err := m.commands.in.json(root.field, "bundle")
	if err != nil {
		return nil, err
	}
	if err := ofType(raw, root.field.Name); err != nil || m.c.explain == explainOnly {
		return &written{}, err
	}
	o := bundle.Options{Base: m.h.base, Lenient: m.c.lenient}
	if m.h.fetch != nil {
		o.Fetch = func(ctx context.Context, r bundle.Request) bundle.Answer { return m.h.fetch(ctx, m.c.caller, r) }
	}
	if m.c.whole {
		o.Return = bundle.Representation
	}
	done, err := m.h.bundles.Process(ctx, m.c.caller, bytes.NewReader(raw), o)
	if err != nil {
		return nil, err
	}
	defer done.Close()
	w := &written{}
	w.done.Epoch, w.done.Position = done.Epoch, done.Position
	room := m.h.limits.Response - len(m.body)
	out := bounded{room: room}
	if _, err := done.WriteTo(&out); err != nil {
		return nil, err
	}
	w.bundle = out.Bytes()
	return w, nil
}

// ofType refuses a Bundle that is of another type than the field that runs it.
func ofType(raw []byte, want string) error {
	var head struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return notJSON("the Bundle", err)
	}
	if head.Type != want {
		return fault.New(fault.BadUserInput, "bundle: its type must be %s here", want)
	}
	return nil
}

// bounded is a buffer with a greatest length.
type bounded struct {
	bytes.Buffer
	room int
}

// Write implements io.Writer.
func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > b.room {
		return 0, fault.New(fault.TooCostly, "the Bundle was run, but its response is larger than may be shown")
	}
	return b.Buffer.Write(p)
}
