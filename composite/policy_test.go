package composite_test

import (
	"slices"
	"testing"

	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// TestPolicySplit: where a query is split over stores that can both apply the caller's predicate, it holds for what is found, for
// what is taken away, for what is filtered here, and in the counts; where one cannot apply it, that store is not asked.
func TestPolicySplit(t *testing.T) {
	params := adaptertest.Parameters(t)
	sighted := word
	sighted.Params = append([]search.ParamClaim{{Codes: []string{"birthdate"}}}, word.Params...)
	family := func(name string) search.Expr { return named(t, name).Query.Where.(search.And)[0] }
	female := named(t, "").Query.Where.(search.And)[1]
	phone := search.Exists{Param: params.Param("Patient", "address-city")}
	conditions := map[string]search.Expr{
		"and": search.And{family("Ames"), female}, "or": search.Or{family("Ames"), female}, "not": search.Not{X: family("Ames")},
		"and not": search.And{female, search.Not{X: family("Ames")}}, "not not": search.Not{X: search.And{family("Ames"), search.Not{X: female}}},
		"filtered": search.And{family("Ames"), search.Not{X: phone}},
	}
	for _, claims := range []search.Claims{word, sighted} {
		r := &rig{oracle: memory0(t), primary: memory1(t)}
		for i := range 16 {
			born := []string{"1970-01-01", "1980-01-01"}[i/2%2]
			gender := []string{"male", "female"}[i/4%2]
			r.write(t, record(t, `{"resourceType":"Patient","id":"p`+string(rune('a'+i))+`","gender":"`+gender+`","birthDate":"`+born+
				`","name":[{"family":"`+[]string{"Ames", "Byrd"}[i%2]+`"}]}`).Put())
		}
		r.secondaries = append(r.secondaries, newSecondary(t, r.primary, "word", claims))
		r.engine = open(t, r.primary, composite.Budget{}, r.secondaries[0])
		r.sync(t, 0)
		born := search.Clause{Param: params.Param("Patient", "birthdate"), Values: []search.Value{{Lo: 315532800000000, Hi: 347155200000000}}}
		caller := search.Caller{Tenant: tenant, Policy: map[string]search.Expr{"Patient": born}}
		for name, where := range conditions {
			req := search.Request{Query: search.Query{Caller: caller, Type: "Patient", Where: where}}
			want := hitIDs(hits(t, r.oracle, req))
			page, plan, err := run(t.Context(), r.engine, caller, part(req), "")
			if err != nil || !slices.Equal(want, idsOf(page.Rows)) || page.Total != int64(len(want)) || len(want) == 0 || len(want) > 8 {
				t.Errorf("%s: %v, %d rows of %d, total %d\n%s", name, err, len(page.Rows), len(want), page.Total, plan)
			}
		}
	}
}

// TestTenants: two tenants with the same ids see their own, whatever the plan.
func TestTenants(t *testing.T) {
	r := newPatients(t, 3)
	page, plan, err := run(t.Context(), r.engine, search.Caller{Tenant: "other"}, part(named(t, "Ames")), "")
	if err != nil || len(page.Rows) != 0 || page.Total != 0 {
		t.Errorf("%d rows, total %d, %v\n%s", len(page.Rows), page.Total, err, plan)
	}
	denied := search.Caller{Tenant: tenant, Policy: map[string]search.Expr{"*": search.False{}}}
	page, plan, err = run(t.Context(), r.engine, denied, part(named(t, "Ames")), "")
	if fault.Of(err) != "" || len(page.Rows) != 0 || page.Total != 0 {
		t.Errorf("%d rows, total %d, %v\n%s", len(page.Rows), page.Total, err, plan)
	}
}
