package main

import (
	"context"
	"fmt"
	"os"
	"strconv"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/load"
	"github.com/heliograph/heliograph/sample"
)

// sampleKey holds, in the primary, the number of patients of a sample that has not been loaded to its end.
const sampleKey = "sample/unfinished"

// loadSample fills an empty store with a synthetic population, or goes on where a start before this one was interrupted.
func (h *house) loadSample(ctx context.Context, patients int) error {
	values, err := h.store.Load(ctx, sampleKey)
	if err != nil {
		return err
	}
	mark := first(values)
	head, err := h.store.Head(ctx)
	switch {
	case err != nil:
		return err
	case mark != nil:
		h.log.Info("the sample was not loaded to its end; this start goes on", "patients", string(mark))
		if patients, err = strconv.Atoi(string(mark)); err != nil {
			return fmt.Errorf("the mark of an unfinished sample: %w", err)
		}
	case head.Position > 0:
		return nil
	default:
		mark = strconv.AppendInt(nil, int64(patients), 10)
		if err := h.store.Swap(ctx, adapters.Swap{Key: sampleKey, New: mark}); err != nil {
			return err
		}
	}
	if err := h.makeSample(ctx, patients); err != nil {
		return fmt.Errorf("the sample is not loaded to its end; the next start with --sample goes on: %w", err)
	}
	if err := h.store.Swap(ctx, adapters.Swap{Key: sampleKey, Old: mark}); err != nil {
		return err
	}
	return h.engine.Refresh(ctx)
}

// makeSample makes a population and loads it. Made again it is the same, so that the load knows how far it was.
func (h *house) makeSample(ctx context.Context, patients int) error {
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
		Target: h.registry, Intake: h.intake, Report: show.reject, Progress: show.progress, Logger: h.log,
	})
	if err != nil {
		return err
	}
	sum, err := l.Run(ctx, dir)
	show.end(sum)
	if err == nil && sum.Rejected > 0 {
		err = fmt.Errorf("%d of its resources were rejected", sum.Rejected)
	}
	return err
}
