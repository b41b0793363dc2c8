package fhir

import (
	"unicode/utf16"
	"unicode/utf8"
)

// text reads a string, copies it as it is written and returns what it means, without quotes.
func (s *scanner) text() ([]byte, error) {
	start := s.pos
	i, escaped := start+1, false
	for {
		if i >= len(s.in) {
			s.pos = len(s.in)
			return nil, s.fail("a string does not end")
		}
		c := s.in[i]
		if c == '"' {
			break
		}
		if c < ' ' {
			s.pos = i
			return nil, s.fail("a string has a control character")
		}
		if c == '\\' {
			escaped = true
			s.pos = i
			n, err := s.escape()
			if err != nil {
				return nil, err
			}
			i += n
			continue
		}
		i++
	}
	s.out = append(s.out, s.in[start:i+1]...)
	s.pos = i + 1
	if !escaped {
		return s.in[start+1 : i], nil
	}
	return unescape(s.in[start+1 : i]), nil
}

// escape checks the escape at pos and returns its length.
func (s *scanner) escape() (int, error) {
	rest := s.in[s.pos:]
	if len(rest) < 2 {
		return 0, s.fail("a string does not end")
	}
	switch rest[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2, nil
	case 'u':
	default:
		return 0, s.fail("a string has an unknown escape")
	}
	r, ok := hex4(rest)
	switch {
	case !ok:
		return 0, s.fail("an escape is not four hexadecimal digits")
	case r == 0:
		return 0, s.fail("a string has a NUL")
	case !utf16.IsSurrogate(r):
		return 6, nil
	}
	if low, ok := hex4(rest[6:]); ok && utf16.DecodeRune(r, low) != utf8.RuneError {
		return 12, nil
	}
	return 0, s.fail("a string has half of a surrogate pair")
}

// hex4 reads \uXXXX from the start of b.
func hex4(b []byte) (rune, bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range b[2:6] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// unescape decodes a string whose escapes have been checked.
func unescape(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); {
		if b[i] != '\\' {
			out = append(out, b[i])
			i++
			continue
		}
		if r, ok := hex4(b[i:]); ok {
			i += 6
			if utf16.IsSurrogate(r) {
				low, _ := hex4(b[i:])
				r = utf16.DecodeRune(r, low)
				i += 6
			}
			out = utf8.AppendRune(out, r)
			continue
		}
		c := b[i+1]
		switch c {
		case 'b':
			c = '\b'
		case 'f':
			c = '\f'
		case 'n':
			c = '\n'
		case 'r':
			c = '\r'
		case 't':
			c = '\t'
		}
		out = append(out, c)
		i += 2
	}
	return out
}

// appendString appends a JSON string.
func appendString(dst []byte, s string) []byte {
	const hexDigits = "0123456789abcdef"
	dst = append(dst, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}
