package graph

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	exact "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/heliograph/heliograph/internal/fault"
)

// The media types of GraphQL over HTTP.
const (
	mediaResponse = "application/graphql-response+json"
	mediaJSON     = "application/json"
)

// ServeHTTP answers by GraphQL over HTTP: POST with a JSON body, GET with the query in the URL, which runs queries only.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	media, ok := negotiate(r.Header)
	w.Header().Add("Vary", "Accept")
	if !ok {
		h.refuse(w, mediaJSON, http.StatusNotAcceptable, fault.New(fault.BadUserInput, "the answer is %s or %s", mediaResponse, mediaJSON))
		return
	}
	var c call
	var status int
	var err error
	if c.caller, err = h.caller(r); err != nil { // before a body is read, which may be large
		h.refuse(w, media, statusOf(err), err)
		return
	}
	if c.explain, err = h.explainMode(r.Header); err != nil {
		h.refuse(w, media, statusOf(err), err)
		return
	}
	c.lenient, c.whole = prefers(r.Header, "handling", "lenient"), prefers(r.Header, "return", "representation")
	var text []byte
	switch r.Method {
	case http.MethodPost:
		if text, _, status, err = h.readBody(w, r, mediaJSON); err == nil {
			if isBatch(text) {
				h.batch(w, r, c, text)
				return
			}
			status, err = http.StatusBadRequest, c.readJSON(text, &h.limits)
		}
	case http.MethodGet, http.MethodHead:
		status, err = h.readGet(r, &c)
	default:
		w.Header().Set("Allow", "GET, HEAD, POST")
		status, err = http.StatusMethodNotAllowed, fault.New(fault.BadUserInput, "use GET or POST")
	}
	if err != nil {
		h.refuse(w, media, status, err)
		return
	}
	out := h.execute(r.Context(), &c)
	defer out.release()
	h.respond(w, r, media, &out)
}

// explainMode reads the header that asks for a plan.
func (h *Handler) explainMode(header http.Header) (string, error) {
	switch mode := header.Get("X-Heliograph-Explain"); mode {
	case "":
		return "", nil
	case explainPlan, explainAnalyze, explainOnly:
		if h.noExplain {
			return "", fault.New(fault.Forbidden, "plans are not shown by this server: leave X-Heliograph-Explain out (setting graphql.explain)")
		}
		return mode, nil
	}
	return "", fault.New(fault.BadUserInput, "X-Heliograph-Explain is plan, analyze or plan-only")
}

// respond writes an outcome. Whatever was not run is a client's error by status, except in application/json, whose clients
// expect 200 for all well-formed requests (GraphQL over HTTP, 6.4.1).
func (h *Handler) respond(w http.ResponseWriter, r *http.Request, media string, out *response) {
	status := http.StatusOK
	switch {
	case out.large:
		status = http.StatusRequestEntityTooLarge
	case out.mutation:
		status = http.StatusMethodNotAllowed
		w.Header().Set("Allow", "POST")
	case out.refused && !out.unknown && media == mediaResponse:
		status = http.StatusBadRequest
	}
	h.send(w, r, media, status, out.body, out.gzipped)
}

// refuse answers a request that could not even be read.
func (h *Handler) refuse(w http.ResponseWriter, media string, status int, err error) {
	h.sendRefused(w, media, status, err, refuse(err))
}

func (h *Handler) sendRefused(w http.ResponseWriter, media string, status int, err error, errs gqlerror.List) {
	if code := codeOf(err); serious(code) {
		h.log.Error("a request could not be read", "code", string(code), "error", err)
	}
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer") // RFC 9110, 15.5.2
	}
	h.send(w, nil, media, status, failed(errs).body, nil)
}

func statusOf(err error) int {
	switch codeOf(err) {
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.Overloaded, fault.StoreUnavailable:
		return http.StatusServiceUnavailable
	case fault.Internal:
		return http.StatusInternalServerError
	}
	return http.StatusBadRequest
}

// body is a request as JSON has it (GraphQL over HTTP, 5.1).
type body struct {
	Query         *string                    `json:"query"`
	OperationName *string                    `json:"operationName"`
	Variables     json.RawMessage            `json:"variables"`
	Extensions    map[string]json.RawMessage `json:"extensions"`
}

// readPost reads one request.
func (h *Handler) readPost(w http.ResponseWriter, r *http.Request, c *call) (status int, err error) {
	text, _, status, err := h.readBody(w, r, mediaJSON)
	if err != nil {
		return status, err
	}
	return http.StatusBadRequest, c.readJSON(text, &h.limits)
}

