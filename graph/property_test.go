package graph_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"
	"pgregory.net/rapid"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/graph"
	"github.com/heliograph/heliograph/sample"
	"github.com/heliograph/heliograph/search"
)

// populated makes a world of the sample population, and its naive executor.
func populated(t *testing.T, patients int) *naive {
	t.Helper()
	var resources []string
	for r, err := range sample.Generate(sample.Config{Patients: patients}) {
		if err != nil {
			t.Fatal(err)
		}
		resources = append(resources, string(r.JSON))
	}
	w := open(t, func(c *graph.Config) { c.BaseURLs = []string{sample.Base} }, resources...)
	n := &naive{w: w, values: map[fhir.Ref]*search.Values{}}
	_, n.schema = sdl(t, w.handler.Schema())
	for _, text := range resources {
		body, meta, err := fhir.Strip([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		ref := fhir.Ref{Type: meta.Type, ID: meta.ID}
		if n.values[ref], _, err = w.models.Current().Indexer.IndexBytes(body.JSON); err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(n.refs, ref) {
			n.refs = append(n.refs, ref)
		}
	}
	slices.SortFunc(n.refs, fhir.Ref.Compare)
	n.used = map[string]bool{"Reference.resource": true, "Node.nodeId": true, "Resource.nodeId": true, "Resource.resourceType": true, "Resource.meta": true}
	for _, ref := range n.refs {
		m, _ := n.read(ref, 0)
		n.use(ref.Type, m)
		for _, p := range n.values[ref].Params {
			for _, i := range p.Items {
				if i.ID != "" {
					n.used[i.Type+"."+ref.Type+"List"] = true
				}
			}
		}
	}
	return n
}

// use notes which fields of the schema an object has.
func (n *naive) use(typeName string, m map[string]any) {
	n.used[typeName+".nodeId"] = true
	for name, v := range m {
		n.used[typeName+"."+name] = true
		f := n.schema.Types[typeName].Fields.ForName(name)
		if f == nil {
			n.w.t.Fatalf("the schema has no %s.%s", typeName, name)
		}
		list, ok := v.([]any)
		if !ok {
			list = []any{v}
		}
		for _, v := range list {
			if m, ok := v.(map[string]any); ok {
				inner := f.Type.Name()
				if inner == "Resource" {
					inner = m["resourceType"].(string)
				}
				n.use(inner, m)
			}
		}
	}
}

// drawer draws selections that are valid.
type drawer struct {
	*naive
	t       *rapid.T
	aliases int
	fields  int
}

// selections draws what is selected of a type. inside a fragment every key is its own, for types may disagree on a name.
func (d *drawer) selections(typeName string, depth int, fragment bool) []*selection {
	def := d.schema.Types[typeName]
	var out []*selection
	for range rapid.IntRange(1, 4).Draw(d.t, "fields") {
		if d.fields > 60 {
			break
		}
		if def.Kind == ast.Interface && rapid.Bool().Draw(d.t, "fragment") {
			out = append(out, d.fragment(typeName, depth))
			continue
		}
		if s := d.field(def, depth, fragment); s != nil {
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		out = append(out, &selection{key: "__typename", name: "__typename"})
	}
	return out
}

func (d *drawer) fragment(outer string, depth int) *selection {
	condition := rapid.SampledFrom([]string{"Patient", "Observation", "Encounter", "Practitioner", "Organization", "Medication", "Resource", "Node", ""}).Draw(d.t, "condition")
	typeName := condition
	if condition == "" {
		typeName = outer
	}
	return &selection{condition: condition, sub: d.selections(typeName, depth, true)}
}

func (d *drawer) field(def *ast.Definition, depth int, fragment bool) *selection {
	d.fields++
	var names []string
	filled := rapid.IntRange(0, 4).Draw(d.t, "filled") > 0 // most fields of the schema are empty in the population
	for _, f := range def.Fields {
		if !filled || d.used[def.Name+"."+f.Name] {
			names = append(names, f.Name)
		}
		switch f.Name { // where things go wrong
		case "nodeId", "contained", "resource", "target", "subject", "medicationReference":
			names = append(names, f.Name, f.Name, f.Name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	f := def.Fields.ForName(rapid.SampledFrom(names).Draw(d.t, "field"))
	s := &selection{key: f.Name, name: f.Name}
	alias := fragment || rapid.IntRange(0, 3).Draw(d.t, "alias") == 0
	inner := d.schema.Types[f.Type.Name()]
	if source, ok := strings.CutSuffix(f.Name, "List"); ok && f.Name[0] < 'a' {
		if depth == 0 || !d.reverseArgs(s, source, def.Name) {
			return nil
		}
		alias = true
	} else if strings.HasSuffix(f.Name, "Connection") {
		return nil // another shape, and tested elsewhere
	}
	if def.Name == "Reference" && f.Name == "resource" {
		alias = true
		s.args = "(optional: true)"
		if rapid.Bool().Draw(d.t, "typed") {
			s.only = rapid.SampledFrom([]string{"Patient", "Practitioner", "Encounter"}).Draw(d.t, "type")
			s.args = "(optional: true, type: " + s.only + ")"
		}
	}
	if def.Name == "CanonicalElement" && f.Name == "resource" {
		alias, s.args = true, "(optional: true)"
	}
	if f.Arguments.ForName("_offset") != nil && s.param == nil && rapid.IntRange(0, 2).Draw(d.t, "picked") == 0 {
		alias, s.page = true, []int{rapid.IntRange(0, 2).Draw(d.t, "offset"), rapid.IntRange(0, 2).Draw(d.t, "count")}
		s.args = fmt.Sprintf("(_offset: %d, _count: %d)", s.page[0], s.page[1])
	}
	if !inner.IsLeafType() {
		if depth == 0 {
			return nil
		}
		s.sub = d.selections(inner.Name, depth-1, fragment && inner.Kind == ast.Interface)
	}
	if alias {
		d.aliases++
		s.key = fmt.Sprintf("x%d", d.aliases)
	}
	return s
}

func (d *drawer) reverseArgs(s *selection, source, target string) bool {
	var params []*search.Param
	for _, p := range parameters().Of(source) {
		if p.Type == search.Reference && slices.Contains(p.Targets, target) {
			params = append(params, p)
		}
	}
	if len(params) == 0 {
		return false
	}
	s.param = params[rapid.IntRange(0, len(params)-1).Draw(d.t, "param")]
	s.args = "(_reference: " + strings.ReplaceAll(s.param.Code, "-", "_") + ")"
	if s.count = rapid.IntRange(0, 3).Draw(d.t, "count"); s.count > 0 {
		s.args = fmt.Sprintf("%s, _count: %d)", strings.TrimSuffix(s.args, ")"), s.count)
	}
	return true
}

func text(out *strings.Builder, sels []*selection) {
	out.WriteString("{ ")
	for _, s := range sels {
		switch {
		case s.name == "" && s.condition == "":
			out.WriteString("... ")
		case s.name == "":
			out.WriteString("... on " + s.condition + " ")
		case s.key != s.name:
			out.WriteString(s.key + ": " + s.name + s.args + " ")
		default:
			out.WriteString(s.name + s.args + " ")
		}
		if len(s.sub) > 0 {
			text(out, s.sub)
		}
	}
	out.WriteString("} ")
}

// tokens are those of a JSON text: order counts, the writing of strings does not, digits do.
func tokens(t interface{ Fatal(...any) }, text string) (out []json.Token) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err, text)
		}
		out = append(out, tok)
	}
}

// TestNaive: random queries over the sample population give what the naive executor gives.
func TestNaive(t *testing.T) {
	n := populated(t, 6)
	types := []string{"Patient", "Observation", "Encounter", "MedicationRequest", "DocumentReference", "Provenance", "DiagnosticReport", "Organization", "Group", "CarePlan"}
	types = slices.DeleteFunc(types, func(name string) bool {
		return !slices.ContainsFunc(n.refs, func(r fhir.Ref) bool { return r.Type == name })
	})
	if len(types) < 6 {
		t.Fatal("the sample has lost its types")
	}
	deep := 0
	rapid.Check(t, func(rt *rapid.T) {
		d := &drawer{naive: n, t: rt}
		typeName := rapid.SampledFrom(types).Draw(rt, "type")
		sels := d.selections(typeName, 4, false)
		var query strings.Builder
		query.WriteString("{ " + typeName + "List ")
		text(&query, sels)
		query.WriteString("}")
		want := strings.Builder{}
		want.WriteString(`{"` + typeName + `List":[`)
		first := true
		for _, ref := range n.refs {
			if ref.Type != typeName {
				continue
			}
			if !first {
				want.WriteByte(',')
			}
			first = false
			n.row(&want, sels, ref, 0)
		}
		want.WriteString("]}")
		a := n.w.post(query.String(), nil)
		if len(a.Errors) > 0 {
			rt.Fatal(a.Errors, query.String())
		}
		if bytes.Contains(a.Data, []byte(`:[{"`)) {
			deep++
		}
		if diff := cmp.Diff(tokens(rt, want.String()), tokens(rt, string(a.Data))); diff != "" {
			rt.Fatalf("%s\n%s", query.String(), diff)
		}
	})
	if deep < 20 {
		t.Errorf("only %d answers had a list of objects in them: the queries are too shallow", deep)
	}
}
