package search

import (
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"
)

func (p *filterParser) name() string {
	start := p.at
	for p.at < len(p.text) && nameChar(p.text[p.at]) {
		p.at++
	}
	if p.at == start {
		p.fail(p.at, "the name of a search parameter is expected here")
	}
	return p.text[min(start, p.at):p.at]
}

func nameChar(c byte) bool {
	return c == '_' || c == '-' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// word reads up to a blank or a bracket.
func (p *filterParser) word() filterWord {
	start := p.at
	for p.at < len(p.text) {
		r, size := utf8.DecodeRuneInString(p.text[p.at:])
		if unicode.IsSpace(r) || r == ')' || r == ']' {
			break
		}
		p.at += size
	}
	return filterWord{p.text[start:p.at], start}
}

// value reads a JSON string, or a token: up to a blank, ) or ].
func (p *filterParser) value() string {
	if p.text[p.at] != '"' {
		return p.word().text
	}
	start := p.at
	for p.at++; p.at < len(p.text) && p.text[p.at] != '"'; p.at++ {
		if p.text[p.at] == '\\' {
			p.at++
		}
	}
	if p.at >= len(p.text) {
		p.fail(start, "the string that begins here has no end")
		return ""
	}
	p.at++
	var s string
	if err := json.Unmarshal([]byte(p.text[start:p.at]), &s); err != nil {
		p.fail(start, "this is not a JSON string; write \\\\ for a backslash and \\\" for a quotation mark")
	}
	if strings.ContainsRune(s, 0) {
		p.fail(start, "the value is not text")
	}
	return s
}

// keyword takes one of some words if it stands here and is whole.
func (p *filterParser) keyword(words ...string) string {
	for _, w := range words {
		rest, ok := strings.CutPrefix(p.text[p.at:], w)
		if r, _ := utf8.DecodeRuneInString(rest); ok && (rest == "" || r == '(' || unicode.IsSpace(r)) {
			p.at += len(w)
			return w
		}
	}
	return ""
}

func (p *filterParser) take(c byte) bool {
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

// blanks skips white space; false if there was none.
func (p *filterParser) blanks() bool {
	rest := strings.TrimLeftFunc(p.text[p.at:], unicode.IsSpace)
	skipped := len(p.text) - len(rest) - p.at
	p.at += skipped
	return skipped > 0
}
