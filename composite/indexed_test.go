package composite_test

import (
	"strings"
	"testing"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/adapters/memory"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/internal/fault"
)

// TestCheckIndex: an empty store takes any settings; one with data only those that its rows were indexed under.
func TestCheckIndex(t *testing.T) {
	store := memory.Open(memory.Config{})
	exact, canonical := map[string]string{"fhir.units": "exact"}, map[string]string{"fhir.units": "canonical"}
	for _, s := range []map[string]string{exact, exact, canonical, exact} {
		if err := composite.CheckIndex(t.Context(), store, s); err != nil {
			t.Fatalf("an empty store: %v", err)
		}
	}
	record := adaptertest.Index(t, []byte(`{"resourceType":"Patient","id":"a"}`))
	if _, err := store.Write(t.Context(), []adapters.Member{{Tenant: "main", Writes: []adapters.Write{record.Put()}}}); err != nil {
		t.Fatal(err)
	}
	if err := composite.CheckIndex(t.Context(), store, exact); err != nil {
		t.Fatal(err)
	}
	err := composite.CheckIndex(t.Context(), store, canonical)
	if fault.Of(err) != fault.BadUserInput || !strings.Contains(err.Error(), `fhir.units was "exact" and is "canonical"`) {
		t.Errorf("other settings: %v", err)
	}
}
