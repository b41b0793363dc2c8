package rest

import (
	"encoding/base64"
	"encoding/json"
	"mime"
	"net/http"
	"strings"

	"github.com/valyala/fastjson"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// wantsRaw says whether a reader of a Binary asks for what it holds: by Accept, for anything but FHIR's own types (R4, binary.html).
func (q *request) wantsRaw() bool {
	if _, ok := q.args.first("_format"); ok {
		return false
	}
	accept := strings.Join(q.header["Accept"], ",")
	return accept != "" && !strings.Contains(accept, "json") && accept != "*/*"
}

// ofBinary says whether the answer to a request is a Binary, as a read's, a create's and an update's are.
func (q *request) ofBinary() bool {
	if len(q.path) == 0 || q.path[0] != "Binary" || len(q.path) > 1 && !fhir.ValidID(q.path[1]) {
		return false
	}
	switch q.method {
	case http.MethodGet, http.MethodHead:
		return len(q.path) == 2 || len(q.path) == 4
	case http.MethodPost:
		return len(q.path) == 1
	}
	return q.method == http.MethodPut
}

// content is the answer that is what a Binary holds, in its own media type.
func (h *Handler) content(r *search.Resource) (response, error) {
	v, err := fastjson.ParseBytes(r.Body.JSON)
	if err != nil {
		return response{}, &fault.Error{Code: fault.StoreCorrupt, Message: "the stored bytes of " + r.Ref.String() + " are corrupt", Err: err}
	}
	data, err := base64.StdEncoding.DecodeString(string(v.GetStringBytes("data")))
	if err != nil {
		return response{}, fault.New(fault.BadUserInput, "the data of %s are not base64; accept %s to see it as it is", r.Ref, mediaFHIR)
	}
	media := string(v.GetStringBytes("contentType"))
	if _, _, err := mime.ParseMediaType(media); err != nil || strings.ContainsAny(media, "\r\n") {
		media = "application/octet-stream"
	}
	return response{status: http.StatusOK, body: data, media: media, version: r.Version, updated: r.LastUpdated, foreign: true}, nil
}

// binary makes a Binary of a body that is what it holds.
func (q *request) binary() ([]byte, error) {
	media := q.header.Get("Content-Type")
	if _, _, err := mime.ParseMediaType(media); err != nil {
		return nil, unsupportedMedia("a Binary with its Content-Type")
	}
	data, err := q.all()
	if err != nil {
		return nil, err
	}
	type reference struct {
		Reference string `json:"reference"`
	}
	b := struct {
		ResourceType    string     `json:"resourceType"`
		ID              string     `json:"id,omitempty"`
		ContentType     string     `json:"contentType"`
		SecurityContext *reference `json:"securityContext,omitempty"`
		Data            []byte     `json:"data,omitempty"`
	}{ResourceType: "Binary", ContentType: media, Data: data}
	if len(q.path) > 1 {
		b.ID = q.path[1]
	}
	if context := q.header.Get("X-Security-Context"); context != "" {
		b.SecurityContext = &reference{context}
	}
	return json.Marshal(b)
}
