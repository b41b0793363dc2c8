package composite_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// TestConditional: what commands do on no match, one and several (R4, 3.1.0.4.3, 3.1.0.7.1, 3.1.0.8.1).
func TestConditional(t *testing.T) {
	storages(t, composite.StorageConfig{Matches: 3}, func(t *testing.T, d desk) {
		command := func(m composite.Method, family string, raw []byte) composite.Command {
			return composite.Command{Method: m, Type: "Patient", Criteria: d.where(t, family), Resource: raw, Patch: rename("Two", "Zwei")}
		}
		one := d.must(t, command(composite.Create, "One", person("", "One")))
		if again := d.must(t, command(composite.Create, "One", person("", "One"))); one.Effect != composite.Created ||
			again.Effect != composite.Unchanged || again.Ref != one.Ref || again.Version != 1 || again.Resource == nil {
			t.Errorf("conditional create: %+v, then %+v", one, again)
		}
		// Update: none creates, with the id in the content if there is one; one updates; another id is a mistake.
		made := d.must(t, command(composite.Update, "Two", person("", "Two")))
		named := d.must(t, command(composite.Update, "Three", person("three", "Three")))
		if made.Effect != composite.Created || made.Ref.ID == "" || named.Effect != composite.Created || named.Ref.ID != "three" {
			t.Errorf("conditional update of none: %+v, %+v", made, named)
		}
		d.refused(t, command(composite.Update, "Four", person("three", "Four")), fault.Conflict, "")
		if got := d.must(t, command(composite.Update, "Three", person("", "Three Third"))); got.Ref != named.Ref || got.Version != 2 {
			t.Errorf("conditional update of one: %+v", got)
		}
		d.refused(t, command(composite.Update, "Three", person("other", "Three")), fault.BadUserInput, "another id")
		stale := command(composite.Update, "Three", person("", "Three"))
		stale.IfMatch = 1
		d.refused(t, stale, fault.Conflict, "at version 2, not 1")
		stale.IfMatch, stale.IfAbsent = 0, true
		d.refused(t, stale, fault.PreconditionFailed, "version 2")
		// Patch.
		if got := d.must(t, command(composite.Patch, "Two", nil)); got.Ref != made.Ref || got.Version != 2 {
			t.Errorf("conditional patch: %+v", got)
		}
		d.refused(t, command(composite.Patch, "Two", nil), fault.NotFound, "no match")
		// Several.
		for range 3 {
			d.must(t, composite.Command{Method: composite.Create, Type: "Patient", Resource: person("", "Many")})
		}
		for _, m := range []composite.Method{composite.Create, composite.Update, composite.Patch, composite.Delete} {
			d.refused(t, command(m, "Many", person("", "Many")), fault.PreconditionFailed, "several")
		}
		// Delete.
		if got := d.must(t, command(composite.Delete, "None", nil)); got.Effect != composite.Unchanged || got.Ref.ID != "" {
			t.Errorf("conditional delete of none: %+v", got)
		}
		if got := d.must(t, command(composite.Delete, "Zwei", nil)); got.Effect != composite.Deleted || got.Ref != made.Ref {
			t.Errorf("conditional delete of one: %+v", got)
		}
		all := command(composite.Delete, "Many", nil)
		all.Many, all.IfMatch = true, 1
		d.refused(t, all, fault.BadUserInput, "a version is of one resource")
		all.IfMatch = 0
		if got := d.must(t, all); got.Effect != composite.Deleted || len(got.Deleted) != 3 {
			t.Errorf("conditional delete of many: %+v", got)
		}
		for range 4 {
			d.must(t, composite.Command{Method: composite.Create, Type: "Patient", Resource: person("", "Many")})
		}
		d.refused(t, all, fault.TooCostly, "3 matches")
		d.count(t, "Many", 4)
	})
}

// count demands that a family name has so many bearers.
func (d desk) count(t *testing.T, family string, want int64) {
	t.Helper()
	q := d.where(t, family)
	q.Caller = here
	s := d.primary.(interface {
		Count(ctx context.Context, r search.Request) (int64, search.Position, error)
	})
	if n, _, err := s.Count(t.Context(), search.Request{Query: *q}); err != nil || n != want {
		t.Errorf("%d are called %s, want %d: %v", n, family, want, err)
	}
}

// TestConditionalWriters: 32 conditional creates make one resource, and so do 32 conditional updates, each of which is applied.
func TestConditionalWriters(t *testing.T) {
	storages(t, composite.StorageConfig{}, func(t *testing.T, d desk) {
		const writers = 32
		race(t, writers, func(int) error {
			_, err := d.Do(t.Context(), here, composite.Command{Method: composite.Create, Type: "Patient", Criteria: d.where(t, "One"), Resource: person("", "One")})
			return err
		}, "")
		d.count(t, "One", 1)
		race(t, writers, func(i int) error {
			_, err := d.Do(t.Context(), here, composite.Command{
				Method: composite.Update, Type: "Patient", Criteria: d.where(t, "Two"), Resource: person("", fmt.Sprint("Two ", i)),
			})
			return err
		}, "")
		d.count(t, "Two", 1)
		won := race(t, writers, func(int) error {
			done, err := d.Do(t.Context(), here, composite.Command{Method: composite.Delete, Type: "Patient", Criteria: d.where(t, "Two")})
			if err == nil && done.Effect != composite.Deleted {
				return fault.New(fault.Gone, "another one was first")
			}
			return err
		}, fault.Gone)
		if won != 1 {
			t.Errorf("it was deleted %d times", won)
		}
	})
}

