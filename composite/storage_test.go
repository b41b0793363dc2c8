package composite_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/adapters/memory"
	"github.com/heliograph/heliograph/adapters/sqlite"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

var here = search.Caller{Tenant: tenant}

// storages runs a test on a storage over each primary.
func storages(t *testing.T, cfg composite.StorageConfig, test func(t *testing.T, s desk)) {
	for name, open := range map[string]func(t *testing.T) adapters.Primary{
		"memory": func(*testing.T) adapters.Primary { return memory.Open(memory.Config{}) },
		"sqlite": func(t *testing.T) adapters.Primary {
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
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			own := cfg
			own.Primary, own.Intake = open(t), intake(t)
			s, err := composite.NewStorage(own)
			if err != nil {
				t.Fatal(err)
			}
			test(t, desk{s, own.Primary, search.NewReader(adaptertest.Parameters(t), search.ReaderConfig{})})
		})
	}
}

// desk is where the commands of a test are given.
type desk struct {
	*composite.Storage
	primary adapters.Primary
	reader  *search.Reader
}

func (d desk) must(t testing.TB, c composite.Command) composite.Done {
	t.Helper()
	done, err := d.Do(t.Context(), here, c)
	if err != nil {
		t.Fatalf("%s of %s/%s: %v", c.Method, c.Type, c.ID, err)
	}
	return done
}

func (d desk) refused(t testing.TB, c composite.Command, code fault.Code, says string) {
	t.Helper()
	_, err := d.Do(t.Context(), here, c)
	if fault.Of(err) != code || !strings.Contains(err.Error(), says) {
		t.Errorf("%s of %s/%s: got %v, want %s and %q", c.Method, c.Type, c.ID, err, code, says)
	}
}

// where is a condition on a Patient's family name.
func (d desk) where(t testing.TB, family string) *search.Query {
	t.Helper()
	e, err := d.reader.Clause("Patient", "family", []string{family})
	if err != nil {
		t.Fatal(err)
	}
	return &search.Query{Type: "Patient", Where: e}
}

func person(id, family string) []byte {
	if id != "" {
		id = fmt.Sprintf(`"id":%q,`, id)
	}
	return fmt.Appendf(nil, `{"resourceType":"Patient",%s"name":[{"family":%q}]}`, id, family)
}

// edit is a patch that is a function.
type edit func(string) (string, error)

func (e edit) Apply(raw []byte) ([]byte, error) {
	out, err := e(string(raw))
	return []byte(out), err
}

func rename(from, to string) edit {
	return func(s string) (string, error) { return strings.Replace(s, from, to, 1), nil }
}

// TestByID: create, update, patch and delete by id, and what each makes of versions.
func TestByID(t *testing.T) {
	storages(t, composite.StorageConfig{}, func(t *testing.T, d desk) {
		raw := []byte(`{"resourceType":"Patient","id":"theirs","meta":{"versionId":"9","lastUpdated":"2001-01-01T00:00:00Z","tag":[{"code":"x"}]},"active":true}`)
		made := d.must(t, composite.Command{Method: composite.Create, Type: "Patient", Resource: raw})
		body := string(made.Resource.Body.JSON)
		if made.Effect != composite.Created || made.Version != 1 || made.Ref.ID == "theirs" || made.Epoch == "" || made.Position == 0 ||
			!strings.Contains(body, `"tag"`) || strings.Contains(body, "2001") || !strings.Contains(body, made.Ref.ID) {
			t.Fatalf("created %+v %s", made, body)
		}
		put := composite.Command{Method: composite.Update, Type: "Patient", ID: "a", Resource: person("a", "One")}
		if got := d.must(t, put); got.Effect != composite.Created || got.Version != 1 {
			t.Errorf("update that creates: %+v", got)
		}
		if got := d.must(t, put); got.Effect != composite.Unchanged || got.Version != 1 || got.Resource == nil {
			t.Errorf("update to the same: %+v", got)
		}
		put.Resource = person("a", "Two")
		if got := d.must(t, put); got.Effect != composite.Updated || got.Version != 2 || got.LastUpdated == 0 {
			t.Errorf("update: %+v", got)
		}
		amend := composite.Command{Method: composite.Patch, Type: "Patient", ID: "a", Patch: rename("Two", "Three")}
		if got := d.must(t, amend); got.Effect != composite.Updated || got.Version != 3 || !strings.Contains(string(got.Resource.Body.JSON), "Three") {
			t.Errorf("patch: %+v", got)
		}
		if got := d.must(t, amend); got.Effect != composite.Unchanged || got.Version != 3 {
			t.Errorf("patch that changes nothing: %+v", got)
		}
		gone := composite.Command{Method: composite.Delete, Type: "Patient", ID: "a"}
		if got := d.must(t, gone); got.Effect != composite.Deleted || got.Version != 4 || got.Resource != nil {
			t.Errorf("delete: %+v", got)
		}
		if got := d.must(t, gone); got.Effect != composite.Unchanged || got.Version != 4 {
			t.Errorf("delete again: %+v", got)
		}
		if got := d.must(t, composite.Command{Method: composite.Delete, Type: "Patient", ID: "never"}); got.Effect != composite.Unchanged || got.Version != 0 {
			t.Errorf("delete of nothing: %+v", got)
		}
		d.refused(t, amend, fault.Gone, "deleted")
		if got := d.must(t, put); got.Effect != composite.Created || got.Version != 5 {
			t.Errorf("update of what was deleted: %+v", got)
		}
	})
}

