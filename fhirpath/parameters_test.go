package fhirpath_test

import (
	"testing"

	"github.com/valyala/fastjson"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/fhirpath"
	"github.com/heliograph/heliograph/internal/shareddata"
)

// TestSearchParameters: the expressions of R4's search parameters are FHIRPath, and evaluate on every official example.
func TestSearchParameters(t *testing.T) {
	compiler := fhirpath.New(fhirpath.Config{Cache: 4096})
	for _, resource := range fhir.R4().Resources() {
		for _, p := range fhir.R4().SearchParameters(resource) {
			if p.Expression == "" {
				continue
			}
			if _, err := compiler.Compile(p.Expression); err != nil {
				t.Errorf("%s: %s: %v", p.URL, p.Expression, err)
			}
		}
	}
	n := 0
	shareddata.Each(t, "fhir-r4-examples", func(_ string, _ int, raw []byte) {
		for _, p := range fhir.R4().SearchParameters(fastjson.GetString(raw, "resourceType")) {
			if p.Expression == "" {
				continue
			}
			e, err := compiler.Compile(p.Expression)
			if err != nil {
				continue
			}
			n++
			if _, err := e.Evaluate(raw); err != nil {
				t.Errorf("%s: %s: %v", p.URL, p.Expression, err)
			}
		}
	})
	t.Logf("%d evaluations", n)
}
