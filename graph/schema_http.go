package graph

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// SchemaJSON answers GET with the standard introspection of the schema, from a cache, with an ETag: of all types, or with
// ?types=Patient,Observation of these resource types and what they are made of, or with ?types=data of those of which the
// caller has any resource. It is meant for /graphql/schema.json. In production it is FORBIDDEN.
func (h *Handler) SchemaJSON() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			h.refuse(w, mediaJSON, http.StatusMethodNotAllowed, fault.New(fault.BadUserInput, "use GET"))
			return
		}
		caller, err := h.caller(r)
		if err != nil {
			h.refuse(w, mediaJSON, statusOf(err), err)
			return
		}
		if h.production {
			h.refuse(w, mediaJSON, http.StatusForbidden, fault.New(fault.Forbidden, "introspection is switched off"))
			return
		}
		e := h.edition.Load().strict
		types, err := h.wanted(r.Context(), e.schema, caller, r.URL.Query().Get("types"))
		if err != nil {
			h.refuse(w, mediaJSON, statusOf(err), err)
			return
		}
		h.sendSchema(w, r, e, types)
	})
}

func (h *Handler) sendSchema(w http.ResponseWriter, r *http.Request, e *surface, types []string) {
	doc, err := e.rendered.answer(strings.Join(types, ","), func(w io.Writer) error { return e.schema.introspection(w, types) })
	if err != nil {
		h.refuse(w, mediaJSON, http.StatusInternalServerError, err)
		return
	}
	w.Header().Set("ETag", doc.etag)
	w.Header().Set("Cache-Control", "private, no-cache")
	if matches(r.Header.Values("If-None-Match"), doc.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.send(w, r, mediaJSON, http.StatusOK, doc.raw, doc.gzipped)
}

// matches compares weakly (RFC 9110, 13.1.2): who compresses on the way makes an ETag weak.
func matches(header []string, etag string) bool {
	for one := range strings.SplitSeq(strings.Join(header, ","), ",") {
		if one = strings.TrimSpace(one); one == "*" || strings.TrimPrefix(one, "W/") == etag {
			return true
		}
	}
	return false
}

// wanted reads ?types=: nil is all.
func (h *Handler) wanted(ctx context.Context, s *Schema, caller search.Caller, text string) ([]string, error) {
	switch text {
	case "", "all":
		return nil, nil
	case "data":
		return h.held(ctx, s, caller)
	}
	types := slices.Compact(slices.Sorted(strings.SplitSeq(text, ",")))
	for _, t := range types {
		if !s.served[t] {
			return nil, fault.New(fault.BadUserInput, "types names what is no resource type of the schema")
		}
	}
	return types, nil
}

// held are the types of which the caller has resources; Patient, or all, where there are none. The stores' statistics say which
// types to look at, and no more: they are of all tenants.
func (h *Handler) held(ctx context.Context, s *Schema, caller search.Caller) ([]string, error) {
	op := planner.Operation{Caller: caller}
	var calls []composite.Call
	for _, t := range s.resources {
		if slices.ContainsFunc(h.engine.Snapshot().Stores, func(st planner.StoreState) bool { return st.Statistics.Rows[t] > 0 }) {
			calls = append(calls, composite.Call{Part: len(op.Parts)})
			op.Parts = append(op.Parts, planner.Part{
				Kind: planner.Search, Path: "schema." + t, Parent: -1, Rows: true, Limit: 1,
				Query: search.Query{Caller: caller, Type: t, Where: search.True{}},
			})
		}
	}
	plan, err := h.engine.Plan(op)
	if err != nil {
		return nil, err
	}
	var types []string
	for i, res := range h.engine.Start(plan).Run(ctx, calls) {
		if res.Err != nil {
			return nil, res.Err
		}
		if len(res.Pages[0].Rows) > 0 {
			types = append(types, op.Parts[i].Query.Type)
		}
	}
	if types == nil && s.served["Patient"] {
		return []string{"Patient"}, nil
	}
	return types, nil
}
