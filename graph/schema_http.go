package graph

import (
	"net/http"
	"slices"
	"strings"

	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
)

// SchemaJSON answers GET with the standard introspection of the schema, from a cache, with an ETag: of all types, or with
// ?types=Patient,Observation of these resource types and what they are made of, or with ?types=data of those that have any
// resource. It is meant for /graphql/schema.json. In production it is FORBIDDEN.
func (h *Handler) SchemaJSON() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			h.refuse(w, mediaJSON, http.StatusMethodNotAllowed, fault.New(fault.BadUserInput, "use GET"))
			return
		}
		if _, err := h.caller(r); err != nil {
			h.refuse(w, mediaJSON, statusOf(err), err)
			return
		}
		if h.production {
			h.refuse(w, mediaJSON, http.StatusForbidden, fault.New(fault.Forbidden, "introspection is switched off"))
			return
		}
		types, err := h.wanted(r.URL.Query().Get("types"))
		if err != nil {
			h.refuse(w, mediaJSON, http.StatusBadRequest, err)
			return
		}
		h.sendSchema(w, r, types)
	})
}

func (h *Handler) sendSchema(w http.ResponseWriter, r *http.Request, types []string) {
	doc, err := h.schemas.answer(strings.Join(types, ","), func() ([]byte, error) { return h.schema.Introspection(types) })
	if err != nil {
		h.refuse(w, mediaJSON, http.StatusInternalServerError, err)
		return
	}
	w.Header().Set("ETag", doc.etag)
	w.Header().Set("Cache-Control", "private, no-cache")
	if slices.Contains(r.Header.Values("If-None-Match"), doc.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.send(w, r, mediaJSON, http.StatusOK, doc.raw, doc.gzipped)
}

// wanted reads ?types=: nil is all.
func (h *Handler) wanted(text string) ([]string, error) {
	switch text {
	case "", "all":
		return nil, nil
	case "data":
		return h.held(), nil
	}
	types := slices.Compact(slices.Sorted(strings.SplitSeq(text, ",")))
	for _, t := range types {
		if !h.schema.served[t] {
			return nil, fault.New(fault.BadUserInput, "types names what is no resource type of the schema")
		}
	}
	return types, nil
}

// held are the types of which the stores have resources, as far as their statistics know; Patient where they know of none.
func (h *Handler) held() []string {
	var types []string
	for _, t := range h.schema.resources {
		if slices.ContainsFunc(h.engine.Snapshot().Stores, func(st planner.StoreState) bool { return st.Statistics.Rows[t] > 0 }) {
			types = append(types, t)
		}
	}
	if types == nil && h.schema.served["Patient"] {
		return []string{"Patient"}
	}
	return types
}
