package composite_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/adapters/memory"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// TestRegistry: a parameter that is created is in effect for what is written from then on, is being built until what was there is indexed,
// and then finds all; retired it is unknown, and its rows go.
func TestRegistry(t *testing.T) {
	offices(t, func(t *testing.T, open func(...string) *office) {
		o := open()
		for i := range 25 {
			o.put(nicknamed(fmt.Sprint("p", i), "Bob"))
		}
		before := o.models.Current()
		o.wantUnknown("nickname")
		o.put(parameter("nick", "active", "nickname", "string", nickname))
		if now := o.models.Current(); now.Number <= before.Number || now.Parameters.Param("Patient", "name") != before.Parameters.Param("Patient", "name") {
			t.Fatal("no new model, or one with other parameters of FHIR's own")
		}
		o.wantBuilding("nickname")
		if _, is := o.registry.Describe().Building["Patient.nickname"]; !is || o.registry.Building()["Patient.nickname"] != 0 {
			t.Errorf("%v", o.registry.Building())
		}
		o.wantCount("family", "F", 25)
		o.put(nicknamed("p1", "Rob"), nicknamed("new", "Rob"))
		if did, err := o.registry.Step(t.Context()); !did || err != nil {
			t.Fatal(did, err)
		}
		if done := o.registry.Building()["Patient.nickname"]; done < 0.3 || done > 0.5 {
			t.Errorf("%.2f are done after 10 of 26", done)
		}
		o.wantBuilding("nickname")
		o.finish()
		o.wantCount("nickname", "bob", 24)
		o.wantCount("nickname", "rob", 2)
		if o.registry.Building() != nil || len(o.registry.Describe().Building) > 0 {
			t.Error("it is still being built")
		}
		o.put(parameter("nick", "retired", "nickname", "string", nickname))
		o.wantUnknown("nickname")
		o.finish()
		if s, err := o.registry.Statistics(t.Context(), "main"); err != nil || s.Params["Patient"]["nickname"].Rows != 0 {
			t.Errorf("rows of a retired parameter are left: %v %v", s.Params["Patient"]["nickname"], err)
		}
	})
}

