package rest

import (
	"context"
	"net/http"
	"strings"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// way is what a path does for a method.
type way struct {
	method string
	do     func(context.Context, *request) (response, error)
}

// route finds what a path can do.
func (h *Handler) route(q *request) ([]way, error) {
	p := q.path
	switch {
	case len(p) == 0:
		return []way{{http.MethodGet, h.searchSystem}, {http.MethodPost, h.bundle}}, nil
	case p[0] == "metadata" && len(p) == 1:
		return []way{{http.MethodGet, h.metadata}}, nil
	case p[0] == "_history" && len(p) == 1:
		return []way{{http.MethodGet, h.history}}, nil
	case p[0] == "_search" && len(p) == 1:
		return []way{{http.MethodPost, h.posted(h.searchSystem)}}, nil
	case strings.HasPrefix(p[0], "$"):
		return nil, h.noOperation(p[0])
	}
	if err := h.serves(p[0]); err != nil {
		return nil, err
	}
	if len(p) == 1 || p[1] == "_search" || p[1] == "_history" || strings.HasPrefix(p[1], "$") {
		return h.typeRoute(p)
	}
	if !fhir.ValidID(p[1]) {
		return nil, noRoute("an id has 1 to 64 letters, digits, hyphens and dots")
	}
	return h.instanceRoute(p)
}

// typeRoute is what a type can do, and what is named behind it.
func (h *Handler) typeRoute(p []string) ([]way, error) {
	switch {
	case len(p) == 1:
		return []way{
			{http.MethodGet, h.searchType}, {http.MethodPost, h.create}, {http.MethodPut, h.update}, {http.MethodPatch, h.patch},
			{http.MethodDelete, h.remove},
		}, nil
	case len(p) > 2:
		return nil, noRoute("there is nothing at this path")
	case p[1] == "_search":
		return []way{{http.MethodPost, h.posted(h.searchType)}, {http.MethodGet, h.searchType}}, nil
	case p[1] == "_history":
		return []way{{http.MethodGet, h.history}}, nil
	case p[1] == "$validate":
		return []way{{http.MethodPost, h.validate}}, nil
	}
	return nil, h.noOperation(p[1])
}

// instanceRoute is what a resource can do, and what is named behind it.
func (h *Handler) instanceRoute(p []string) ([]way, error) {
	switch {
	case len(p) == 2:
		return []way{
			{http.MethodGet, h.read}, {http.MethodPut, h.update}, {http.MethodPatch, h.patch}, {http.MethodDelete, h.remove},
		}, nil
	case p[2] == "_history" && len(p) == 3:
		return []way{{http.MethodGet, h.history}}, nil
	case p[2] == "_history" && len(p) == 4:
		return []way{{http.MethodGet, h.read}}, nil
	case p[2] == "$everything" && p[0] == "Patient" && len(p) == 3:
		return []way{{http.MethodGet, h.everything}, {http.MethodPost, h.posted(h.everything)}}, nil
	case p[2] == "$validate" && len(p) == 3:
		return []way{{http.MethodPost, h.validate}, {http.MethodGet, h.validate}}, nil
	case strings.HasPrefix(p[2], "$"):
		return nil, h.noOperation(p[2])
	case h.defs.Compartment(p[0]) == nil:
		return nil, noRoute(p[0] + " has no compartment: Patient, Encounter, Practitioner, RelatedPerson and Device have one")
	}
	if p[2] != "*" {
		if err := h.serves(p[2]); err != nil {
			return nil, err
		}
	}
	switch {
	case len(p) == 3:
		return []way{{http.MethodGet, h.searchCompartment}}, nil
	case len(p) == 4 && p[3] == "_search":
		return []way{{http.MethodPost, h.posted(h.searchCompartment)}, {http.MethodGet, h.searchCompartment}}, nil
	}
	return nil, noRoute("there is nothing at this path")
}

// posted takes the parameters of a form, too.
func (h *Handler) posted(do func(context.Context, *request) (response, error)) func(context.Context, *request) (response, error) {
	return func(ctx context.Context, q *request) (response, error) {
		if err := q.form(); err != nil {
			return response{}, err
		}
		return do(ctx, q)
	}
}

// serves says whether a type is one that is served.
func (h *Handler) serves(name string) error {
	switch {
	case h.served[name]:
		return nil
	case h.defs.IsResource(name):
		return noRoute("this server does not serve " + name)
	}
	text := "there is no such resource type or operation; GET metadata lists what there is"
	if like := h.likeType(name); like != "" {
		text = "there is no such resource type" + like
	}
	return noRoute(text)
}

// likeType asks whether a type that is served was meant; "" where none is like it, or names are not told.
func (h *Handler) likeType(name string) string {
	if h.mute {
		return ""
	}
	return search.Near(h.types, name)
}

func (h *Handler) noOperation(name string) error {
	text := "there is no such operation here; GET metadata lists those that there are"
	for _, known := range [...]string{"$everything", "$validate", "$graphql"} {
		if !h.mute && strings.EqualFold(strings.ReplaceAll(name, "-", ""), known) {
			text = "there is no such operation here; " + known + " is one of " + map[string]string{
				"$everything": "Patient/[id]", "$validate": "[type] and [type]/[id]", "$graphql": "the system and [type]/[id]"}[known]
		}
	}
	return noRoute(text)
}

func noRoute(text string) error {
	return &refusal{status: http.StatusNotFound, issue: "not-found", text: text}
}

// unknownResource is what a read of nothing is answered with.
func unknownResource(ref fhir.Ref) error { return fault.New(fault.NotFound, "there is no %s", ref) }