// readBody reads what was posted as one of some media types, of which nothing is decoded yet.
func (h *Handler) readBody(w http.ResponseWriter, r *http.Request, types ...string) (text []byte, media string, status int, err error) {
	media, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || !slices.Contains(types, media) {
		return nil, "", http.StatusUnsupportedMediaType, fault.New(fault.BadUserInput, "post %s", strings.Join(types, " or "))
	}
	if set := params["charset"]; set != "" && !strings.EqualFold(set, "utf-8") {
		return nil, "", http.StatusUnsupportedMediaType, fault.New(fault.BadUserInput, "the charset is utf-8")
	}
	if e := r.Header.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return nil, "", http.StatusUnsupportedMediaType, fault.New(fault.BadUserInput, "requests are not compressed")
	}
	read := bytes.NewBuffer(make([]byte, 0, min(max(r.ContentLength, 0)+bytes.MinRead, 64<<10)))
	_, err = read.ReadFrom(http.MaxBytesReader(w, r.Body, h.limits.Write))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, "", http.StatusRequestEntityTooLarge, past(limitBody, h.limits.Write, "the request is larger than %d bytes; a larger Bundle goes by FHIR's REST", h.limits.Write)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, "", http.StatusBadRequest, tooLong(h.limits.Time)
	case err != nil:
		return nil, "", http.StatusBadRequest, fault.New(fault.BadUserInput, "the request ends too early")
	}
	return bytes.TrimPrefix(read.Bytes(), []byte("\ufeff")), media, 0, nil // which RFC 8259, 8.1 lets a reader ignore
}

func (c *call) readJSON(text []byte, l *Limits) error {
	c.size = max(c.size, int64(len(text)))
	if !utf8.Valid(text) {
		return fault.New(fault.BadUserInput, "the request is not UTF-8")
	}
	if isBatch(text) {
		return fault.New(fault.BadUserInput, "a batch is not served here: send one request, a JSON object")
	}
	var b body
	if err := exact.Unmarshal(text, &b); err != nil { // in one pass, which matters for a body at its limit
		return notJSON("the request", err)
	}
	if err := c.readExtensions(b.Extensions); err != nil {
		return err
	}
	switch {
	case b.Query != nil:
		c.query = *b.Query
	case !c.persisted.asked:
		return fault.New(fault.BadUserInput, "the request has no query")
	}
	c.id = operationID(b.Extensions)
	if b.OperationName != nil {
		c.name = *b.OperationName
	}
	return c.readVariables(b.Variables, l)
}

// notJSON says where JSON is wrong, and not what is there.
func notJSON(what string, err error) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fault.New(fault.BadUserInput, "%s is not JSON: byte %d", what, syntax.Offset)
	}
	var syntactic *jsontext.SyntacticError
	if errors.As(err, &syntactic) {
		return fault.New(fault.BadUserInput, "%s is not JSON: byte %d", what, syntactic.ByteOffset)
	}
	var semantic *exact.SemanticError
	if errors.As(err, &semantic) && semantic.JSONPointer != "" {
		member, _, _ := strings.Cut(strings.TrimPrefix(string(semantic.JSONPointer), "/"), "/")
		return fault.New(fault.BadUserInput, "%s has something else than expected in %s", what, member)
	}
	var shape *json.UnmarshalTypeError
	if errors.As(err, &shape) && shape.Field != "" {
		return fault.New(fault.BadUserInput, "%s has something else than expected in %s", what, shape.Field)
	}
	return fault.New(fault.BadUserInput, "%s is not a JSON object", what)
}

// readVariables decodes variables; numbers keep their digits.
func (c *call) readVariables(text []byte, l *Limits) error {
	if len(text) == 0 || string(text) == "null" {
		return nil
	}
	if err := checkVariables(text, l.Variables); err != nil {
		return err
	}
	c.text = text
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&c.variables); err != nil {
		return notJSON("variables", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return fault.New(fault.BadUserInput, "something follows the variables")
	}
	return nil
}

func (h *Handler) readGet(r *http.Request, c *call) (status int, err error) {
	if int64(len(r.URL.RawQuery)) > h.limits.Body {
		return http.StatusRequestURITooLong, past(limitBody, h.limits.Body, "the request is larger than %d bytes", h.limits.Body)
	}
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return http.StatusBadRequest, fault.New(fault.BadUserInput, "the URL's query is malformed") // the error would repeat it
	}
	c.query, c.name, c.queryOnly = q.Get("query"), q.Get("operationName"), true
	if text := q.Get("extensions"); text != "" {
		var extensions map[string]json.RawMessage
		if err := json.Unmarshal([]byte(text), &extensions); err != nil {
			return http.StatusBadRequest, notJSON("the parameter extensions", err)
		}
		if err := c.readExtensions(extensions); err != nil {
			return http.StatusBadRequest, err
		}
	}
	if !q.Has("query") && !c.persisted.asked {
		return http.StatusBadRequest, fault.New(fault.BadUserInput, "the request has no query")
	}
	text := q.Get("variables")
	if !utf8.ValidString(text) {
		return http.StatusBadRequest, fault.New(fault.BadUserInput, "variables are not UTF-8")
	}
	return http.StatusBadRequest, c.readVariables([]byte(text), &h.limits)
}
