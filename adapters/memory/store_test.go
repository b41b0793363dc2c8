package memory_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/adapters/memory"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// TestSuite runs the oracle against itself: what the cases demand beyond equal answers, it must keep, too.
func TestSuite(t *testing.T) {
	adaptertest.Run(t, func(*testing.T) adaptertest.Harness {
		return adaptertest.Harness{Store: memory.Open(memory.Config{})}
	})
}

// secondary hides that the store could be a primary.
type secondary struct {
	adapters.Secondary
	adapters.Searcher
	adapters.EachSearcher
}

func TestSuiteAsSecondary(t *testing.T) {
	adaptertest.Run(t, func(*testing.T) adaptertest.Harness {
		s := memory.Open(memory.Config{})
		return adaptertest.Harness{Store: secondary{s, s, s}}
	})
}

// TestSuiteOfSome: a store that claims little refuses the rest.
func TestSuiteOfSome(t *testing.T) {
	claims := search.Claims{
		Features: search.CanAll | search.CanAnd | search.CanIDs | search.CanCount | search.CanWithin,
		Params: []search.ParamClaim{
			{ParamType: search.Token, Modifiers: []search.Modifier{search.Plain}}, {ParamType: search.Date},
			{Types: []string{"Patient"}, Codes: []string{"family"}, Modifiers: []search.Modifier{search.Exact}},
		},
		Building: map[string]float64{"Observation.code": 0.5},
	}
	adaptertest.Run(t, func(*testing.T) adaptertest.Harness {
		return adaptertest.Harness{Store: memory.Open(memory.Config{Claims: &claims})}
	})
}

// TestAt: a view gives the past, whatever came after it, until that is purged.
func TestAt(t *testing.T) {
	s := memory.Open(memory.Config{})
	ref := fhir.Ref{Type: "Patient", ID: "1"}
	write := func(w adapters.Write) {
		t.Helper()
		out, err := s.Write(t.Context(), []adapters.Member{{Tenant: "main", Writes: []adapters.Write{w}}})
		if err != nil || out[0].Err != nil {
			t.Fatal(err, out)
		}
	}
	for _, name := range []string{"First", "Second"} {
		write(adaptertest.Index(t, fmt.Appendf(nil, `{"resourceType":"Patient","id":"1","name":[{"family":%q}]}`, name)).Put())
	}
	write(adapters.Write{Action: adapters.Delete, Ref: ref})
	write(adaptertest.Index(t, []byte(`{"resourceType":"Observation","id":"o","subject":{"reference":"Patient/1"}}`)).Put())
	caller := search.Caller{Tenant: "main"}
	family := adaptertest.Parameters(t).Param("Patient", "family")
	named := func(p search.Position, name string) int64 {
		t.Helper()
		n, at, err := s.At(p).Count(t.Context(), search.Request{Query: search.Query{
			Caller: caller, Type: "Patient", Where: search.Clause{Param: family, Values: []search.Value{{Text: name}}}}})
		if err != nil || at != p {
			t.Fatal(at, err)
		}
		return n
	}
	got := []int64{named(0, "first"), named(1, "first"), named(2, "first"), named(2, "second"), named(3, "second"), named(4, "second")}
	if d := cmp.Diff([]int64{0, 1, 0, 1, 0, 0}, got); d != "" {
		t.Error(d)
	}
	subject := adaptertest.Parameters(t).Param("Observation", "subject")
	referred := search.Request{Query: search.Query{Caller: caller, Type: "Patient", Where: search.Has{Param: subject, Where: search.True{}}}}
	if n, _, err := s.At(4).Count(t.Context(), referred); n != 0 || err != nil {
		t.Errorf("a deleted resource is referred to: %d, %v", n, err)
	}
	if _, _, err := s.At(9).Read(t.Context(), caller, 0, nil); fault.Of(err) != fault.StoreLagging {
		t.Errorf("a view above the head: %v", err)
	}
	if _, err := s.Purge(t.Context(), "main", ref); err != nil {
		t.Fatal(err)
	}
	if n := named(2, "second"); n != 0 {
		t.Error("a view shows what was purged")
	}
}
