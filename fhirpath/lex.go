package fhirpath

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/heliograph/heliograph/internal/fault"
)

// kind is the kind of a token.
type kind uint8

const (
	tokEnd      kind = iota
	tokWord          // a name, also a keyword
	tokQuoted        // a name in backticks
	tokString        // text is unescaped
	tokNumber        // text as written
	tokTemporal      // text without @
	tokConstant      // text is the name after %
	tokVariable      // text with $
	tokSymbol
)

type token struct {
	kind kind
	text string
	pos  int
}

func isLetter(c byte) bool { return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }

// lexer takes a source apart.
type lexer struct {
	source string
	i      int
}

func (l *lexer) fail(pos int, format string, args ...any) {
	fail(l.source, pos, fault.BadUserInput, format, args...)
}

// next gives the next token; it aborts on what is none.
func (l *lexer) next() token {
	l.space()
	start, s := l.i, l.source
	if start >= len(s) {
		return token{kind: tokEnd, pos: start}
	}
	switch c := s[start]; {
	case isLetter(c):
		return token{tokWord, l.word(), start}
	case isDigit(c):
		return token{tokNumber, l.number(), start}
	case c == '\'':
		return token{tokString, l.quoted('\''), start}
	case c == '`':
		return token{tokQuoted, l.quoted('`'), start}
	case c == '@':
		return token{tokTemporal, l.temporal(), start}
	case c == '%':
		return token{tokConstant, l.constant(), start}
	case c == '$':
		l.i++
		return token{tokVariable, "$" + l.word(), start}
	}
	for _, symbol := range []string{"<=", ">=", "!=", "!~"} {
		if strings.HasPrefix(s[start:], symbol) {
			l.i += 2
			return token{tokSymbol, symbol, start}
		}
	}
	if strings.IndexByte(".,()[]{}+-*/&|<>=~", s[start]) < 0 {
		r, _ := utf8.DecodeRuneInString(s[start:])
		l.fail(start, "unexpected character %q", r)
	}
	l.i++
	return token{tokSymbol, s[start:l.i], start}
}

// space passes white space and comments.
func (l *lexer) space() {
	for l.i < len(l.source) {
		rest := l.source[l.i:]
		switch {
		case strings.IndexByte(" \t\r\n", rest[0]) >= 0:
			l.i++
		case strings.HasPrefix(rest, "//"):
			if end := strings.IndexByte(rest, '\n'); end >= 0 {
				l.i += end + 1
			} else {
				l.i = len(l.source)
			}
		case strings.HasPrefix(rest, "/*"):
			end := strings.Index(rest, "*/")
			if end < 0 {
				l.fail(l.i, "a comment has no end")
			}
			l.i += end + 2
		default:
			return
		}
	}
}

func (l *lexer) word() string {
	start := l.i
	for l.i < len(l.source) && (isLetter(l.source[l.i]) || isDigit(l.source[l.i])) {
		l.i++
	}
	return l.source[start:l.i]
}

func (l *lexer) digits() {
	for l.i < len(l.source) && isDigit(l.source[l.i]) {
		l.i++
	}
}

func (l *lexer) number() string {
	start := l.i
	l.digits()
	if l.i+1 < len(l.source) && l.source[l.i] == '.' && isDigit(l.source[l.i+1]) {
		l.i++
		l.digits()
	}
	return l.source[start:l.i]
}

// temporal takes all that a date, time or dateTime may be made of; whether it is one is seen later.
func (l *lexer) temporal() string {
	l.i++
	start := l.i
	for l.i < len(l.source) {
		c, clock := l.source[l.i], strings.IndexByte(l.source[start:l.i], 'T') >= 0
		point := c == '.' && clock && l.i+1 < len(l.source) && isDigit(l.source[l.i+1])
		zone := clock && (c == 'Z' || c == ':' || c == '+')
		if !isDigit(c) && c != '-' && c != 'T' && !point && !zone {
			break
		}
		l.i++
	}
	return l.source[start:l.i]
}

func (l *lexer) constant() string {
	l.i++
	if l.i < len(l.source) && (l.source[l.i] == '`' || l.source[l.i] == '\'' || l.source[l.i] == '"') {
		return l.quoted(l.source[l.i])
	}
	return l.word()
}

// quoted reads a text between two quotes and takes its escapes out.
func (l *lexer) quoted(quote byte) string {
	start := l.i
	var out strings.Builder
	for l.i++; l.i < len(l.source); l.i++ {
		switch c := l.source[l.i]; c {
		case quote:
			l.i++
			return out.String()
		case '\\':
			l.escape(&out)
		default:
			out.WriteByte(c)
		}
	}
	l.fail(start, "a text has no closing %c", quote)
	return ""
}

func (l *lexer) escape(out *strings.Builder) {
	l.i++
	if l.i >= len(l.source) {
		return
	}
	c := l.source[l.i]
	if i := strings.IndexByte("rntf", c); i >= 0 {
		out.WriteByte("\r\n\t\f"[i])
		return
	}
	if c != 'u' {
		if strings.IndexByte("'\"`\\/", c) < 0 {
			l.fail(l.i-1, "\\%c is no escape: write \\', \\\", \\`, \\\\, \\/, \\r, \\n, \\t, \\f or \\uXXXX", c)
		}
		out.WriteByte(c)
		return
	}
	r := l.unicode()
	if utf16.IsSurrogate(r) {
		l.i++
		if strings.HasPrefix(l.source[min(l.i, len(l.source)):], `\u`) {
			l.i++
			r = utf16.DecodeRune(r, l.unicode())
		}
	}
	out.WriteRune(r)
}

// unicode reads the four digits after the u at which the lexer stands, and stands at the last of them.
func (l *lexer) unicode() rune {
	if l.i+5 > len(l.source) {
		l.fail(l.i-1, `\u wants four hexadecimal digits`)
	}
	n, err := strconv.ParseUint(l.source[l.i+1:l.i+5], 16, 16)
	if err != nil {
		l.fail(l.i-1, `\u wants four hexadecimal digits`)
	}
	l.i += 4
	return rune(n)
}
