package search_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// holding is a program that holds for resources with a text in them.
type holding string

func (h holding) Holds(resource []byte) (bool, error) {
	if h == "" {
		return false, errors.New("no text")
	}
	return bytes.Contains(resource, []byte(h)), nil
}

func path(source string) search.FHIRPath {
	return search.FHIRPath{Source: source, Program: holding(source)}
}

func TestFHIRPathNeedsTheResource(t *testing.T) {
	p := path("active")
	v := &search.Values{Ref: fhir.Ref{Type: "Patient", ID: "1"}}
	for _, e := range []search.Expr{p, search.And{search.False{}, p}, search.Or{search.True{}, search.Not{X: p}}} {
		if _, err := search.Match(e, v, nil); fault.Of(err) != fault.Unsupported {
			t.Errorf("%s: %v", e, err)
		}
		if err := search.Can(search.Claims{Features: ^search.Feature(0), Params: []search.ParamClaim{{}}}, "Patient", e); fault.Of(err) != fault.Unsupported {
			t.Errorf("%s is claimed: %v", e, err)
		}
		if err := search.CanFilter(e); err != nil {
			t.Errorf("%s: %v", e, err)
		}
	}
	if err := search.CanFilter(search.FHIRPath{Source: "active"}); fault.Of(err) != fault.Unsupported {
		t.Errorf("without a program: %v", err)
	}
	if err := search.CanFilter(search.Or{p, search.List{ID: "1"}}); fault.Of(err) != fault.Unsupported {
		t.Errorf("beside a List: %v", err)
	}
}

func TestMatchResource(t *testing.T) {
	v := &search.Values{Ref: fhir.Ref{Type: "Patient", ID: "1"}}
	asked := 0
	resource := func() ([]byte, error) {
		asked++
		return []byte(`{"resourceType":"Patient","active":true}`), nil
	}
	one, none := search.IDs{IDs: []string{"1"}}, search.IDs{IDs: []string{"2"}}
	for _, c := range []struct {
		e     search.Expr
		want  bool
		asked int
	}{
		{path("active"), true, 1}, {path("name"), false, 1}, {search.Not{X: path("name")}, true, 1},
		{search.And{none, path("active")}, false, 0}, {search.And{one, path("active")}, true, 1}, {search.Or{one, path("name")}, true, 0},
		{search.Or{path("name"), path("active")}, true, 2},
	} {
		asked = 0
		got, err := search.MatchResource(c.e, v, nil, resource)
		if err != nil || got != c.want || asked != c.asked {
			t.Errorf("%s: %v, %v after asking %d times", c.e, got, err, asked)
		}
	}
	if _, err := search.MatchResource(path(""), v, nil, resource); err == nil {
		t.Error("the program failed and nobody said so")
	}
}

func TestSimplifyFHIRPath(t *testing.T) {
	got := search.Simplify(search.And{path("active"), search.Or{path("active"), search.False{}}, path("name")})
	if got.String() != "fhirpath(active) AND fhirpath(name)" {
		t.Errorf("%s", got)
	}
}
