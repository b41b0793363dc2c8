package fhir

import (
	"bytes"
	"fmt"
)

// MaxDepth is how deep objects and arrays may nest in a resource unless Limits say otherwise.
const MaxDepth = 200

// Limits bound what Strip reads; the zero value has the defaults.
type Limits struct {
	Depth int // 0 is MaxDepth
}

// Body is the stored form of a resource: compact JSON, its members in the writer's order and its numbers and
// strings byte for byte, without meta.versionId and meta.lastUpdated.
type Body struct {
	JSON []byte
	// Splice is the offset in JSON at which Append writes what was taken out.
	Splice int
}

// Meta is what Strip found in a resource: its type and id, which stay in the body, and its version and time,
// which do not. What is absent is "".
type Meta struct {
	Type, ID, VersionID, LastUpdated string
}

// SyntaxError says where a resource is not the JSON that FHIR allows, and why; it never repeats the text.
type SyntaxError struct {
	Offset       int // bytes before the place
	Line, Column int // from 1, the column in bytes
	Reason       string
}

// Error implements error.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("fhir: line %d, column %d (byte %d): %s", e.Line, e.Column, e.Offset, e.Reason)
}

// Strip reads a resource strictly and brings it into its stored form. Invalid UTF-8, NUL and unpaired surrogates
// (also escaped), a member given twice, nesting deeper than MaxDepth and anything after the resource are refused
// with a *SyntaxError. resourceType, id and the two members of meta must be strings, meta an object; a meta in
// which nothing is left is removed. The result shares no memory with raw.
func Strip(raw []byte) (Body, Meta, error) { return Limits{}.Strip(raw) }

// Strip is the function Strip within limits.
func (l Limits) Strip(raw []byte) (Body, Meta, error) {
	s := scanner{in: raw, out: make([]byte, 0, len(raw)), max: l.Depth}
	if s.max == 0 {
		s.max = MaxDepth
	}
	if err := s.resource(); err != nil {
		return Body{}, Meta{}, err
	}
	return Body{JSON: s.out, Splice: s.splice()}, s.meta, nil
}

// StoredBody is a body as it comes back from a store: it checks that splice is a place at which Append can write.
func StoredBody(json []byte, splice int) (Body, error) {
	if splice < 1 || splice >= len(json) || json[0] != '{' || json[len(json)-1] != '}' ||
		json[splice-1] != '{' && json[splice-1] != '"' {
		return Body{}, fmt.Errorf("fhir: a stored body and its splice offset do not belong together")
	}
	return Body{JSON: json, Splice: splice}, nil
}

// Append appends the resource as it goes out: with its version and the time of its last change in meta. One that
// is "" is left out.
func (b Body) Append(dst []byte, versionID, lastUpdated string) []byte {
	dst = append(dst, b.JSON[:b.Splice]...)
	rest := b.JSON[b.Splice:]
	if versionID == "" && lastUpdated == "" {
		return append(dst, rest...)
	}
	within := b.Splice > 1 && b.JSON[b.Splice-1] == '{'
	if !within {
		if b.Splice > 1 {
			dst = append(dst, ',')
		}
		dst = append(dst, `"meta":{`...)
	}
	if versionID != "" {
		dst = appendString(append(dst, `"versionId":`...), versionID)
	}
	if lastUpdated != "" {
		if versionID != "" {
			dst = append(dst, ',')
		}
		dst = appendString(append(dst, `"lastUpdated":`...), lastUpdated)
	}
	if !within {
		dst = append(dst, '}')
	}
	if (within || b.Splice == 1) && rest[0] != '}' {
		dst = append(dst, ',')
	}
	return append(dst, rest...)
}

// WithID returns the body with its logical id set, in the place of the old one or after resourceType.
func WithID(b Body, id string) (Body, error) {
	if !ValidID(id) {
		return Body{}, fmt.Errorf("fhir: not a logical id: want 1 to 64 letters, digits, hyphens and dots")
	}
	s := scanner{in: b.JSON, out: make([]byte, 0, len(b.JSON)+len(id)+8), max: len(b.JSON), keepMeta: true}
	if err := s.resource(); err != nil {
		return Body{}, err
	}
	at, end, text := s.afterType, s.afterType, ""
	switch {
	case s.afterID > 0:
		at, end, text = s.beforeID, s.afterID, `"id":"`+id+`"`
	case s.afterType > 0:
		text = `,"id":"` + id + `"`
	default:
		at, end, text = 1, 1, `"id":"`+id+`"`
		if !bytes.Equal(s.out, []byte("{}")) {
			text += ","
		}
	}
	set := append(append(append(make([]byte, 0, len(s.out)+len(text)), s.out[:at]...), text...), s.out[end:]...)
	again := scanner{in: set, out: make([]byte, 0, len(set)), max: len(set), keepMeta: true}
	if err := again.resource(); err != nil {
		return Body{}, err
	}
	return Body{JSON: again.out, Splice: again.splice()}, nil
}
