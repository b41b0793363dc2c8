package composite_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/adapters/memory"
	"github.com/heliograph/heliograph/adapters/sqlite"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// office is a registry over a store, as a process has them.
type office struct {
	t        testing.TB
	models   *composite.Models
	intake   *composite.Intake
	registry *composite.Registry
}

func openOffice(t testing.TB, store composite.ParameterStore, tenants ...string) *office {
	t.Helper()
	o := &office{t: t, models: models(t)}
	o.intake = composite.NewIntake(fhir.R4(), o.models)
	var err error
	o.registry, err = composite.OpenRegistry(t.Context(), composite.RegistryConfig{Primary: store, Models: o.models, Tenants: tenants, Batch: 10, Every: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// offices runs a test over each primary; open makes one more process over the same store.
func offices(t *testing.T, test func(t *testing.T, open func(tenants ...string) *office)) {
	stores := map[string]func(t *testing.T) composite.ParameterStore{
		"memory": func(*testing.T) composite.ParameterStore { return memory.Open(memory.Config{}) },
		"sqlite": func(t *testing.T) composite.ParameterStore {
			s, err := sqlite.Open(t.Context(), sqlite.Config{Dir: t.TempDir(), Chronological: adaptertest.Parameters(t).Chronological, Relaxed: true})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			})
			return s
		},
	}
	for name, open := range stores {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := open(t)
			test(t, func(tenants ...string) *office { return openOffice(t, store, tenants...) })
		})
	}
}

func (o *office) prepare(tenant, raw string) adapters.Member {
	o.t.Helper()
	p, err := o.intake.Prepare([]byte(raw), composite.Admission{Tenant: tenant})
	if err != nil {
		o.t.Fatal(err)
	}
	if err := o.registry.Prepare(o.t.Context(), tenant, &p.Write); err != nil {
		o.t.Fatal(err)
	}
	return adapters.Member{Tenant: tenant, Writes: []adapters.Write{p.Write}}
}

func (o *office) write(members ...adapters.Member) {
	o.t.Helper()
	out, err := o.registry.Write(o.t.Context(), members)
	if err != nil {
		o.t.Fatal(err)
	}
	for _, one := range out {
		if one.Err != nil {
			o.t.Fatal(one.Err)
		}
	}
}

func (o *office) put(raw ...string) {
	o.t.Helper()
	for _, r := range raw {
		o.write(o.prepare("main", r))
	}
}

// count counts patients that match a clause, as one who searches now.
func (o *office) count(tenant, code, value string) (int64, error) {
	o.t.Helper()
	where, err := o.models.Current().Reader.Clause("Patient", code, []string{value})
	if err != nil {
		return 0, err
	}
	n, _, err := o.registry.Count(o.t.Context(), search.Request{Query: search.Query{Caller: search.Caller{Tenant: tenant}, Type: "Patient", Where: where}})
	return n, err
}

func (o *office) wantCount(code, value string, want int64) {
	o.t.Helper()
	if n, err := o.count("main", code, value); err != nil || n != want {
		o.t.Errorf("%s=%s: %d (%v), want %d", code, value, n, err, want)
	}
}

func (o *office) wantBuilding(code string) {
	o.t.Helper()
	if _, err := o.count("main", code, "x"); fault.Of(err) != fault.ParameterBuilding || !strings.Contains(err.Error(), "Patient."+code) || !strings.Contains(err.Error(), "%") {
		o.t.Errorf("%s: %v, want PARAMETER_BUILDING", code, err)
	}
}

func (o *office) wantUnknown(code string) {
	o.t.Helper()
	if _, err := o.count("main", code, "x"); fault.Of(err) != fault.BadUserInput {
		o.t.Errorf("%s: %v, want an unknown parameter", code, err)
	}
}

// finish does all the work that there is.
func (o *office) finish() {
	o.t.Helper()
	for {
		did, err := o.registry.Step(o.t.Context())
		if err != nil {
			o.t.Fatal(err)
		}
		if !did {
			return
		}
	}
}

func nicknamed(id, nick string) string {
	return fmt.Sprintf(`{"resourceType":"Patient","id":%q,"name":[{"use":"nickname","given":[%q],"family":"F"}]}`, id, nick)
}

// parameter is a SearchParameter resource on patients, without a url of its own.
func parameter(id, status, code, kind, expression string) string {
	return fmt.Sprintf(`{"resourceType":"SearchParameter","id":%q,"url":"http://example.org/%s","name":"N","description":"d","status":%q,"code":%q,"base":["Patient"],"type":%q,"expression":%q}`,
		id, id, status, code, kind, expression)
}

const nickname = "Patient.name.where(use = 'nickname').given"
