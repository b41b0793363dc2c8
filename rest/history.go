package rest

import (
	"context"
	"net/http"
	"strconv"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/cursor"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// historyOf is a history as it is asked for.
type historyOf struct {
	of           fhir.Ref // empty: everything; without an ID: a type
	size         int
	since, until int64
	// from is the beginning of _at; 0 without.
	from   int64
	before search.Position
	used   args
	view   view
}

// history answers the history of a resource, a type and the whole.
func (h *Handler) history(ctx context.Context, q *request) (response, error) {
	k, err := h.historyOf(q)
	if err != nil {
		return response{}, err
	}
	rows, more, err := h.versions(ctx, q, k)
	if err != nil {
		return response{}, err
	}
	if k.of.ID != "" && len(rows) == 0 && k.before == 0 {
		// Nothing in the time asked for is an empty history; a resource that never was has none.
		if _, err := h.get(ctx, q.caller, search.Key{Ref: k.of}); err != nil && fault.Of(err) != fault.Gone {
			return response{}, err
		}
	}
	b, free := buffer()
	b = h.historyBundle(b, q, k, rows, more)
	return response{status: http.StatusOK, body: b, free: free(b)}, nil
}

func (h *Handler) historyOf(q *request) (*historyOf, error) {
	k := &historyOf{size: h.limits.DefaultPage}
	if q.path[0] != "_history" {
		k.of.Type = q.path[0]
		if q.path[1] != "_history" {
			k.of.ID = q.path[1]
		}
	}
	types := h.types
	if k.of.Type != "" {
		types = q.path[:1]
	}
	var err error
	if k.view, err = h.view(q, types); err != nil {
		return nil, err
	}
	if err := q.args.once("_count", "_since", "_at", cursorArg); err != nil {
		return nil, err
	}
	for _, a := range q.args {
		if err := k.argument(h, q, a); err != nil {
			return nil, err
		}
	}
	return k, nil
}

func (k *historyOf) argument(h *Handler, q *request, a arg) (err error) {
	switch a.name {
	case "_count":
		if k.size, err = number(a); err == nil && k.size == 0 {
			err = fault.New(fault.BadUserInput, "_count of a history is a number from 1")
		}
		k.size = min(k.size, h.limits.Page)
	case "_since":
		if k.since, _, err = fhir.ParseInstantRange(a.value, nil); err != nil {
			err = fault.New(fault.BadUserInput, "_since is an instant, as in 2024-05-01T10:30:00Z; a + is written %%2B")
		}
	case "_at":
		if k.from, k.until, err = fhir.ParseInstantRange(a.value, nil); err != nil {
			err = fault.New(fault.BadUserInput, "_at is a date or a time, as in 2024-05 or 2024-05-01T10:30:00Z; a + is written %%2B")
		}
	case cursorArg:
		return k.open(h, q, a.value)
	case "_format", "_pretty", "_summary", "_elements":
	default:
		if q.lenient {
			return nil
		}
		err = fault.New(fault.BadUserInput, "a history has the parameters _count, _since, _at, _format, _pretty, _summary and _elements")
	}
	k.used = append(k.used, a)
	return err
}

// binding is what the links of a history belong to: what is asked for and on whose behalf, but not the times, which only narrow it.
func (k *historyOf) binding(q *request) cursor.Binding {
	return cursor.Bind(search.Query{Caller: q.caller, Type: "_history " + k.of.String(), Where: search.True{}}, nil)
}

func (k *historyOf) open(h *Handler, q *request, text string) error {
	c, err := cursor.Open(h.key, text)
	if err != nil {
		return err
	}
	if c.Binding != k.binding(q) || c.At == nil {
		return cursor.Bad("is of another history or another caller")
	}
	n, err := strconv.ParseInt(c.At.ID, 10, 64)
	if err != nil {
		return cursor.Bad("is malformed")
	}
	k.before = search.Position(n)
	return nil
}

// versions are those of a page, newest first, and whether more follow.
func (h *Handler) versions(ctx context.Context, q *request, k *historyOf) (rows []search.Resource, more bool, err error) {
	if k.from != 0 {
		return h.versionsAt(ctx, q, k)
	}
	rows, err = h.versionsFrom(ctx, q, k, k.before, k.size+1)
	if len(rows) > k.size {
		return rows[:k.size], true, err
	}
	return rows, false, err
}

func (h *Handler) versionsFrom(ctx context.Context, q *request, k *historyOf, before search.Position, limit int) ([]search.Resource, error) {
	plan, err := h.engine.Plan(planner.Operation{Caller: q.caller, Parts: []planner.Part{{
		Kind: planner.History, Path: "_history", Parent: -1, HistoryOf: k.of, Since: k.since, Until: k.until, Before: before, Limit: limit, Rows: true,
	}}})
	if err != nil {
		return nil, err
	}
	r := h.engine.Start(plan).Run(ctx, []composite.Call{{}})[0]
	return r.Resources, r.Err
}

// scanStep is how many versions _at looks at in one read.
const scanStep = 1000

// versionsAt are the versions that were current at some time of _at: those made in it, and of each resource the one made last before.
func (h *Handler) versionsAt(ctx context.Context, q *request, k *historyOf) (out []search.Resource, more bool, err error) {
	settled := map[fhir.Ref]bool{} // what was current when _at begins is known
	var before search.Position
	for scanned := 0; ; {
		rows, err := h.versionsFrom(ctx, q, k, before, scanStep)
		if err != nil {
			return nil, false, err
		}
		for i := range rows {
			r := &rows[i]
			if settled[r.Ref] {
				continue
			}
			settled[r.Ref] = r.LastUpdated <= k.from
			if k.before != 0 && r.Position >= k.before {
				continue
			}
			if len(out) == k.size {
				return out, true, nil
			}
			out = append(out, *r)
		}
		if len(rows) < scanStep || k.of.ID != "" && settled[k.of] {
			return out, false, nil
		}
		before = rows[len(rows)-1].Position
		if scanned += len(rows); scanned >= h.limits.Scanned {
			return nil, false, fault.Past(fault.Limit{Name: "scanned", Most: int64(h.limits.Scanned)}, "_at would look at more than %d versions; ask for a resource's own history, or use _since", h.limits.Scanned)
		}
	}
}

// historyBundle writes the Bundle of a page of history.
func (h *Handler) historyBundle(b []byte, q *request, k *historyOf, rows []search.Resource, more bool) []byte {
	b = append(b, `{"resourceType":"Bundle","type":"history","link":[`...)
	b = appendLink(b, "self", q.at(k.used))
	if more {
		c := cursor.Cursor{Binding: k.binding(q), Offset: -1, At: &search.Cursor{ID: strconv.FormatInt(int64(rows[len(rows)-1].Position), 10)}}
		text := string(cursor.NewSealer(h.key).Append(nil, &c))
		b = appendLink(append(b, ','), "next", q.at(append(k.used.without(cursorArg), arg{cursorArg, text})))
	}
	b = append(b, ']')
	if len(rows) == 0 {
		return append(b, '}')
	}
	base := quoted(q.base + "/")
	base = base[:len(base)-1]
	b = append(b, `,"entry":[`...)
	for i := range rows {
		if i > 0 {
			b = append(b, ',')
		}
		b = h.versionEntry(b, base, &rows[i], k.view)
	}
	return append(b, "]}"...)
}

// versionEntry writes a version: the first is told as a create, later ones as updates, whatever the client's request was.
func (h *Handler) versionEntry(b []byte, base string, r *search.Resource, v view) []byte {
	b = appendFullURL(append(b, '{'), base, r.Ref)
	method, status, url := "PUT", "200", r.Ref.String()
	switch {
	case r.Deleted:
		method, status = "DELETE", "204"
	case r.Version == 1:
		method, status, url = "POST", "201", r.Ref.Type
	}
	if !r.Deleted {
		b = h.appendResource(append(b, `,"resource":`...), r, v)
	}
	b = append(b, `,"request":{"method":"`+method+`","url":"`+url+`"},"response":{"status":"`+status+`","etag":"W/\"`...)
	b = strconv.AppendInt(b, r.Version, 10)
	b = append(b, `\"","lastModified":"`...)
	b = append(b, fhir.FormatInstant(r.LastUpdated)...)
	return append(b, `"}}`...)
}
