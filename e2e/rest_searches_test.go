package e2e_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/heliograph/heliograph/search"
)

// TestRestSearches asks a few resources of its own by REST, whatever packs are at hand: matches, what is included, totals, order and errors, of
// SQLite and of the oracle.
func TestRestSearches(t *testing.T) {
	k := newKit(t, search.UnitsExact)
	for name, store := range map[string]primary{"sqlite": k.sqlite(t), "memory": k.memory(t)} {
		t.Run(name, func(t *testing.T) {
			e := restExamples{T: t, k: k, rest: k.restOver(t, store)}
			for path, body := range map[string]string{
				"Organization/o":  `{"name":"Hill"}`,
				"Practitioner/d":  `{"name":[{"family":"Doe"}]}`,
				"Patient/a":       `{"name":[{"family":"Abel"}],"gender":"male","birthDate":"1970-01-02","generalPractitioner":[{"reference":"Practitioner/d"}],"managingOrganization":{"reference":"Organization/o"}}`,
				"Patient/b":       `{"name":[{"family":"Baker"}],"gender":"female","birthDate":"1980-05"}`,
				"Patient/c":       `{"name":[{"family":"Cole"}],"gender":"female"}`,
				"Observation/one": `{"status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},"subject":{"reference":"Patient/a"},"valueQuantity":{"value":72.0,"unit":"bpm"}}`,
				"Observation/two": `{"status":"amended","code":{"text":"pulse"},"subject":{"reference":"Patient/b"},"valueQuantity":{"value":90}}`,
			} {
				typ, id, _ := strings.Cut(path, "/")
				body = `{"resourceType":"` + typ + `","id":"` + id + `",` + body[1:]
				if w := e.send(http.MethodPut, path, []byte(body)); w.Code != http.StatusCreated {
					t.Fatal(path, w.Body)
				}
			}
			for _, c := range restSearches {
				c.check(t, e.rest)
			}
		})
	}
}

// restSearch is a URL, and what it finds: ids in their order, Type/id of what is included, the total; or a part of the error.
type restSearch struct {
	url      string
	match    string
	included string
	total    int // -1: none
	err      string
}

var restSearches = []restSearch{
	{url: "Patient?_sort=family", match: "a b c", total: 3},
	{url: "Patient?_sort=-family&_count=2", match: "c b", total: -1},
	{url: "Patient?_sort=-family&_count=2&_total=accurate", match: "c b", total: 3},
	{url: "Patient?_sort=birthdate", match: "a b c", total: 3},
	{url: "Patient?_sort=-birthdate", match: "b a c", total: 3},
	{url: "Patient?gender=female&birthdate:missing=true", match: "c", total: 1},
	{url: "Patient?gender:not=female", match: "a", total: 1},
	{url: "Patient?birthdate=1970,1980", match: "a b", total: 2},
	{url: "Patient?family=b&family=bak", match: "b", total: 1},
	{url: "Patient?organization.name=hill", match: "a", total: 1},
	{url: "Patient?_has:Observation:patient:status=amended", match: "b", total: 1},
	{url: "Patient?_summary=count", total: 3},
	{url: "Patient?_count=0", total: 3},
	{url: "Patient?gender=female&_count=1&_offset=1", match: "c", total: -1},
	{url: "Patient?name=nobody", total: 0},
	{url: "Patient?_id=a&_include=Patient:organization", match: "a", included: "Organization/o", total: 1},
	{url: "Patient?_id=a&_include=*", match: "a", included: "Organization/o Practitioner/d", total: 1},
	{url: "Patient?_revinclude=Observation:subject&_count=1", match: "a", included: "Observation/one", total: -1},
	{url: "Observation?code=8867-4&_include=Observation:subject", match: "one", included: "Patient/a", total: 1},
	{url: "Observation?code=8867-4&_include=Observation:subject&_include:iterate=Patient:general-practitioner", match: "one", included: "Patient/a Practitioner/d", total: 1},
	{url: "Observation?value-quantity=gt71.9&_sort=-value-quantity", match: "two one", total: 2},
	{url: "Observation?value-quantity=72.0%7C%7Cbpm", match: "one", total: 1},
	{url: "Patient/a/Observation", match: "one", total: 1},
	{url: "?_type=Patient,Observation&_id=a,one", match: "a one", total: 2},
	{url: "Patient?_filter=gender+eq+female+and+not+(family+sw+b)", match: "c", total: 1},
	{url: "Patient?famly=x", err: "family"},
	{url: "Patient?birthdate=yesterday", err: "birthdate"},
	{url: "Patient?family:above=x", err: "above"},
	{url: "Patient?_sort=colour", err: "colour"},
	{url: "Patient?_include=Patient:colour", err: "colour"},
	{url: "Patient?_count=-1", err: "_count"},
}

func (c restSearch) check(t *testing.T, h http.Handler) {
	t.Helper()
	status, body := ofURL(t, h, c.url)
	if c.err != "" {
		if status != http.StatusBadRequest || !strings.Contains(string(body), `"OperationOutcome"`) || !strings.Contains(string(body), c.err) {
			t.Errorf("%s: %d %s", c.url, status, body)
		}
		return
	}
	b := struct {
		Total *int
		Entry []struct {
			Resource struct{ ResourceType, ID string }
			Search   struct{ Mode string }
		}
	}{}
	if err := json.Unmarshal(body, &b); err != nil || status != http.StatusOK {
		t.Fatalf("%s: %d %v %s", c.url, status, err, body)
	}
	var match, included []string
	for _, e := range b.Entry {
		if e.Search.Mode == "match" {
			match = append(match, e.Resource.ID)
		} else {
			included = append(included, e.Resource.ResourceType+"/"+e.Resource.ID)
		}
	}
	slices.Sort(included)
	total := -1
	if b.Total != nil {
		total = *b.Total
	}
	if strings.Join(match, " ") != c.match || strings.Join(included, " ") != c.included || total != c.total {
		t.Errorf("%s: matches %v, included %v, total %d", c.url, match, included, total)
	}
}
