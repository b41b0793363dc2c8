package form_test

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/heliograph/heliograph/graph/form"
)

// node is a JSON value with the order of its members.
type node struct {
	kind    jsontext.Kind
	raw     string
	names   []string
	members []node // of an object or a list
}

func parse(text []byte) (node, error) {
	dec := jsontext.NewDecoder(bytes.NewReader(text))
	n, err := parseValue(dec)
	if err != nil {
		return n, err
	}
	if dec.PeekKind() != 0 {
		return n, fmt.Errorf("more than one value")
	}
	return n, nil
}

func parseValue(dec *jsontext.Decoder) (node, error) {
	n := node{kind: dec.PeekKind()}
	if n.kind != '{' && n.kind != '[' {
		raw, err := dec.ReadValue()
		n.raw = string(raw)
		return n, err
	}
	if _, err := dec.ReadToken(); err != nil {
		return n, err
	}
	for dec.PeekKind() != n.kind+2 {
		if n.kind == '{' {
			name, err := dec.ReadToken()
			if err != nil {
				return n, err
			}
			n.names = append(n.names, name.String())
		}
		m, err := parseValue(dec)
		if err != nil {
			return n, err
		}
		n.members = append(n.members, m)
	}
	_, err := dec.ReadToken()
	return n, err
}

func (n *node) absent() bool { return n.kind == 'n' || n.kind == '[' && len(n.members) == 0 }

// elements are those of a list, or the value itself.
func (n *node) elements() []node {
	if n.kind == '[' {
		return n.members
	}
	return []node{*n}
}

// given is a value under a name of the answer: a member's.
type given struct {
	value node
	field form.Field
}

// oracle shapes by the book: it makes maps of names to all that is given under them, and then decides for each.
type oracle struct{ errors int }

func (o *oracle) value(n node, f form.Field, index int) any {
	switch {
	case n.kind == '[':
		out := []any{}
		for _, m := range n.members {
			out = append(out, o.value(m, form.Field{}, 0))
		}
		return out
	case n.kind == 'n':
		return nil
	case n.kind != '{':
		return n.raw
	case f.Sub == nil:
		out := map[string]any{}
		for i, m := range n.members {
			out[n.names[i]] = o.value(m, form.Field{}, 0)
		}
		return out
	}
	all, listed := map[string][]given{}, map[string]bool{}
	o.gather(n, f.Sub, ending(n, f, index), f.Slice, false, all, listed)
	out := map[string]any{}
	for name, values := range all {
		if v, ok := o.decide(values, listed[name]); ok {
			out[name] = v
		}
	}
	return out
}

func ending(n node, f form.Field, index int) string {
	switch {
	case f.Slice == form.SliceIndex:
		return fmt.Sprintf(".%d", index)
	case f.Slice == "" || n.kind != '{' || n.members[0].kind == 'n':
		return ""
	}
	text, err := jsontext.AppendUnquote(nil, n.members[0].raw)
	if err != nil {
		return "." + n.members[0].raw
	}
	return "." + string(text)
}

func (o *oracle) gather(n node, shape *form.Object, suffix, hidden string, list bool, all map[string][]given, listed map[string]bool) {
	for i, m := range n.members {
		if n.names[i] == hidden {
			continue
		}
		f := form.Field{As: n.names[i]}
		if k := slices.IndexFunc(shape.Fields, func(f form.Field) bool { return f.Key == n.names[i] }); k >= 0 {
			f = shape.Fields[k]
		}
		repeated := slices.ContainsFunc(shape.Fields, func(g form.Field) bool { return g.As == f.As && g.Repeat > 0 })
		switch {
		case f.Flatten && f.Sub != nil:
			o.flatten(m, f, suffix, list, all, listed)
		case !m.absent() || repeated && m.kind == 'n':
			name := f.As + suffix
			all[name] = append(all[name], given{m, f})
			listed[name] = listed[name] || list || repeated
		}
	}
}

func (o *oracle) flatten(m node, f form.Field, suffix string, list bool, all map[string][]given, listed map[string]bool) {
	elements := m.elements()
	if f.First && len(elements) > 0 {
		elements = elements[:1]
	}
	count := 0
	for _, e := range elements {
		if e.kind == '{' {
			count++
		}
	}
	if f.Singleton && count > 1 {
		o.errors++
		return
	}
	for i, e := range elements {
		if e.kind == '{' {
			o.gather(e, f.Sub, suffix+ending(e, f, i), f.Slice, list || m.kind == '[' && !f.First && !f.Singleton, all, listed)
		}
	}
}

// decide makes one value of those under a name.
func (o *oracle) decide(values []given, list bool) (any, bool) {
	var out []any
	before := o.errors
	single, some, joined := false, 0, slices.ContainsFunc(values, func(g given) bool { return g.value.kind == '[' && !g.field.First })
	for _, g := range values {
		single = single || g.field.Singleton
		if g.value.absent() {
			if !joined {
				out = append(out, nil)
			}
			continue
		}
		some++
		elements := g.value.elements()
		if g.field.First {
			elements = elements[:1]
		}
		for i, e := range elements {
			out = append(out, o.value(e, g.field, i))
		}
	}
	if some == 0 {
		return nil, false
	}
	if single {
		out = slices.DeleteFunc(out, func(v any) bool { return v == nil })
		if len(out) > 1 {
			o.errors = before + 1 // nothing is said of what is in values that are left out
			return nil, false
		}
	} else if list || joined || some > 1 {
		return out, true
	}
	if len(out) == 0 || out[0] == nil {
		return nil, false
	}
	return out[0], true
}
