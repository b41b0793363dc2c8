package search

import (
	"fmt"
	"strings"
)

// A word of a FHIRPath expression: its kind is the first byte of a punctuation mark or operator, or one of these.
const (
	wordEnd    = 0
	wordName   = 'n'  // an identifier or a keyword
	wordText   = '\'' // a string, without its quotes
	wordNumber = '0'
	wordNot    = '!' // !=
	wordVar    = '%' // %resource
)

type word struct {
	kind byte
	text string
}

// words splits a FHIRPath expression. It knows as much of the language as search parameters use.
func words(s string) ([]word, error) {
	var out []word
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case isASCIISpace(c):
			i++
		case strings.IndexByte("().|[],=", c) >= 0:
			out = append(out, word{c, s[i : i+1]})
			i++
		case c == '!' && strings.HasPrefix(s[i:], "!="):
			out = append(out, word{wordNot, "!="})
			i += 2
		case c == '\'':
			text, n, ok := quoted(s[i:])
			if !ok {
				return nil, fmt.Errorf("a string is not closed")
			}
			out = append(out, word{wordText, text})
			i += n
		case c == '%' || c == '$' || isNameByte(c):
			n := 1
			for i+n < len(s) && isNameByte(s[i+n]) {
				n++
			}
			out = append(out, nameWord(s[i:i+n]))
			i += n
		default:
			return nil, fmt.Errorf("the character %q is not understood", c)
		}
	}
	return out, nil
}

func nameWord(s string) word {
	switch c := s[0]; {
	case c == '%':
		return word{wordVar, s[1:]}
	case '0' <= c && c <= '9':
		return word{wordNumber, s}
	default:
		return word{wordName, s}
	}
}

func isNameByte(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '_'
}

// quoted reads a string in single quotes: its text, and how many bytes it takes.
func quoted(s string) (text string, n int, ok bool) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\'':
			return b.String(), i + 1, true
		case '\\':
			if i++; i < len(s) {
				b.WriteByte(s[i])
			}
		default:
			b.WriteByte(s[i])
		}
	}
	return "", 0, false
}
