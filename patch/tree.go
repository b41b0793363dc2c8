package patch

import (
	"bytes"
	"errors"
	"io"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
)

// tree is a JSON value that is taken apart only where it is looked into; what is not goes out as it came.
type tree struct {
	raw     []byte
	opened  bool
	list    bool
	members []member
	items   []*tree
}

// member is one of an object; key is the name as it is written, with quotes.
type member struct {
	key   []byte
	name  string
	value *tree
}

var errNotJSON = errors.New("not JSON")

// plant checks a JSON value and makes a tree of it. Each level that is opened is read anew, so there are no more than a resource may have.
func plant(raw []byte) (*tree, error) {
	if deep(raw) {
		return nil, fault.New(fault.BadUserInput, "it nests deeper than %d levels", fhir.MaxDepth)
	}
	v := jsontext.Value(bytes.Clone(raw))
	if !v.IsValid() {
		return nil, errNotJSON
	}
	return &tree{raw: bytes.TrimSpace(v)}, nil
}

// deep says whether JSON nests deeper than a resource may.
func deep(raw []byte) bool {
	depth, inText := 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case inText && c == '\\':
			i++
		case c == '"':
			inText = !inText
		case inText:
		case c == '{' || c == '[':
			if depth++; depth > fhir.MaxDepth {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}

func object() *tree { return &tree{opened: true} }
func array() *tree  { return &tree{opened: true, list: true} }

// open takes an object or a list apart; a scalar stays as it is.
func (t *tree) open() {
	if t.opened || t.raw[0] != '{' && t.raw[0] != '[' {
		return
	}
	t.opened, t.list = true, t.raw[0] == '['
	d := jsontext.NewDecoder(bytes.NewReader(t.raw))
	_, err := d.ReadToken()
	for err == nil && d.PeekKind() != '}' && d.PeekKind() != ']' {
		var key, value jsontext.Value
		if !t.list {
			if key, err = d.ReadValue(); err != nil {
				break
			}
			key = bytes.Clone(key)
		}
		if value, err = d.ReadValue(); err != nil {
			break
		}
		child := &tree{raw: bytes.Clone(value)}
		if t.list {
			t.items = append(t.items, child)
			continue
		}
		name, _ := jsontext.AppendUnquote(nil, key)
		t.members = append(t.members, member{key, string(name), child})
	}
	if err != nil && !errors.Is(err, io.EOF) {
		panic(err) // plant has checked it
	}
}

func (t *tree) isObject() bool { t.open(); return t.opened && !t.list }
func (t *tree) isList() bool   { t.open(); return t.opened && t.list }
func (t *tree) isNull() bool   { return !t.opened && t.raw[0] == 'n' }

func (t *tree) find(name string) int {
	if !t.isObject() {
		return -1
	}
	return slices.IndexFunc(t.members, func(m member) bool { return m.name == name })
}

// get is a member's value, nil if there is none.
func (t *tree) get(name string) *tree {
	if i := t.find(name); i >= 0 {
		return t.members[i].value
	}
	return nil
}

// set gives a member a value, in its place or at the end; nil removes it.
func (t *tree) set(name string, value *tree) {
	i := t.find(name)
	switch {
	case value == nil && i >= 0:
		t.members = slices.Delete(t.members, i, i+1)
	case value == nil:
	case i >= 0:
		t.members[i].value = value
	default:
		key, _ := jsontext.AppendQuote(nil, name)
		t.members = append(t.members, member{key, name, value})
	}
}

// rename changes a member's name and leaves its place.
func (t *tree) rename(from, to string) {
	if i := t.find(from); i >= 0 && from != to {
		key, _ := jsontext.AppendQuote(nil, to)
		t.members[i].key, t.members[i].name = key, to
	}
}

// appendTo appends the JSON.
func (t *tree) appendTo(dst []byte) []byte {
	if !t.opened {
		return append(dst, t.raw...)
	}
	if t.list {
		dst = append(dst, '[')
		for i, item := range t.items {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = item.appendTo(dst)
		}
		return append(dst, ']')
	}
	dst = append(dst, '{')
	for i, m := range t.members {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = m.value.appendTo(append(append(dst, m.key...), ':'))
	}
	return append(dst, '}')
}
