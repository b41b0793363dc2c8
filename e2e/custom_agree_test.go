package e2e_test

import (
	"bytes"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/load"
	"github.com/heliograph/heliograph/sample"
	"github.com/heliograph/heliograph/search"
)

// TestCustomAgreement asks SQLite and the oracle by custom parameters over data that was there before them: the responses are equal, byte
// for byte.
func TestCustomAgreement(t *testing.T) {
	dir := t.TempDir()
	if _, err := sample.WriteNDJSON(dir, sample.Config{Patients: 15, Seed: 1}); err != nil {
		t.Fatal(err)
	}
	ask := map[string]http.Handler{"sqlite": customised(t, dir, (*kit).sqlite), "memory": customised(t, dir, (*kit).memory)}
	cases, err := filepath.Glob("testdata/custom/*.txtar")
	if err != nil || len(cases) < 2 {
		t.Fatalf("%d cases: %v", len(cases), err)
	}
	for _, file := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { golden(t, file, ask) })
	}
	for _, query := range customQueries() {
		if a, b := serve(t, ask["sqlite"], query), serve(t, ask["memory"], query); !bytes.Equal(a, b) || bytes.Contains(a, []byte(`"errors"`)) {
			t.Errorf("%s\nsqlite %.500s\nmemory %.500s", query, a, b)
		}
	}
}

// customQueries ask by each of the custom parameters, sort by it, and follow one back.
func customQueries() (out []string) {
	out = []string{
		`{ PatientList(x_gender: "male", _sort: "-x-born", _count: 20) { id ObservationList(_reference: subject, _count: 3, _sort: "-x-status") { id } } }`,
		`{ EncounterList(_count: 50) { id ObservationList(_reference: x_encounter, _count: 3) { id } } }`,
	}
	for _, x := range twins {
		custom := strings.ReplaceAll(x.code, "-", "_")
		if x.kind != "reference" {
			out = append(out, fmt.Sprintf(`{ %sList(%s: %q, _count: 200) { id } }`, x.resource, custom, x.value),
				fmt.Sprintf(`{ %sConnection(%s: %q, first: 3) { count edges { node { id } } pageInfo { hasNextPage } } }`, x.resource, custom, x.value))
		}
		if x.kind != "composite" {
			out = append(out, fmt.Sprintf(`{ %sList(_sort: "%s,-_lastUpdated", _count: 100) { id } }`, x.resource, x.code))
		}
	}
	return out
}

// customised loads a folder into a store, then the custom parameters, and indexes anew.
func customised(t *testing.T, dir string, open func(*kit, testing.TB) primary) http.Handler {
	t.Helper()
	k := newKit(t, search.UnitsExact)
	store, ok := open(k, t).(composite.ParameterStore)
	if !ok {
		t.Fatal("the store takes no custom parameters")
	}
	registry, err := composite.OpenRegistry(t.Context(), composite.RegistryConfig{Primary: store, Models: k.models, Every: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	k.load(t, registry, load.Config{Admission: composite.Admission{Lenient: true}}, dir)
	l, err := load.New(load.Config{Target: registry, Intake: k.intake})
	if err != nil {
		t.Fatal(err)
	}
	if sum, err := l.Stream(t.Context(), "parameters", strings.NewReader(searchParameters("active"))); err != nil || sum.Created != int64(len(twins)) {
		t.Fatal(sum, err)
	}
	for did := true; did; {
		if did, err = registry.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return k.graphOver(t, registry)
}
