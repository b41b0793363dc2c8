package e2e_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/load"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/sample"
	"github.com/heliograph/heliograph/search"
)

// Canonicals of the sample's terminology, and what its value sets have, in words.
const (
	valueSets  = "https://sample.example.org/ValueSet/"
	complaints = "https://sample.example.org/CodeSystem/complaints"
	pains      = "pain,headache,chest-pain,chest-pain-effort,chest-pain-breath,belly-pain,back-pain,knee-pain,ear-pain"
	hearts     = "chest-pain,chest-pain-effort,chest-pain-breath,short-breath"
)

// question is a search by one argument.
type question struct{ resourceType, name, value string }

// TestTerminology searches the sample by value sets and hierarchies that are stored with it, on the oracle and on SQLite: each finds
// what a search by the codes themselves finds, and the plan says what is expanded.
func TestTerminology(t *testing.T) {
	all := terminologies(t)
	notExpanded(t, all)
	for name, r := range all {
		t.Run(name, func(t *testing.T) {
			for _, c := range []struct{ asked, same question }{
				{question{"Encounter", "reason-code:in", valueSets + "complaints-pain"}, question{"Encounter", "reason-code", pains}},
				{question{"Encounter", "reason-code:in", valueSets + "complaints-pain|2.0.0"}, question{"Encounter", "reason-code", pains}},
				{question{"Encounter", "reason-code:in", "ValueSet/complaints-pain"}, question{"Encounter", "reason-code", pains}},
				{question{"Encounter", "reason-code:not-in", valueSets + "complaints-pain"}, question{"Encounter", "reason-code:not", pains}},
				{question{"Encounter", "reason-code:in", valueSets + "complaints-heart-or-breathing," + valueSets + "complaints-pain"},
					question{"Encounter", "reason-code", hearts + "," + pains}},
				{question{"Encounter", "reason-code:in", valueSets + "emergency-complaints"}, question{"Encounter", "reason-code", hearts + ",palpitations"}},
				{question{"Encounter", "reason-code:below", complaints + "|cough"}, question{"Encounter", "reason-code", "cough,cough-dry,cough-wet"}},
				{question{"Encounter", "reason-code:above", complaints + "|chest-pain-breath"}, question{"Encounter", "reason-code", "chest-pain-breath,chest-pain,pain"}},
				{question{"Patient", "_has:Encounter:patient:reason-code:in", valueSets + "complaints-pain"}, question{"Patient", "_has:Encounter:patient:reason-code", pains}},
				{question{"Observation", "subject:Patient._has:Encounter:patient:reason-code:not-in", valueSets + "complaints-pain"},
					question{"Observation", "subject:Patient._has:Encounter:patient:reason-code:not", pains}},
				{question{"Patient", "gender:in", "http://hl7.org/fhir/ValueSet/administrative-gender"}, question{"Patient", "gender:missing", "false"}},
			} {
				got, plan, err := r.find(t, c.asked)
				want, _, err2 := r.find(t, c.same)
				if err != nil || err2 != nil {
					t.Fatalf("%v: %v, %v", c.asked, err, err2)
				}
				if diff := cmp.Diff(want, got); diff != "" || len(got) == 0 {
					t.Errorf("%v:\n%s", c.asked, diff)
				}
				if !strings.Contains(plan, "\n  codes [") || !strings.Contains(plan, "] from terminology\n") || strings.Contains(plan, "no native query") {
					t.Errorf("%v: the plan does not say what is expanded:\n%s", c.asked, plan)
				}
			}
		})
	}
}

// notExpanded: a search by what cannot be expanded fails with the reason, wherever it stands, and so does its count.
func notExpanded(t *testing.T, all map[string]expanding) {
	t.Helper()
	for name, r := range all {
		for _, c := range []struct {
			question
			says string
		}{
			{question{"Encounter", "reason-code:in", "http://not/here"}, "the value set http://not/here is not stored here"},
			{question{"Encounter", "reason-code:not-in", valueSets + "complaints-pain|3"}, "there are the versions 2.0.0"},
			{question{"Encounter", "reason-code:below", complaints + "|none"}, "does not have the code"},
			{question{"Patient", "_has:Encounter:patient:reason-code:below", "http://not/here|a"}, "the code system http://not/here is not stored here"},
		} {
			got, _, err := r.find(t, c.question)
			if len(got) > 0 || fault.Of(err) != fault.BadUserInput || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s, %v: %d found, %v", name, c.question, len(got), err)
			}
		}
	}
}

// expanding is an engine over the sample.
type expanding struct {
	*kit
	engine *composite.Engine
}

func terminologies(t *testing.T) map[string]expanding {
	t.Helper()
	dir := t.TempDir()
	if _, err := sample.WriteNDJSON(dir, sample.Config{Patients: 20, Seed: 1}); err != nil {
		t.Fatal(err)
	}
	k := newKit(t, search.UnitsExact)
	out := map[string]expanding{}
	for name, store := range map[string]primary{"memory": k.memory(t), "sqlite": k.sqlite(t)} {
		k.load(t, store, load.Config{}, dir)
		engine, err := composite.Open(t.Context(), composite.Config{Primary: store, Terminology: k.terms(t, store), Models: k.models})
		if err != nil {
			t.Fatal(err)
		}
		out[name] = expanding{k, engine}
	}
	return out
}

// find gives what a search finds, as many as are counted, and its plan.
func (r expanding) find(t *testing.T, q question) (found []fhir.Ref, plan string, err error) {
	t.Helper()
	where, err := r.models.Current().Reader.Clause(q.resourceType, q.name, []string{q.value})
	if err != nil {
		t.Fatal(err)
	}
	part := planner.Part{
		Kind: planner.Search, Path: q.resourceType + "List", Parent: -1, Query: search.Query{Type: q.resourceType, Where: where},
		Rows: true, Total: planner.Accurate, Cap: 10_000,
	}
	p, err := r.engine.Plan(planner.Operation{Caller: search.Caller{Tenant: "main"}, Parts: []planner.Part{part}})
	if err != nil {
		t.Fatal(err)
	}
	x := r.engine.Start(p)
	result := x.Run(t.Context(), []composite.Call{{}})[0]
	if result.Err != nil {
		return nil, "", result.Err
	}
	for _, row := range result.Pages[0].Rows {
		found = append(found, row.Ref)
	}
	if result.Pages[0].Total != int64(len(found)) {
		t.Errorf("%v: %d rows, counted %d", q, len(found), result.Pages[0].Total)
	}
	return found, r.engine.Explain(p, x), nil
}