// TestRefusals: what is wrong is said, with its code, and nothing is written.
func TestRefusals(t *testing.T) {
	storages(t, composite.StorageConfig{NoUpdateCreate: true}, func(t *testing.T, d desk) {
		made := d.must(t, composite.Command{Method: composite.Create, Type: "Patient", Resource: person("", "One")})
		id := made.Ref.ID
		before, err := d.primary.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		update := composite.Command{Method: composite.Update, Type: "Patient", ID: id, Resource: person(id, "Two")}
		with := func(change func(*composite.Command)) composite.Command {
			c := update
			change(&c)
			return c
		}
		for _, c := range []struct {
			name    string
			command composite.Command
			code    fault.Code
			says    string
		}{
			{"an unknown type", with(func(c *composite.Command) { c.Type = "Pation" }), fault.BadUserInput, "resource type"},
			{"no id", with(func(c *composite.Command) { c.ID = "a/b" }), fault.BadUserInput, "letters"},
			{"a create with an id", with(func(c *composite.Command) { c.Method = composite.Create }), fault.BadUserInput, "server gives"},
			{"nothing to update", with(func(c *composite.Command) { c.ID = "" }), fault.BadUserInput, "condition"},
			{"both", with(func(c *composite.Command) { c.Criteria = d.where(t, "One") }), fault.BadUserInput, "condition"},
			{"a condition of nothing", with(func(c *composite.Command) {
				c.ID, c.Criteria = "", &search.Query{Type: "Patient", Where: search.And{search.Not{X: search.False{}}}}
			}), fault.BadUserInput, "find everything"},
			{"no patch", with(func(c *composite.Command) { c.Method = composite.Patch }), fault.BadUserInput, "no patch"},
			{"many", with(func(c *composite.Command) { c.Many = true }), fault.BadUserInput, "conditional delete"},
			{"another version", with(func(c *composite.Command) { c.IfMatch = 7 }), fault.Conflict, "at version 1, not 7"},
			{"it is there", with(func(c *composite.Command) { c.IfAbsent = true }), fault.PreconditionFailed, "at version 1"},
			{"it may not create", composite.Command{Method: composite.Update, Type: "Patient", ID: "new", Resource: person("new", "x")}, fault.NotFound, "does not create"},
			{"not JSON", with(func(c *composite.Command) { c.Resource = []byte("{") }), fault.BadUserInput, ""},
			{"nothing to patch", composite.Command{Method: composite.Patch, Type: "Patient", ID: "no", Patch: rename("", "")}, fault.NotFound, "not there"},
			{"delete of another version", composite.Command{Method: composite.Delete, Type: "Patient", ID: id, IfMatch: 3}, fault.Conflict, "not 3"},
			{"delete of a version of nothing", composite.Command{Method: composite.Delete, Type: "Patient", ID: "no", IfMatch: 3}, fault.Conflict, "not there"},
		} {
			t.Run(c.name, func(t *testing.T) { d.refused(t, c.command, c.code, c.says) })
		}
		for name, raw := range map[string]string{
			"another id":   string(person("x", "Two")),
			"no id":        string(person("", "Two")),
			"another type": `{"resourceType":"Basic","id":"` + id + `","code":{"text":"x"}}`,
			"two mistakes": `{"resourceType":"Patient","id":"x","gender":"odd"}`,
		} {
			_, err := d.Do(t.Context(), here, with(func(c *composite.Command) { c.Resource = []byte(raw) }))
			invalid := wantInvalid(t, err)
			if name == "two mistakes" && len(invalid.Issues) != 2 {
				t.Errorf("%s: %v", name, err)
			}
		}
		after, err := d.primary.Head(t.Context())
		if err != nil || after.Position != before.Position {
			t.Errorf("something was written: %v", err)
		}
	})
}

// TestWriters: 32 writers race with ifMatch; each version is won once. Then 32 patch without it; none is lost.
func TestWriters(t *testing.T) {
	storages(t, composite.StorageConfig{}, func(t *testing.T, d desk) {
		const writers, rounds = 32, 4
		d.must(t, composite.Command{Method: composite.Update, Type: "Patient", ID: "a", Resource: person("a", "n0")})
		for round := range rounds {
			won := race(t, writers, func(i int) error {
				_, err := d.Do(t.Context(), here, composite.Command{
					Method: composite.Update, Type: "Patient", ID: "a", Resource: person("a", fmt.Sprint("w", round, "-", i)), IfMatch: int64(round + 1),
				})
				return err
			}, fault.Conflict)
			if won != 1 {
				t.Fatalf("version %d was won %d times", round+2, won)
			}
		}
		d.must(t, composite.Command{Method: composite.Update, Type: "Patient", ID: "a", Resource: person("a", "n")})
		race(t, writers, func(int) error {
			_, err := d.Do(t.Context(), here, composite.Command{Method: composite.Patch, Type: "Patient", ID: "a", Patch: rename(`"family":"n`, `"family":"nx`)})
			return err
		}, "")
		got, _, err := d.primary.Read(t.Context(), here, 0, []search.Key{{Ref: ref("Patient", "a")}})
		if err != nil || !strings.Contains(string(got[0].Body.JSON), `"n`+strings.Repeat("x", writers)+`"`) {
			t.Errorf("a patch is lost: %s %v", got[0].Body.JSON, err)
		}
	})
}

// race runs f side by side and counts its successes; all others must fail with the code.
func race(t *testing.T, n int, f func(i int) error, code fault.Code) int {
	t.Helper()
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = f(i) })
	}
	wg.Wait()
	won := 0
	for i, err := range errs {
		if err == nil {
			won++
		} else if fault.Of(err) != code {
			t.Errorf("%d: %v", i, err)
		}
	}
	return won
}
