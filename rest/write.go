package rest

import (
	"context"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/outcome"
	"github.com/heliograph/heliograph/patch"
	"github.com/heliograph/heliograph/search"
)

// create answers POST [type], with If-None-Exist only if nothing matches.
func (h *Handler) create(ctx context.Context, q *request) (response, error) {
	c := composite.Command{Method: composite.Create, Type: q.path[0]}
	var err error
	if c.Resource, err = h.written(q); err != nil {
		return response{}, err
	}
	if list := q.header.Get("If-None-Exist"); list != "" {
		_, query, ok := strings.Cut(list, "?")
		if !ok {
			query = list
		}
		a, err := readArgs(query)
		if err != nil {
			return response{}, err
		}
		if c.Criteria, err = h.criteria(q, "If-None-Exist", a); err != nil {
			return response{}, err
		}
	} else if err := onlyFormat(q); err != nil {
		return response{}, err
	}
	return h.do(ctx, q, c)
}

// update answers PUT [type]/[id] and PUT [type]?…
func (h *Handler) update(ctx context.Context, q *request) (response, error) {
	c := composite.Command{Method: composite.Update, Type: q.path[0]}
	if err := h.aim(q, &c); err != nil {
		return response{}, err
	}
	var err error
	if c.Resource, err = h.written(q); err != nil {
		return response{}, err
	}
	return h.do(ctx, q, c)
}

// patch answers PATCH [type]/[id] and PATCH [type]?…: JSON Patch, or FHIRPath Patch as a Parameters resource.
func (h *Handler) patch(ctx context.Context, q *request) (response, error) {
	c := composite.Command{Method: composite.Patch, Type: q.path[0]}
	if err := h.aim(q, &c); err != nil {
		return response{}, err
	}
	media, _, _ := mime.ParseMediaType(q.header.Get("Content-Type"))
	raw, err := q.all()
	if err != nil {
		return response{}, err
	}
	switch {
	case media == "application/json-patch+json":
		c.Patch, err = patch.JSON(raw)
	case jsonMedia(media) != "":
		c.Patch, err = patch.FHIRPath(raw, h.compiler)
	default:
		err = unsupportedMedia("application/json-patch+json, or Parameters as " + mediaFHIR)
	}
	if err != nil {
		return response{}, err
	}
	return h.do(ctx, q, c)
}

// remove answers DELETE [type]/[id] and DELETE [type]?…
func (h *Handler) remove(ctx context.Context, q *request) (response, error) {
	c := composite.Command{Method: composite.Delete, Type: q.path[0]}
	if err := h.aim(q, &c); err != nil {
		return response{}, err
	}
	return h.do(ctx, q, c)
}

// aim reads what a write is about: the id of the path or the condition of the parameters, and the version that it demands.
func (h *Handler) aim(q *request, c *composite.Command) (err error) {
	if len(q.path) > 1 {
		c.ID = q.path[1]
		err = onlyFormat(q)
	} else {
		c.Criteria, err = h.criteria(q, "a conditional "+c.Method.String(), q.args)
	}
	if err != nil {
		return err
	}
	switch q.header.Get("If-None-Match") {
	case "":
	case "*":
		c.IfAbsent = true
	default:
		return fault.New(fault.BadUserInput, "If-None-Match of a write is * and nothing else")
	}
	match := q.header.Get("If-Match")
	if match == "" || match == "*" && c.Method != composite.Delete {
		return nil
	}
	text := strings.Trim(strings.TrimPrefix(match, "W/"), `"`)
	if c.IfMatch, err = strconv.ParseInt(text, 10, 64); err != nil || c.IfMatch < 1 {
		return &refusal{status: http.StatusPreconditionFailed, issue: "conflict", text: `If-Match names no version: write W/"3"`}
	}
	return nil
}

// onlyFormat refuses parameters that a write by id does not have.
func onlyFormat(q *request) error {
	for _, a := range q.args {
		if a.name != "_format" && a.name != "_pretty" && !q.lenient {
			return fault.New(fault.BadUserInput, "a write by id has the parameters _format and _pretty only; conditions go with the type alone: %s?…", q.path[0])
		}
	}
	return nil
}

