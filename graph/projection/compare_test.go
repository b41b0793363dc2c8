package projection_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/graph/projection"
)

func shape(k jsontext.Kind) string {
	switch k {
	case '{':
		return "object"
	case '[':
		return "list"
	case '"':
		return "string"
	case 't', 'f':
		return "boolean"
	case 'n':
		return "null"
	}
	return "number"
}

func isInt32(s string) bool {
	_, err := strconv.ParseInt(s, 10, 32)
	return err == nil
}

// fillFor is what the tests put into a hole: all that its place says. Every third hole stays empty.
func fillFor(hole int, object, value []byte) string {
	if hole%3 == 0 {
		return ""
	}
	text, err := json.Marshal([]any{hole, string(object), string(value)})
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// project runs a plan, with a row before it in the buffer, and fills its holes; notes are those of the oracle, in output order.
func project(plan *projection.Plan, src []byte, run *projection.Run) (out string, notes []string, err error) {
	const before = `{"row":"before"}`
	holes, faults := len(run.Holes), len(run.Faults)
	doc, err := plan.Append([]byte(before), src, run)
	if err != nil {
		if string(doc) != before || len(run.Holes) != holes || len(run.Faults) != faults {
			return "", nil, fmt.Errorf("something was left behind by: %w", err)
		}
		return "", nil, err
	}
	places := run.Holes[holes:]
	stitched := projection.Stitch(nil, doc, projection.Span{Start: len(before), End: len(doc)}, places, func(dst []byte, i int) []byte {
		h := places[i]
		return append(dst, fillFor(h.Hole, src[h.Object.Start:h.Object.End], src[h.Value.Start:h.Value.End])...)
	})
	return string(stitched), notesOf(doc, len(before), places, run.Faults[faults:]), nil
}

func notesOf(doc []byte, start int, holes []projection.Place, faults []projection.Fault) []string {
	type note struct {
		at   int
		text string
	}
	var all []note
	for _, h := range holes {
		all = append(all, note{h.At, fmt.Sprintf("%v: hole %d", projection.PathAt(doc, start, h.At), h.Hole)})
	}
	for _, f := range faults {
		text := fmt.Sprintf("%s, found %s", f.Want, f.Found)
		if f.Err != nil {
			text = f.Err.Error()
		}
		all = append(all, note{f.At, fmt.Sprintf("%v: %s", projection.PathAt(doc, start, f.At), text)})
	}
	slices.SortStableFunc(all, func(a, b note) int { return a.at - b.at })
	var texts []string
	for _, n := range all {
		texts = append(texts, n.text)
	}
	return texts
}

// compare holds a projection against the oracle where the oracle can read the source, and to its promises where it cannot.
func compare(t fataler, s *selection, src []byte, run *projection.Run) {
	t.Helper()
	plan, err := s.compile()
	if err != nil {
		t.Fatalf("compile: %v", err)
	}
	run.Reset()
	run.Picks = picks()
	got, notes, err := project(plan, src, run)
	root, unreadable := parse(src)
	var corrupt *projection.Error
	switch {
	case errors.As(err, &corrupt) && (corrupt.Offset < 0 || corrupt.Offset > len(src)):
		t.Fatalf("offset %d of %d", corrupt.Offset, len(src))
	case err != nil && corrupt == nil:
		t.Fatalf("not an *Error: %v", err)
	case err == nil && !json.Valid([]byte(got)):
		t.Fatalf("not JSON: %s", got)
	case unreadable != nil || root.kind != '{':
		return
	case corrupt != nil && (corrupt.Reason == projection.Duplicate || corrupt.Reason == projection.TooDeep):
		return
	case corrupt != nil:
		t.Fatalf("refused valid JSON: %v", err)
	}
	var want oracle
	want.object(s, root)
	if diff := cmp.Diff(want.out.String(), got); diff != "" {
		t.Fatalf("output (-oracle +projection):\n%s", diff)
	}
	if diff := cmp.Diff(want.notes, notes); diff != "" {
		t.Fatalf("notes (-oracle +projection):\n%s", diff)
	}
}

// fataler is what *testing.T and *rapid.T share here.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

var _ fataler = (*testing.T)(nil)
