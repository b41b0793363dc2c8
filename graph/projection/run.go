package projection

import (
	"fmt"
	"math"
)

// Span is a range of bytes, End excluded.
type Span struct{ Start, End int }

// Place is where a hole is: in the output, for [Stitch], and in the source, for whoever finds its value.
type Place struct {
	// Hole is the Field's number.
	Hole int
	// At is the offset in the output at which the value belongs; [PathAt] turns it into the response path.
	At int
	// Object is the enclosing object in the source; of its members only the selected ones are checked.
	Object Span
	// Value is the value of the member Field.Name in the source, checked to be JSON; empty if it is absent or null.
	Value Span
}

// Fault is a stored value of another shape than the schema says: an object for a list, a string for an object, a fraction for an
// Int. Its place in the output holds null. GraphQL reports it as an error at [PathAt] of At. With Err it is a list whose
// Pick failed, and nothing is wrong with what is stored.
type Fault struct {
	// At is the offset of the null in the output.
	At int
	// Offset is the offset of the value in the source.
	Offset int
	// Want and Found are "list", "object", "string", "number", "integer", "boolean" or "scalar".
	Want, Found string
	// Err is what Pick.Keep gave, or Pick.Err, of the pick of this number; Offset, Want and Found are then empty.
	Err  error
	Pick int
}

func (f Fault) Error() string {
	if f.Err != nil {
		return f.Err.Error()
	}
	return fmt.Sprintf("projection: %s at byte %d of the stored resource, where the schema has %s", f.Found, f.Offset, f.Want)
}

// Reason is what is wrong with a source.
type Reason string

// The reasons of an [Error].
const (
	Truncated   Reason = "ends too early"
	Syntax      Reason = "unexpected byte"
	BadString   Reason = "malformed string"
	BadNumber   Reason = "malformed number"
	BadUTF8     Reason = "not UTF-8"
	Duplicate   Reason = "member occurs twice"
	TooDeep     Reason = "nested too deeply"
	TooLarge    Reason = "too large"
	NotAnObject Reason = "not an object"
	// The source may be well, but the answer is past Run.Most or Run.Again.
	TooLong  Reason = "the output is too long"
	TooOften Reason = "too much is scanned again"
)

// Error says that a source is corrupt and where. It holds no part of the source.
type Error struct {
	// Offset is in bytes from the source's start.
	Offset int
	Reason Reason
}

func (e *Error) Error() string {
	return fmt.Sprintf("projection: stored JSON is corrupt at byte %d: %s", e.Offset, e.Reason)
}

// MaxDepth is how deeply arrays and objects of a source may nest.
const MaxDepth = 512

// Run is what projections leave beside their output, and the memory they work in. Its zero value is ready. Append adds to Holes
// and Faults, in ascending order of At; keep a Run for many projections (Reset between requests) and nothing is allocated. One
// goroutine at a time.
type Run struct {
	Holes  []Place
	Faults []Fault
	// Picks are those that the fields' numbers name, in every plan that is run: one for each number.
	Picks []Pick
	// Most is the length at which Append gives up, within a source's length of it. Again is how many bytes may be scanned once
	// more, from Reset to Reset, because a member is selected under several keys with different selections, or because a Pick's
	// Keep reads it. 0 is no limit; past them the error is TooLong or TooOften.
	Most, Again int

	src     []byte
	tape    []entry
	depth   int
	again   int
	full    bool
	failed  Error     // set where a scanner answers with stop
	refused []refusal // of picks in this source
}

// refusal is the error of a pick.
type refusal struct {
	err  error
	pick int32
}

// Reset forgets the holes and faults and keeps the memory, unless it has grown out of all measure.
func (r *Run) Reset() {
	const keep = 1 << 16
	r.Holes, r.Faults, r.tape, r.again = r.Holes[:0], r.Faults[:0], r.tape[:0], 0
	if cap(r.Holes) > keep {
		r.Holes = nil
	}
	if cap(r.Faults) > keep {
		r.Faults = nil
	}
	if cap(r.tape) > keep {
		r.tape = nil
	}
}

// Append appends to dst the JSON object that p selects from the object src: without whitespace, keys in the order of the
// selection, absent and null members as null, scalars byte for byte as in src. Offsets in
// r are offsets in the returned slice, so that rows may follow each other in one buffer. With a nil error what was appended is
// valid JSON, but for the holes. On error (always an *[Error]) dst comes back as it was, and so do r.Holes and r.Faults.
func (p *Plan) Append(dst, src []byte, r *Run) ([]byte, error) {
	if len(src) > math.MaxInt32 {
		return dst, &Error{Offset: math.MaxInt32, Reason: TooLarge}
	}
	r.src, r.tape, r.depth, r.failed, r.refused = src, r.tape[:0], 0, Error{}, r.refused[:0]
	block, end := r.root(p)
	if end < 0 {
		failed := r.failed
		r.src = nil
		return dst, &failed
	}
	before, holes, faults := len(dst), len(r.Holes), len(r.Faults)
	r.full = false
	dst = r.writeObject(dst, p, block)
	r.src = nil
	if r.full {
		r.Holes, r.Faults = r.Holes[:holes], r.Faults[:faults]
		return dst[:before], &Error{Reason: TooLong}
	}
	return dst, nil
}
