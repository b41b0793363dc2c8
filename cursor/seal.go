package cursor

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"hash"
)

const (
	version = 1
	macSize = 16

	flagBackward = 1
	flagAt       = 2
	flagLink     = 4
)

// Sealer writes cursors, signed with one key. It is not safe for concurrent use.
type Sealer struct {
	mac hash.Hash
	buf []byte
}

// NewSealer makes a sealer with a key of 32 bytes or more.
func NewSealer(key []byte) *Sealer { return &Sealer{mac: hmac.New(sha256.New, key)} }

// Append appends the text of a cursor; it needs no escapes in JSON or in a URL. What is longer than [Max] does not open.
func (s *Sealer) Append(dst []byte, c *Cursor) []byte {
	b := append(s.buf[:0], version, c.flags())
	b = append(b, c.Binding[:]...)
	b = binary.AppendUvarint(b, uint64(c.Offset+1))
	if c.At != nil {
		b = appendString(appendString(b, string(c.At.Order)), c.At.ID)
	}
	if c.Link != nil {
		b = binary.AppendUvarint(b, uint64(c.Link.Size))
		b = appendStrings(b, c.Link.Sort)
		b = binary.AppendUvarint(b, uint64(len(c.Link.Values)))
		for _, v := range c.Link.Values {
			b = appendStrings(appendString(b, v.Name), v.Values)
		}
	}
	s.mac.Reset()
	s.mac.Write(b)
	b = append(b, s.mac.Sum(nil)[:macSize]...)
	s.buf = b
	return base64.RawURLEncoding.AppendEncode(dst, b)
}

func (c *Cursor) flags() (f byte) {
	if c.Backward {
		f |= flagBackward
	}
	if c.At != nil {
		f |= flagAt
	}
	if c.Link != nil {
		f |= flagLink
	}
	return f
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