// TestRegistryGoesOn: a process that ends in the middle leaves the rest to the next one, which does not begin anew; nor does it build what is built.
func TestRegistryGoesOn(t *testing.T) {
	offices(t, func(t *testing.T, open func(...string) *office) {
		o := open()
		for i := range 35 {
			o.put(nicknamed(fmt.Sprint("p", i), "Bob"))
		}
		o.put(parameter("nick", "active", "nickname", "string", nickname))
		for range 2 {
			if _, err := o.registry.Step(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		next := open()
		next.wantBuilding("nickname")
		steps := 0
		for did := true; did; steps++ {
			var err error
			if did, err = next.registry.Step(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if steps > 3 {
			t.Errorf("%d steps: it began anew", steps)
		}
		next.wantCount("nickname", "bob", 35)
		last := open()
		last.wantCount("nickname", "bob", 35)
		if did, err := last.registry.Step(t.Context()); did || err != nil {
			t.Errorf("there is still work: %v", err)
		}
	})
}

// TestRegistryCrash: a crash after the parameter is durable and before its model is published loses nothing, whatever was written in between.
func TestRegistryCrash(t *testing.T) {
	offices(t, func(t *testing.T, open func(...string) *office) {
		o := open()
		o.put(nicknamed("a", "Bob"))
		p := o.prepare("main", parameter("nick", "active", "nickname", "string", nickname))
		if out, err := o.registry.ParameterStore.Write(t.Context(), []adapters.Member{p}); err != nil || out[0].Err != nil {
			t.Fatal(err, out)
		}
		o.put(nicknamed("b", "Bob"))
		next := open()
		next.wantBuilding("nickname")
		next.finish()
		next.wantCount("nickname", "bob", 2)
	})
}

// TestRegistryThereAndBack: a parameter that is changed and changed back is built anew: rows may be of what it was in between.
func TestRegistryThereAndBack(t *testing.T) {
	offices(t, func(t *testing.T, open func(...string) *office) {
		o := open()
		o.put(nicknamed("a", "Bob"), parameter("nick", "active", "nick", "string", nickname))
		o.finish()
		o.put(parameter("nick", "active", "nick", "string", "Patient.name.family"))
		o.wantBuilding("nick")
		o.put(nicknamed("b", "Bob"))
		o.put(parameter("nick", "active", "nick", "string", nickname))
		o.wantBuilding("nick")
		o.put(parameter("sex", "active", "sex", "token", "Patient.gender"))
		o.finish()
		o.wantCount("nick", "bob", 2)
		o.wantCount("nick", "f", 0)
		o.put(parameter("sex", "active", "sex", "token", "Patient.maritalStatus"))
		o.wantBuilding("sex")
		o.wantCount("nick", "bob", 2) // of the same type, and as it was
	})
}

// TestRegistryStale: a write that was prepared before a parameter was there is of the model that is current when it is committed.
func TestRegistryStale(t *testing.T) {
	offices(t, func(t *testing.T, open func(...string) *office) {
		o := open()
		early := o.prepare("main", nicknamed("early", "Bob"))
		o.put(parameter("nick", "active", "nickname", "string", nickname))
		o.finish()
		o.write(early)
		o.wantCount("nickname", "bob", 1)
	})
}

// TestRegistryBesideWrites: parameters come and go while others write; in the end every resource is found by what there is then.
func TestRegistryBesideWrites(t *testing.T) {
	offices(t, func(t *testing.T, open func(...string) *office) {
		o := open()
		ctx, stop := context.WithCancel(t.Context())
		var running, writers sync.WaitGroup
		running.Go(func() { o.registry.Run(ctx) })
		const patients = 40
		for w := range 4 {
			writers.Go(func() {
				for i := w; i < 8*patients; i += 4 {
					o.put(nicknamed(fmt.Sprint("p", i%patients), fmt.Sprint("n", i)))
				}
			})
		}
		for round := range 6 {
			o.put(parameter("nick", []string{"active", "retired"}[round%2], "nickname", "string", nickname))
		}
		o.put(parameter("nick", "active", "nickname", "string", "Patient.name.given"))
		writers.Wait()
		stop()
		running.Wait()
		o.finish()
		o.wantCount("nickname:missing", "false", patients)
		o.wantCount("nickname", "n", patients)
	})
}

// TestRegistryTenants: the default tenant's parameters serve all tenants; those of others are stored and not in effect.
func TestRegistryTenants(t *testing.T) {
	offices(t, func(t *testing.T, open func(...string) *office) {
		o := open("other")
		o.write(o.prepare("other", nicknamed("a", "Bob")))
		o.write(o.prepare("other", parameter("theirs", "active", "theirs", "string", nickname)))
		o.wantUnknown("theirs")
		o.put(parameter("nick", "active", "nickname", "string", nickname))
		o.wantBuilding("nickname")
		o.finish()
		if n, err := o.count("other", "nickname", "bob"); n != 1 || err != nil {
			t.Errorf("%d %v", n, err)
		}
		o.write(o.prepare("late", nicknamed("a", "Bob")))
		late := open("other", "late") // it was not known to have anything
		late.wantBuilding("nickname")
		late.finish()
		if n, err := late.count("late", "nickname", "bob"); n != 1 || err != nil {
			t.Errorf("%d %v", n, err)
		}
	})
}

// TestRegistryRefuses: what could not be in effect is refused with all that is wrong; drafts are stored; remarks say what becomes of it.
func TestRegistryRefuses(t *testing.T) {
	o := openOffice(t, memory.Open(memory.Config{}))
	bad := strings.Replace(parameter("x", "active", "_x", "date", "Patient.name"), `"base":["Patient"]`, `"base":["Patient"],"target":["Person"]`, 1)
	_, err := o.intake.Prepare([]byte(bad), composite.Admission{})
	if invalid := wantInvalid(t, err); len(invalid.Issues) != 3 {
		t.Errorf("%v", invalid)
	}
	for raw, says := range map[string]string{
		strings.Replace(bad, "active", "draft", 1):              "not active",
		parameter("x", "active", "x", "string", "Patient.name"): "PARAMETER_BUILDING",
	} {
		p, err := o.intake.Prepare([]byte(raw), composite.Admission{Tenant: "main"})
		if err != nil || len(p.Remarks) != 1 || !strings.Contains(p.Remarks[0].Message, says) {
			t.Errorf("%v %v, want %q", p.Remarks, err, says)
		}
	}
	p, err := o.intake.Prepare([]byte(parameter("x", "active", "x", "string", "Patient.name")), composite.Admission{Tenant: "other"})
	if err != nil || len(p.Remarks) != 1 || !strings.Contains(p.Remarks[0].Message, "default tenant") {
		t.Errorf("%v %v", p.Remarks, err)
	}
}

// TestRegistryConditions: a condition on a parameter that is being built fails its member alone.
func TestRegistryConditions(t *testing.T) {
	offices(t, func(t *testing.T, open func(...string) *office) {
		o := open()
		o.put(nicknamed("a", "Bob"), parameter("nick", "active", "nickname", "string", nickname))
		where, err := o.models.Current().Reader.Clause("Patient", "nickname", []string{"bob"})
		if err != nil {
			t.Fatal(err)
		}
		conditional, plain := o.prepare("main", nicknamed("b", "Bob")), o.prepare("main", nicknamed("c", "Bob"))
		conditional.Writes[0].If.Search = &search.Query{Type: "Patient", Where: where}
		out, err := o.registry.Write(t.Context(), []adapters.Member{conditional, plain})
		if err != nil || fault.Of(out[0].Err) != fault.ParameterBuilding || out[1].Err != nil || out[1].Results[0].Effect != adapters.Created {
			t.Fatalf("%+v %v", out, err)
		}
		o.finish()
		if out, err = o.registry.Write(t.Context(), []adapters.Member{conditional}); err != nil || fault.Of(out[0].Err) != fault.Conflict {
			t.Errorf("%+v %v", out, err)
		}
	})
}

// TestRegistryFollows: what another process writes, or a purge, is followed by the log.
func TestRegistryFollows(t *testing.T) {
	store := memory.Open(memory.Config{})
	o := openOffice(t, store)
	other := openOffice(t, store)
	other.put(parameter("nick", "active", "nickname", "string", nickname))
	o.wantUnknown("nickname")
	if err := o.registry.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.finish()
	o.wantCount("nickname", "bob", 0)
	if _, err := o.registry.Purge(t.Context(), "main", fhir.Ref{Type: "SearchParameter", ID: "nick"}); err != nil {
		t.Fatal(err)
	}
	if err := o.registry.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.wantUnknown("nickname")
}

// TestRegistryPolicy: where what a caller may see depends on a parameter that is being built, nothing is read for it, by key or history.
func TestRegistryPolicy(t *testing.T) {
	offices(t, func(t *testing.T, open func(...string) *office) {
		o := open()
		o.put(nicknamed("a", "Bob"), parameter("nick", "active", "nickname", "string", nickname))
		secret, err := o.models.Current().Reader.Clause("Patient", "nickname", []string{"bob"})
		if err != nil {
			t.Fatal(err)
		}
		caller := search.Caller{Tenant: "main", Policy: map[string]search.Expr{"Patient": search.Not{X: secret}}}
		keys := []adapters.Key{{Ref: fhir.Ref{Type: "Patient", ID: "a"}}}
		read := func(code fault.Code) {
			t.Helper()
			got, _, err := o.registry.Read(t.Context(), caller, 0, keys)
			if fault.Of(err) != code || err == nil && got[0].Version != 0 {
				t.Errorf("read: %v %v", got, err)
			}
			for _, typ := range []string{"Patient", ""} {
				for v, err := range o.registry.History(t.Context(), adapters.HistoryRequest{Caller: caller, Type: typ}).Rows {
					if v.Ref.Type == "Patient" || fault.Of(err) != code {
						t.Errorf("history of %q: %v %v", typ, v.Ref, err)
					}
				}
			}
		}
		read(fault.ParameterBuilding)
		o.finish()
		read("")
	})
}
