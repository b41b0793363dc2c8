package search_test

import (
	"strings"
	"testing"

	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// TestNarrowDecidesAsAll: what a condition compares is all that has to be indexed to decide it.
func TestNarrowDecidesAsAll(t *testing.T) {
	data := adaptertest.NewData(t, 2, 3)
	for _, units := range []search.Units{search.UnitsExact, search.UnitsCanonical} {
		x, err := search.NewIndexer(adaptertest.Parameters(t), search.Config{Units: units})
		if err != nil {
			t.Fatal(err)
		}
		n, decided := 0, 0
		for req := range adaptertest.Queries(data, 7) {
			if n++; n > 400 {
				break
			}
			where := req.Query.Where
			if search.Alone(where) != nil {
				continue
			}
			narrow := x.Narrow(req.Query.Type, where)
			for _, rec := range data.Records {
				if rec.Ref.Type != req.Query.Type {
					continue
				}
				all, _, err := x.IndexBytes(rec.Body.JSON)
				if err != nil {
					t.Fatal(err)
				}
				some, err := narrow.IndexBytes(rec.Ref.ID, rec.Body.JSON)
				if err != nil {
					t.Fatal(err)
				}
				all.LastUpdated, some.LastUpdated = 1, 1
				if got, want := matches(t, where, some), matches(t, where, all); got != want {
					t.Fatalf("%s of %s: %v, by all values %v", where, rec.Ref, got, want)
				}
				decided++
			}
		}
		if decided < 1000 {
			t.Errorf("only %d conditions were decided", decided)
		}
	}
}

func TestNarrowOfCanonicalQuantities(t *testing.T) {
	params := adaptertest.Parameters(t)
	x, err := search.NewIndexer(params, search.Config{Units: search.UnitsCanonical})
	if err != nil {
		t.Fatal(err)
	}
	twin := params.Param("Observation", "value-quantity").Canonical
	body := `{"resourceType":"Observation","id":"1","valueQuantity":{"value":70.5,"system":"http://unitsofmeasure.org","code":"kg"}}`
	v, err := x.Narrow("Observation", search.Exists{Param: twin}).IndexBytes("1", []byte(body))
	if err != nil || len(v.Of(twin.Code)) != 1 || len(v.Params) != 2 || v.Narrative != nil || v.Content != nil {
		t.Errorf("%+v, %v", v, err)
	}
}

// TestNarrowOfNothing looks at no byte.
func TestNarrowOfNothing(t *testing.T) {
	x, err := search.NewIndexer(adaptertest.Parameters(t), search.Config{})
	if err != nil {
		t.Fatal(err)
	}
	v, err := x.Narrow("Patient", search.IDs{IDs: []string{"1"}}).IndexBytes("1", nil)
	if err != nil || v.Ref != (fhir.Ref{Type: "Patient", ID: "1"}) {
		t.Errorf("%+v, %v", v, err)
	}
	if _, err := x.Narrow("Patient", search.Text{Any: [][]string{{"a"}}}).IndexBytes("1", []byte("{")); fault.Of(err) != fault.BadUserInput {
		t.Errorf("%v of no JSON", err)
	}
}

// TestAloneNamesAll: whatever a condition needs besides one resource's index values is named, wherever it stands.
func TestAloneNamesAll(t *testing.T) {
	params := adaptertest.Parameters(t)
	subject, code := params.Param("Observation", "subject"), params.Param("Observation", "code")
	in := search.Clause{Param: code, Modifier: search.In, Values: []search.Value{{Text: "http://x/vs"}}}
	advanced := search.Clause{Param: code, Modifier: search.TextAdvanced, Values: []search.Value{{Text: "a"}}}
	e := search.And{search.False{}, search.Or{search.True{}, search.Chain{Param: subject, Target: "Patient", Where: search.True{}}},
		search.Not{X: search.And{in, advanced, search.FHIRPath{Source: "true"}, in}},
		search.Has{Param: subject, Where: search.True{}}, search.List{ID: "1"}}
	err := search.Alone(e)
	if fault.Of(err) != fault.Unsupported {
		t.Fatal(err)
	}
	for _, name := range []string{"chain subject:Patient", "code:in", "code:text-advanced", "fhirpath", "_has:Observation:subject", "_list"} {
		if strings.Count(err.Error(), name) != 1 {
			t.Errorf("%q is not named once: %v", name, err)
		}
	}
	fine := search.Or{search.Clause{Param: code, Values: []search.Value{{Code: "a"}}}, search.IDs{IDs: []string{"1"}}, search.Exists{Param: subject}, search.Text{}, nil}
	if err := search.Alone(fine); err != nil {
		t.Error(err)
	}
}
