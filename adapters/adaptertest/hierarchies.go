package adaptertest

import (
	"fmt"
	"testing"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/search"
)

// testHierarchies: references :above and :below over several levels, in circles, to what is not there or has been deleted, and
// through what the caller does not see.
func testHierarchies(t *testing.T, r *rig) {
	searcher(t, r)
	for _, text := range []string{
		`{"resourceType":"Location","id":"house","name":"house"}`,
		`{"resourceType":"Location","id":"floor","partOf":{"reference":"Location/house"}}`,
		`{"resourceType":"Location","id":"room","name":"room","partOf":{"reference":"Location/floor/_history/1"}}`,
		`{"resourceType":"Location","id":"ring","partOf":{"reference":"Location/ring2"}}`,
		`{"resourceType":"Location","id":"ring2","partOf":{"reference":"Location/ring"}}`,
		`{"resourceType":"Location","id":"orphan","partOf":{"reference":"Location/gone"}}`,
		`{"resourceType":"Location","id":"gone","partOf":{"reference":"Location/house"}}`,
		`{"resourceType":"Organization","id":"house"}`,
		`{"resourceType":"Organization","id":"room","partOf":{"reference":"Organization/house"}}`,
		`{"resourceType":"Procedure","id":"whole","status":"completed","subject":{"reference":"Patient/p"}}`,
		`{"resourceType":"Procedure","id":"part","status":"completed","partOf":[{"reference":"Procedure/whole"}],"subject":{"reference":"Patient/p"}}`,
		`{"resourceType":"Observation","id":"o1","status":"final","code":{"text":"x"},"partOf":[{"reference":"Procedure/part"}]}`,
		`{"resourceType":"Encounter","id":"e0","location":[{"location":{"reference":"Location/house"}}]}`,
		`{"resourceType":"Encounter","id":"e1","location":[{"location":{"reference":"Location/floor"}}]}`,
		`{"resourceType":"Encounter","id":"e2","location":[{"location":{"reference":"Location/room"}},{"location":{"reference":"Location/ring"}}]}`,
		`{"resourceType":"Encounter","id":"e3","location":[{"location":{"reference":"Location/orphan"}}]}`,
		`{"resourceType":"Encounter","id":"e4","location":[{"location":{"reference":"Location/never"}}]}`,
		`{"resourceType":"Encounter","id":"e5","location":[{"location":{"reference":"http://other.example/Location/room"}}]}`,
	} {
		r.write(t, put(Index(t, []byte(text)), adapters.Precondition{}))
	}
	r.write(t, remove(Index(t, []byte(`{"resourceType":"Location","id":"gone"}`)).Ref, adapters.Precondition{}))
	p := r.data.Params
	ids := func(ids ...string) search.Expr { return search.Not{X: search.IDs{IDs: ids}} }
	policies := []map[string]search.Expr{
		nil, {}, {"Location": search.False{}}, {"Location": ids("floor")}, {"Location": ids("room")}, {"Location": ids("house")},
		{"Location": search.Exists{Param: p.Param("Location", "name")}}, {"Location": search.Exists{Param: p.Param("Location", "partof")}},
		{"Location": search.Has{Param: p.Param("Encounter", "location"), Where: search.True{}}},
	}
	for _, c := range [][2]string{{"Encounter", "location"}, {"Location", "partof"}, {"Organization", "partof"}, {"Observation", "part-of"}} {
		for _, id := range []string{"house", "floor", "room", "ring", "orphan", "gone", "never", "whole", "part"} {
			for _, m := range []search.Modifier{search.Above, search.Below} {
				e := search.Clause{Param: p.Param(c[0], c[1]), Modifier: m, Values: []search.Value{{Code: id}}}
				r.hierarchy(t, c[0], e, policies[:1])
				e.Values[0].Type = "Location"
				r.hierarchy(t, c[0], e, policies)
				e.Values = append(e.Values, search.Value{Text: "http://other.example/Location/room"}, search.Value{Type: "Procedure", Code: id})
				r.hierarchy(t, c[0], e, policies[:1])
			}
		}
	}
}

func (r *rig) hierarchy(t *testing.T, resourceType string, e search.Expr, policies []map[string]search.Expr) {
	t.Helper()
	for n, policy := range policies {
		for _, where := range []search.Expr{e, search.Not{X: e}} {
			q := request(resourceType, where)
			q.Query.Caller.Policy = policy
			r.sameSearch(t, fmt.Sprintf("%s?%s, policy %d", resourceType, where, n), q)
		}
	}
}
