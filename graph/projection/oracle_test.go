package projection_test

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/heliograph/heliograph/graph/projection"
)

// node is a JSON value read by jsontext: what the oracle projects from.
type node struct {
	kind    jsontext.Kind
	raw     []byte
	start   int
	names   []string
	members []node // of an object or a list
}

// parse reads one value that is valid throughout; repeated names are kept.
func parse(src []byte) (node, error) {
	dec := jsontext.NewDecoder(bytes.NewReader(src), jsontext.AllowDuplicateNames(true))
	n, err := parseValue(dec, src)
	if err != nil {
		return n, err
	}
	if _, err := dec.ReadToken(); !errors.Is(err, io.EOF) {
		return n, fmt.Errorf("more than one value: %v", err)
	}
	return n, nil
}

func parseValue(dec *jsontext.Decoder, src []byte) (node, error) {
	n := node{kind: dec.PeekKind()}
	if n.kind != '{' && n.kind != '[' {
		raw, err := dec.ReadValue()
		n.raw = slices.Clone(raw)
		n.start = int(dec.InputOffset()) - len(raw)
		return n, err
	}
	if _, err := dec.ReadToken(); err != nil {
		return n, err
	}
	n.start = int(dec.InputOffset()) - 1
	for dec.PeekKind() != n.kind+2 {
		if n.kind == '{' {
			name, err := dec.ReadToken()
			if err != nil {
				return n, err
			}
			n.names = append(n.names, name.String())
		}
		m, err := parseValue(dec, src)
		if err != nil {
			return n, err
		}
		n.members = append(n.members, m)
	}
	if _, err := dec.ReadToken(); err != nil {
		return n, err
	}
	n.raw = src[n.start:dec.InputOffset()]
	return n, nil
}

func (n node) member(name string) (node, bool) {
	if i := slices.Index(n.names, name); i >= 0 && n.members[i].kind != 'n' {
		return n.members[i], true
	}
	return node{}, false
}

// selection is a projection.Selection that the oracle can read, too.
type selection struct {
	fields []selField
	byType map[string]*selection
}

type selField struct {
	projection.Field
	sub *selection
}

func (s *selection) compile() (*projection.Plan, error) {
	spec := projection.Selection{}
	for _, f := range s.fields {
		if f.sub != nil {
			sub, err := f.sub.compile()
			if err != nil {
				return nil, err
			}
			f.Sub = sub
		}
		spec.Fields = append(spec.Fields, f.Field)
	}
	for name, variant := range s.byType {
		plan, err := variant.compile()
		if err != nil {
			return nil, err
		}
		if spec.ByType == nil {
			spec.ByType = make(map[string]*projection.Plan)
		}
		spec.ByType[name] = plan
	}
	return projection.Compile(spec)
}

// oracle projects by the book, slowly, noting faults and holes as text.
type oracle struct {
	out   strings.Builder
	path  []any
	notes []string
}

func (o *oracle) object(s *selection, n node) {
	if t, ok := n.member("resourceType"); ok && t.kind == '"' {
		text, err := jsontext.AppendUnquote(nil, t.raw)
		if variant := s.byType[string(text)]; err == nil && variant != nil {
			s = variant
		}
	}
	o.out.WriteByte('{')
	for i, f := range s.fields {
		m, present := n.member(f.Name)
		o.path = append(o.path, f.Key)
		if i > 0 {
			o.out.WriteByte(',')
		}
		fmt.Fprintf(&o.out, `"%s":%s`, f.Key, o.field(f, n, m, present))
		o.path = o.path[:len(o.path)-1]
	}
	o.out.WriteByte('}')
}

// field is the field's value.
func (o *oracle) field(f selField, parent, m node, present bool) string {
	switch {
	case f.Kind == projection.Constant:
		return f.Value
	case f.Kind == projection.Hole:
		o.note("hole %d", f.Hole)
		return cmp.Or(fillFor(f.Hole, parent.raw, m.raw), "null")
	case f.Pick > 0 && picks()[f.Pick-1].Err != nil:
		o.note("%v", errPick)
		return "null"
	case !present:
		return "null"
	case f.Kind == projection.Raw:
		return string(m.raw)
	case !f.List:
		return o.single(f, m)
	case m.kind != '[':
		o.note("list, found %s", shape(m.kind))
		return "null"
	}
	elements, err := picked(f.Pick, m.members)
	if err != nil {
		o.note("%v", err)
		return "null"
	}
	parts := make([]string, len(elements))
	for i, element := range elements {
		o.path = append(o.path, i)
		parts[i] = o.single(f, element)
		o.path = o.path[:len(o.path)-1]
	}
	return "[" + strings.Join(parts, ",") + "]"
}

func (o *oracle) single(f selField, m node) string {
	want := [...]string{"scalar", "string", "number", "integer", "boolean"}[f.Type]
	found := shape(m.kind)
	var fits bool
	switch {
	case m.kind == 'n':
		return "null"
	case f.Kind == projection.Object && m.kind == '{':
		inner := oracle{path: o.path}
		inner.object(f.sub, m)
		o.notes = append(o.notes, inner.notes...)
		return inner.out.String()
	case f.Kind == projection.Object:
		want = "object"
	case m.kind == '{' || m.kind == '[':
	case f.Type == projection.AnyScalar:
		fits = true
	case f.Type == projection.Integer:
		fits = m.kind == '0' && isInt32(string(m.raw))
	default:
		fits = want == found
	}
	if fits {
		return string(m.raw)
	}
	o.note("%s, found %s", want, found)
	return "null"
}

func (o *oracle) note(format string, args ...any) {
	o.notes = append(o.notes, fmt.Sprintf("%v: %s", o.path, fmt.Sprintf(format, args...)))
}
