package e2e_test

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/heliograph/heliograph/internal/shareddata"
)

// TestPacks loads the large pack by the program and asks nested queries over it.
func TestPacks(t *testing.T) {
	dir, ok := shareddata.Unpack(t, "blaze-120")
	if !ok {
		return
	}
	data := filepath.Join(t.TempDir(), "data")
	code, _, errs := heliograph(t, "--data", data, "load", dir)
	if code != 0 {
		t.Fatal(errs)
	}
	t.Log(strings.SplitN(errs, "\n", 3)[0], "\n", errs)
	p := start(t, data)
	q := `{ counts { count }
	 PatientList(_count: 20) { id name { family } ObservationList(_reference: subject, _sort: "-date", _count: 5) {
	   effectiveDateTime encounter { resource { ... on Encounter { id serviceProvider { resource { ... on Organization { name } } } } } } }
	   ConditionConnection(_reference: subject, first: 2) { count edges { node { code { text } } } } } }`
	a := post(t, p.url, q, nil).ok(t, q)
	var got struct {
		Data struct {
			Counts      []struct{ Count int }
			PatientList []struct {
				ObservationList []struct {
					EffectiveDateTime string
					Encounter         *struct{ Resource json.RawMessage }
				}
			}
		}
	}
	if err := json.Unmarshal(a.raw, &got); err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, c := range got.Data.Counts {
		total += c.Count
	}
	if total != 92_114 {
		t.Errorf("%d resources, want 92,114", total)
	}
	for i, patient := range got.Data.PatientList {
		if len(patient.ObservationList) != 5 {
			t.Errorf("patient %d has %d observations", i, len(patient.ObservationList))
		}
		for j, o := range patient.ObservationList {
			if j > 0 && o.EffectiveDateTime > patient.ObservationList[j-1].EffectiveDateTime {
				t.Errorf("patient %d: the observations are not newest first", i)
			}
			if o.Encounter == nil || bytes.Equal(o.Encounter.Resource, []byte("null")) {
				t.Errorf("patient %d: an observation without its encounter", i)
			}
		}
	}
}

// TestOfficialExamples: strict loading rejects those that bend the rules, each with its place; lenient loading takes all and
// names the same ones.
func TestOfficialExamples(t *testing.T) {
	dir, ok := shareddata.Unpack(t, "fhir-r4-examples")
	if !ok {
		return
	}
	rejects := filepath.Join(t.TempDir(), "rejects.ndjson")
	code, _, errs := heliograph(t, "--data", filepath.Join(t.TempDir(), "strict"), "load", "--rejects", rejects, dir)
	if code != 1 || !strings.Contains(errs, "638 created") || !strings.Contains(errs, "5 rejected") {
		t.Errorf("strict: %d %s", code, errs)
	}
	code, _, errs = heliograph(t, "--data", filepath.Join(t.TempDir(), "lenient"), "load", "--lenient", "--rejects", rejects, dir)
	if code != 0 || !strings.Contains(errs, "643 created") || !strings.Contains(errs, "5 were loaded although they bend the rules") {
		t.Errorf("lenient: %d %s", code, errs)
	}
	for _, ref := range []string{"DeviceMetric/example", "DeviceUseStatement/example", "MedicationRequest/medrx0301", "Observation/clinical-gender", "Questionnaire/qs1"} {
		if !strings.Contains(errs, "loaded leniently: "+ref) {
			t.Errorf("%s is not named in\n%s", ref, errs)
		}
	}
}
