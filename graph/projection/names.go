package projection

import (
	"bytes"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// names finds the selected members of an object by name. Nearly all members of a resource are not selected, so what counts is
// saying no quickly: four bytes of the name pick one entry of a table that is sparse and, for the names of FHIR, hardly ever
// collides; most names are turned away by an empty entry or a different length. Profiled on a Patient of 3.7 KB, finding names
// is a tenth of the time, and looking for the ends of strings (skipString, eight bytes at a time) half of it; no lookup, however
// clever, is worth more than that tenth.
type names struct {
	list  []name
	table []int32 // 1 + index in list; 0 for none
	mul   uint32
	shift uint8
}

type name struct {
	text        string
	slot, slots int32 // its slots in the block
	next        int32 // 1 + index of the next name of the same table entry
}

func (t *names) add(text string) {
	for i := range t.list {
		if t.list[i].text == text {
			return
		}
	}
	t.list = append(t.list, name{text: text})
}

// seal builds the table with the multiplier, of a few, that makes the fewest names collide.
func (t *names) seal() {
	if len(t.list) == 0 {
		return
	}
	size := max(4*len(t.list), 16)
	t.shift = uint8(32 - bits.Len(uint(size-1)))
	best := len(t.list) + 1
	mul := uint32(0x9E3779B1)
	for range 64 {
		if n := t.build(mul); n < best {
			best, t.mul = n, mul
		}
		if best == 0 {
			break
		}
		mul = mul*0x2C1B3C6D + 0x3C6EF372 | 1
	}
	t.build(t.mul)
}

func (t *names) build(mul uint32) (collisions int) {
	t.table = make([]int32, 1<<(32-t.shift))
	for i := range t.list {
		e := &t.table[hash(t.list[i].text, mul)>>t.shift]
		if *e != 0 {
			collisions++
		}
		t.list[i].next, *e = *e, int32(i+1)
	}
	return collisions
}

func hash[T string | []byte](s T, mul uint32) uint32 {
	n := len(s)
	return (uint32(s[0]) | uint32(s[n-1])<<8 | uint32(s[n>>1])<<16 | uint32(n)<<24) * mul
}

// find finds a name as the source writes it; nil if it is not selected.
func (t *names) find(raw []byte) *name {
	if len(raw) == 0 || len(t.list) == 0 {
		return nil
	}
	for e := t.table[hash(raw, t.mul)>>t.shift]; e != 0; {
		n := &t.list[e-1]
		if n.text == string(raw) {
			return n
		}
		e = n.next
	}
	if bytes.IndexByte(raw, '\\') >= 0 {
		return t.findEscaped(raw)
	}
	return nil
}

// findEscaped is for names with escapes, which nobody writes: it need not be fast.
func (t *names) findEscaped(raw []byte) *name {
	for i := range t.list {
		if equalEscaped(raw, t.list[i].text) {
			return &t.list[i]
		}
	}
	return nil
}

func isResourceType(raw []byte) bool {
	const text = "resourceType"
	return string(raw) == text || bytes.IndexByte(raw, '\\') >= 0 && equalEscaped(raw, text)
}

// variantOf finds the variant for a resourceType as the source writes it; 0 if it is no string or has no plan of its own.
func (p *Plan) variantOf(raw []byte) int {
	if len(raw) < 2 || raw[0] != '"' {
		return 0
	}
	raw = raw[1 : len(raw)-1]
	if bytes.IndexByte(raw, '\\') < 0 {
		return int(p.byType[string(raw)])
	}
	for text, variant := range p.byType {
		if equalEscaped(raw, text) {
			return int(variant)
		}
	}
	return 0
}

// equalEscaped reports whether the inner bytes of a JSON string, escapes undone, are text. Malformed ones equal nothing.
func equalEscaped(raw []byte, text string) bool {
	for len(raw) > 0 {
		if raw[0] != '\\' {
			if text == "" || text[0] != raw[0] {
				return false
			}
			raw, text = raw[1:], text[1:]
			continue
		}
		r, n := unescape(raw)
		want, size := utf8.DecodeRuneInString(text)
		if n == 0 || size == 0 || r != want || want == utf8.RuneError && size == 1 {
			return false
		}
		raw, text = raw[n:], text[size:]
	}
	return text == ""
}

// unescape reads the escape at the start of raw: its rune and its length, 0 if it is malformed or half a surrogate pair.
func unescape(raw []byte) (rune, int) {
	if len(raw) < 2 {
		return 0, 0
	}
	switch raw[1] {
	case '"', '\\', '/':
		return rune(raw[1]), 2
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	}
	r := unit(raw)
	switch {
	case r < 0:
		return 0, 0
	case !utf16.IsSurrogate(r):
		return r, 6
	}
	if pair := utf16.DecodeRune(r, unit(raw[6:])); pair != utf8.RuneError {
		return pair, 12
	}
	return 0, 0
}

// unit reads \uXXXX at the start of raw; -1 if it is none.
func unit(raw []byte) rune {
	if len(raw) < 6 || raw[0] != '\\' || raw[1] != 'u' {
		return -1
	}
	var r rune
	for _, c := range raw[2:6] {
		switch {
		case '0' <= c && c <= '9':
			r = r<<4 | rune(c-'0')
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return -1
		}
	}
	return r
}
