package adaptertest

import (
	"testing"
	"time"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

// testNotify: whoever looks at the head once he is told, and goes on waiting, sees every change; and nobody is waited for.
func testNotify(t *testing.T, r *rig) {
	log := part[adapters.Log](t, r)
	n := part[adapters.Notifier](t, r)
	told, never, stopped := make(chan struct{}, 1), make(chan struct{}, 1), make(chan struct{}, 1)
	defer n.Notify(told)()
	defer n.Notify(never)()
	n.Notify(stopped)()
	ref := fhir.Ref{Type: "Patient", ID: "1"}
	seen := func(at search.Position) {
		t.Helper()
		for deadline := time.After(10 * time.Second); ; {
			select {
			case <-told:
			case <-deadline:
				t.Fatalf("nothing was told of position %d", at)
			}
			if r.head(t).Position >= at {
				return
			}
		}
	}
	r.write(t, put(patient(t, "1", "A"), adapters.Precondition{}))
	seen(1)
	r.write(t, put(patient(t, "1", "B"), adapters.Precondition{}), remove(ref, adapters.Precondition{}))
	seen(3)
	if _, err := log.Purge(t.Context(), mainTenant, ref); err != nil {
		t.Fatal(err)
	}
	seen(4)
	if len(never) != 1 || len(stopped) != 0 {
		t.Errorf("%d and %d wait where 1 and 0 should", len(never), len(stopped))
	}
}
