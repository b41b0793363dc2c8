package search

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/heliograph/heliograph/internal/fault"
)

// Bounds of one _filter.
const (
	maxFilter      = 64 << 10 // bytes
	maxFilterDepth = 50       // parentheses, changes between and and or, brackets and steps of a path
)

// filterNode is a node of a parsed _filter: a junction or a NOT of parts, or, without an op, a comparison.
type filterNode struct {
	op    string // "and", "or", "not"
	parts []*filterNode
	// levels is how deep it nests.
	levels int

	path    *filterStep
	compare filterWord
	value   string
	valueAt int // byte offset
}

// filterWord is a word and where it stands.
type filterWord struct {
	text string
	at   int
}

// filterStep is one name of a path: a parameter, or _has with what refers here. Where is the filter in brackets behind it.
type filterStep struct {
	at   int
	name string
	// target is the type after a colon.
	target string
	// has is set for _has:Type:name; name is then the reference parameter of that type.
	has   string
	where *filterNode
	next  *filterStep
}

// filterParser reads the grammar of FHIR R4, 3.1.3.1, with the current build's _has, types after a colon (subject:Patient.name) and
// brackets behind _has. It stops at the first thing that does not fit.
type filterParser struct {
	text  string
	at    int
	depth int
	err   *fault.Error
}

// fail notes the first error; the text is then at its end for all that follows.
func (p *filterParser) fail(at int, format string, args ...any) {
	if p.err == nil {
		p.err = fault.New(fault.BadUserInput, "_filter, "+characterAt(p.text, at)+": "+format, args...)
	}
	p.at = len(p.text)
}

func characterAt(text string, at int) string {
	return "character " + strconv.Itoa(utf8.RuneCountInString(text[:at])+1)
}

func parseFilter(text string) (*filterNode, error) {
	if len(text) > maxFilter {
		return nil, fault.New(fault.TooCostly, "_filter: it is longer than %d bytes", maxFilter)
	}
	p := &filterParser{text: text}
	n := p.filter()
	if p.err == nil && p.at < len(text) {
		p.fail(p.at, "and, or, or the end is expected here; a value with blanks or brackets in it is written in quotes")
	}
	if p.err != nil {
		return nil, p.err
	}
	return n, nil
}

// deeper counts a level of nesting.
func (p *filterParser) deeper() bool {
	if p.depth++; p.depth > maxFilterDepth {
		p.fail(p.at, "it nests more than %d levels deep", maxFilterDepth)
	}
	return p.err == nil
}

// filter reads terms with and and or between them, which have no precedence: from left to right.
func (p *filterParser) filter() *filterNode {
	if !p.deeper() {
		return nil
	}
	defer func() { p.depth-- }()
	left := p.term()
	for {
		p.blanks()
		op := p.keyword("and", "or")
		if op == "" || p.err != nil {
			return left
		}
		right := p.term()
		if left != nil && left.op == op {
			left.parts = append(left.parts, right)
		} else {
			left = p.over(op, left, right)
		}
	}
}

// over makes a node over others. A change between and and or is a level, too: all before it is below it.
func (p *filterParser) over(op string, parts ...*filterNode) *filterNode {
	n := &filterNode{op: op, parts: parts}
	for _, part := range parts {
		if part != nil {
			n.levels = max(n.levels, part.levels+1)
		}
	}
	if n.levels > maxFilterDepth {
		p.fail(p.at, "it nests more than %d levels deep", maxFilterDepth)
	}
	return n
}

// term reads a filter in parentheses, a negated one, or a comparison.
func (p *filterParser) term() *filterNode {
	p.blanks()
	at := p.at
	not := p.keyword("not") != ""
	p.blanks()
	if p.take('(') {
		n := p.filter()
		p.blanks()
		if !p.take(')') {
			p.fail(p.at, "a ) is expected here, to end what begins at %s", characterAt(p.text, at))
		}
		if not {
			return p.over("not", n)
		}
		// A group of its own: what follows does not continue it.
		if n != nil {
			return &filterNode{op: "group", parts: []*filterNode{n}, levels: n.levels}
		}
		return nil
	}
	if not {
		p.fail(p.at, "a ( is expected after not; write not (…)")
		return nil
	}
	return p.comparison()
}

func (p *filterParser) comparison() *filterNode {
	n := &filterNode{path: p.path()}
	n.levels = n.path.levels()
	if p.err != nil {
		return n
	}
	if !p.blanks() {
		p.fail(p.at, "an operator is expected after the parameter, as in birthdate ge 2000")
		return n
	}
	n.compare = p.word()
	if !p.blanks() || p.at == len(p.text) {
		p.fail(n.compare.at, "an operator and a value are expected here, with a blank between them, as in birthdate ge 2000")
		return n
	}
	n.valueAt = p.at
	if n.value = p.value(); n.value == "" && p.err == nil {
		p.fail(n.valueAt, "the value is empty")
	}
	return n
}

// path reads name[filter].name…, name:Type.name… and _has:Type:name[filter]:name….
func (p *filterParser) path() *filterStep {
	if !p.deeper() {
		return nil
	}
	defer func() { p.depth-- }()
	s := &filterStep{at: p.at}
	separator := byte('.')
	if rest, ok := strings.CutPrefix(p.text[p.at:], "_has:"); ok {
		separator, p.at = ':', len(p.text)-len(rest)
		if s.has = p.name(); !p.take(':') {
			p.fail(p.at, "write _has:Type:reference:parameter")
		}
		s.name = p.name()
	} else if s.name = p.name(); p.take(':') {
		s.target = p.name()
	}
	if p.take('[') {
		s.where = p.filter()
		p.blanks()
		if !p.take(']') {
			p.fail(p.at, "a ] is expected here")
		}
	}
	switch {
	case p.err != nil:
	case p.take(separator):
		s.next = p.path()
	case s.where != nil || s.has != "":
		p.fail(p.at, "a %c and the name of a parameter are expected here", separator)
	}
	return s
}

// levels is how deep a path nests, with what stands in its brackets.
func (s *filterStep) levels() int {
	n := 0
	for below := 1; s != nil; s, below = s.next, below+1 {
		n = max(n, below)
		if s.where != nil {
			n = max(n, below+s.where.levels)
		}
	}
	return n
}