// TestConditionalReferences: a reference by a condition becomes one to its only match; anything else names the element.
func TestConditionalReferences(t *testing.T) {
	storages(t, composite.StorageConfig{Base: "http://here.example/fhir"}, func(t *testing.T, d desk) {
		d.must(t, composite.Command{Method: composite.Update, Type: "Patient", ID: "a", Resource: person("a", "Only")})
		for _, id := range []string{"b", "c"} {
			d.must(t, composite.Command{Method: composite.Update, Type: "Patient", ID: id, Resource: person(id, "Many")})
		}
		observe := func(subject, performer string) composite.Command {
			return composite.Command{Method: composite.Create, Type: "Observation", Resource: fmt.Appendf(nil,
				`{"resourceType":"Observation","status":"final","code":{"text":"why?"},"subject":{"reference":%q},"performer":[{"reference":%q}]}`, subject, performer)}
		}
		escaped := observe("Patient?family=Only", "Patient/b")
		escaped.Resource = bytes.ReplaceAll(escaped.Resource, []byte("?"), []byte(`\u003f`))
		if body := string(d.must(t, escaped).Resource.Body.JSON); !strings.Contains(body, `"reference":"Patient/a"`) {
			t.Errorf("%s", body)
		}
		got := d.must(t, observe("Patient?family=Only", "http://here.example/fhir/Patient?family=only&_id=a"))
		if body := string(got.Resource.Body.JSON); strings.Count(body, `"reference":"Patient/a"`) != 2 {
			t.Errorf("%s", body)
		}
		for query, says := range map[string]string{
			"family=None": "Observation.performer[0]: is a conditional reference to a Patient without a match",
			"family=Many": "several matches", "famly=x": "did you mean family", "_count=1": "_count",
		} {
			d.refused(t, observe("Patient?family=None", "Patient?"+query), fault.PreconditionFailed, says)
			d.refused(t, observe("Patient?"+query, "Patient/a"), fault.PreconditionFailed, "Observation.subject")
		}
	})
}

// TestManyConditionalReferences: each condition is a search, so that there is a bound to how many a write may have.
func TestManyConditionalReferences(t *testing.T) {
	storages(t, composite.StorageConfig{References: 3}, func(t *testing.T, d desk) {
		d.refused(t, composite.Command{Method: composite.Create, Type: "Observation", Resource: []byte(
			`{"resourceType":"Observation","status":"final","code":{"text":"why?"},"performer":[` +
				`{"reference":"Patient?_id=1"},{"reference":"Patient?_id=2"},{"reference":"Patient?_id=3"},{"reference":"Patient?_id=4"}]}`,
		)}, fault.TooCostly, "more than 3 different conditional references")
	})
}

// TestPolicy: who may not see a resource may not write it either, nor make one that it could not see.
func TestPolicy(t *testing.T) {
	storages(t, composite.StorageConfig{}, func(t *testing.T, d desk) {
		d.must(t, composite.Command{Method: composite.Update, Type: "Patient", ID: "mine", Resource: person("mine", "Mine")})
		d.must(t, composite.Command{Method: composite.Update, Type: "Patient", ID: "theirs", Resource: person("theirs", "Theirs")})
		caller := search.Caller{Tenant: tenant, Policy: map[string]search.Expr{"Patient": d.where(t, "Mine").Where}}
		do := func(m composite.Method, id, family string) error {
			_, err := d.Do(t.Context(), caller, composite.Command{Method: m, Type: "Patient", ID: id, Resource: person(id, family), Patch: rename("Mine", family)})
			return err
		}
		for _, c := range []struct {
			method     composite.Method
			id, family string
			code       fault.Code
		}{
			{composite.Update, "mine", "Mine again", ""}, {composite.Update, "mine", "Other", fault.Forbidden},
			{composite.Update, "theirs", "Mine", fault.Forbidden}, {composite.Update, "new", "Mine", ""},
			{composite.Update, "other", "Other", fault.Forbidden}, {composite.Create, "", "Mine", ""}, {composite.Create, "", "Other", fault.Forbidden},
			{composite.Patch, "theirs", "Mine", fault.NotFound}, {composite.Patch, "mine", "Other", fault.Forbidden},
			{composite.Delete, "theirs", "", ""}, {composite.Delete, "new", "", ""},
		} {
			if err := do(c.method, c.id, c.family); fault.Of(err) != c.code {
				t.Errorf("%s %s %s: %v, want %s", c.method, c.id, c.family, err, c.code)
			}
		}
		d.count(t, "Theirs", 1)
	})
}
