package form

import (
	"bytes"
	"strconv"
)

// The data are trusted: this program wrote them, as valid JSON. Where they are not, reading goes out of range.

// space is the offset of what is not whitespace, from i on.
func space(src []byte, i int) int {
	for src[i] == ' ' || src[i] == '\n' || src[i] == '\t' || src[i] == '\r' {
		i++
	}
	return i
}

// stringEnd is the offset behind the string that starts at src[i].
func stringEnd(src []byte, i int) int {
	for i++; ; {
		n := bytes.IndexByte(src[i:], '"')
		slash := bytes.IndexByte(src[i:i+n], '\\')
		if slash < 0 {
			return i + n + 1
		}
		i += slash + 2
	}
}

// valueEnd is the offset behind the value that starts at src[i].
func valueEnd(src []byte, i int) int {
	switch src[i] {
	case '"':
		return stringEnd(src, i)
	case '{', '[':
		return nestedEnd(src, i)
	}
	for i < len(src) && src[i] > ' ' && src[i] != ',' && src[i] != '}' && src[i] != ']' {
		i++
	}
	return i
}

func nestedEnd(src []byte, i int) int {
	for depth := 0; ; i++ {
		switch src[i] {
		case '"':
			i = stringEnd(src, i) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
}

// absent says whether the value at src[i] is null or an empty list.
func absent(src []byte, i int) bool {
	return src[i] == 'n' || src[i] == '[' && src[space(src, i+1)] == ']'
}

// members goes through the members of an object. Whoever uses it sets end to the offset behind each value; afterwards it is
// behind the object.
type members struct {
	src    []byte
	hidden string // the first member, if it has this name, is none
	key    []byte
	at     int // of the value
	end    int
}

// members are those of the object at src[i], which is of the field f.
func (w *writer) members(i int, f *Field) members {
	m := members{src: w.src, end: i + 1}
	if f != nil && f.Slice != SliceIndex {
		m.hidden = f.Slice
	}
	return m
}

func (m *members) next() bool {
	i := space(m.src, m.end)
	switch m.src[i] {
	case '}':
		m.end = i + 1
		return false
	case ',':
		i = space(m.src, i+1)
	}
	end := stringEnd(m.src, i)
	m.key, m.at = m.src[i+1:end-1], space(m.src, space(m.src, end)+1) // behind the colon
	if m.hidden != "" && m.hidden == string(m.key) {
		m.hidden, m.end = "", valueEnd(m.src, m.at)
		return m.next()
	}
	return true
}

// elements goes through the elements of a list, or of one value as if it were a list. Whoever uses it sets end as in members.
type elements struct {
	src   []byte
	bare  bool // it is no list
	start int
	at    int
	end   int
	index int // of the element
}

func (w *writer) elements(at int) elements {
	e := elements{src: w.src, start: at, end: at, index: -1}
	if e.bare = w.src[at] != '['; !e.bare {
		e.end++
	}
	return e
}

func (e *elements) next() bool {
	if e.index++; e.bare {
		e.at = e.start
		return e.index == 0
	}
	i := space(e.src, e.end)
	switch e.src[i] {
	case ']':
		e.end = i + 1
		return false
	case ',':
		i = space(e.src, i+1)
	}
	e.at = i
	return true
}

// stop leaves out the elements that follow.
func (e *elements) stop(src []byte) {
	if !e.bare {
		e.end = valueEnd(src, e.start) - 1
	}
}

// suffix is what the names of the members of an element of f end in, the index-th of its list.
func (w *writer) suffix(f *Field, at, index int) string {
	if f.Slice == "" || w.src[at] != '{' {
		return ""
	}
	if f.Slice == SliceIndex {
		return "." + strconv.Itoa(index)
	}
	m := members{src: w.src, end: at + 1}
	if !m.next() || string(m.key) != f.Slice || w.src[m.at] == 'n' {
		return ""
	}
	token := w.src[m.at:valueEnd(w.src, m.at)]
	if token[0] == '"' {
		token = token[1 : len(token)-1] // in a name it stands as it is written
	}
	return "." + string(token)
}
