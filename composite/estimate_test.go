package composite_test

import (
	"testing"

	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// TestEstimate: an estimate is exact up to 1,000, and more than that where there is more.
func TestEstimate(t *testing.T) {
	for _, patients := range []int{7, planner.EstimateAbove, planner.EstimateAbove + 50} {
		r := newPatients(t, patients)
		p := part(search.Request{Query: search.Query{Caller: search.Caller{Tenant: tenant}, Type: "Patient"}})
		p.Rows, p.Total = false, planner.Estimate
		page, _, err := run(t.Context(), r.engine, search.Caller{Tenant: tenant}, p, "")
		if err != nil {
			t.Fatal(err)
		}
		if patients <= planner.EstimateAbove && page.Total != int64(patients) || page.Total < int64(min(patients, planner.EstimateAbove+1)) {
			t.Errorf("%d patients: %d", patients, page.Total)
		}
	}
}
