package graph_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/graph"
)

func schemaOf(t testing.TB, types ...string) *graph.Schema {
	t.Helper()
	s, err := graph.NewSchema(fhir.R4(), parameters(), types)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// sdl writes a schema and reads it back with a parser that validates it.
func sdl(t testing.TB, s *graph.Schema, types ...string) (string, *ast.Schema) {
	t.Helper()
	var b bytes.Buffer
	if err := s.SDL(&b, types); err != nil {
		t.Fatal(err)
	}
	doc, err := gqlparser.LoadSchema(&ast.Source{Input: b.String()})
	if err != nil {
		t.Fatal(err)
	}
	return b.String(), doc
}

func TestSchemaIsValid(t *testing.T) {
	s := schemaOf(t)
	if len(s.Types()) != 146 {
		t.Errorf("%d resource types", len(s.Types()))
	}
	if len(s.Skipped()) > 0 {
		t.Errorf("parameters without an argument: %v", s.Skipped())
	}
	_, doc := sdl(t, s)
	if doc.Subscription == nil || doc.Subscription.Name != "SubscriptionRoot" || doc.Mutation == nil || doc.Mutation.Name != "Mutation" {
		t.Error("a FHIR type is taken for a root")
	}
	for name, def := range doc.Types {
		if def.Kind != ast.Object {
			continue
		}
		seen := map[string]bool{}
		for _, f := range def.Fields {
			if seen[f.Name] {
				t.Errorf("%s.%s occurs twice", name, f.Name)
			}
			seen[f.Name] = true
		}
	}
}

// TestSchemaGolden pins what the schema calls things.
func TestSchemaGolden(t *testing.T) {
	_, doc := sdl(t, schemaOf(t))
	got := map[string]string{}
	for _, path := range []string{
		"Query.Patient", "Query.PatientList", "Query.SubscriptionList", "Query.node", "Patient.id", "Patient.nodeId", "Patient.resourceType", "Patient.meta",
		"Patient.birthDate", "Patient._birthDate", "Patient.contact", "Patient.contained", "Patient.multipleBirthInteger", "Patient.ObservationList",
		"Patient.ObservationConnection", "PatientContact.name", "HumanName.given", "HumanName._given", "HumanName.id", "Quantity.value",
		"Reference.resource", "Observation.valueQuantity", "Observation.component", "Questionnaire.item", "QuestionnaireItem.item", "Bundle.entry",
		"BundleEntry.resource", "Extension.valueReference", "PatientConnection.edges", "PatientEdge.resource", "PatientEdge.node", "PatientConnection.pageInfo",
		"Narrative.div", "Parameters.parameter", "ElementDefinition.slicing",
		"Mutation.PatientCreate", "Mutation.PatientUpdate", "Mutation.PatientPatch", "Mutation.PatientDelete", "Mutation.transaction", "Mutation.batch",
		"PatientInput.resourceType", "PatientInput.id", "PatientInput.birthDate", "PatientInput._birthDate", "PatientInput.contact", "PatientInput.contained",
		"PatientInput.deceasedBoolean", "PatientContactInput.name", "QuantityInput.value", "ReferenceInput.reference", "ReferenceInput.resource",
		"TaskWriteInput.input", "TaskInputInput.valueQuantity", "BundleEntryInput.resource", "QuestionnaireItemInput.item", "PatientWritePayload.resource",
		"CommunicationWritePayload.information", "SubscriptionRoot.PatientChanged", "SubscriptionRoot.changes", "PatientChange.resource", "Change.resource",
	} {
		name, field, _ := strings.Cut(path, ".")
		def := doc.Types[name]
		if def == nil || def.Fields.ForName(field) == nil {
			got[path] = "none"
			continue
		}
		f := def.Fields.ForName(field)
		text := f.Type.String()
		if len(f.Arguments) > 0 && len(f.Arguments) < 12 {
			var args []string
			for _, a := range f.Arguments {
				args = append(args, a.Name+": "+a.Type.String())
			}
			text = "(" + strings.Join(args, ", ") + "): " + text
		}
		got[path] = text
	}
	want := map[string]string{
		"Query.Patient": "(id: ID, _id: ID, version: String): Patient", "Query.PatientList": "[Patient]", "Query.SubscriptionList": "[Subscription]",
		"Query.node": "(nodeId: ID!): Node", "Patient.id": "ID", "Patient.nodeId": "ID!", "Patient.resourceType": "String!", "Patient.meta": "Meta",
		"Patient.birthDate": "String", "Patient._birthDate": "Element", "Patient.contact": "(fhirpath: String, _count: Int, _offset: Int): [PatientContact]", "Patient.contained": "(fhirpath: String, _count: Int, _offset: Int): [Resource]",
		"Patient.multipleBirthInteger": "Int",
		"Patient.ObservationList":      "(_reference: ObservationBy, where: ObservationWhere, _filter: String, _count: Int, _offset: Int, _sort: String): [Observation]",
		"Patient.ObservationConnection": "(_reference: ObservationBy, where: ObservationWhere, _filter: String, _sort: String, _total: Total, first: Int, after: String, " +
			"last: Int, before: String): ObservationConnection",
		"PatientContact.name": "HumanName", "HumanName.given": "[String]", "HumanName._given": "[Element]", "HumanName.id": "String",
		"Quantity.value": "Decimal", "Reference.resource": "(optional: Boolean, type: ResourceType): Resource",
		"Observation.valueQuantity": "Quantity", "Observation.component": "(fhirpath: String, _count: Int, _offset: Int): [ObservationComponent]", "Questionnaire.item": "(fhirpath: String, _count: Int, _offset: Int): [QuestionnaireItem]",
		"QuestionnaireItem.item": "(fhirpath: String, _count: Int, _offset: Int): [QuestionnaireItem]", "Bundle.entry": "(fhirpath: String, _count: Int, _offset: Int): [BundleEntry]", "BundleEntry.resource": "Resource",
		"Extension.valueReference": "Reference", "PatientConnection.edges": "[PatientEdge]", "PatientEdge.resource": "Patient", "PatientEdge.node": "Patient",
		"PatientConnection.pageInfo": "PageInfo!", "Narrative.div": "String", "Parameters.parameter": "(fhirpath: String, _count: Int, _offset: Int): [ParametersParameter]",
		"ElementDefinition.slicing": "ElementDefinitionSlicing",
		"Mutation.PatientCreate":    "(resource: PatientInput, res: FHIRResource, ifNoneExist: String): PatientWritePayload",
		"Mutation.PatientUpdate":    "(resource: PatientInput, res: FHIRResource, id: ID, ifMatch: String, search: String, where: PatientWhere): PatientWritePayload",
		"Mutation.PatientPatch":     "(patch: JSON!, id: ID, ifMatch: String, search: String, where: PatientWhere): PatientWritePayload",
		"Mutation.PatientDelete":    "(id: ID, ifMatch: String, search: String, where: PatientWhere): PatientWritePayload",
		"Mutation.transaction":      "(bundle: FHIRResource!): TransactionPayload", "Mutation.batch": "(bundle: FHIRResource!): TransactionPayload",
		"PatientInput.resourceType": "String", "PatientInput.id": "ID", "PatientInput.birthDate": "String", "PatientInput._birthDate": "ElementInput",
		"PatientInput.contact": "[PatientContactInput]", "PatientInput.contained": "[FHIRResource]", "PatientInput.deceasedBoolean": "Boolean",
		"PatientContactInput.name": "HumanNameInput", "QuantityInput.value": "Decimal", "ReferenceInput.reference": "String", "ReferenceInput.resource": "none",
		"TaskWriteInput.input": "[TaskInputInput]", "TaskInputInput.valueQuantity": "QuantityInput", "BundleEntryInput.resource": "FHIRResource",
		"QuestionnaireItemInput.item": "[QuestionnaireItemInput]", "PatientWritePayload.resource": "Patient",
		"CommunicationWritePayload.information": "OperationOutcome",
		"SubscriptionRoot.PatientChanged":       "(where: PatientWhere, since: String): PatientChange!",
		"SubscriptionRoot.changes":              "(types: [ResourceType!], since: String): Change!", "PatientChange.resource": "Patient", "Change.resource": "Resource",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	args := doc.Types["Query"].Fields.ForName("PatientConnection").Arguments
	for _, name := range []string{"name", "birthdate", "general_practitioner", "_id", "_lastUpdated", "_text", "_content", "_tag", "_list", "_count", "_offset",
		"_sort", "_total", "_cursor", "where", "first", "after", "last", "before"} {
		if args.ForName(name) == nil {
			t.Errorf("PatientConnection has no argument %s", name)
		}
	}
	for _, name := range []string{"_has", "_query", "_type"} {
		if args.ForName(name) != nil {
			t.Errorf("PatientConnection has the argument %s", name)
		}
	}
	if doc.Types["Patient"].Fields.ForName("OrganizationList") != nil {
		t.Error("an Organization does not refer to patients")
	}
}

func TestSchemaNarrowed(t *testing.T) {
	s := schemaOf(t, "Patient", "Observation", "Patient")
	text, doc := sdl(t, s)
	if diff := cmp.Diff([]string{"Observation", "Patient"}, s.Types()); diff != "" {
		t.Error(diff)
	}
	if doc.Types["Encounter"] != nil || doc.Types["EncounterConnection"] != nil || doc.Types["HumanName"] == nil || doc.Types["CodeableConcept"] == nil {
		t.Error("what belongs to two types is not what is there")
	}
	// A whole schema that is narrowed is the same as one that is built narrow.
	if other, _ := sdl(t, schemaOf(t), "Observation", "Patient"); other != text {
		t.Error(cmp.Diff(text, other))
	}
	if _, err := graph.NewSchema(fhir.R4(), parameters(), []string{"Patient", "Resource"}); err == nil {
		t.Error("an abstract type is taken")
	}
	if err := s.SDL(io.Discard, []string{"Encounter"}); err == nil {
		t.Error("a type that is not served is taken")
	}
}

// introspected is what of a __schema the tests look at.
type introspected struct {
	Data struct {
		Schema struct {
			QueryType        struct{ Name string }
			MutationType     struct{ Name string }
			SubscriptionType *struct{ Name string }
			Types            []struct {
				Kind, Name string
				Fields     []struct {
					Name string
					Args []struct{ Name string }
				}
				InputFields   []struct{ Name string }
				PossibleTypes []struct{ Name string }
				EnumValues    []struct{ Name string }
			}
		} `json:"__schema"`
	}
}

func TestIntrospection(t *testing.T) {
	began := time.Now()
	raw, err := schemaOf(t).Introspection(nil)
	if err != nil {
		t.Fatal(err)
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	z.Write(raw)
	z.Close()
	t.Logf("all types: %d KB, gzipped %d KB, %s with the schema", len(raw)>>10, zipped.Len()>>10, time.Since(began))
	if len(raw) > 22<<20 || zipped.Len() > 1536<<10 {
		t.Error("larger than was decided: 22 MB, 1.5 MB gzipped")
	}
	var got introspected
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	_, doc := sdl(t, schemaOf(t))
	if len(got.Data.Schema.Types) != len(doc.Types) || got.Data.Schema.QueryType.Name != "Query" || got.Data.Schema.MutationType.Name != "Mutation" || got.Data.Schema.SubscriptionType.Name != "SubscriptionRoot" {
		t.Error(len(got.Data.Schema.Types), len(doc.Types))
	}
	for _, typ := range got.Data.Schema.Types {
		def := doc.Types[typ.Name]
		fields := slices.DeleteFunc(slices.Clone(def.Fields), func(f *ast.FieldDefinition) bool { return strings.HasPrefix(f.Name, "__") })
		if string(def.Kind) != typ.Kind || len(typ.Fields)+len(typ.InputFields) != len(fields) || len(typ.EnumValues) != len(def.EnumValues) {
			t.Errorf("%s is not what the SDL says", typ.Name)
		}
		if typ.Name == "Resource" && len(typ.PossibleTypes) != 146 {
			t.Errorf("%d possible types of Resource", len(typ.PossibleTypes))
		}
	}
}

func TestSchemaJSON(t *testing.T) {
	w := open(t, nil, ward()...)
	ask := func(url string, header ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, url, nil)
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		rec := httptest.NewRecorder()
		w.handler.SchemaJSON().ServeHTTP(rec, r)
		return rec
	}
	first := ask("/graphql/schema.json?types=data", "Accept-Encoding", "gzip")
	z, err := gzip.NewReader(first.Body)
	if err != nil {
		t.Fatal(err, first.Header())
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	var got introspected
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, typ := range got.Data.Schema.Types {
		names[typ.Name] = true
	}
	if !names["Patient"] || !names["Organization"] || names["Encounter"] || !names["HumanName"] || len(raw) > 3<<20 {
		t.Error("types=data is not what holds data", len(raw))
	}
	if again := ask("/graphql/schema.json?types=data", "If-None-Match", first.Header().Get("ETag")); again.Code != http.StatusNotModified || again.Body.Len() > 0 {
		t.Error(again.Code)
	}
	if again := ask("/graphql/schema.json?types=data", "If-None-Match", `"x", W/`+first.Header().Get("ETag")); again.Code != http.StatusNotModified {
		t.Error(again.Code)
	}
	if other := ask("/graphql/schema.json?types=Patient,Nothing"); other.Code != http.StatusBadRequest {
		t.Error(other.Code)
	}
	if one := ask("/graphql/schema.json?types=Patient"); one.Code != http.StatusOK || one.Header().Get("ETag") == first.Header().Get("ETag") {
		t.Error(one.Code)
	}
}

// TestIntrospectionQuery: the same schema through /graphql, from the cache the second time.
func TestIntrospectionQuery(t *testing.T) {
	w := open(t, func(c *graph.Config) { c.Types = []string{"Patient"} }, ward()...)
	query := `query Q { __schema { types { name fields(includeDeprecated: true) { name args { name defaultValue } type { kind name ofType { name } } } } } __typename }`
	first := w.data(query, nil)
	if w.data(query, nil) != first || !strings.Contains(first, `"PatientContact"`) || !strings.HasSuffix(first, `"__typename":"Query"}`) {
		t.Error(first[:200])
	}
	production := open(t, func(c *graph.Config) { c.Types, c.Production, c.NoSuggestions = []string{"Patient"}, true, true })
	if a := production.post(query, nil); len(a.Errors) != 1 || a.Errors[0].Extensions["code"] != "FORBIDDEN" || a.Data != nil {
		t.Error(a.Errors)
	}
	if a := production.post(`{ Patiant { id } }`, nil); len(a.Errors) != 1 || strings.Contains(a.Errors[0].Message, "Did you mean") {
		t.Error(a.Errors)
	}
}

// BenchmarkSchema builds the schema of all types.
func BenchmarkSchema(b *testing.B) {
	parameters()
	b.ReportAllocs()
	for b.Loop() {
		schemaOf(b)
	}
}
