package composite_test

import (
	"iter"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// members is the clause that an observation's code is in a value set.
func members(t *testing.T, valueSet string) search.Clause {
	code := adaptertest.Parameters(t).Param("Observation", "code")
	return search.Clause{Param: code, Modifier: search.In, Values: []search.Value{{Text: valueSet}}}
}

// weights are a code set with one code that there is, and one that nothing has.
func weights(of search.Clause) map[search.CodeSet]iter.Seq[fhir.Code] {
	const loinc = "http://loinc.org"
	return map[search.CodeSet]iter.Seq[fhir.Code]{
		of.CodeSets()[0]: slices.Values([]fhir.Code{{System: loinc, Code: "29463-7"}, {System: loinc, Code: "none"}}),
	}
}

func observations(where search.Expr) planner.Part {
	return planner.Part{
		Kind: planner.Search, Path: "ObservationList", Parent: -1, Query: search.Query{Type: "Observation", Where: where},
		Rows: true, Total: planner.Accurate, Cap: 100_000,
	}
}

// TestCodeSets: a set is expanded once an execution, for all parts; a part whose set cannot be expanded fails with the reason, alone.
func TestCodeSets(t *testing.T) {
	r := newRig(t, 3, composite.Budget{})
	in := members(t, "http://v")
	r.terms.codes = weights(in)
	plan, err := r.engine.Plan(planner.Operation{Caller: search.Caller{Tenant: "main"}, Parts: []planner.Part{
		observations(in), observations(search.Not{X: in}), observations(search.Or{in, members(t, "http://unknown")}),
	}})
	if err != nil {
		t.Fatal(err)
	}
	results := r.engine.Start(plan).Run(t.Context(), []composite.Call{{Part: 0}, {Part: 1}, {Part: 2}, {Part: 0}})
	for i, where := range []search.Expr{in, search.Not{X: in}} {
		req := search.Request{Query: search.Query{Caller: search.Caller{Tenant: "main"}, Type: "Observation", Where: where}, Codes: weights(in)}
		want := hitIDs(hits(t, r.oracle, req))
		if results[i].Err != nil {
			t.Fatal(results[i].Err)
		}
		if diff := cmp.Diff(want, idsOf(results[i].Pages[0].Rows)); diff != "" || len(want) == 0 || results[i].Pages[0].Total != int64(len(want)) {
			t.Errorf("part %d: %s", i, diff)
		}
	}
	if fault.Of(results[2].Err) != fault.BadUserInput {
		t.Errorf("a set that is not there: %v", results[2].Err)
	}
	if n := r.terms.asked.Load(); n != 2 {
		t.Errorf("%d expansions of two sets", n)
	}
}

// TestCodeSetsBudget: codes count as ids of intermediate sets.
func TestCodeSetsBudget(t *testing.T) {
	r := newRig(t, 1, composite.Budget{IDs: 1})
	in := members(t, "http://v")
	r.terms.codes = weights(in)
	_, _, err := run(t.Context(), r.engine, search.Caller{Tenant: "main"}, observations(in), "")
	if fault.Of(err) != fault.TooCostly {
		t.Error(err)
	}
}

// TestCodeSetsUnderLag: what a store that is behind still holds to be a member is matched anew, with the same expansion.
func TestCodeSetsUnderLag(t *testing.T) {
	r := newRig(t, 3, composite.Budget{})
	in := members(t, "http://v")
	r.terms.codes = weights(in)
	before, plan, err := run(t.Context(), r.engine, search.Caller{Tenant: "main"}, observations(in), "")
	if err != nil || len(before.Rows) < 2 {
		t.Fatalf("%d rows, %v\n%s", len(before.Rows), err, plan)
	}
	gone, stays := before.Rows[0].Ref.ID, before.Rows[1].Ref.ID
	for id, code := range map[string]string{gone: "8302-2", stays: "29463-7"} {
		text := `{"resourceType":"Observation","id":"` + id + `","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"` + code + `"}]}}`
		r.write(t, adaptertest.Index(t, []byte(text)).Put())
	}
	after, _, err := run(t.Context(), r.engine, search.Caller{Tenant: "main"}, observations(in), "")
	if err != nil {
		t.Fatal(err)
	}
	ids := idsOf(after.Rows)
	if slices.Contains(ids, gone) || !slices.Contains(ids, stays) || len(ids) != len(before.Rows)-1 {
		t.Errorf("%d rows of %d; the one that is no member any more is in: %t, the one that is: %t",
			len(ids), len(before.Rows), slices.Contains(ids, gone), slices.Contains(ids, stays))
	}
}

// TestCodeSetsAndWrites: a condition to write on that needs an expansion is refused in words.
func TestCodeSetsAndWrites(t *testing.T) {
	storages(t, composite.StorageConfig{}, func(t *testing.T, d desk) {
		gender := adaptertest.Parameters(t).Param("Patient", "gender")
		in := search.Clause{Param: gender, Modifier: search.In, Values: []search.Value{{Text: "http://v"}}}
		d.refused(t, composite.Command{
			Method: composite.Create, Type: "Patient", Resource: person("", "One"), Criteria: &search.Query{Type: "Patient", Where: search.Not{X: in}},
		}, fault.Unsupported, "ValueSet http://v")
	})
}
