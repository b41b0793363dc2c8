package search_test

import (
	"fmt"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

var exprParam = &search.Param{Resource: "Patient", Code: "code", Type: search.Token}

// anyExpr draws a tree of conditions about one parameter and the id.
func anyExpr(t *rapid.T, depth int) search.Expr {
	kind := rapid.IntRange(0, 8).Draw(t, "kind")
	if depth == 0 {
		kind %= 5
	}
	code := rapid.SampledFrom([]string{"a", "b"})
	switch kind {
	case 0:
		return search.True{}
	case 1:
		return search.False{}
	case 2:
		return search.Exists{Param: exprParam}
	case 3:
		values := rapid.SliceOfN(code, 0, 2).Draw(t, "values")
		c := search.Clause{Param: exprParam}
		for _, v := range values {
			c.Values = append(c.Values, search.Value{Code: v})
		}
		return c
	case 4:
		return search.IDs{IDs: rapid.SliceOfN(code, 0, 2).Draw(t, "ids")}
	case 5:
		return search.Not{X: anyExpr(t, depth-1)}
	case 6:
		return search.Or(anyExprs(t, depth-1))
	default:
		return search.And(anyExprs(t, depth-1))
	}
}

func anyExprs(t *rapid.T, depth int) []search.Expr {
	out := make([]search.Expr, rapid.IntRange(0, 3).Draw(t, "parts"))
	for i := range out {
		out[i] = anyExpr(t, depth)
	}
	return out
}

// TestSimplify: the meaning stays, and the form is normal.
func TestSimplify(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anyExpr(t, 4)
		simple := search.Simplify(e)
		if again := search.Simplify(simple); !reflect.DeepEqual(again, simple) {
			t.Fatalf("%s becomes %s and then %s", e, simple, again)
		}
		normal(t, simple, true)
		for _, id := range []string{"a", "b", "c"} {
			for _, codes := range []string{"", "a", "b", "ab"} {
				v := &search.Values{Ref: fhir.Ref{Type: "Patient", ID: id}}
				for _, c := range codes {
					if v.Params == nil {
						v.Params = []search.ParamValues{{Code: "code", Type: search.Token}}
					}
					v.Params[0].Items = append(v.Params[0].Items, search.Item{Code: string(c)})
				}
				want, err := search.Match(e, v, nil)
				got, err2 := search.Match(simple, v, nil)
				if got != want || err != nil || err2 != nil {
					t.Fatalf("%s is %v of %+v, %s is %v", e, want, v, simple, got)
				}
			}
		}
	})
}

// normal checks the form: no constants below the root, no And in And, no double negation, no junction of one.
func normal(t *rapid.T, e search.Expr, root bool) {
	parts := func(list []search.Expr, same reflect.Type) {
		if len(list) < 2 {
			t.Fatalf("a junction of %d: %s", len(list), e)
		}
		for _, x := range list {
			if reflect.TypeOf(x) == same {
				t.Fatalf("%T in %T: %s", x, x, e)
			}
			normal(t, x, false)
		}
	}
	switch e := e.(type) {
	case search.True, search.False:
		if !root {
			t.Fatalf("a constant inside")
		}
	case search.And:
		parts(e, reflect.TypeFor[search.And]())
	case search.Or:
		parts(e, reflect.TypeFor[search.Or]())
	case search.Not:
		if _, double := e.X.(search.Not); double {
			t.Fatalf("a double negation: %s", e)
		}
		normal(t, e.X, false)
	}
}

// TestSimplifyKeepsWhatPrintsAlike: long id lists are cut when printed; they are still two conditions.
func TestSimplifyKeepsWhatPrintsAlike(t *testing.T) {
	list := func(last string) search.IDs {
		var e search.IDs
		for i := range 8 {
			e.IDs = append(e.IDs, fmt.Sprint(i))
		}
		e.IDs = append(e.IDs, last)
		return e
	}
	if got := search.Simplify(search.And{list("x"), list("y"), list("x")}); len(got.(search.And)) != 2 {
		t.Errorf("%v", got)
	}
}

