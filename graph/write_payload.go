package graph

import (
	"context"

	"github.com/heliograph/heliograph/composite"
)

// payload writes what is selected of a payload. The resource is the one that was just written; whatever hangs on it is read at
// the position of the write or later.
func (m *mutating) payload(ctx context.Context, root *mutation, done *written, vars map[string]any) {
	x := m.h.take(m.c.surface, root.payload)
	defer m.h.put(x)
	x.written, x.ctx = done, ctx
	m.h.prepare(x, m.c, vars)
	if x.exec != nil && m.c.explain != explainOnly {
		x.levels(ctx)
	}
	w := writer{x: x, key: m.h.key, problems: m.problems, hidden: m.hidden, base: []step{{key: root.key}}}
	mark := len(m.body)
	told := func(dst []byte, name string) []byte { return appendPayloadField(dst, name, root, done) }
	m.body = w.payload(m.body, root.payload, m.c.explain == explainOnly, told)
	if x.late() {
		// What was written is written: the payload says so, without the resources that are too much.
		overrun := x.overrun
		w.problems, w.hidden = m.problems, m.hidden
		m.body = w.payload(m.body[:mark], root.payload, true, told)
		x.overrun = nil
		w.steps = w.base
		w.problem(withPrefix("the write is done, but its payload cannot be shown whole: ", overrun), nil)
		x.overrun = overrun
	}
	m.problems, m.hidden = w.problems, w.hidden
	if ext := m.h.extensions(x, m.c); len(ext) > 0 {
		m.ext = append(m.ext, ext)
	}
}

// payload writes a payload, or an event; a bare one without what comes from the stores. told writes what it tells itself.
func (w *writer) payload(dst []byte, op *operation, bare bool, told func(dst []byte, name string) []byte) []byte {
	dst = append(dst, '{')
	for i := range op.roots {
		r := &op.roots[i]
		dst = append(append(append(comma(dst, i), '"'), r.key...), `":`...)
		switch {
		case r.kind == rootFetch && bare:
			dst = append(dst, "null"...)
		case r.kind == rootFetch:
			dst = w.root(dst, i)
		default:
			dst = told(dst, r.fields[0].Name)
		}
	}
	return append(dst, '}')
}

func appendPayloadField(dst []byte, name string, root *mutation, done *written) []byte {
	d := &done.done
	switch name {
	case "__typename":
		return appendQuoted(dst, root.name)
	case "effect":
		return appendQuoted(dst, effectName(d.Effect))
	case "id":
		return appendText(dst, d.Ref.ID)
	case "bundle":
		if done.bundle == nil {
			return append(dst, "null"...)
		}
		return append(dst, done.bundle...)
	case "sync":
		return appendText(dst, done.sync())
	}
	if d.Version == 0 {
		return append(dst, "null"...)
	}
	if name == "version" {
		return appendQuoted(dst, etag(d.Version))
	}
	return appendQuoted(dst, d.Ref.String()+"/_history/"+etag(d.Version))
}

func effectName(e composite.Effect) string {
	switch e {
	case composite.Created:
		return "created"
	case composite.Updated:
		return "updated"
	case composite.Deleted:
		return "deleted"
	}
	return "unchanged"
}
