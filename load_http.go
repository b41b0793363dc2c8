package main

import (
	"context"
	"encoding/json"
	"net/http"
	"os"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/load"
	"github.com/heliograph/heliograph/sample"
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
	if r.Header.Get("Content-Type") != "application/x-ndjson" {
		http.Error(w, "send application/x-ndjson, a resource a line", http.StatusUnsupportedMediaType)
		return
	}
	var answer loadAnswer
	l, err := load.New(load.Config{
		Target: lh.house.store, Intake: lh.house.intake, Tenant: caller.Tenant, Logger: lh.house.log,
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
	if err != nil {
		lh.house.log.Error("a load over HTTP stopped", "error", err)
		status, answer.Error = http.StatusInternalServerError, string(fault.Of(err))
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		lh.house.log.Warn("an answer could not be sent", "error", err)
	}
}

// loadSample fills an empty store with a synthetic population.
func (h *house) loadSample(ctx context.Context, patients int) error {
	head, err := h.store.Head(ctx)
	if err != nil || head.Position > 0 {
		return err
	}
	dir, err := os.MkdirTemp("", "heliograph-sample-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if _, err := sample.WriteNDJSON(dir, sample.Config{Patients: patients, Seed: 1}); err != nil {
		return err
	}
	show := newDisplay(os.Stderr)
	l, err := load.New(load.Config{
		Target: h.store, Intake: h.intake, Report: show.reject, Progress: show.progress, Logger: h.log,
	})
	if err != nil {
		return err
	}
	sum, err := l.Run(ctx, dir)
	show.end(sum)
	if err != nil {
		return err
	}
	if sum.Rejected > 0 {
		return errRejects
	}
	return h.engine.Refresh(ctx)
}