// TestRestrict: the caller's predicate is at the root, in chains, in `_has` and at Lists, and the policy's own are left alone.
func TestRestrict(t *testing.T) {
	ref := &search.Param{Resource: "Patient", Code: "org", Type: search.Reference}
	back := &search.Param{Resource: "Observation", Code: "subject", Type: search.Reference}
	sees := func(id string) search.Expr { return search.IDs{IDs: []string{id}} }
	policy := map[string]search.Expr{
		"Patient": sees("p"), "Organization": search.Chain{Param: ref, Target: "Organization", Where: sees("o")}, "*": sees("s"), "Group": search.False{},
	}
	for _, c := range []struct {
		where search.Expr
		want  string
	}{
		{nil, "_id=p"},
		{search.Exists{Param: exprParam}, "_id=p AND code:missing=false"},
		{search.Not{X: search.Chain{Param: ref, Target: "Organization", Where: sees("x")}}, "_id=p AND NOT org:Organization.(org:Organization.(_id=o) AND _id=x)"},
		{search.Or{search.Has{Param: back, Where: nil}, sees("x")}, "_id=p AND (_has:Observation:subject:(_id=s) OR _id=x)"},
		{search.Has{Param: back, Where: search.Chain{Param: back, Target: "Patient", Where: sees("x")}}, "_id=p AND _has:Observation:subject:(_id=s AND subject:Patient.(_id=p AND _id=x))"},
		{search.Chain{Param: ref, Target: "Group", Where: search.True{}}, "none"},
		{search.List{ID: "l"}, "_id=p AND _list=l:(_id=s)"},
	} {
		q := search.Query{Caller: search.Caller{Tenant: "main", Policy: policy}, Type: "Patient", Where: c.where}
		if got := search.Restrict(q).String(); got != c.want {
			t.Errorf("%v becomes %s, want %s", c.where, got, c.want)
		}
	}
	if got := search.Restrict(search.Query{Type: "Patient", Where: search.And{search.List{ID: "l"}}}).String(); got != "_list=l" {
		t.Errorf("without a policy: %s", got)
	}
}

// TestCan: every part must be claimed.
func TestCan(t *testing.T) {
	name := &search.Param{Resource: "Patient", Code: "name", Type: search.String}
	born := &search.Param{Resource: "Patient", Code: "birthdate", Type: search.Date}
	subject := &search.Param{Resource: "Observation", Code: "subject", Type: search.Reference}
	claims := search.Claims{
		Features: search.CanAll | search.CanAnd | search.CanNot | search.CanChain | search.CanIDs | search.CanList | search.CanSort,
		Params: []search.ParamClaim{
			{ParamType: search.String, Modifiers: []search.Modifier{search.Plain, search.Exact}}, {Types: []string{"Observation"}},
		},
		Building: map[string]float64{"Observation.code": 0.25},
	}
	code := &search.Param{Resource: "Observation", Code: "code", Type: search.Token}
	clause := func(p *search.Param, m search.Modifier) search.Clause { return search.Clause{Param: p, Modifier: m} }
	chain := func(where search.Expr) search.Chain {
		return search.Chain{Param: subject, Target: "Patient", Where: where}
	}
	for _, c := range []struct {
		resourceType string
		e            search.Expr
		want         fault.Code
	}{
		{"Patient", nil, ""}, {"Patient", clause(name, search.Plain), ""}, {"Patient", clause(name, search.Exact), ""},
		{"Patient", clause(name, search.Contains), fault.Unsupported}, {"Patient", clause(born, search.Plain), fault.Unsupported},
		{"Patient", search.And{clause(name, search.Plain), search.Not{X: clause(name, search.Exact)}}, ""},
		{"Patient", search.And{clause(name, search.Plain), search.Not{X: clause(born, search.Plain)}}, fault.Unsupported},
		{"Patient", search.Or{clause(name, search.Plain)}, fault.Unsupported}, {"Patient", search.Exists{Param: born}, fault.Unsupported},
		{"Observation", chain(clause(name, search.Plain)), ""}, {"Observation", chain(clause(born, search.Plain)), fault.Unsupported},
		{"Patient", search.Has{Param: subject, Where: search.True{}}, fault.Unsupported}, {"Patient", search.IDs{}, ""},
		{"Patient", search.Text{}, fault.Unsupported}, {"Patient", search.List{ID: "x"}, ""},
		{"Patient", search.List{ID: "x", Where: clause(born, search.Plain)}, fault.Unsupported},
		{"Observation", clause(code, search.Plain), fault.ParameterBuilding},
	} {
		if got := fault.Of(search.Can(claims, c.resourceType, c.e)); got != c.want {
			t.Errorf("%s?%v: %q, want %q", c.resourceType, c.e, got, c.want)
		}
	}
	if err := search.CanSortBy(claims, "Patient", []search.SortKey{{Param: name}, {Param: born}}); fault.Of(err) != fault.Unsupported {
		t.Errorf("sort: %v", err)
	}
}
