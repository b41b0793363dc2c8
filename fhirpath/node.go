package fhirpath

import (
	"regexp"
	"unicode/utf8"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
)

// op says what a node of an expression does.
type op uint8

const (
	opLiteral  op = iota // value; none is {}
	opMember             // name of args[0], or of the focus if that is nil
	opCall               // fn on args[0], or on the focus if that is nil, with args[1:]
	opIndex              // args[0] [args[1]]
	opBinary             // args[0] name args[1]
	opSign               // name is + or -
	opIs                 // args[0] is typ
	opAs                 // args[0] as typ
	opVariable           // $this, $index, $total
	opConstant           // %name
)

// node is one operation of a compiled expression.
type node struct {
	op    op
	name  string
	pos   int // offset in the source
	args  []*node
	value collection     // of a literal
	fn    *function      // of a call
	typ   typeName       // of is, as and ofType
	re    *regexp.Regexp // of a pattern that is a literal
}

// typeName is a type as an expression names it: one of the language, or one of FHIR.
type typeName struct {
	system string // "Boolean", …; "" for a type of FHIR
	fhir   *fhir.Type
}

// place says where in a source an offset is: line and column from 1, in characters.
func place(source string, offset int) (line, column int) {
	line, start := 1, 0
	for i := range min(offset, len(source)) {
		if source[i] == '\n' {
			line, start = line+1, i+1
		}
	}
	return line, utf8.RuneCountInString(source[start:min(offset, len(source))]) + 1
}

// abort carries an error out of the depth of a compilation or an evaluation; caught ends it.
type abort struct{ err *fault.Error }

func fail(source string, pos int, code fault.Code, format string, args ...any) {
	e := fault.New(code, format, args...)
	line, column := place(source, pos)
	e.Message = fault.New("", "FHIRPath, line %d, column %d: %s", line, column, e.Message).Message
	panic(abort{e})
}

func caught(err *error) {
	switch r := recover().(type) {
	case nil:
	case abort:
		*err = r.err
	default:
		panic(r)
	}
}
