package graph

import (
	"encoding/json"
	"net/http"
	"net/url"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/outcome"
)

// mediaGraphQL is that of a body which is the query alone.
const mediaGraphQL = "application/graphql"

// FHIR answers GraphQL as FHIR has it (R4, 3.3, and the operation $graphql): for the system and, where the path has a type and an id
// (r.PathValue), for one resource. The query comes by GET, or by POST as application/graphql or within JSON; the answer is
// application/json, and its errors have OperationOutcomes. A query that is not run is 400; one thing that is asked for, and is not there,
// 404 or 410.
func (h *Handler) FHIR() http.Handler { return http.HandlerFunc(h.serveFHIR) }

func (h *Handler) serveFHIR(w http.ResponseWriter, r *http.Request) {
	w.Header().Add("Vary", "Accept")
	media, ok := negotiateFHIR(r.Header)
	if !ok {
		h.refuseFHIR(w, mediaJSON, http.StatusNotAcceptable, fault.New(fault.BadUserInput, "the answer is %s", mediaJSON))
		return
	}
	c := call{lenient: prefers(r.Header, "handling", "lenient"), whole: prefers(r.Header, "return", "representation")}
	var status int
	var err error
	if c.caller, err = h.caller(r); err != nil {
		h.refuseFHIR(w, media, statusOf(err), err)
		return
	}
	if status, err = h.aimFHIR(r, &c); err != nil {
		h.refuseFHIR(w, media, status, err)
		return
	}
	if c.explain, err = h.explainMode(r.Header); err != nil {
		h.refuseFHIR(w, media, statusOf(err), err)
		return
	}
	if status, err = h.readFHIR(w, r, &c); err != nil {
		h.refuseFHIR(w, media, status, err)
		return
	}
	out := h.execute(r.Context(), &c)
	defer out.release()
	h.respondFHIR(w, r, media, &out)
}

// readFHIR reads what a request asks for. An error comes with the status that answers it.
func (h *Handler) readFHIR(w http.ResponseWriter, r *http.Request, c *call) (status int, err error) {
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		return h.readGet(r, c)
	case http.MethodPost:
	default:
		w.Header().Set("Allow", "GET, HEAD, POST")
		return http.StatusMethodNotAllowed, fault.New(fault.BadUserInput, "use GET or POST")
	}
	text, media, status, err := h.readBody(w, r, mediaJSON, mediaGraphQL)
	switch {
	case err != nil:
		return status, err
	case media == mediaGraphQL:
		return http.StatusBadRequest, c.readAlone(text, r.URL.RawQuery, &h.limits)
	case isBatch(text):
		return http.StatusBadRequest, fault.New(fault.BadUserInput, "one request at a time is served here; /graphql takes a list of them")
	}
	return http.StatusBadRequest, c.readJSON(text, &h.limits)
}

// readAlone reads a body that is the query; the URL may name the operation and have its variables.
func (c *call) readAlone(text []byte, rest string, l *Limits) error {
	c.size = int64(len(text))
	q, err := url.ParseQuery(rest)
	switch {
	case !utf8.Valid(text):
		return fault.New(fault.BadUserInput, "the request is not UTF-8")
	case err != nil:
		return fault.New(fault.BadUserInput, "the URL's query is malformed")
	case q.Has("query"):
		return fault.New(fault.BadUserInput, "the query is in the body and in the URL; give one")
	}
	c.query, c.name = string(text), q.Get("operationName")
	return c.readVariables([]byte(q.Get("variables")), l)
}

// aimFHIR finds the surface of a request: that of the system, or of the resource in its path.
func (h *Handler) aimFHIR(r *http.Request, c *call) (status int, err error) {
	typeName, id := r.PathValue("type"), r.PathValue("id")
	e := h.edition.Load()
	if typeName != "" {
		switch {
		case !e.strict.schema.served[typeName]:
			return http.StatusNotFound, fault.New(fault.NotFound, "$graphql is an operation of the system and of resources: [base]/$graphql, [base]/[type]/[id]/$graphql")
		case !fhir.ValidID(id):
			return http.StatusNotFound, fault.New(fault.NotFound, "no resource has such an id")
		}
		c.instance = fhir.Ref{Type: typeName, ID: id}
	}
	if c.surface, err = e.fhir(typeName); err != nil {
		return http.StatusInternalServerError, err
	}
	return 0, nil
}

// negotiateFHIR also takes application/fhir+json for application/json: it is what FHIR's clients accept from habit.
func negotiateFHIR(header http.Header) (media string, ok bool) {
	if media, ok = negotiate(header); ok {
		return media, true
	}
	habit := http.Header{}
	for _, v := range header.Values("Accept") {
		habit.Add("Accept", replaceMedia(v))
	}
	return negotiate(habit)
}

// respondFHIR writes an outcome by the statuses of FHIR's operations.
func (h *Handler) respondFHIR(w http.ResponseWriter, r *http.Request, media string, out *response) {
	status := http.StatusOK
	switch {
	case out.large:
		status = http.StatusRequestEntityTooLarge
	case out.mutation:
		status = http.StatusMethodNotAllowed
		w.Header().Set("Allow", "POST")
	case out.refused:
		status = http.StatusBadRequest
	case out.missing == fault.NotFound:
		status = http.StatusNotFound
	case out.missing == fault.Gone:
		status = http.StatusGone
	}
	if out.running != nil {
		h.sendRunning(w, r, media, out.running.follow(r.Context()))
		return
	}
	h.send(w, r, media, status, out.body, out.gzipped)
}

func (h *Handler) refuseFHIR(w http.ResponseWriter, media string, status int, err error) {
	errs := refuse(err)
	withOutcomes(errs)
	h.sendRefused(w, media, status, err, errs)
}

// withOutcomes gives errors that have none an OperationOutcome each.
func withOutcomes(errs gqlerror.List) {
	for _, e := range errs {
		if e.Extensions == nil {
			e.Extensions = map[string]any{}
		}
		if e.Extensions["resource"] != nil {
			continue
		}
		code, _ := e.Extensions["code"].(string)
		if code == codeParse || code == codeValidate {
			code = string(fault.BadUserInput)
		}
		e.Extensions["resource"] = json.RawMessage(outcome.Append(nil, []outcome.Issue{outcome.Failure(fault.Code(code), e.Message)}))
	}
}
