package dialect_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/graph"
	"github.com/heliograph/heliograph/graph/dialect"
	"github.com/heliograph/heliograph/search"
)

// world is a schema of the dialect, and what is known beside it.
var world = sync.OnceValue(func() *dialect.Config {
	params, errs := search.NewParameters(fhir.R4())
	if len(errs) > 0 {
		panic(errs)
	}
	s, err := graph.NewFHIRSchema(fhir.R4(), params, []string{"Patient", "Observation", "Practitioner", "Group", "PlanDefinition", "ActivityDefinition", "CarePlan"})
	if err != nil {
		panic(err)
	}
	var sdl bytes.Buffer
	if err := s.SDL(&sdl, nil); err != nil {
		panic(err)
	}
	doc, err := gqlparser.LoadSchema(&ast.Source{Input: sdl.String()})
	if err != nil {
		panic(err)
	}
	return &dialect.Config{
		Schema: doc, Facts: s, Resources: []string{"Resource", "Node"}, Reference: "Reference", Selections: 5000,
		Primitives: func(name string) bool { t := fhir.R4().Type(name); return t != nil && t.Kind == fhir.KindPrimitive },
	}
})

func parse(t testing.TB, text string) *ast.QueryDocument {
	t.Helper()
	doc, err := parser.ParseQuery(&ast.Source{Input: text})
	if err != nil {
		t.Fatal(text, err)
	}
	return doc
}

// written is a document in one line.
func written(doc *ast.QueryDocument) string {
	var b strings.Builder
	formatter.NewFormatter(&b).FormatQueryDocument(doc)
	return strings.TrimPrefix(strings.Join(strings.Fields(b.String()), " "), "query { ")
}

// valid holds a rewritten document against the schema. As in the handler, the form is made of what is valid alone.
func valid(t testing.TB, doc *ast.QueryDocument, r *dialect.Rewritten) gqlerror.List {
	t.Helper()
	if errs := validator.ValidateWithRules(world().Schema, doc, nil); len(errs) > 0 {
		return errs
	}
	for _, op := range doc.Operations {
		if _, err := r.Form(op, 10_000); err != nil {
			return gqlerror.List{err}
		}
	}
	return nil
}

