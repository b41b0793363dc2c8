package fhir_test

import (
	"testing"

	"github.com/heliograph/heliograph/fhir"
)

func TestCompareVersions(t *testing.T) {
	order := []string{"", "draft", "1", "1-rc", "1-2", "1.9", "1.10", "1.10.0", "02", "2024-01-02", "2024-01-10"}
	for i := range order {
		for k := range order {
			if got, want := fhir.CompareVersions(order[i], order[k]), i-k; (got < 0) != (want < 0) || (got > 0) != (want > 0) {
				t.Errorf("%q and %q: %d", order[i], order[k], got)
			}
		}
	}
}
