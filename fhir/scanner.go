package fhir

import (
	"bytes"
	"unicode/utf8"
)

// scanner checks JSON and writes it compactly. Objects are plain, the resource itself, or its meta.
type scanner struct {
	in, out  []byte
	pos      int
	depth    int
	max      int
	keys     [][]byte // of the objects that are open
	keepMeta bool     // versionId and lastUpdated stay

	meta                         Meta
	inMeta                       int // offsets in out; 0 is "not there"
	beforeID, afterID, afterType int
}

type objectRole uint8

const (
	rolePlain objectRole = iota
	roleResource
	roleMeta
)

// manyKeys is the number of members past which an object's names are looked up instead of compared in turn.
const manyKeys = 32

func (s *scanner) resource() error {
	if !utf8.Valid(s.in) {
		for s.pos < len(s.in) {
			r, size := utf8.DecodeRune(s.in[s.pos:])
			if r == utf8.RuneError && size == 1 {
				break
			}
			s.pos += size
		}
		return s.fail("invalid UTF-8")
	}
	if s.skip() != '{' {
		return s.fail("a resource is a JSON object")
	}
	if err := s.object(roleResource); err != nil {
		return err
	}
	if s.skip(); s.pos < len(s.in) {
		return s.fail("there is more after the resource")
	}
	return nil
}

// splice is the offset at which version and time go in: within meta, or after the id, the type or the brace.
func (s *scanner) splice() int {
	switch {
	case s.inMeta > 0:
		return s.inMeta
	case s.afterID > 0:
		return s.afterID
	case s.afterType > 0:
		return s.afterType
	}
	return 1
}

func (s *scanner) fail(reason string) error {
	before := s.in[:min(s.pos, len(s.in))]
	return &SyntaxError{
		Offset: len(before),
		Line:   bytes.Count(before, []byte{'\n'}) + 1,
		Column: len(before) - bytes.LastIndexByte(before, '\n'),
		Reason: reason,
	}
}

// skip passes white space and returns the byte that follows, 0 at the end.
func (s *scanner) skip() byte {
	for s.pos < len(s.in) {
		switch c := s.in[s.pos]; c {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return c
		}
	}
	return 0
}

// value reads any JSON value; white space before it has been passed.
func (s *scanner) value() error {
	if s.pos >= len(s.in) {
		return s.fail("the resource ends early")
	}
	switch c := s.in[s.pos]; c {
	case '{':
		return s.object(rolePlain)
	case '[':
		return s.array()
	case '"':
		_, err := s.text()
		return err
	case 't':
		return s.word("true")
	case 'f':
		return s.word("false")
	case 'n':
		return s.word("null")
	default:
		return s.number()
	}
}

func (s *scanner) word(word string) error {
	if !bytes.HasPrefix(s.in[s.pos:], []byte(word)) {
		return s.fail("not a JSON value")
	}
	s.out = append(s.out, word...)
	s.pos += len(word)
	return nil
}

func (s *scanner) number() error {
	start := s.pos
	for s.pos < len(s.in) {
		c := s.in[s.pos]
		if c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' || c|0x20 == 'e' {
			s.pos++
			continue
		}
		break
	}
	if !validNumber(s.in[start:s.pos]) {
		s.pos = start
		return s.fail("not a JSON value")
	}
	s.out = append(s.out, s.in[start:s.pos]...)
	return nil
}

// validNumber is the grammar of JSON numbers, which is FHIR's too.
func validNumber(b []byte) bool {
	i := 0
	digits := func() bool {
		start := i
		for i < len(b) && b[i] >= '0' && b[i] <= '9' {
			i++
		}
		return i > start
	}
	if i < len(b) && b[i] == '-' {
		i++
	}
	start := i
	if !digits() || b[start] == '0' && i > start+1 {
		return false
	}
	if i < len(b) && b[i] == '.' {
		if i++; !digits() {
			return false
		}
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		if i++; i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		if !digits() {
			return false
		}
	}
	return i == len(b)
}

func (s *scanner) array() error {
	if s.depth++; s.depth > s.max {
		return s.fail("objects and arrays nest too deep")
	}
	s.pos++
	s.out = append(s.out, '[')
	if s.skip() == ']' {
		return s.end(']')
	}
	for {
		if err := s.value(); err != nil {
			return err
		}
		switch s.skip() {
		case ']':
			return s.end(']')
		case ',':
			s.pos++
			s.out = append(s.out, ',')
			s.skip()
		default:
			return s.fail("an array goes on with a comma or ends with a bracket")
		}
	}
}

func (s *scanner) end(c byte) error {
	s.pos++
	s.depth--
	s.out = append(s.out, c)
	return nil
}
