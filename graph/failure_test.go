package graph_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/graph"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
)

// failing is an engine whose runs fail in a chosen way.
type failing struct {
	graph.Engine
	run func() error
}

func (f failing) Start(p *planner.Plan) graph.Execution { return failingRun{f.Engine.Start(p), f.run} }

type failingRun struct {
	graph.Execution
	run func() error
}

func (f failingRun) Run(_ context.Context, calls []composite.Call) []composite.Result {
	results := make([]composite.Result, len(calls))
	err := f.run()
	for i := range results {
		results[i].Err = err
	}
	return results
}

// TestFailures is the error table: what a client sees of a failure below, and what only the log sees.
func TestFailures(t *testing.T) {
	secret := errors.New("SELECT Secret FROM patients")
	for name, c := range map[string]struct {
		run           func() error
		code, message string
		logged        bool
	}{
		"no code":     {func() error { return secret }, "INTERNAL", "internal error", true},
		"internal":    {func() error { return fault.At("sqlite", "search", secret) }, "INTERNAL", "internal error", true},
		"panic":       {func() error { panic(secret) }, "INTERNAL", "internal error", true},
		"timeout":     {func() error { return fault.At("sqlite", "search", context.DeadlineExceeded) }, "TIMEOUT", "the request took too long", true},
		"gone client": {func() error { return context.Canceled }, "TIMEOUT", "the request took too long", false},
		"unavailable": {func() error { return &fault.Error{Code: fault.StoreUnavailable, Store: "es", Err: secret} }, "STORE_UNAVAILABLE", "a store does not answer", true},
		"costly":      {func() error { return fault.New(fault.TooCostly, "too much") }, "TOO_COSTLY", "too much", false},
		"overloaded":  {func() error { return &fault.Error{Code: fault.Overloaded, RetryAfter: 2e9} }, "OVERLOADED", "the server is overloaded", false},
		"corrupt":     {func() error { return &fault.Error{Code: fault.StoreCorrupt, Err: secret} }, "STORE_CORRUPT", "stored bytes are corrupt", true},
		"conflict":    {func() error { return fmt.Errorf("around: %w", fault.New(fault.Conflict, "changed")) }, "CONFLICT", "changed", false},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			w := open(t, func(cfg *graph.Config) {
				cfg.Types = []string{"Patient", "Observation"}
				cfg.Engine = failing{cfg.Engine, c.run}
				cfg.Logger = slog.New(slog.NewTextHandler(&log, nil))
			}, ward()...)
			a := w.post(`{ Patient(id: "p1") { id } l: PatientList { id } version }`, nil)
			if string(a.Data) != `{"Patient":null,"l":null,"version":"test"}` || len(a.Errors) != 2 {
				t.Fatal(string(a.Data), a.Errors)
			}
			e := a.Errors[0]
			if e.Extensions["code"] != c.code || e.Message != c.message || fmt.Sprint(a.Errors) != strings.ReplaceAll(fmt.Sprint(a.Errors), "Secret", "") {
				t.Error(e, e.Extensions)
			}
			if logged := log.Len() > 0; logged != c.logged || logged && c.code == "INTERNAL" && !strings.Contains(log.String(), "Secret") {
				t.Error(log.String())
			}
			if c.code == "OVERLOADED" && e.Extensions["retryAfter"] != 2.0 {
				t.Error(e.Extensions)
			}
		})
	}
}

// TestUnplannable: a field that no store can answer is that field's error, before any store is asked; its siblings are answered.
func TestUnplannable(t *testing.T) {
	w := open(t, func(c *graph.Config) { c.Engine = refusing{c.Engine} }, ward()...)
	a := w.post(`{ PatientList(name: "x") { id ObservationList(_reference: subject) { id } } o: ObservationList(_count: 1) { id } }`, nil)
	if string(a.Data) != `{"PatientList":null,"o":[{"id":"a"}]}` || fmt.Sprint(codes(a)) != "[UNSUPPORTED[PatientList]]" {
		t.Error(string(a.Data), a.Errors)
	}
}

// refusing plans nothing that searches patients.
type refusing struct{ graph.Engine }

func (r refusing) Plan(op planner.Operation) (*planner.Plan, error) {
	for _, p := range op.Parts {
		if p.Query.Type == "Patient" {
			return nil, fault.New(fault.Unsupported, "no store searches patients")
		}
	}
	return r.Engine.Plan(op)
}

// TestConcurrent: requests share compiled operations and memory, and nothing of each other's answers.
func TestConcurrent(t *testing.T) {
	w := open(t, nil, hospital(20)...)
	queries := []string{queryRead, queryList, queryNested, `query ($y: Boolean = true) { PatientList(_count: 3) { id @include(if: $y) nodeId } version }`}
	want := make([]string, len(queries))
	for i, q := range queries {
		want[i] = w.data(q, nil)
	}
	var wait sync.WaitGroup
	for g := range 4 {
		wait.Go(func() {
			for n := range 50 {
				i := (g + n) % len(queries)
				if a := w.post(queries[i], nil); string(a.Data) != want[i] || len(a.Errors) > 0 {
					t.Errorf("%s: %s %v", queries[i], a.Data, a.Errors)
				}
			}
		})
	}
	wait.Wait()
}
