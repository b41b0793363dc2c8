package graph

import (
	"strconv"

	"github.com/heliograph/heliograph/cursor"
	"github.com/heliograph/heliograph/graph/projection"
	"github.com/valyala/fastjson"
	"github.com/vektah/gqlparser/v2/ast"
)

// writer writes a response's data from a finished request in one walk. It knows the path of where it is, so that errors are
// found in the order of the response, with every place at which a shared row stands.
type writer struct {
	x        *request
	key      []byte
	cursors  *cursor.Sealer
	parser   *fastjson.Parser
	marked   marked
	steps    []step
	base     []step // of the payload that is written
	problems []problem
	hidden   int // problems beyond the limit
	// schemaErr is of the first introspection field that failed.
	schemaErr error
}

// step is a step of the path: a row's place (the path inside the row is found only when an error needs it), a key or an index.
type step struct {
	key   string
	index int
	row   *row
	at    int
}

// root writes the value of a root field.
func (w *writer) root(dst []byte, i int) []byte {
	w.steps = append(append(w.steps[:0], w.base...), step{key: w.x.op.roots[i].key})
	return w.fill(dst, &w.x.fills[i], nil)
}

// fill writes what belongs into a hole of a row, or at a root.
func (w *writer) fill(dst []byte, f *fill, in *row) []byte {
	switch f.kind {
	case fillNode:
		return appendNodeID(dst, in.id)
	case fillText:
		return append(dst, f.text...)
	case fillRow:
		return w.row(dst, int(f.at), f)
	case fillRows:
		return w.list(dst, f)
	case fillPage:
		return w.page(dst, f)
	case fillError:
		w.problem(f.err, f.fetch)
	}
	return append(dst, "null"...)
}

func (w *writer) problem(err error, f *fetch) {
	var field *ast.Field
	if f != nil {
		field = f.field
	}
	w.problemAt(err, field)
}

// problemAt notes an error of the place where the writer is, which a field of the query asks for; nil if that is not known.
func (w *writer) problemAt(err error, field *ast.Field) {
	if len(w.problems) >= w.x.limits.Errors {
		w.hidden++
		return
	}
	w.problems = append(w.problems, problem{err: err, path: w.path(), field: field})
}

// path is the path of where the writer is.
func (w *writer) path() []any {
	var path []any
	for _, s := range w.steps {
		switch {
		case s.row != nil:
			path = append(path, projection.PathAt(w.x.doc, s.row.doc.Start, s.at)...)
		case s.key != "":
			path = append(path, s.key)
		default:
			path = append(path, s.index)
		}
	}
	return path
}

func (w *writer) push(s step) { w.steps = append(w.steps, s) }
func (w *writer) pop()        { w.steps = w.steps[:len(w.steps)-1] }

// row writes a row with what fills its holes.
func (w *writer) row(dst []byte, at int, f *fill) []byte {
	r := &w.x.rows[at]
	if r.err != nil {
		w.problem(r.err, f.fetch)
		return append(dst, "null"...)
	}
	if w.over(dst) {
		return append(dst, "null"...)
	}
	for i := r.faults; i < r.faultEnd; i++ {
		fault := &w.x.run.Faults[i]
		w.push(step{row: r, at: fault.At})
		if fault.Err != nil {
			w.problemAt(fault.Err, w.x.op.picks[fault.Pick-1].field)
		} else {
			w.problem(corrupt(r.id.ref, *fault), nil)
		}
		w.pop()
	}
	holes := w.x.run.Holes[r.holes:r.holeEnd]
	if len(holes) == 0 {
		return append(dst, w.x.doc[r.doc.Start:r.doc.End]...)
	}
	base := len(w.x.op.roots) + r.holes
	return projection.Stitch(dst, w.x.doc, r.doc, holes, func(dst []byte, i int) []byte {
		w.push(step{row: r, at: holes[i].At})
		dst = w.fill(dst, &w.x.fills[base+i], r)
		w.pop()
		return dst
	})
}

// over says whether the response is past its limits: what is left of it is then not worth making.
func (w *writer) over(dst []byte) bool {
	if len(dst) > w.x.limits.Response {
		w.x.overrun = tooLarge(w.x.limits.Response)
	}
	return w.x.late()
}

func (w *writer) list(dst []byte, f *fill) []byte {
	dst = append(dst, '[')
	for i := range int(f.n) {
		if i > 0 {
			dst = append(dst, ',')
		}
		w.push(step{index: i})
		dst = w.row(dst, int(f.at)+i, f)
		w.pop()
	}
	return append(dst, ']')
}

func appendInt(dst []byte, n int) []byte { return strconv.AppendInt(dst, int64(n), 10) }
