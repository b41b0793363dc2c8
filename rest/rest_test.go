package rest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func patient(id, family string) string {
	return fmt.Sprintf(`{"resourceType":"Patient","id":%q,"name":[{"family":%q}],"generalPractitioner":[{"reference":"Practitioner/d"}]}`, id, family)
}

func observation(id, subject string) string {
	return fmt.Sprintf(`{"resourceType":"Observation","id":%q,"status":"final","code":{"text":"x"},"subject":{"reference":%q}}`, id, subject)
}

const practitioner = `{"resourceType":"Practitioner","id":"d","name":[{"family":"Doe"}]}`

// TestLife follows a resource through create, read, update, patch, history and delete.
func TestLife(t *testing.T) {
	w := open(t)
	made := w.send("POST", "Patient", `{"resourceType":"Patient","gender":"male"}`).status(201)
	at := strings.TrimPrefix(made.Header().Get("Location"), "https://here.example/fhir/")
	ref := strings.TrimSuffix(at, "/_history/1")
	if at == ref || made.Header().Get("Etag") != `W/"1"` || made.Header().Get("Last-Modified") == "" {
		t.Fatalf("headers of a create: %v", made.Header())
	}
	id := strings.TrimPrefix(ref, "Patient/")
	w.get(ref, `If-None-Match: W/"1"`).status(304)
	w.send("PUT", ref, `{"resourceType":"Patient","id":"`+id+`","gender":"female"}`, `If-Match: W/"1"`).status(200)
	w.send("PUT", ref, `{"resourceType":"Patient","id":"`+id+`"}`, `If-Match: W/"1"`).status(412)
	w.send("PATCH", ref, `[{"op":"replace","path":"/gender","value":"other"}]`, "Content-Type: application/json-patch+json").status(200)
	if body := w.get(ref).status(200).Body.String(); !strings.Contains(body, `"gender":"other"`) || !strings.Contains(body, `"versionId":"3"`) {
		t.Error(body)
	}
	if body := w.get(at).status(200).Body.String(); !strings.Contains(body, `"gender":"male"`) {
		t.Error(body)
	}
	w.send("DELETE", ref, "").status(204)
	w.get(ref).status(410)
	w.get(ref + "/_history/9").status(404)
	var methods []string
	for _, e := range w.get(ref + "/_history").bundle().Entry {
		methods = append(methods, e.Request.Method+" "+e.Response.Status)
	}
	if diff := cmp.Diff([]string{"DELETE 204", "PUT 200", "PUT 200", "POST 201"}, methods); diff != "" {
		t.Error(diff)
	}
}

// TestWalk: following next to the end gives the whole list, and previous from there gives it back.
func TestWalk(t *testing.T) {
	var all []string
	all = append(all, practitioner)
	for i := range 23 {
		all = append(all, patient(fmt.Sprintf("p%02d", i), string(rune('A'+i*7%23))), observation(fmt.Sprintf("o%02d", i), fmt.Sprintf("Patient/p%02d", i%3)))
	}
	w := open(t, all...)
	for search, want := range map[string]int{
		"Patient?_count=4": 23, "Patient?_count=5&_sort=-family": 23, "Patient?_count=6&_sort=_lastUpdated": 23,
		"?_type=Patient,Observation&_count=7": 46, "?_type=Patient,Observation&_count=7&_sort=-_lastUpdated": 46,
		"Patient/p00/Observation?_count=3": 8, "Patient/p00/$everything?_count=4": 9,
	} {
		var forth, back []string
		var pages []read
		for next := search; next != ""; next = pages[len(pages)-1].link("next") {
			pages = append(pages, w.get(next).bundle())
			forth = append(forth, pages[len(pages)-1].ids("match")...)
		}
		for p := pages[len(pages)-1]; ; p = w.get(p.link("previous")).bundle() {
			back = append(p.ids("match"), back...)
			if p.link("previous") == "" {
				break
			}
		}
		if diff := cmp.Diff(forth, back); diff != "" {
			t.Errorf("%s: there and back: %s", search, diff)
		}
		slices.Sort(forth)
		if len(forth) != want || len(slices.Compact(forth)) != want {
			t.Errorf("%s: %d rows instead of %d", search, len(forth), want)
		}
	}
}

// TestInclude: what is included is not a match, and goes on only with :iterate.
func TestInclude(t *testing.T) {
	w := open(t, practitioner, patient("p", "A"), observation("o", "Patient/p"))
	for search, want := range map[string][]string{
		"Observation?_include=Observation:subject":                                               {"Patient/p"},
		"Observation?_include=Observation:subject&_include=Patient:general-practitioner":         {"Patient/p"},
		"Observation?_include=Observation:subject&_include:iterate=Patient:general-practitioner": {"Patient/p", "Practitioner/d"},
		"Observation?_include=*":                                {"Patient/p"},
		"Observation?_include:iterate=*":                        {"Patient/p", "Practitioner/d"},
		"Practitioner?_revinclude=Patient:general-practitioner": {"Patient/p"},
		"Practitioner?_revinclude=Patient:general-practitioner&_revinclude:iterate=Observation:subject": {"Patient/p", "Observation/o"},
	} {
		if diff := cmp.Diff(want, w.get(search).bundle().ids("include")); diff != "" {
			t.Errorf("%s: %s", search, diff)
		}
	}
}

