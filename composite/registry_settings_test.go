package composite_test

import (
	"testing"
	"time"

	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/adapters/memory"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// under opens a process over the store with units and a program of a version.
func under(t *testing.T, store composite.ParameterStore, units search.Units, program string) *office {
	t.Helper()
	names := map[search.Units]string{search.UnitsExact: "exact", search.UnitsCanonical: "canonical"}
	settings := map[string]string{"units": names[units], composite.ProgramSetting: program}
	if _, err := composite.ChangeIndex(t.Context(), store, settings); err != nil {
		t.Fatal(err)
	}
	o := &office{t: t}
	var err error
	o.models, err = composite.NewModels(composite.ModelConfig{
		Parameters: adaptertest.Parameters(t), Index: search.Config{Units: units}, Read: search.ReaderConfig{Units: units},
	})
	if err != nil {
		t.Fatal(err)
	}
	o.intake = composite.NewIntake(fhir.R4(), o.models)
	o.registry, err = composite.OpenRegistry(t.Context(), composite.RegistryConfig{
		Primary: store, Models: o.models, Batch: 10, Every: time.Hour, Settings: settings,
		Indexer: func(old map[string]string, params *search.Parameters) (*search.Indexer, error) {
			units := search.UnitsExact
			if old["units"] == "canonical" {
				units = search.UnitsCanonical
			}
			return search.NewIndexer(params, search.Config{Units: units})
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// find counts observations that match a clause.
func (o *office) find(code, value string) (int64, error) {
	where, err := o.models.Current().Reader.Clause("Observation", code, []string{value})
	if err != nil {
		return 0, err
	}
	n, _, err := o.registry.Count(o.t.Context(), search.Request{Query: search.Query{Caller: search.Caller{Tenant: "main"}, Type: "Observation", Where: where}})
	return n, err
}

func (o *office) wantFound(code, value string, want int64, failure fault.Code) {
	o.t.Helper()
	if n, err := o.find(code, value); n != want || fault.Of(err) != failure {
		o.t.Errorf("%s=%s: %d (%v), want %d %s", code, value, n, err, want, failure)
	}
}

// TestRegistrySettings: settings of the index that change make the parameters that they concern be built anew, and no others; another
// program makes all.
func TestRegistrySettings(t *testing.T) {
	const kilo, heavy = "value-quantity", "70500|http://unitsofmeasure.org|g"
	store := memory.Open(memory.Config{})
	o := under(t, store, search.UnitsExact, "1")
	o.put(`{"resourceType":"Observation","id":"w","status":"final","code":{"text":"weight"},` +
		`"valueQuantity":{"value":70.5,"system":"http://unitsofmeasure.org","code":"kg"}}`)
	o.put(parameter("nick", "active", "nickname", "string", nickname))
	o.finish()
	o.wantFound(kilo, heavy, 0, "")

	o = under(t, store, search.UnitsCanonical, "1")
	o.wantFound(kilo, heavy, 0, fault.ParameterBuilding)
	o.wantFound("code-value-quantity", "x$70500", 0, fault.ParameterBuilding)
	o.wantFound("status", "final", 1, "")
	o.wantFound("_content", "weight", 1, "")
	o.wantCount("nickname", "x", 0)
	o.finish()
	o.wantFound(kilo, heavy, 1, "")
	o.wantFound("status", "final", 1, "")

	under(t, store, search.UnitsExact, "1") // there and back, with nothing done in between
	o = under(t, store, search.UnitsCanonical, "1")
	o.wantFound(kilo, heavy, 0, fault.ParameterBuilding)
	o.finish()
	o.wantFound(kilo, heavy, 1, "")

	o = under(t, store, search.UnitsCanonical, "2")
	for _, code := range []string{kilo, "status", "_content"} {
		o.wantFound(code, "1", 0, fault.ParameterBuilding)
	}
	o.wantFound("_id", "w", 1, "")
	o.finish()
	o.wantFound("status", "final", 1, "")
	o.wantFound("_content", "weight", 1, "")
	if did, err := under(t, store, search.UnitsCanonical, "2").registry.Step(t.Context()); did || err != nil {
		t.Errorf("there is work without a change (%v)", err)
	}
}

// TestRegistrySettingsOfOthers: a tenant that was not known when the settings changed is indexed anew when it is.
func TestRegistrySettingsOfOthers(t *testing.T) {
	store := memory.Open(memory.Config{})
	o := under(t, store, search.UnitsExact, "1")
	o.write(o.prepare("late", `{"resourceType":"Patient","id":"a","gender":"male"}`))
	under(t, store, search.UnitsExact, "2").finish()
	o = under(t, store, search.UnitsExact, "2")
	var err error
	o.registry, err = composite.OpenRegistry(t.Context(), composite.RegistryConfig{
		Primary: store, Models: o.models, Tenants: []string{"late"}, Settings: map[string]string{"units": "exact", composite.ProgramSetting: "2"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.count("late", "gender", "male"); fault.Of(err) != fault.ParameterBuilding {
		t.Error(err)
	}
	o.finish()
	if n, err := o.count("late", "gender", "male"); n != 1 || err != nil {
		t.Errorf("%d %v", n, err)
	}
}
