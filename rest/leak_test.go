package rest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/search"
)

// callers reads from a header on whose behalf a request of a test runs: a tenant, and "mine" for a policy that shows what is about
// Patient/mine only.
func callers(r *http.Request) (search.Caller, error) {
	c := search.Caller{Tenant: r.Header.Get("X-Tenant")}
	if c.Tenant == "" {
		c.Tenant = "main"
	}
	if r.Header.Get("X-Policy") != "mine" {
		return c, nil
	}
	models, err := composite.NewModels(composite.ModelConfig{Parameters: parameters()})
	if err != nil {
		return c, err
	}
	mine, err := models.Current().Reader.Clause("Observation", "subject", []string{"Patient/mine"})
	if err != nil {
		return c, err
	}
	c.Policy = map[string]search.Expr{
		"Patient": search.IDs{IDs: []string{"mine"}}, "Observation": mine, "*": search.True{},
	}
	return c, nil
}

const secret = "Hidden"

func hidden(t *testing.T) *world {
	w := open(t, practitioner, patient("mine", "Open"), patient("other", secret),
		observation("o1", "Patient/mine"), strings.Replace(observation("o2", "Patient/other"), `"x"`, `"`+secret+`"`, 1))
	w.send("PUT", "Observation/o3", observation("o3", "Patient/other")).status(201)
	w.send("PUT", "Observation/o3", observation("o3", "Patient/mine")).status(200)
	return w
}

// reads are all ways to see something.
var reads = []string{
	"Patient", "Patient?_sort=family", "Patient?family=hidden", "Patient?_total=accurate", "?_type=Patient,Observation", "?_lastUpdated=gt2000",
	"Patient?_has:Observation:subject:code:text=hidden",
	"Observation", "Observation?_include=Observation:subject", "Observation?_include=*", "Observation?subject:Patient.family=hidden",
	"Practitioner?_revinclude=Patient:general-practitioner", "Practitioner?_revinclude=*", "Practitioner?_has:Patient:general-practitioner:family=hidden",
	"Practitioner?_revinclude=Patient:general-practitioner&_revinclude:iterate=Observation:subject",
	"Practitioner/d/Patient", "Practitioner/d/*", "Patient/mine/$everything", "Patient/mine/*",
	"_history", "Patient/_history", "Observation/_history", "Observation/o1/_history", "_history?_at=2000", "_history?_at=2000-01-01&_count=1",
	"Observation/o1", "Observation/o3",
}

// ofOthers are what a caller who may not see it must not learn to exist.
var ofOthers = []string{
	"Patient/other", "Patient/other/_history/1", "Patient/other/_history", "Patient/other/$everything",
	"Observation/o2", "Observation/o2/_history/1", "Observation/o2/_history", "Patient/other?_elements=name", "Patient/other/$validate?mode=delete",
}

// TestPolicy: nothing of what a policy hides is in an answer, and what it hides looks like what is not there.
func TestPolicy(t *testing.T) {
	w := hidden(t)
	for _, path := range reads {
		a := w.get(path, "X-Policy: mine").status(200)
		for _, word := range []string{secret, "Patient/other", `"id":"other"`, "Observation/o2"} {
			if links, entries, _ := strings.Cut(a.Body.String(), `"entry"`); strings.Contains(entries, word) {
				t.Errorf("%s shows %s: %s%s", path, word, links, entries)
			}
		}
	}
	for _, path := range ofOthers {
		absent := strings.NewReplacer("other", "never", "o2", "never").Replace(path)
		seen, none := w.get(path, "X-Policy: mine").status(404).Body.String(), w.get(absent, "X-Policy: mine").status(404).Body.String()
		if strings.NewReplacer("other", "never", "o2", "never").Replace(seen) != none {
			t.Errorf("%s differs from what is not there: %s", path, seen)
		}
	}
	for _, path := range []string{"Patient/other", "Observation/o2"} {
		typeName, id, _ := strings.Cut(path, "/")
		body := strings.Replace(patient(id, "X"), "Patient", typeName, 1)
		if typeName == "Observation" {
			body = observation(id, "Patient/mine")
		}
		if code := w.send("PUT", path, body, "X-Policy: mine").Code; code < 400 {
			t.Errorf("PUT %s: %d", path, code)
		}
		w.send("DELETE", path, "", "X-Policy: mine")
		w.get(path).status(200)
	}
}

// TestPolicyTotals: counts are of what is seen.
func TestPolicyTotals(t *testing.T) {
	w := hidden(t)
	for path, want := range map[string]int{
		"Patient?_summary=count": 1, "Observation?_summary=count": 2, "?_type=Patient,Observation&_summary=count": 3, "Patient?family=hidden&_summary=count": 0,
	} {
		if b := w.get(path, "X-Policy: mine").bundle(); b.Total == nil || *b.Total != want {
			t.Errorf("%s: %v instead of %d", path, b.Total, want)
		}
	}
}

// TestTenants: a tenant sees nothing of another, and ids are each tenant's own.
func TestTenants(t *testing.T) {
	w := hidden(t)
	for _, path := range reads {
		a := w.get(path, "X-Tenant: two")
		if a.Code == 200 && strings.Contains(a.Body.String(), `"entry"`) || a.Code != 200 && a.Code != 404 {
			t.Errorf("%s: %d %s", path, a.Code, a.Body)
		}
	}
	w.send("PUT", "Patient/other", patient("other", "Two"), "X-Tenant: two").status(201)
	w.send("DELETE", "Patient/other", "", "X-Tenant: two").status(204)
	w.get("Patient/other").status(200)
	w.get("Patient/other", "X-Tenant: two").status(410)
	w.get("Patient/other/_history/1", "X-Tenant: two").status(200)
}

// TestLinksAreTheCallers: a link of one caller does not open for another.
func TestLinksAreTheCallers(t *testing.T) {
	w := hidden(t)
	for _, path := range []string{"Patient?_count=1", "_history?_count=1", "?_type=Patient,Observation&_count=1"} {
		next := w.get(path).bundle().link("next")
		if next == "" {
			t.Fatalf("%s has no next", path)
		}
		for _, as := range []string{"X-Tenant: two", "X-Policy: mine"} {
			w.get(next, as).status(400)
		}
	}
}
