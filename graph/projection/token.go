package projection

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// Eight bytes at a time: the lowest set bit of each result marks the first byte that matches; bits above it may be false.
const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

func equals(w uint64, c byte) uint64 { return below(w^ones*uint64(c), 1) }
func below(w uint64, c byte) uint64  { return (w - ones*uint64(c)) &^ w & highs }

// skipString returns the offset after the string that starts at src[i], 0 if it does not end.
func skipString(src []byte, i int) int {
	i++
	for i < len(src) {
		if i+8 <= len(src) {
			w := binary.LittleEndian.Uint64(src[i:])
			m := equals(w, '"') | equals(w, '\\')
			if m == 0 {
				i += 8
				continue
			}
			i += bits.TrailingZeros64(m) >> 3
		}
		switch src[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		}
		i++
	}
	return 0
}

// checkString returns the offset after the string that starts at src[i]; stop if it is malformed.
func (r *Run) checkString(i int) int {
	src, start, high := r.src, i+1, uint64(0)
	i++
	for i < len(src) {
		if i+8 <= len(src) {
			w := binary.LittleEndian.Uint64(src[i:])
			high |= w & highs
			m := equals(w, '"') | equals(w, '\\') | below(w, ' ')
			if m == 0 {
				i += 8
				continue
			}
			i += bits.TrailingZeros64(m) >> 3
		}
		switch c := src[i]; {
		case c == '"':
			// high may be of bytes after the end: then this is a check too many, no more.
			if high != 0 && !utf8.Valid(src[start:i]) {
				return r.fail(BadUTF8, start)
			}
			return i + 1
		case c == '\\':
			_, n := unescape(src[i:])
			if n == 0 {
				return r.fail(BadString, i)
			}
			i += n
		case c < ' ':
			return r.fail(BadString, i)
		default:
			high |= uint64(c) & highs
			i++
		}
	}
	return r.fail(Truncated, len(src))
}

// checkNumber returns the offset after the number that starts at src[i], and whether it is a GraphQL Int.
func (r *Run) checkNumber(i int) (end int, integer bool) {
	src, start := r.src, i
	if src[i] == '-' {
		i++
	}
	first := i
	i = digits(src, i)
	if i == first || src[first] == '0' && i > first+1 {
		return r.fail(BadNumber, start), false
	}
	whole := i
	if i < len(src) && src[i] == '.' {
		if i = digits(src, i+1); src[i-1] == '.' {
			return r.fail(BadNumber, start), false
		}
	}
	if i < len(src) && src[i]|0x20 == 'e' {
		if i++; i < len(src) && (src[i] == '+' || src[i] == '-') {
			i++
		}
		exponent := i
		if i = digits(src, i); i == exponent {
			return r.fail(BadNumber, start), false
		}
	}
	return i, i == whole && fitsInt32(src[first:i], src[start] == '-')
}

func digits(src []byte, i int) int {
	for i < len(src) && src[i]-'0' < 10 {
		i++
	}
	return i
}

func fitsInt32(digits []byte, negative bool) bool {
	const most, least = "2147483647", "2147483648"
	if len(digits) != len(most) {
		return len(digits) < len(most)
	}
	if negative {
		return string(digits) <= least
	}
	return string(digits) <= most
}

// checkLiteral returns the offset after text at src[i]; stop if something else is there.
func (r *Run) checkLiteral(i int, text string) int {
	end := i + len(text)
	if end > len(r.src) || string(r.src[i:end]) != text {
		return r.fail(Syntax, i)
	}
	return end
}

func space(src []byte, i int) int {
	for i < len(src) && src[i] <= ' ' && (src[i] == ' ' || src[i] == '\n' || src[i] == '\t' || src[i] == '\r') {
		i++
	}
	return i
}