func TestRewrite(t *testing.T) {
	for name, c := range map[string]struct{ give, want string }{
		"an id, a token and a reference parameter without quotes": {
			`{ Patient(id: example) { ObservationList(_reference: subject, status: final, code: 5) { id } } PatientList(active: true) { id } }`,
			`{ Patient(id: "example") { ObservationList(_reference: subject, status: "final", code: "5") { id } } PatientList(active: "true") { id } }`,
		},
		"FHIR's names in quotes": {
			`{ Practitioner(id: "x") { PatientList(_reference: "general-practitioner") { id } } }`,
			`{ Practitioner(id: "x") { PatientList(_reference: general_practitioner) { id } } }`,
		},
		"lists of literals": {`{ PatientList(gender: [male, "female"], _count: 3) { id } }`, `{ PatientList(gender: ["male","female"], _count: 3) { id } }`},
		"a field of the only type that has it": {
			`{ ObservationList { subject { resource { birthDate } } } }`,
			`{ ObservationList { subject { resource { ... on Patient { birthDate } } } } }`,
		},
		"a field of two targets, narrowed": {
			`{ ObservationList { subject { a: resource { active } resource(type: Group) { active } b: resource(type: "Group") { active } } } }`,
			`{ ObservationList { subject { a: resource { ... on Group { active } ... on Patient { active } } resource(type: Group) { ... on Group { active } } b: resource(type: Group) { ... on Group { active } } } } }`,
		},
		"types that differ": {
			`{ ObservationList { subject { resource { name { family } } } } }`,
			`{ ObservationList { subject { resource { ... on Patient { name { family } } } } } }`,
		},
		"keys of their own for types that differ": {
			`{ PatientList { contained { author { id } } } }`,
			`{ PatientList { contained { ... on ActivityDefinition { author { id } } ... on CarePlan { author__2: author { id } } ... on PlanDefinition { author { id } } } } }`,
		},
		"types that have all that is selected below, alone": {
			`{ PatientList { contained { goal { reference } a: author { ...N } } } } fragment N on ContactDetail { name }`,
			`{ PatientList { contained { ... on CarePlan { goal { reference } } ... on ActivityDefinition { a: author { ... N } } ... on PlanDefinition { a: author { ... N } } } } } fragment N on ContactDetail { name }`,
		},
		"what the interface has stays, __typename too": {
			`{ ObservationList { subject { resource { __typename id birthDate } } } }`,
			`{ ObservationList { subject { resource { __typename id ... on Patient { birthDate } } } } }`,
		},
		"a fragment on Resource, used twice": {
			`{ PatientList { generalPractitioner { resource { ...F } } contained { ...F } } } fragment F on Resource { qualification { identifier { value } } }`,
			`{ PatientList { generalPractitioner { resource { ... F } } contained { ... F } } } fragment F on Resource { ... on Practitioner { qualification { identifier { value } } } }`,
		},
		"directives go along": {
			`query ($a: Boolean) { ObservationList { subject { resource { birthDate @include(if: $a) } } } }`,
			`query ($a: Boolean!) { ObservationList { subject { resource { ... on Patient { birthDate @include(if: $a) } } } } }`,
		},
		"a repeated field": {
			`{ Patient(id: "x") { name { family } name { given } name__2: id } }`,
			`{ Patient(id: "x") { name { family } name__3: name { given } name__2: id } }`,
		},
		"leaves and the schema's fields merge": {
			`{ Patient(id: "x") { id id } __schema { queryType { name } } __schema { mutationType { name } } }`,
			`{ Patient(id: "x") { id id } __schema { queryType { name } } __schema { mutationType { name } } }`,
		},
		"a canonical": {
			`{ CarePlanList { instantiatesCanonical { resource { title } } } }`,
			`{ CarePlanList { instantiatesCanonical: _instantiatesCanonical { resource { ... on ActivityDefinition { title } ... on PlanDefinition { title } } } } }`,
		},
		"variables of FHIR's types": {
			`query ($i: id!, $g: code, $b: boolean = true) { Patient(id: $i) { id } PatientList(gender: $g, active: $b) { id } }`,
			`query ($i: ID!, $g: [String], $b: [String] = "true") { Patient(id: $i) { id } PatientList(gender: $g, active: $b) { id } }`,
		},
		"a variable used in two ways": {
			`query ($x: String!) { Patient(id: $x) { id } PatientList(name: $x, _filter: $x) { id } }`,
			`query ($x: String!, $x__ID: ID!, $x__String: [String!]!) { Patient(id: $x__ID) { id } PatientList(name: $x__String, _filter: $x) { id } }`,
		},
		"operations do not meddle with each other's variables": {
			`query A ($x: Int) { PatientList(_count: $x) { id } } query B ($x: String) { PatientList(_filter: $x) { id } }`,
			`query A ($x: Int) { PatientList(_count: $x) { id } } query B ($x: String) { PatientList(_filter: $x) { id } }`,
		},
		"a fragment that two operations share": {
			`query A ($x: ID!) { Patient(id: $x) { id } ...F } query B ($x: String!) { ...F } fragment F on Query { PatientList(_filter: $x) { id } }`,
			`query A ($x: ID!, $x__String: String!) { Patient(id: $x) { id } ... F } query B ($x__String: String!) { ... F } fragment F on Query { PatientList(_filter: $x__String) { id } }`,
		},
	} {
		doc := parse(t, c.give)
		r, errs := dialect.Rewrite(world(), doc)
		if len(errs) > 0 {
			t.Errorf("%s: %v", name, errs)
			continue
		}
		if errs := valid(t, doc, r); len(errs) > 0 {
			t.Errorf("%s: %v\n%s", name, errs, written(doc))
		}
		if diff := cmp.Diff(strings.TrimPrefix(c.want, "{ "), written(doc)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestMistakes: what cannot be rewritten is told, with the place that it is at.
func TestMistakes(t *testing.T) {
	for give, want := range map[string]string{
		`{ ObservationList { subject { resource { birthdate } } } }`:                                                     "that Observation.subject may point at (Group, Patient) has a field called birthdate",
		`{ ObservationList { subject { resource { active { x } } } } }`:                                                  "a field with fields of its own called active",
		`{ PatientList { contained { goal { nothing } } } }`:                                                             "Cannot query field \"nothing\" on type",
		`{ PatientList { contained { nothing } } }`:                                                                      "has a field called nothing",
		`{ Patient(id: "x") { name @flatten { family } name @first { family } } }`:                                       "",
		`{ Patient(id: "x") { a: name @flatten { family } ... { a: name @first { family } } } }`:                         "differ in @flatten",
		`query ($p: String!) { Patient(id: "x") { name @flatten @slice(path: $p) { family } } }`:                         "cannot be a variable",
		`{ Patient(id: "x") { birthDate @flatten } }`:                                                                    "@flatten and @slice are for fields that select something",
		`{ PatientList { ` + strings.Repeat(`contained { `, 9) + "id text { status }" + strings.Repeat(` }`, 9) + ` } }`: "name types by fragments",
	} {
		doc := parse(t, give)
		r, errs := dialect.Rewrite(world(), doc)
		if len(errs) == 0 {
			errs = valid(t, doc, r)
		}
		if want == "" && len(errs) == 0 {
			continue
		}
		if len(errs) != 1 || want == "" || !strings.Contains(errs[0].Message, want) {
			t.Errorf("%s: %v", give, errs)
		}
	}
}

// TestAdapt: the values of variables follow what was made of their declarations.
func TestAdapt(t *testing.T) {
	doc := parse(t, `query ($x: Int!, $b: [boolean], $r: code, $e: String) {
		Patient(id: $x) { ObservationList(_reference: $r) { id } }
		PatientList(_count: $x, active: $b) { id }
		Practitioner(id: 1) { PatientList(_reference: $e) { id } } }`)
	r, errs := dialect.Rewrite(world(), doc)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if errs := valid(t, doc, r); len(errs) > 0 {
		t.Fatal(errs, written(doc))
	}
	values := map[string]any{"x": json.Number("7"), "b": []any{true, nil}, "r": "subject", "e": "general-practitioner"}
	r.Adapt(doc.Operations[0], values)
	want := map[string]any{"x": json.Number("7"), "x__ID": "7", "b": []any{"true", nil}, "r": "subject", "e": "general_practitioner"}
	if diff := cmp.Diff(want, values); diff != "" {
		t.Error(diff)
	}
}
