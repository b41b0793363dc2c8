package graph_test

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/sample"
	"github.com/heliograph/heliograph/search"
)

// naive executes selections as the specification of GraphQL says, over decoded maps, one resource at a time.
type naive struct {
	w      *world
	schema *ast.Schema
	refs   []fhir.Ref // all, sorted
	values map[fhir.Ref]*search.Values
	used   map[string]bool // "Type.field" that some resource has
}

// selection is a field, or with a condition an inline fragment.
type selection struct {
	key, name, condition string
	args                 string
	// What the arguments say.
	param *search.Param
	count int
	only  string
	page  []int // of elements: offset and count
	sub   []*selection
}

// subject is the resource that values are of.
type subject struct {
	node      string // its nodeId
	ref       fhir.Ref
	contained bool
	root      map[string]any // the container
	rootNode  string
}

func (n *naive) read(ref fhir.Ref, version int64) (map[string]any, bool) {
	got, _, err := n.w.store.Read(context.Background(), search.Caller{Tenant: "main"}, 0, []search.Key{{Ref: ref, Version: version}})
	if err != nil {
		n.w.t.Fatal(err)
	}
	r := got[0]
	if r.Version == 0 || r.Deleted {
		return nil, false
	}
	d := json.NewDecoder(bytes.NewReader(r.Body.Append(nil, strconv.FormatInt(r.Version, 10), fhir.FormatInstant(r.LastUpdated))))
	d.UseNumber()
	var m map[string]any
	if err := d.Decode(&m); err != nil {
		n.w.t.Fatal(err)
	}
	return m, true
}

// row writes a selection on a stored resource.
func (n *naive) row(out *strings.Builder, sels []*selection, ref fhir.Ref, version int64) {
	m, ok := n.read(ref, version)
	if !ok {
		out.WriteString("null")
		return
	}
	node := ref.String()
	if version > 0 {
		node += "/_history/" + strconv.FormatInt(version, 10)
	}
	n.object(out, sels, ref.Type, m, subject{node: node, ref: ref, root: m, rootNode: node})
}

func (n *naive) applies(condition, typeName string) bool {
	if condition == "" || condition == typeName {
		return true
	}
	return slices.Contains(n.schema.Types[typeName].Interfaces, condition)
}

// merge is CollectFields.
func (n *naive) merge(sels []*selection, typeName string) []*selection {
	var out []*selection
	for _, s := range sels {
		list := []*selection{s}
		if s.name == "" {
			list = nil
			if n.applies(s.condition, typeName) {
				list = n.merge(s.sub, typeName)
			}
		}
		for _, s := range list {
			i := slices.IndexFunc(out, func(o *selection) bool { return o.key == s.key })
			if i < 0 {
				c := *s
				c.sub = slices.Clone(s.sub)
				out = append(out, &c)
				continue
			}
			out[i].sub = append(out[i].sub, s.sub...)
		}
	}
	return out
}

func (n *naive) object(out *strings.Builder, sels []*selection, typeName string, m map[string]any, at subject) {
	out.WriteByte('{')
	for i, s := range n.merge(sels, typeName) {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString(strconv.Quote(s.key) + ":")
		n.field(out, s, typeName, m, at)
	}
	out.WriteByte('}')
}

func (n *naive) field(out *strings.Builder, s *selection, typeName string, m map[string]any, at subject) {
	switch {
	case s.name == "__typename":
		out.WriteString(strconv.Quote(typeName))
	case s.name == "nodeId":
		out.WriteString(strconv.Quote(at.node))
	case s.name == "resource" && typeName == "Reference":
		n.reference(out, s, m, at)
	case s.param != nil:
		n.reverse(out, s, at)
	case s.name == "resource" && typeName == "CanonicalElement":
		out.WriteString("null") // none of what the population names is in it
	default:
		t, v := n.schema.Types[typeName].Fields.ForName(s.name).Type, m[s.name]
		if t.Name() == "CanonicalElement" && slices.ContainsFunc(n.merge(s.sub, t.Name()), func(s *selection) bool { return s.name == "resource" }) {
			v = beside(m[s.name[1:]], v)
		}
		n.value(out, s, t, v, at)
	}
}

// beside has an object for each value of what stands beside it.
func beside(values, v any) any {
	list, ok := values.([]any)
	others, _ := v.([]any)
	if !ok && others == nil {
		if values != nil && v == nil {
			return map[string]any{}
		}
		return v
	}
	out := make([]any, max(len(list), len(others)))
	for i := range out {
		out[i] = map[string]any{}
		if i < len(others) && others[i] != nil {
			out[i] = others[i]
		}
	}
	return out
}

func (n *naive) value(out *strings.Builder, s *selection, t *ast.Type, v any, at subject) {
	if v == nil {
		out.WriteString("null")
		return
	}
	if t.Elem != nil {
		list := v.([]any)
		if s.page != nil {
			list = list[min(s.page[0], len(list)):]
			list = list[:min(s.page[1], len(list))]
		}
		out.WriteByte('[')
		for i, item := range list {
			if i > 0 {
				out.WriteByte(',')
			}
			n.value(out, s, t.Elem, item, at)
		}
		out.WriteByte(']')
		return
	}
	m, ok := v.(map[string]any)
	if !ok {
		b, err := json.Marshal(v)
		if err != nil {
			n.w.t.Fatal(err)
		}
		out.Write(b)
		return
	}
	name := t.NamedType
	if name == "Resource" {
		name = m["resourceType"].(string)
		at = n.inside(m, at)
	}
	n.object(out, s.sub, name, m, at)
}

func (n *naive) inside(m map[string]any, at subject) subject {
	id, _ := m["id"].(string)
	return subject{node: at.rootNode + "#" + id, ref: at.ref, contained: true, root: at.root, rootNode: at.rootNode}
}

func (n *naive) reference(out *strings.Builder, s *selection, m map[string]any, at subject) {
	text, _ := m["reference"].(string)
	if id, ok := strings.CutPrefix(text, "#"); ok {
		list, _ := at.root["contained"].([]any)
		for _, c := range list {
			if c := c.(map[string]any); c["id"] == id && (s.only == "" || s.only == c["resourceType"]) {
				n.object(out, s.sub, c["resourceType"].(string), c, n.inside(c, at))
				return
			}
		}
		out.WriteString("null")
		return
	}
	parts := strings.Split(strings.TrimPrefix(text, sample.Base+"/"), "/")
	if len(parts) < 2 || n.schema.Types[parts[0]] == nil || s.only != "" && s.only != parts[0] {
		out.WriteString("null")
		return
	}
	version := int64(0)
	if len(parts) == 4 {
		version, _ = strconv.ParseInt(parts[3], 10, 64)
	}
	n.row(out, s.sub, fhir.Ref{Type: parts[0], ID: parts[1]}, version)
}

// reverse lists what refers to the subject, by the index values that every store uses.
func (n *naive) reverse(out *strings.Builder, s *selection, at subject) {
	out.WriteByte('[')
	found := 0
	for _, ref := range n.refs {
		if at.contained || ref.Type != s.param.Resource || s.count > 0 && found == s.count {
			continue
		}
		if !slices.ContainsFunc(n.values[ref].Of(s.param.Code), func(i search.Item) bool { return i.Type == at.ref.Type && i.ID == at.ref.ID }) {
			continue
		}
		if found > 0 {
			out.WriteByte(',')
		}
		found++
		n.row(out, s.sub, ref, 0)
	}
	out.WriteByte(']')
}
