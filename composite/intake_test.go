package composite_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
)

func storesOf(s adapters.Store) []adapters.Store { return []adapters.Store{s} }

func intake(t *testing.T) *composite.Intake {
	t.Helper()
	return composite.NewIntake(fhir.R4(), models(t))
}

// TestPrepare: a resource that is in order becomes a write whose index values are those of its stored body.
func TestPrepare(t *testing.T) {
	raw := `{"resourceType":"Patient","id":"p1","meta":{"versionId":"7","lastUpdated":"2024-05-01T10:30:00Z"},"gender":"female"}`
	got, err := intake(t).Prepare([]byte(raw), composite.Admission{})
	if err != nil {
		t.Fatal(err)
	}
	if got.Write.Ref != ref("Patient", "p1") || got.Write.LastUpdated != 1714559400000000 || got.Write.Action != adapters.Put {
		t.Errorf("%+v", got.Write)
	}
	if want := `{"resourceType":"Patient","id":"p1","gender":"female"}`; string(got.Write.Body.JSON) != want {
		t.Errorf("%s", got.Write.Body.JSON)
	}
	sameValues(t, got)
	restamped, err := intake(t).Prepare([]byte(raw), composite.Admission{Restamp: true})
	if err != nil || restamped.Write.LastUpdated != 0 {
		t.Errorf("%d %v", restamped.Write.LastUpdated, err)
	}
}

func sameValues(t *testing.T, p composite.Prepared) {
	t.Helper()
	want, _, err := models(t).Current().Indexer.IndexBytes(p.Write.Body.JSON)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, p.Write.Values); diff != "" {
		t.Errorf("the values are not those of the body:\n%s", diff)
	}
}

// TestEveryProblemAtOnce: all that is wrong is said, each with its place, none with a value.
func TestEveryProblemAtOnce(t *testing.T) {
	raw := `{"resourceType":"Patient","meta":{"lastUpdated":"secret1"},"gender":"secret2","birthDate":"secret3","secret4":1,"active":"secret5"}`
	_, err := intake(t).Prepare([]byte(raw), composite.Admission{})
	var invalid *composite.InvalidError
	if !errors.As(err, &invalid) {
		t.Fatal(err)
	}
	var paths []string
	for _, i := range invalid.Issues {
		paths = append(paths, i.Path)
	}
	want := []string{
		"Patient.gender", "Patient.birthDate", "Patient", "Patient.active", "Patient.id", "Patient.meta.lastUpdated",
	}
	if diff := cmp.Diff(want, paths); diff != "" {
		t.Error(diff)
	}
	for _, secret := range []string{"secret1", "secret2", "secret3", "secret5"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("%v has a value", err)
		}
	}
}

// TestLenient: what legacy data bends is taken, broken structure is not.
func TestLenient(t *testing.T) {
	bent := []byte(`{"resourceType":"Observation","id":"o","status":"odd"}`)
	if _, err := intake(t).Prepare(bent, composite.Admission{}); err == nil {
		t.Error("a strict intake took it")
	}
	got, err := intake(t).Prepare(bent, composite.Admission{Lenient: true})
	if err != nil || len(got.Forgiven) != 2 {
		t.Errorf("%v %v", got.Forgiven, err)
	}
	broken := []byte(`{"resourceType":"Observation","id":"o","status":["final"]}`)
	if _, err := intake(t).Prepare(broken, composite.Admission{Lenient: true}); err == nil {
		t.Error("a lenient intake took what is broken")
	}
}

// TestIdentify: the same content gets the same id, however it is written; another gets another.
func TestIdentify(t *testing.T) {
	how := composite.Admission{Identify: true}
	ids := map[string]string{}
	for name, raw := range map[string]string{
		"a":        `{"resourceType":"Patient","gender":"female","active":true}`,
		"a again":  `{ "active" : true, "resourceType":"Patient", "gender":"fem\u0061le", "meta":{"versionId":"3","lastUpdated":"2024-05-01T10:30:00Z"}}`,
		"b":        `{"resourceType":"Patient","gender":"male","active":true}`,
		"has one":  `{"resourceType":"Patient","id":"mine","gender":"female","active":true}`,
		"has none": `{"resourceType":"Basic","code":{"text":"x"}}`,
	} {
		p, err := intake(t).Prepare([]byte(raw), how)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if p.Write.Values.Ref != p.Write.Ref || !strings.Contains(string(p.Write.Body.JSON), `"id":"`+p.Write.Ref.ID+`"`) {
			t.Errorf("%s: %s %s", name, p.Write.Ref, p.Write.Body.JSON)
		}
		sameValues(t, p)
		ids[name] = p.Write.Ref.ID
	}
	if ids["a"] != ids["a again"] || ids["a"] == ids["b"] || ids["has one"] != "mine" || !fhir.ValidID(ids["a"]) {
		t.Errorf("%v", ids)
	}
}

// TestNoResource: what is no JSON resource is refused with its place.
func TestNoResource(t *testing.T) {
	for _, raw := range []string{"", "{", "[]", `{"resourceType":7}`, "{\"resourceType\":\"Patient\",\"id\":\"a\"}x", `{"resourceType":"Patient","id":"a","id":"b"}`} {
		_, err := intake(t).Prepare([]byte(raw), composite.Admission{Identify: true})
		wantCode(t, err, fault.BadUserInput)
	}
	for _, raw := range []string{"{}", `{"resourceType":"Nothing"}`} {
		var invalid *composite.InvalidError
		if _, err := intake(t).Prepare([]byte(raw), composite.Admission{Identify: true}); !errors.As(err, &invalid) {
			t.Errorf("%s: %v", raw, err)
		}
	}
}

func wantInvalid(t *testing.T, err error) *composite.InvalidError {
	t.Helper()
	var invalid *composite.InvalidError
	if !errors.As(err, &invalid) {
		t.Fatalf("got %v, want an InvalidError", err)
	}
	return invalid
}
