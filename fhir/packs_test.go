package fhir_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/shareddata"
	"github.com/valyala/fastjson"
)

// bending are the official examples whose content breaks R4 itself.
var bending = []string{
	"DeviceMetric/example", "DeviceUseStatement/example", "MedicationRequest/medrx0301", "Observation/clinical-gender", "Questionnaire/qs1",
}

// eachStored strips every resource of a pack and gives it to fn as it is stored.
func eachStored(t testing.TB, pack string, fn func(ref string, raw []byte, body fhir.Body, v *fastjson.Value)) bool {
	var parser fastjson.Parser
	return shareddata.Each(t, pack, func(file string, line int, raw []byte) {
		body, meta, err := fhir.Strip(raw)
		if err != nil {
			t.Errorf("%s:%d: %v", file, line, err)
			return
		}
		v, err := parser.ParseBytes(body.JSON)
		if err != nil {
			t.Errorf("%s:%d: %v", file, line, err)
			return
		}
		fn(meta.Type+"/"+meta.ID, raw, body, v)
	})
}

func TestOfficialExamples(t *testing.T) {
	var strict []string
	if !eachStored(t, "fhir-r4-examples", func(ref string, raw []byte, body fhir.Body, v *fastjson.Value) {
		if issues := fhir.R4().Validate(v, fhir.ValidateOptions{}); len(issues) > 0 {
			strict = append(strict, ref)
		}
		for _, issue := range fhir.R4().Validate(v, fhir.ValidateOptions{Lenient: true}) {
			t.Errorf("%s, lenient: %s", ref, issue)
		}
		if diff := cmp.Diff(content(t, raw), content(t, body.Append(nil, "1", "2020"))); diff != "" {
			t.Errorf("%s: %s", ref, diff)
		}
	}) {
		return
	}
	seen := map[string]bool{}
	for _, ref := range strict {
		seen[ref] = true
	}
	for _, ref := range bending {
		if !seen[ref] {
			t.Errorf("%s passes", ref)
		}
		delete(seen, ref)
	}
	for ref := range seen {
		t.Errorf("%s does not pass", ref)
	}
}

func TestSyntheticPatientsAreValid(t *testing.T) {
	for _, pack := range []string{"sof-r4-100", "blaze-120"} {
		var compacted bytes.Buffer
		eachStored(t, pack, func(ref string, raw []byte, body fhir.Body, v *fastjson.Value) {
			for _, issue := range fhir.R4().Validate(v, fhir.ValidateOptions{}) {
				t.Errorf("%s %s: %s", pack, ref, issue)
			}
			compacted.Reset()
			if err := json.Compact(&compacted, raw); err != nil {
				t.Fatal(err)
			}
			if len(body.JSON) > compacted.Len() {
				t.Errorf("%s: %d bytes stored of %d", ref, len(body.JSON), compacted.Len())
			}
		})
	}
}
