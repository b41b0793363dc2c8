package graph

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/outcome"
	"github.com/heliograph/heliograph/search"
)

// Storage writes: a composite.Storage.
type Storage interface {
	// Do runs one command as a transaction of its own and returns when its outcome is durable.
	Do(context.Context, search.Caller, composite.Command) (composite.Done, error)
}

// mutating is one run of a mutation.
type mutating struct {
	h        *Handler
	c        *call
	commands commander
	body     []byte
	problems []problem
	hidden   int
	ext      []map[string]any // of each root field that has any
}

// mutate runs the root fields of a mutation in their order. One that fails is null and has an error; those before and behind it
// stand.
func (h *Handler) mutate(ctx context.Context, c *call, op *operation, vars map[string]any) response {
	in, err := newInputs(c.schema, op.def, vars, c.text)
	if err != nil {
		return c.failed(refuse(err))
	}
	if c.spent == nil {
		c.spent = new(int64)
	}
	for _, root := range op.mutations {
		if root.payload == nil {
			continue
		}
		if err := h.chargePayload(c, root.payload, root.typ, vars); err != nil {
			return c.failed(refuse(err))
		}
	}
	buf := h.buffer()
	m := mutating{h: h, c: c, commands: commander{h: h, c: c, in: in, vars: vars}, body: append((*buf)[:0], `{"data":{`...)}
	for i, root := range op.mutations {
		m.body = append(append(append(comma(m.body, i), '"'), root.key...), `":`...)
		if root.kind == mutationTypename {
			m.body = append(m.body, `"`+typeMutation+`"`...)
			continue
		}
		m.root(ctx, root, vars)
	}
	m.body = append(m.body, '}')
	if op.form != nil {
		m.body, m.problems = h.formed(op.form, m.body, m.problems, &m.hidden)
	}
	*buf = h.end(ctx, c, m.body, m.problems, m.hidden, merged(m.ext))
	return response{body: *buf, release: func() { h.buffers.Put(buf) }}
}

// root runs one field: the write, and then what is selected of its payload.
func (m *mutating) root(ctx context.Context, root *mutation, vars map[string]any) {
	done, err := m.write(ctx, root)
	if err != nil {
		if len(m.problems) >= m.h.limits.Errors {
			m.hidden++
		} else {
			m.problems = append(m.problems, problem{err: err, path: []any{root.key}, field: root.field, outcome: true})
		}
		m.body = append(m.body, "null"...)
		return
	}
	m.payload(ctx, root, done, vars)
}

// write does what a field says. With the header that asks for a plan only, nothing is written.
func (m *mutating) write(ctx context.Context, root *mutation) (*written, error) {
	if err := ctx.Err(); err != nil {
		return nil, err // what has not begun is not begun any more
	}
	if m.h.storage == nil {
		return nil, fault.New(fault.Unsupported, "this server does not write")
	}
	switch root.kind {
	case mutationTransaction, mutationBatch:
		return m.bundle(ctx, root)
	}
	cmd, err := m.commands.command(root)
	if err != nil {
		return nil, err
	}
	if m.c.explain == explainOnly {
		return &written{key: search.Key{Ref: fhir.Ref{Type: root.typ, ID: "new"}}}, nil
	}
	done, err := m.h.storage.Do(ctx, m.c.caller, cmd)
	if err != nil {
		return nil, err
	}
	done.Remarks = append(done.Remarks, m.h.edition.Load().remarks(m.c.caller.Tenant, done.Ref)...)
	return newWritten(done), nil
}

// written is what a mutation did, as its payload says it.
type written struct {
	done     composite.Done
	key      search.Key // of the resource; empty when there is none
	resource search.Resource
	bundle   []byte // the response Bundle of a transaction or batch
}

func newWritten(done composite.Done) *written {
	w := &written{done: done}
	if done.Resource != nil {
		w.key, w.resource = search.Key{Ref: done.Resource.Ref}, *done.Resource
	}
	return w
}

// informationKey stands for the OperationOutcome of a payload among the keys of a request. No id looks so.
var informationKey = search.Key{Ref: fhir.Ref{Type: typeOutcome, ID: "#"}}

// information is the OperationOutcome of a payload, as if it had been read.
func (w *written) information() search.Resource {
	issues := append(outcome.Of(outcome.Warning, w.done.Forgiven), outcome.Of(outcome.Information, w.done.Remarks)...)
	for _, s := range w.done.Skipped {
		issues = append(issues, outcome.Issue{
			Severity: outcome.Warning, Code: "incomplete", Path: s.Path, Text: "cannot be found by " + s.Param + ": " + s.Reason,
		})
	}
	if len(issues) == 0 {
		issues = append(issues, outcome.Issue{Severity: outcome.Information, Code: "informational", Text: w.text()})
	}
	return search.Resource{Ref: informationKey.Ref, Version: 1, Body: fhir.Body{JSON: outcome.Append(nil, issues)}}
}

func (w *written) text() string {
	ref := w.done.Ref.String()
	switch version := etag(w.done.Version); w.done.Effect {
	case composite.Created:
		return ref + " was created as version " + version
	case composite.Updated:
		return ref + " was updated to version " + version
	case composite.Deleted:
		return ref + " was deleted"
	}
	if w.done.Resource != nil {
		return "nothing had to be written: " + ref + " stays at version " + etag(w.done.Version)
	}
	return "nothing had to be deleted"
}

// sync names the state of the primary that has the write.
func (w *written) sync() string {
	if w.done.Position == 0 {
		return ""
	}
	return w.done.Epoch + "." + strconv.FormatInt(int64(w.done.Position), 10)
}

// merged are the extensions of several payloads: what is degraded in any of them, the lowest position, and their plans one below the
// other.
func merged(all []map[string]any) map[string]any {
	if len(all) < 2 {
		for _, ext := range all {
			return ext
		}
		return nil
	}
	out := map[string]any{}
	var plans strings.Builder
	var lowest search.Position
	for _, ext := range all {
		for _, what := range degradedIn(ext) {
			if known := degradedIn(out); !slices.Contains(known, what) {
				out["degraded"] = append(known, what)
			}
		}
		if f, ok := ext["freshness"].(map[string]any); ok && (out["freshness"] == nil || f["position"].(search.Position) < lowest) {
			lowest = f["position"].(search.Position)
			out["freshness"] = f
		}
		if e, ok := ext["explain"].(map[string]any); ok {
			fmt.Fprintf(&plans, "%s", e["plan"])
			out["explain"] = map[string]any{"plan": plans.String(), "snapshot": e["snapshot"]}
		}
	}
	return out
}

func degradedIn(ext map[string]any) []string {
	list, _ := ext["degraded"].([]string)
	return list
}
