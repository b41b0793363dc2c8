package sample

import (
	"strconv"
	"unicode/utf8"
)

// writer appends compact JSON to a buffer. Member names are literals of this package and are not escaped; an
// empty name is an element of a list. It does not check nesting: the tests parse everything.
type writer struct {
	buf []byte
}

// key writes the comma that is due, and the name of the member.
func (w *writer) key(name string) {
	switch w.buf[len(w.buf)-1] {
	case '{', '[':
	default:
		w.buf = append(w.buf, ',')
	}
	if name != "" {
		w.buf = append(w.buf, '"')
		w.buf = append(w.buf, name...)
		w.buf = append(w.buf, '"', ':')
	}
}

func (w *writer) open(name string) {
	w.key(name)
	w.buf = append(w.buf, '{')
}

func (w *writer) close() { w.buf = append(w.buf, '}') }

func (w *writer) list(name string) {
	w.key(name)
	w.buf = append(w.buf, '[')
}

func (w *writer) endList() { w.buf = append(w.buf, ']') }

// each opens a list and its first object; next goes to the following object; endEach closes both.
func (w *writer) each(name string) {
	w.list(name)
	w.open("")
}

func (w *writer) next() { w.buf = append(w.buf, '}', ',', '{') }

func (w *writer) endEach() { w.buf = append(w.buf, '}', ']') }

// raw writes a value that is JSON already.
func (w *writer) raw(name, json string) {
	w.key(name)
	w.buf = append(w.buf, json...)
}

func (w *writer) bool(name string, v bool) {
	w.key(name)
	w.buf = strconv.AppendBool(w.buf, v)
}

func (w *writer) int(name string, v int) {
	w.key(name)
	w.buf = strconv.AppendInt(w.buf, int64(v), 10)
}

func (w *writer) decimal(name string, v decimal) {
	w.key(name)
	w.buf = v.append(w.buf)
}

// str writes a string; an empty one is left out, as FHIR has no empty strings.
func (w *writer) str(name, v string) {
	if v == "" {
		return
	}
	w.key(name)
	w.buf = appendString(w.buf, v)
}

// strs writes a list of strings.
func (w *writer) strs(name string, vs ...string) {
	w.list(name)
	for _, v := range vs {
		w.str("", v)
	}
	w.endList()
}

// ascii writes a string with everything beyond ASCII as \u escapes, surrogate pairs included: the other form that
// JSON allows, which a reader of raw bytes has to know.
func (w *writer) ascii(name, v string) {
	w.key(name)
	w.buf = append(w.buf, '"')
	for _, r := range v {
		switch {
		case r < utf8.RuneSelf:
			w.buf = appendEscaped(w.buf, byte(r))
		case r > 0xFFFF:
			r -= 0x10000
			w.buf = appendUnicode(w.buf, 0xD800+r>>10)
			w.buf = appendUnicode(w.buf, 0xDC00+r&0x3FF)
		default:
			w.buf = appendUnicode(w.buf, r)
		}
	}
	w.buf = append(w.buf, '"')
}

func appendString(b []byte, v string) []byte {
	b = append(b, '"')
	from := 0
	for i := 0; i < len(v); i++ {
		if c := v[i]; c < ' ' || c == '"' || c == '\\' {
			b = append(b, v[from:i]...)
			b = appendEscaped(b, c)
			from = i + 1
		}
	}
	b = append(b, v[from:]...)
	return append(b, '"')
}

func appendEscaped(b []byte, c byte) []byte {
	switch {
	case c == '"' || c == '\\':
		return append(b, '\\', c)
	case c == '\n':
		return append(b, '\\', 'n')
	case c == '\t':
		return append(b, '\\', 't')
	case c < ' ':
		return appendUnicode(b, rune(c))
	}
	return append(b, c)
}

func appendUnicode(b []byte, r rune) []byte {
	const hex = "0123456789abcdef"
	return append(b, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
}

// decimal is v · 10^-digits. It prints exactly that many digits, so 1.50 stays 1.50.
type decimal struct {
	v      int
	digits int
}

func (d decimal) append(b []byte) []byte {
	v := d.v
	if v < 0 {
		b = append(b, '-')
		v = -v
	}
	scale := 1
	for range d.digits {
		scale *= 10
	}
	b = strconv.AppendInt(b, int64(v/scale), 10)
	if d.digits == 0 {
		return b
	}
	b = append(b, '.')
	for rest := v % scale; scale > 1; rest %= scale {
		scale /= 10
		b = append(b, byte('0'+rest/scale))
	}
	return b
}

func (d decimal) String() string { return string(d.append(nil)) }
