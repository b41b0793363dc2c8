package adaptertest

import (
	"fmt"
	"testing"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

// testTenants: two tenants with the same ids and other content; nothing of one shows in any method of the other.
func testTenants(t *testing.T, r *rig) {
	other := NewData(t, 3, 2)
	r.fill(t, mainTenant, r.data.Records)
	r.fill(t, otherTenant, other.Records)
	r.write(t, adapters.Member{Tenant: otherTenant, Writes: remove(fhir.Ref{Type: "Patient", ID: "A"}, adapters.Precondition{}).Writes})
	for _, tenant := range []string{mainTenant, otherTenant, "nobody", "mai", "main\x00other", ""} {
		c := search.Caller{Tenant: tenant}
		if reader, ok := r.Store.(adapters.Reader); ok {
			r.sameRead(t, c, key("Patient", "A", 0), key("Patient", "A", 1), key("Patient", "A", 2), key("Patient", "a", 0), key("Encounter", "a", 0))
			q := adapters.HistoryRequest{Caller: c, Limit: 50}
			same(t, tenant+": history", reader.History(t.Context(), q), r.oracle.History(t.Context(), q))
		}
		if _, ok := r.Store.(adapters.Searcher); !ok {
			continue
		}
		for _, resourceType := range r.data.types {
			q := request(resourceType, nil)
			q.Query.Caller = c
			r.sameSearch(t, tenant+": all "+resourceType, q)
		}
		r.reach(t, tenant, search.Caller{Tenant: tenant})
	}
}

// reach asks what goes over references, the ways on which a tenant could be left.
func (r *rig) reach(t *testing.T, who string, c search.Caller) {
	t.Helper()
	p := r.data.Params
	subject := p.Param("Observation", "subject")
	for n, e := range []struct {
		resourceType string
		where        search.Expr
	}{
		{"Observation", search.Chain{Param: subject, Target: "Patient", Where: search.True{}}},
		{"Observation", search.Chain{Param: subject, Target: "Patient", Where: search.Exists{Param: p.Param("Patient", "gender")}}},
		{"Observation", search.Not{X: search.Chain{Param: subject, Target: "Patient", Where: search.True{}}}},
		{"Patient", search.Has{Param: subject, Where: search.True{}}},
		{"Patient", search.Not{X: search.Has{Param: subject, Where: search.Exists{Param: p.Param("Observation", "code")}}}},
		{"Patient", search.Chain{Param: p.Param("Patient", "organization"), Target: "Organization", Where: search.Chain{
			Param: p.Param("Organization", "partof"), Target: "Organization", Where: search.True{}}}},
		{"Organization", search.Has{Param: p.Param("Patient", "organization"), Where: search.Has{Param: subject, Where: search.True{}}}},
		{"Patient", search.List{ID: "a"}}, {"Patient", search.IDs{IDs: []string{"A", "a", "bare"}}},
		{"Patient", search.Text{Content: true, Any: [][]string{{"muller"}}}},
		{"Encounter", search.Clause{Param: p.Param("Encounter", "location"), Modifier: search.Below, Values: []search.Value{{Type: "Location", Code: "l1"}}}},
	} {
		q := request(e.resourceType, e.where)
		q.Query.Caller = c
		r.sameSearch(t, fmt.Sprintf("%s: reach %d, %s", who, n, e.where), q)
	}
	each, ok := r.Store.(adapters.EachSearcher)
	if !ok || !r.Store.Describe().Has(search.CanEach) {
		return
	}
	q := search.EachRequest{Request: request("Observation", nil), Param: subject, Parents: r.data.parents(subject, 20)}
	q.Query.Caller = c
	if r.claimed(q.Request) == nil {
		same(t, who+": each", each.SearchEach(t.Context(), q), r.oracle.SearchEach(t.Context(), q))
	}
}

// testPolicy: the caller's predicate holds at every type that a request visits.
func testPolicy(t *testing.T, r *rig) {
	r.fill(t, mainTenant, r.data.Records)
	p := r.data.Params
	female := search.Clause{Param: p.Param("Patient", "gender"), Values: []search.Value{{Code: "female"}}}
	final := search.Clause{Param: p.Param("Observation", "status"), Values: []search.Value{{Code: "final"}}}
	subject := p.Param("Observation", "subject")
	policies := []map[string]search.Expr{
		{"Patient": female}, {"Observation": final}, {"Patient": search.Not{X: female}, "Observation": search.Not{X: final}},
		{"*": search.False{}}, {"*": search.False{}, "Patient": search.True{}}, {"Organization": search.False{}}, {"List": search.False{}},
		{"Observation": search.Chain{Param: subject, Target: "Patient", Where: female}},
		{"Patient": search.Has{Param: subject, Where: final}}, {},
		{"Location": search.False{}}, {"Location": search.Not{X: search.IDs{IDs: []string{"l2"}}}},
		{"Location": search.Exists{Param: p.Param("Location", "partof")}},
	}
	for n, policy := range policies {
		c := search.Caller{Tenant: mainTenant, Policy: policy}
		who := fmt.Sprint("policy ", n)
		if _, ok := r.Store.(adapters.Reader); ok && n != 7 && n != 8 {
			r.sameRead(t, c, key("Patient", "A", 0), key("Patient", "a", 0), key("Patient", "A", 1), key("Observation", "n1", 0), key("Observation", "n3", 0))
		}
		if _, ok := r.Store.(adapters.Searcher); !ok {
			continue
		}
		for _, resourceType := range []string{"Patient", "Observation", "Organization", "Encounter", "List"} {
			q := request(resourceType, nil)
			q.Query.Caller = c
			r.sameSearch(t, who+": all "+resourceType, q)
		}
		r.reach(t, who, c)
	}
}
