package main

import (
	"context"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"strings"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/load"
	"github.com/heliograph/heliograph/search"
)

// loadAnswer is what POST /load answers: the summary, and the first rejects without their input.
type loadAnswer struct {
	Summary load.Summary  `json:"summary"`
	Rejects []load.Reject `json:"rejects,omitempty"`
	Error   string        `json:"error,omitempty"`
}

// maxRejectsAnswered is how many rejects an answer lists; the summary counts all.
const maxRejectsAnswered = 100

// loadHandler takes NDJSON in, a resource a line.
type loadHandler struct {
	house  *house
	caller func(*http.Request) (search.Caller, error)
}

// ServeHTTP implements http.Handler.
func (lh *loadHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	caller, err := lh.caller(r)
	if err != nil {
		http.Error(w, "a bearer key is needed", http.StatusUnauthorized)
		return
	}
	if !isNDJSON(r.Header) {
		http.Error(w, "send application/x-ndjson, a resource a line, in UTF-8 and not compressed", http.StatusUnsupportedMediaType)
		return
	}
	var answer loadAnswer
	l, err := load.New(load.Config{
		Target: lh.house.registry, Intake: lh.house.intake, Tenant: caller.Tenant, Logger: lh.house.log,
		Admission: composite.Admission{Lenient: r.URL.Query().Get("lenient") == "true", Restamp: r.URL.Query().Get("restamp") == "true"},
		Report: func(reject load.Reject) {
			if len(answer.Rejects) < maxRejectsAnswered {
				answer.Rejects = append(answer.Rejects, reject)
			}
		},
	})
	status := http.StatusOK
	if err == nil {
		answer.Summary, err = l.Stream(r.Context(), r.URL.Query().Get("name"), r.Body)
	}
	switch {
	case errors.Is(err, context.Canceled):
		lh.house.log.Warn("a load over HTTP was cut off", "error", err)
		status, answer.Error = http.StatusServiceUnavailable, string(fault.Timeout)
	case err != nil:
		lh.house.log.Error("a load over HTTP stopped", "error", err)
		status, answer.Error = http.StatusInternalServerError, string(fault.Of(err))
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		lh.house.log.Warn("an answer could not be sent", "error", err)
	}
}

// isNDJSON says whether a body is of the media type that FHIR Bulk Data or everybody else gives NDJSON.
func isNDJSON(h http.Header) bool {
	media, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil || h.Get("Content-Encoding") != "" || params["charset"] != "" && !strings.EqualFold(params["charset"], "utf-8") {
		return false
	}
	return media == "application/x-ndjson" || media == "application/fhir+ndjson"
}
