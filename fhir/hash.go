package fhir

import (
	"bytes"
	"crypto/sha256"
	"slices"
)

// ContentHash is a hash of what the resource says: white space, the order of members, the way in which strings
// are escaped, the id and meta's version and time do not count. Numbers count as they are written, because their
// precision has a meaning. It gives a resource that comes without an id one that stays the same on a rerun;
// whether two versions are the same is seen by comparing JSON bytewise.
func (b Body) ContentHash() [32]byte {
	s := scanner{in: b.JSON, out: make([]byte, 0, len(b.JSON))}
	c := canonical{s: &s}
	return sha256.Sum256(c.value(nil, true))
}

// canonical rewrites JSON that Strip has checked: members sorted, strings escaped in one way.
type canonical struct{ s *scanner }

func (c canonical) value(dst []byte, root bool) []byte {
	s := c.s
	switch s.in[s.pos] {
	case '{':
		return c.object(dst, root)
	case '[':
		dst = append(dst, '[')
		for s.pos++; s.in[s.pos] != ']'; {
			if s.in[s.pos] == ',' {
				s.pos++
				dst = append(dst, ',')
			}
			dst = c.value(dst, false)
		}
		s.pos++
		return append(dst, ']')
	case '"':
		return appendString(dst, string(c.text()))
	}
	start := s.pos
	for s.pos < len(s.in) && bytes.IndexByte([]byte(",]}"), s.in[s.pos]) < 0 {
		s.pos++
	}
	return append(dst, s.in[start:s.pos]...)
}

func (c canonical) text() []byte {
	c.s.out = c.s.out[:0]
	text, err := c.s.text()
	if err != nil {
		return nil // not after Strip
	}
	return text
}

func (c canonical) object(dst []byte, root bool) []byte {
	type member struct{ name, value []byte }
	var members []member
	s := c.s
	for s.pos++; s.in[s.pos] != '}'; {
		if s.in[s.pos] == ',' {
			s.pos++
		}
		name := c.text()
		s.pos++ // the colon
		value := c.value(nil, false)
		if root && string(name) == "id" {
			continue
		}
		members = append(members, member{name, value})
	}
	s.pos++
	slices.SortFunc(members, func(a, b member) int { return bytes.Compare(a.name, b.name) })
	dst = append(dst, '{')
	for i, m := range members {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendString(dst, string(m.name)), ':')
		dst = append(dst, m.value...)
	}
	return append(dst, '}')
}
