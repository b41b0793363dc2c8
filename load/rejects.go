package load

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/internal/fault"
)

// rejectOf says what is wrong with a line.
func rejectOf(name string, ln *line) Reject {
	r := Reject{File: name, Line: ln.number, Raw: ln.raw}
	var invalid *composite.InvalidError
	var coded *fault.Error
	switch {
	case errors.As(ln.err, &invalid):
		r.Ref = invalid.Ref.String()
		for _, i := range invalid.Issues {
			r.Reasons = append(r.Reasons, Reason{Path: i.Path, Message: i.Message})
		}
	case errors.As(ln.err, &coded) && coded.Message != "":
		r.Reasons = []Reason{{Message: withoutLine(coded.Message)}}
	default:
		r.Reasons = []Reason{{Message: withoutLine(ln.err.Error())}}
	}
	return r
}

// withoutLine leaves out the parser's line 1 of a resource a line, which would contradict the line of the file.
func withoutLine(message string) string { return strings.TrimPrefix(message, "fhir: line 1, ") }

// rejectWriter writes rejects with their input: a JSON object a line, the input as JSON where it is JSON, else as text.
type rejectWriter struct {
	out io.Writer
	err error
}

func (w *rejectWriter) write(r Reject) {
	if w.out == nil || w.err != nil {
		return
	}
	type full struct {
		Reject
		Resource json.RawMessage `json:"resource,omitempty"`
		Text     string          `json:"text,omitempty"`
		Bytes    []byte          `json:"bytes,omitempty"`
	}
	f := full{Reject: r}
	switch {
	case json.Valid(r.Raw):
		f.Resource = r.Raw
	case utf8.Valid(r.Raw):
		f.Text = string(r.Raw)
	default:
		f.Bytes = r.Raw
	}
	encoded, err := json.Marshal(f)
	if err == nil {
		_, err = w.out.Write(append(encoded, '\n'))
	}
	w.err = err
}

// failure is why rejects could not be kept.
func (w *rejectWriter) failure() error {
	if w.err == nil {
		return nil
	}
	return fmt.Errorf("the rejects cannot be written: %w", w.err)
}

// waitRetry waits as long as an Overloaded error says, or until ctx ends.
func waitRetry(ctx context.Context, err error) error {
	wait := 50 * time.Millisecond
	var e *fault.Error
	if errors.As(err, &e) && e.RetryAfter > 0 {
		wait = e.RetryAfter
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
