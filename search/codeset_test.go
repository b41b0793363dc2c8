package search_test

import (
	"iter"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// TestCodeSets finds what a condition needs, wherever it stands, each once.
func TestCodeSets(t *testing.T) {
	code := &search.Param{Resource: "Observation", Code: "code", Type: search.Token}
	subject := &search.Param{Resource: "Observation", Code: "subject", Type: search.Reference}
	url := &search.Param{Resource: "ValueSet", Code: "url", Type: search.URI}
	in := search.Clause{Param: code, Modifier: search.In, Values: []search.Value{{Text: "http://v|1"}, {Text: "http://w"}}}
	below := search.Clause{Param: code, Modifier: search.Below, Values: []search.Value{{System: "s", HasSystem: true, Code: "c"}}}
	got := search.CodeSets(search.And{
		search.Not{X: in}, search.Or{in, search.Clause{Param: code, Values: []search.Value{{Code: "x"}}}},
		search.Has{Param: subject, Where: search.Chain{Param: subject, Target: "Patient", Where: below}},
		search.List{ID: "l"}, search.Clause{Param: url, Modifier: search.Below, Values: []search.Value{{Text: "http://v"}}},
	})
	var names []string
	for _, s := range got {
		names = append(names, s.String())
	}
	if diff := cmp.Diff([]string{"ValueSet http://v|1", "ValueSet http://w", "below s|c"}, names); diff != "" {
		t.Error(diff)
	}
}

// TestMatchWithExpansions: they decide clauses about codes and nothing else; a set that is not among them is no empty one.
func TestMatchWithExpansions(t *testing.T) {
	code := &search.Param{Resource: "Observation", Code: "code", Type: search.Token}
	subject := &search.Param{Resource: "Observation", Code: "subject", Type: search.Reference}
	in := search.Clause{Param: code, Modifier: search.In, Values: []search.Value{{Text: "http://v"}}}
	above := search.Clause{Param: code, Modifier: search.Above, Values: []search.Value{{System: "s", HasSystem: true, Code: "c"}}}
	known := search.Expand(map[search.CodeSet]iter.Seq[fhir.Code]{
		in.CodeSets()[0]:    slices.Values([]fhir.Code{{System: "s", Code: "a"}, {System: "s", Code: "b"}}),
		above.CodeSets()[0]: slices.Values([]fhir.Code{{System: "s", Code: "root"}}),
	})
	other := search.Clause{Param: code, Modifier: search.In, Values: []search.Value{{Text: "http://other"}}}
	values := func(items ...search.Item) *search.Values {
		return &search.Values{Params: []search.ParamValues{{Code: "code", Type: search.Token, Items: items}}}
	}
	for _, c := range []struct {
		e    search.Expr
		item search.Item
		want bool
		code fault.Code
	}{
		{in, search.Item{System: "s", Code: "b"}, true, ""},
		{in, search.Item{System: "t", Code: "b"}, false, ""},
		{in, search.Item{Text: "b"}, false, ""},
		{search.Not{X: in}, search.Item{Text: "b"}, true, ""},
		{above, search.Item{System: "s", Code: "root"}, true, ""},
		{above, search.Item{System: "s", Code: "b"}, false, ""},
		{other, search.Item{System: "s", Code: "b"}, false, fault.Unsupported},
		{search.Or{in, other}, search.Item{System: "s", Code: "b"}, false, fault.Unsupported},
		{search.And{in, search.List{ID: "l"}}, search.Item{System: "s", Code: "x"}, false, fault.Unsupported},
		{search.Chain{Param: subject, Target: "Patient", Where: in}, search.Item{}, false, fault.Unsupported},
	} {
		got, err := search.Match(c.e, values(c.item), known)
		if got != c.want || fault.Of(err) != c.code {
			t.Errorf("%s of %v: %v, %v", c.e, c.item, got, err)
		}
	}
}
