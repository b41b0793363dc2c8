package memory_test

import (
	"iter"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/adapters/memory"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// expansions are the code sets of TestWorld: the code "ab" is below "a".
func expansions() map[search.CodeSet]iter.Seq[fhir.Code] {
	a, ab := fhir.Code{System: "s", Code: "a"}, fhir.Code{System: "s", Code: "ab"}
	return map[search.CodeSet]iter.Seq[fhir.Code]{
		{Modifier: search.In, ValueSet: "http://v.example/ab"}: slices.Values([]fhir.Code{ab}),
		{Modifier: search.Below, Code: a}:                      slices.Values([]fhir.Code{a, ab}),
		{Modifier: search.Above, Code: ab}:                     slices.Values([]fhir.Code{ab, a}),
	}
}

// TestWorld asks for what is decided by other resources and by code systems.
func TestWorld(t *testing.T) {
	s := memory.Open(memory.Config{})
	for _, text := range []string{
		`{"resourceType":"Location","id":"house"}`,
		`{"resourceType":"Location","id":"floor","partOf":{"reference":"Location/house"}}`,
		`{"resourceType":"Location","id":"room","partOf":{"reference":"Location/floor"}}`,
		`{"resourceType":"Location","id":"ring","partOf":{"reference":"Location/ring"}}`,
		`{"resourceType":"Encounter","id":"in-house","location":[{"location":{"reference":"Location/house"}}]}`,
		`{"resourceType":"Encounter","id":"in-room","location":[{"location":{"reference":"Location/room"}}]}`,
		`{"resourceType":"Encounter","id":"in-ring","location":[{"location":{"reference":"Location/ring"}}]}`,
		`{"resourceType":"Encounter","id":"nowhere","location":[{"location":{"reference":"Location/gone"}}]}`,
		`{"resourceType":"Condition","id":"a","code":{"coding":[{"system":"s","code":"a"}]}}`,
		`{"resourceType":"Condition","id":"ab","code":{"coding":[{"system":"s","code":"ab"}]}}`,
		`{"resourceType":"Condition","id":"text","code":{"text":"ab"}}`,
		`{"resourceType":"Patient","id":"p"}`,
		`{"resourceType":"Observation","id":"old","subject":{"reference":"Patient/p/_history/7"}}`,
	} {
		out, err := s.Write(t.Context(), []adapters.Member{{Tenant: "main", Writes: []adapters.Write{adaptertest.Index(t, []byte(text)).Put()}}})
		if err != nil || out[0].Err != nil {
			t.Fatal(err, out)
		}
	}
	reader := search.NewReader(adaptertest.Parameters(t), search.ReaderConfig{})
	for _, c := range []struct {
		resourceType, name, value string
		want                      []string
	}{
		{"Encounter", "location:below", "Location/house", []string{"in-house", "in-room"}},
		{"Encounter", "location:below", "floor", []string{"in-room"}},
		{"Encounter", "location:below", "ring", []string{"in-ring"}},
		{"Encounter", "location:below", "Location/gone", []string{"nowhere"}},
		{"Encounter", "location:above", "Location/room", []string{"in-house", "in-room"}},
		{"Encounter", "location:above", "house", []string{"in-house"}},
		{"Location", "partof:below", "house", []string{"floor", "room"}},
		{"Condition", "code:below", "s|a", []string{"a", "ab"}},
		{"Condition", "code:above", "s|ab", []string{"a", "ab"}},
		{"Condition", "code:in", "http://v.example/ab", []string{"ab"}},
		{"Condition", "code:not-in", "http://v.example/ab", []string{"a", "text"}},
		{"Observation", "subject:Patient._id", "p", []string{"old"}},
		{"Observation", "subject", "Patient/p/_history/6", nil},
		{"Patient", "_has:Observation:subject:_id", "old", []string{"p"}},
	} {
		e, err := reader.Clause(c.resourceType, c.name, []string{c.value})
		if err != nil {
			t.Fatal(err)
		}
		got, err := ids(s, t, c.resourceType, e)
		if d := cmp.Diff(c.want, got); d != "" || err != nil {
			t.Errorf("%s?%s=%s: %v\n%s", c.resourceType, c.name, c.value, err, d)
		}
	}
	e, err := reader.Clause("Encounter", "location:below", []string{"house"})
	if err != nil {
		t.Fatal(err)
	}
	hidden := search.Caller{Tenant: "main", Policy: map[string]search.Expr{"Location": search.Not{X: search.IDs{IDs: []string{"floor"}}}}}
	got, err := idsFor(s, t, hidden, "Encounter", e)
	if d := cmp.Diff([]string{"in-house"}, got); d != "" || err != nil {
		t.Errorf("a hierarchy leads through what the caller does not see: %v\n%s", err, d)
	}
	e, err = reader.Clause("Condition", "code:in", []string{"http://unknown"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ids(s, t, "Condition", e); fault.Of(err) != fault.Unsupported {
		t.Errorf("a value set without expansion: %v", err)
	}
}

func ids(s *memory.Store, t *testing.T, resourceType string, e search.Expr) ([]string, error) {
	t.Helper()
	return idsFor(s, t, search.Caller{Tenant: "main"}, resourceType, e)
}

func idsFor(s *memory.Store, t *testing.T, c search.Caller, resourceType string, e search.Expr) ([]string, error) {
	t.Helper()
	var out []string
	q := search.Query{Caller: c, Type: resourceType, Where: e}
	for h, err := range s.Search(t.Context(), search.Request{Query: q, Codes: expansions()}).Rows {
		if err != nil {
			return nil, err
		}
		out = append(out, h.Ref.ID)
	}
	slices.Sort(out)
	return out, nil
}
