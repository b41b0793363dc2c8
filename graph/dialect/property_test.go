package dialect_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"pgregory.net/rapid"

	"github.com/heliograph/heliograph/graph/dialect"
)

// drawer draws selections: strict ones, or those that only the dialect takes.
type drawer struct {
	t      *rapid.T
	strict bool
	fields int
}

func (d *drawer) flip(label string) bool { return rapid.Bool().Draw(d.t, label) }

// set draws a selection on a type. Every field has a key of its own: whether two would merge is not the question here.
func (d *drawer) set(typeName string, depth int) string {
	def := world().Schema.Types[typeName]
	var out []string
	for range rapid.IntRange(1, 3).Draw(d.t, "fields") {
		owner := def
		if def.Kind == ast.Interface {
			owner = rapid.SampledFrom(world().Schema.PossibleTypes[typeName]).Draw(d.t, "type")
		}
		f := rapid.SampledFrom(owner.Fields).Draw(d.t, "field")
		if strings.HasPrefix(f.Name, "__") || d.fields > 40 {
			continue
		}
		text := d.field(f, depth)
		switch {
		case text == "":
		case owner == def || !d.strict && d.flip("bare"):
			out = append(out, text)
		default:
			out = append(out, "... on "+owner.Name+" { "+text+" }")
		}
	}
	return strings.Join(append(out, "__typename"), " ")
}

func (d *drawer) field(f *ast.FieldDefinition, depth int) string {
	d.fields++
	text := fmt.Sprintf("k%d: %s", d.fields, f.Name)
	if args := d.arguments(f); args != "" {
		text += "(" + args + ")"
	}
	inner := world().Schema.Types[f.Type.Name()]
	if inner.Kind == ast.Scalar || inner.Kind == ast.Enum {
		return text
	}
	if depth == 0 {
		return ""
	}
	return text + " { " + d.set(inner.Name, depth-1) + " }"
}

// arguments draws some of a field's arguments, all that are required among them.
func (d *drawer) arguments(f *ast.FieldDefinition) string {
	var out []string
	for _, a := range f.Arguments {
		if !a.Type.NonNull && rapid.IntRange(0, 9).Draw(d.t, "given") > 0 {
			continue
		}
		values := d.values(a.Type.Name())
		if len(values) == 0 {
			continue
		}
		value := rapid.SampledFrom(values).Draw(d.t, "value")
		if a.Type.Elem != nil && d.flip("list") {
			value = "[" + value + ", " + rapid.SampledFrom(values).Draw(d.t, "second") + "]"
		}
		out = append(out, a.Name+": "+value)
	}
	return strings.Join(out, ", ")
}

func (d *drawer) values(typeName string) []string {
	if def := world().Schema.Types[typeName]; def.Kind == ast.Enum {
		name := def.EnumValues[0].Name
		if d.strict {
			return []string{name}
		}
		return []string{name, `"` + strings.ReplaceAll(name, "_", "-") + `"`}
	}
	switch typeName {
	case "String":
		if d.strict {
			return []string{`"a"`, `"""b"""`}
		}
		return []string{`"a"`, "final", "true", "5", "-1.50"}
	case "ID":
		if d.strict {
			return []string{`"a"`}
		}
		return []string{`"a"`, "example", "17"}
	case "Int":
		return []string{"3"}
	case "Boolean":
		return []string{"true"}
	}
	return nil
}

// TestEveryDocumentValidates: whatever the dialect allows validates after the rewriting.
func TestEveryDocumentValidates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawer{t: t}
		text := "{ " + d.set("Query", 5) + " }"
		doc, err := parser.ParseQuery(&ast.Source{Input: text})
		if err != nil {
			t.Fatal(text, err)
		}
		r, errs := dialect.Rewrite(world(), doc)
		for _, err := range errs { // what is drawn without a fragment may be of a type that the reference cannot point at
			if !strings.Contains(err.Message, "name types by fragments") && !strings.Contains(err.Message, " may point at") && !strings.Contains(err.Message, "points at no resource type") {
				t.Fatal(text, errs)
			}
		}
		if len(errs) > 0 {
			return
		}
		if errs := validator.ValidateWithRules(world().Schema, doc, nil); len(errs) > 0 {
			t.Fatalf("%s\n%s\n%v", text, written(doc), errs)
		}
		for _, op := range doc.Operations {
			if _, err := r.Form(op, 0); err != nil {
				t.Fatal(text, err)
			}
		}
	})
}

// TestStrictStays: a document that is valid as it is means the same in the dialect, for it is not changed.
func TestStrictStays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawer{t: t, strict: true}
		text := "query ($yes: Boolean!, $id: ID!, $n: Int = 3, $s: [String]) { a: Patient(id: $id) { id @include(if: $yes) } b: PatientList(_count: $n, name: $s) { id } " +
			d.set("Query", 5) + " }"
		doc, err := parser.ParseQuery(&ast.Source{Input: text})
		if err != nil {
			t.Fatal(text, err)
		}
		if errs := validator.ValidateWithRules(world().Schema, doc, nil); len(errs) > 0 {
			t.Fatal(text, errs) // of the drawing, not of the rewriting
		}
		before := written(doc)
		if _, errs := dialect.Rewrite(world(), doc); len(errs) > 0 {
			t.Fatal(text, errs)
		}
		if diff := cmp.Diff(before, written(doc)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// FuzzRewrite: no document harms the rewriting, and its form is made of whatever validates.
func FuzzRewrite(f *testing.F) {
	for _, seed := range []string{
		`{ Patient(id: example) { name @flatten { given @first } name { text } generalPractitioner { resource { active birthDate } } } }`,
		`query ($a: boolean, $b: code) { PatientList(active: $a, gender: [$b, male]) { ...F @include(if: $a) } } fragment F on Resource { status ...F }`,
		`fragment F on Nothing { a } fragment F on Patient { id } { ...F ...G }`, `query A($x: ID) { a(b: $x) } query A($x: String) { node(nodeId: $x) { code { text } } }`,
		`mutation { PatientCreate(resource: {active: "x"}) { resource { id } } } subscription { x }`, `{ CarePlanList { instantiatesCanonical { resource { title } } } }`,
		`query ($v: [[Int]] = [[1]], $v: String) { PatientList(name: $v, _count: $v, where: {name: {eq: $v}}) { contained { contained { text { status } } } } }`,
		`{ PatientList { name @slice name @slice(path: "use") @flatten { given @singleton } } __schema { types { name } } }`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, 2_000)
		if err != nil {
			return
		}
		r, errs := dialect.Rewrite(world(), doc)
		if len(errs) > 0 || len(validator.ValidateWithRules(world().Schema, doc, nil)) > 0 {
			return
		}
		for _, op := range doc.Operations {
			_, _ = r.Form(op, 10_000) // a mistake is no harm
			r.Adapt(op, map[string]any{"x": "a-b", "v": []any{true}})
		}
	})
}