// TestConditions: conditional forms hit the one match, or none, or refuse several.
func TestConditions(t *testing.T) {
	w := open(t, practitioner, patient("a", "Smith"), patient("b", "Smith"), patient("c", "Jones"))
	w.send("POST", "Patient", `{"resourceType":"Patient"}`, "If-None-Exist: family=Jones").status(200)
	w.send("POST", "Patient", `{"resourceType":"Patient"}`, "If-None-Exist: family=Smith").status(412)
	w.send("PUT", "Patient?family=Smith", `{"resourceType":"Patient"}`).status(412)
	w.send("PUT", "Patient?family=Jones", `{"resourceType":"Patient","name":[{"family":"Brown"}]}`).status(200)
	w.send("PATCH", "Patient?family=Brown", `[{"op":"add","path":"/gender","value":"male"}]`, "Content-Type: application/json-patch+json").status(200)
	w.send("DELETE", "Patient?family=Brown", "").status(204)
	w.send("DELETE", "Patient?family=Smith", "").status(412)
	w.send("DELETE", "Patient", "").status(412)
	w.get("Patient/c").status(410)
}

// TestRefusals: what cannot be answered says so by its status and an OperationOutcome.
func TestRefusals(t *testing.T) {
	w := open(t, practitioner)
	for _, c := range []struct {
		method, path, body string
		status             int
		header             string
	}{
		{"GET", "Patient/none", "", 404, ""},
		{"GET", "Pateint/none", "", 404, ""},
		{"GET", "Patient/a/b/c", "", 404, ""},
		{"GET", "$nothing", "", 404, ""},
		{"PUT", "metadata", "{}", 405, ""},
		{"GET", "Patient", "", 406, "Accept: application/fhir+xml"},
		{"GET", "Patient?_format=xml", "", 406, ""},
		{"POST", "Patient", "<x/>", 415, "Content-Type: application/fhir+xml"},
		{"POST", "Patient", `{"resourceType":"Patient"`, 400, ""},
		{"POST", "Patient", `{"resourceType":"Patient","gender":"x"}`, 422, ""},
		{"PUT", "Practitioner/d", `{"resourceType":"Practitioner","id":"d"}`, 412, `If-Match: W/"7"`},
		{"GET", "Patient?nmae=x", "", 400, ""},
		{"GET", "Patient?birthdate=yesterday", "", 400, ""},
		{"GET", "Patient?_count=-1", "", 400, ""},
		{"GET", "Patient?_cursor=abc", "", 400, ""},
	} {
		header := []string{}
		if c.header != "" {
			header = append(header, c.header)
		}
		a := w.send(c.method, c.path, c.body, header...).status(c.status)
		if c.status == 405 && a.Header().Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: Allow: %q", c.path, a.Header().Get("Allow"))
		}
	}
}

// TestLenient: unknown parameters are left out, noted in the answer, and not in its link.
func TestLenient(t *testing.T) {
	w := open(t, practitioner)
	b := w.get("Practitioner?nmae=x&_count=5", "Prefer: handling=lenient").bundle()
	if b.link("self") != "Practitioner?_count=5" || len(b.ids("outcome")) != 1 || len(b.ids("match")) != 1 {
		t.Errorf("%+v", b)
	}
}

// TestMetadata: the CapabilityStatement is valid and has an entity tag.
func TestMetadata(t *testing.T) {
	w := open(t)
	a := w.get("metadata").status(200)
	w.get("metadata", "If-None-Match: "+a.Header().Get("Etag")).status(304)
}

// TestRepeated: lists may come in parts, and what has one value is not given two.
func TestRepeated(t *testing.T) {
	w := open(t, practitioner, patient("a", "A"))
	if b := w.get("?_type=Patient&_type=Practitioner&_summary=count").bundle(); *b.Total != 2 {
		t.Errorf("%d in the types of both lists", *b.Total)
	}
	if body := w.get("Patient?_elements=name&_elements=generalPractitioner").status(200).Body.String(); !strings.Contains(body, `"generalPractitioner"`) || !strings.Contains(body, `"name"`) {
		t.Error(body)
	}
	w.get("Patient?_count=1&_count=1").status(200)
	for _, path := range []string{
		"Patient?_count=1&_count=2", "Patient?_summary=true&_summary=text", "Patient?_total=none&_total=accurate", "Patient/a?_summary=true&_summary=text",
		"_history?_since=2020&_since=2021", "_history?_count=1&_count=2", "Practitioner/d/Patient?_type=Practitioner",
	} {
		w.get(path).status(400)
	}
}

// TestRefusedFormat: the answer to a format that is not there is of a type that is.
func TestRefusedFormat(t *testing.T) {
	w := open(t)
	for _, path := range []string{"Patient?_format=xml", "metadata?_format=ttl"} {
		if a := w.get(path).status(406); a.Header().Get("Content-Type") != "application/fhir+json; charset=utf-8" {
			t.Errorf("%s: %v", path, a.Header())
		}
	}
}

// TestWrongID: an update whose resource has no id, or another, is 400 (R4, 3.1.0.4).
func TestWrongID(t *testing.T) {
	w := open(t)
	w.send("PUT", "Patient/a", `{"resourceType":"Patient","active":true}`).status(400)
	w.send("PUT", "Patient/a", patient("b", "B")).status(400)
	w.send("PUT", "Patient/a", `{"resourceType":"Patient","id":"a","active":"x"}`).status(422)
}

// TestPostedWithoutForm: what is posted without a body has the parameters of its URL; a body without a type is refused.
func TestPostedWithoutForm(t *testing.T) {
	w := open(t, practitioner, patient("a", "A"), patient("b", "B"))
	for path, want := range map[string]int{"Patient/_search?family=a": 1, "Patient/_search": 2, "Patient/a/$everything": 1} {
		if b := w.send("POST", path, "").bundle(); len(b.Entry) != want {
			t.Errorf("%s: %d instead of %d", path, len(b.Entry), want)
		}
	}
	w.send("POST", "Patient/_search", "family=a", "Content-Type: ").status(415)
}
