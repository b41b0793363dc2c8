package cursor

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"

	"github.com/heliograph/heliograph/search"
)

// Open checks and reads the text of a cursor. All that is wrong with it is BAD_USER_INPUT.
func Open(key []byte, text string) (Cursor, error) {
	if len(text) > Max {
		return Cursor{}, Bad("is too long")
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) < 2+len(Binding{})+macSize {
		return Cursor{}, Bad("is malformed")
	}
	body, mac := b[:len(b)-macSize], b[len(b)-macSize:]
	h := hmac.New(sha256.New, key)
	h.Write(body)
	if !hmac.Equal(h.Sum(nil)[:macSize], mac) {
		return Cursor{}, Bad("has a wrong signature")
	}
	if body[0] != version {
		return Cursor{}, Bad("is of another version")
	}
	r := reader{rest: body[2:], ok: true}
	c := r.cursor(body[1])
	if !r.ok || len(r.rest) > 0 {
		return Cursor{}, Bad("is malformed")
	}
	return c, nil
}

// reader reads the fields of a cursor; ok is false once something did not fit.
type reader struct {
	rest []byte
	ok   bool
}

func (r *reader) cursor(flags byte) Cursor {
	c := Cursor{Backward: flags&flagBackward != 0}
	copy(c.Binding[:], r.rest)
	r.rest = r.rest[len(c.Binding):]
	c.Offset = r.number() - 1
	if flags&flagAt != 0 {
		c.At = &search.Cursor{Order: []byte(r.text()), ID: r.text()}
	}
	if flags&flagLink != 0 {
		c.Link = &Link{Size: r.number(), Sort: r.texts()}
		for n := r.number(); n > 0 && r.ok; n-- {
			c.Link.Values = append(c.Link.Values, Value{r.text(), r.texts()})
		}
	}
	return c
}

func (r *reader) number() int {
	n, size := binary.Uvarint(r.rest)
	if size <= 0 || n > 1<<40 {
		r.rest, r.ok = nil, false
		return 0
	}
	r.rest = r.rest[size:]
	return int(n)
}

func (r *reader) text() string {
	n := r.number()
	if n > len(r.rest) {
		r.rest, r.ok = nil, false
		return ""
	}
	s := string(r.rest[:n])
	r.rest = r.rest[n:]
	return s
}

func (r *reader) texts() []string {
	var out []string
	for n := r.number(); n > 0 && r.ok; n-- {
		out = append(out, r.text())
	}
	return out
}
