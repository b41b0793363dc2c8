package graph

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"hash"
	"maps"
	"slices"

	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// cursor is a place in the answer to one query of one caller. As text it is opaque and signed.
type cursor struct {
	binding binding
	// at is the row it stands at; nil at either end.
	at *search.Cursor
	// offset is how many rows are up to and with that row, -1 when unknown.
	offset int
	// link marks the link of a page, which carries the query; the others are an edge's.
	link     bool
	backward bool
	size     int
	sort     []string
	values   []searchValue
}

// binding is a hash of query, sort and caller.
type binding [8]byte

const (
	cursorVersion = 1
	cursorMAC     = 16
	// cursorMax bounds the text of a cursor: links carry a query's arguments.
	cursorMax = 64 << 10

	flagBackward = 1
	flagAt       = 2
	flagLink     = 4
)

func badCursor(why string) error { return fault.New(fault.BadUserInput, "the cursor %s", why) }

// bindingOf hashes what a cursor belongs to.
func bindingOf(caller search.Caller, p *planner.Part) binding {
	h := sha256.New()
	write := func(s string) {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(s)))
		h.Write(n[:])
		h.Write([]byte(s))
	}
	write(caller.Tenant)
	for _, name := range slices.Sorted(maps.Keys(caller.Policy)) {
		write(name)
		write(caller.Policy[name].String())
	}
	write(p.Query.Type)
	if p.Param != nil {
		write(p.Param.Code)
	}
	write(p.Query.Where.String())
	for _, k := range p.Query.Sort {
		write(k.Param.Code)
		if k.Desc {
			write("-")
		}
	}
	return binding(h.Sum(nil))
}

// cursorWriter seals cursors with one key.
type cursorWriter struct {
	mac hash.Hash
	buf []byte
}

func newCursorWriter(key []byte) *cursorWriter {
	return &cursorWriter{mac: hmac.New(sha256.New, key)}
}

// appendText appends the text of a cursor, without quotes; it needs no escapes in JSON.
func (w *cursorWriter) appendText(dst []byte, c *cursor) []byte {
	b := append(w.buf[:0], cursorVersion, c.flags())
	b = append(b, c.binding[:]...)
	b = binary.AppendUvarint(b, uint64(c.offset+1))
	if c.at != nil {
		b = appendString(appendString(b, string(c.at.Order)), c.at.ID)
	}
	if c.link {
		b = binary.AppendUvarint(b, uint64(c.size))
		b = appendStrings(b, c.sort)
		b = binary.AppendUvarint(b, uint64(len(c.values)))
		for _, v := range c.values {
			b = appendStrings(appendString(b, v.name), v.values)
		}
	}
	w.mac.Reset()
	w.mac.Write(b)
	b = append(b, w.mac.Sum(nil)[:cursorMAC]...)
	w.buf = b
	return base64.RawURLEncoding.AppendEncode(dst, b)
}

func (c *cursor) flags() (f byte) {
	if c.backward {
		f |= flagBackward
	}
	if c.at != nil {
		f |= flagAt
	}
	if c.link {
		f |= flagLink
	}
	return f
}

// openCursor checks and reads the text of a cursor. All that is wrong with it is BAD_USER_INPUT.
func openCursor(key []byte, text string) (cursor, error) {
	if len(text) > cursorMax {
		return cursor{}, badCursor("is too long")
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) < 2+len(binding{})+cursorMAC {
		return cursor{}, badCursor("is malformed")
	}
	body, mac := b[:len(b)-cursorMAC], b[len(b)-cursorMAC:]
	h := hmac.New(sha256.New, key)
	h.Write(body)
	if !hmac.Equal(h.Sum(nil)[:cursorMAC], mac) {
		return cursor{}, badCursor("has a wrong signature")
	}
	if body[0] != cursorVersion {
		return cursor{}, badCursor("is of another version")
	}
	r := cursorReader{rest: body[2:], ok: true}
	c := r.cursor(body[1])
	if !r.ok || len(r.rest) > 0 {
		return cursor{}, badCursor("is malformed")
	}
	return c, nil
}

// cursorReader reads the fields of a cursor; ok is false once something did not fit.
type cursorReader struct {
	rest []byte
	ok   bool
}

func (r *cursorReader) cursor(flags byte) cursor {
	c := cursor{backward: flags&flagBackward != 0, link: flags&flagLink != 0}
	copy(c.binding[:], r.rest)
	r.rest = r.rest[len(c.binding):]
	c.offset = r.number() - 1
	if flags&flagAt != 0 {
		c.at = &search.Cursor{Order: []byte(r.text()), ID: r.text()}
	}
	if c.link {
		c.size, c.sort = r.number(), r.texts()
		for n := r.number(); n > 0 && r.ok; n-- {
			c.values = append(c.values, searchValue{r.text(), r.texts()})
		}
	}
	return c
}

func (r *cursorReader) number() int {
	n, size := binary.Uvarint(r.rest)
	if size <= 0 || n > 1<<40 {
		r.rest, r.ok = nil, false
		return 0
	}
	r.rest = r.rest[size:]
	return int(n)
}

func (r *cursorReader) text() string {
	n := r.number()
	if n > len(r.rest) {
		r.rest, r.ok = nil, false
		return ""
	}
	s := string(r.rest[:n])
	r.rest = r.rest[n:]
	return s
}

func (r *cursorReader) texts() []string {
	var out []string
	for n := r.number(); n > 0 && r.ok; n-- {
		out = append(out, r.text())
	}
	return out
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendStrings(b []byte, list []string) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	for _, s := range list {
		b = appendString(b, s)
	}
	return b
}