// criteria reads the condition of a write. It is read strictly: what a write hits must not depend on a parameter that was ignored.
func (h *Handler) criteria(q *request, what string, a args) (*search.Query, error) {
	strict := *q
	strict.lenient, strict.args = false, a.without("_format", "_pretty")
	for _, x := range strict.args {
		if control(x.name) {
			return nil, fault.New(fault.BadUserInput, "%s: %s is no condition", what, printable(x.name))
		}
	}
	where, err := h.conditions(&strict, &searching{}, q.path[0], nil)
	if err != nil {
		return nil, err
	}
	if _, all := where.(search.True); all {
		return nil, &refusal{status: http.StatusPreconditionFailed, issue: "required", text: what + " needs a condition, as in " + q.path[0] + "?identifier=…"}
	}
	return &search.Query{Caller: q.caller, Type: q.path[0], Where: where}, nil
}

// written reads the resource of a body; that of a Binary may be what it holds.
func (h *Handler) written(q *request) ([]byte, error) {
	if err := q.jsonBody(); err != nil {
		if q.path[0] != "Binary" {
			return nil, err
		}
		return q.binary()
	}
	return q.all()
}

// do runs a command and answers as preferred.
func (h *Handler) do(ctx context.Context, q *request, c composite.Command) (response, error) {
	if h.storage == nil {
		return response{}, &refusal{status: http.StatusMethodNotAllowed, issue: "not-supported", text: "this server does not take writes"}
	}
	how, err := q.returned()
	if err != nil {
		return response{}, err
	}
	c.Lenient = q.lenient
	done, err := h.storage.Do(ctx, q.caller, c)
	if err != nil {
		if c.IfMatch > 0 && fault.Of(err) == fault.Conflict {
			return response{}, &refusal{status: http.StatusPreconditionFailed, issue: "conflict", text: messageOf(err, fault.Conflict)}
		}
		if c.Method == composite.Update && fault.Of(err) == fault.NotFound { // R4, 3.1.0.4.1: an update does not create here
			return response{}, &refusal{status: http.StatusMethodNotAllowed, issue: "not-supported", allow: withoutUpdate(q), text: messageOf(err, fault.NotFound)}
		}
		return response{}, err
	}
	return h.done(q, c.Method, how, &done), nil
}

// withoutUpdate are the methods of a path less PUT.
func withoutUpdate(q *request) string {
	if len(q.path) == 1 {
		return "GET, HEAD, POST, PATCH, DELETE"
	}
	return "GET, HEAD, PATCH, DELETE"
}

// done is the answer to a write.
func (h *Handler) done(q *request, method composite.Method, how string, d *composite.Done) response {
	out := response{status: http.StatusOK, version: d.Version, updated: d.LastUpdated}
	switch {
	case method == composite.Delete:
		out.status = http.StatusNoContent
	case d.Effect == composite.Created:
		out.status = http.StatusCreated
	}
	if method != composite.Delete {
		out.location = q.base + "/" + d.Ref.String() + "/_history/" + strconv.FormatInt(d.Version, 10)
	}
	switch {
	case how == "OperationOutcome":
		if out.status == http.StatusNoContent {
			out.status = http.StatusOK
		}
		out.body = outcome.Append(nil, told(method, d))
	case method == composite.Delete || how == "minimal" || d.Resource == nil:
	case q.raw:
		// It is written, whatever it holds: what cannot be shown as it was asked for is not shown.
		if held, err := h.content(d.Resource); err == nil {
			out.body, out.media, out.foreign = held.body, held.media, held.foreign
		}
	default:
		whole := h.resource(out.status, d.Resource, nil)
		out.body, out.free = whole.body, whole.free
	}
	return out
}

// told says what a write did, what it forgave and what cannot be searched for.
func told(method composite.Method, d *composite.Done) []outcome.Issue {
	issues := []outcome.Issue{note(outcome.Information, "informational", done(method, d))}
	issues = append(issues, outcome.Of(outcome.Warning, d.Forgiven)...)
	issues = append(issues, outcome.Of(outcome.Information, d.Remarks)...)
	for _, s := range d.Skipped {
		issues = append(issues, outcome.Issue{
			Severity: outcome.Warning, Code: "value", Path: s.Path, Text: "cannot be searched by " + s.Param + ": " + s.Reason,
		})
	}
	return issues
}

func done(method composite.Method, d *composite.Done) string {
	ref := d.Ref.String()
	if d.Ref == (fhir.Ref{}) || d.Ref.ID == "" {
		return method.String() + ": nothing matched"
	}
	switch d.Effect {
	case composite.Created:
		return ref + " was created"
	case composite.Updated:
		return ref + " was updated to version " + strconv.FormatInt(d.Version, 10)
	case composite.Deleted:
		return ref + " was deleted"
	}
	return ref + " stays as it is"
}
