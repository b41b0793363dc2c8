package bundle_test

import (
	"encoding/base64"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/heliograph/heliograph/adapters/memory"
	"github.com/heliograph/heliograph/bundle"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/internal/fault"
)

// TestTransaction: everything that a transaction can hold, in the order of R4, with references between entries.
func TestTransaction(t *testing.T) {
	desks(t, bundle.Config{}, func(t *testing.T, d desk) {
		d.must(t, "transaction", entry("PUT", "Patient/old", patient("old", "Old")), entry("PUT", "Patient/known", patient("known", "Known")),
			entry("PUT", "Patient/plan", patient("plan", "Plan")))
		a := d.must(t, "transaction",
			entry("GET", "Patient/new", ""),
			entry("GET", "Patient/old", ""),
			named("urn:uuid:o", entry("POST", "Observation", observation("", "urn:uuid:p"))),
			named("urn:uuid:p", entry("POST", "Patient", patient("ignored", "New"))),
			named("http://a.example/Patient/new", entry("PUT", "Patient/new", patient("new", "New"))),
			named("http://a.example/Observation/e", entry("PUT", "Observation/e", observation("e", "Patient/new"))),
			entry("DELETE", "Patient/old", ""),
			named("urn:uuid:k", entry("POST", "Patient", patient("", "Known"), `,"ifNoneExist":"family=Known"`)),
			entry("PUT", "Observation/k", observation("k", "urn:uuid:k")),
			entry("PUT", "Observation/c", observation("c", "Patient?family=Known")),
			entry("PUT", "Patient?family=Plan", patient("", "Plan B"), `,"ifMatch":"W/\"1\""`),
			entry("DELETE", "Patient?family=Nobody", ""),
			entry("POST", "DocumentReference", `{"resourceType":"DocumentReference","status":"current","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><a href=\"urn:uuid:p\">x</a></div>"},"content":[{"attachment":{"url":"urn:uuid:o"}}]}`),
		)
		var status []string
		for _, e := range a.Entry {
			status = append(status, e.Response.Status[:3])
		}
		if got := strings.Join(status, " "); got != "200 404 201 201 201 201 204 200 201 201 200 204 201" {
			t.Errorf("%s", got)
		}
		made := a.Entry[3].Response.Location
		ref, _, ok := strings.Cut(made, "/_history/1")
		if !ok || ref == "Patient/ignored" || a.Entry[3].Response.Etag != `W/"1"` || a.Entry[3].Response.LastModified == "" || a.Entry[3].Resource["meta"] == nil {
			t.Errorf("%+v", a.Entry[3])
		}
		observed, _, _ := strings.Cut(a.Entry[2].Response.Location, "/_history/")
		document, _, _ := strings.Cut(a.Entry[12].Response.Location, "/_history/")
		for of, want := range map[string]string{
			observed: `"` + ref + `"`, "Observation/e": `"Patient/new"`, "Observation/k": `"Patient/known"`, "Observation/c": `"Patient/known"`,
			"Patient/plan": "Plan B", document: `"url":"` + observed + `"`,
		} {
			if got := d.body(t, of); !strings.Contains(got, want) {
				t.Errorf("%s has no %s: %s", of, want, got)
			}
		}
		if got := d.body(t, document); !strings.Contains(got, `href=\"`+ref+`\"`) {
			t.Errorf("%s", got)
		}
	})
}

// TestEveryProblem: a transaction that has problems names them all, with entry and element, and writes nothing.
func TestEveryProblem(t *testing.T) {
	desks(t, bundle.Config{}, func(t *testing.T, d desk) {
		d.must(t, "transaction", entry("PUT", "Patient/a", patient("a", "Twin")), entry("PUT", "Patient/b", patient("b", "Twin")))
		before, err := d.primary.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			name, entry, path, says string
			code                    fault.Code
		}{
			{"a bad code", entry("POST", "Patient", `{"resourceType":"Patient","gender":"x"}`), "Bundle.entry[1].resource.gender", "", fault.BadUserInput},
			{"another id", entry("PUT", "Patient/x", patient("y", "A")), "Bundle.entry[1].resource.id", "id", fault.BadUserInput},
			{"another type", entry("PUT", "Observation/x", patient("x", "A")), "Bundle.entry[1]", "another type", fault.BadUserInput},
			{"no resource", entry("PUT", "Patient/x", ""), "Bundle.entry[1]", "no resource", fault.BadUserInput},
			{"no url", entry("PUT", "", patient("x", "A")), "Bundle.entry[1]", "url is missing", fault.BadUserInput},
			{"no request", `{"resource":` + patient("x", "A") + `}`, "Bundle.entry[1]", "request.method", fault.BadUserInput},
			{"null", `null`, "Bundle.entry[1]", "not a JSON object", fault.BadUserInput},
			{"an operation", entry("POST", "Patient/$everything", patient("", "A")), "Bundle.entry[1]", "operations", fault.BadUserInput},
			{"the same twice", entry("PUT", "Patient/ok", patient("ok", "A")), "Bundle.entry[1]", "entry[0]", fault.BadUserInput},
			{"a name twice", named("urn:uuid:ok", entry("POST", "Patient", patient("", "A"))), "Bundle.entry[1]", "same fullUrl", fault.BadUserInput},
			{"another version", entry("PUT", "Patient/a", patient("a", "A"), `,"ifMatch":"W/\"7\""`), "Bundle.entry[1]", "at version 1, not 7", fault.Conflict},
			{"it is there", entry("PUT", "Patient/a", patient("a", "A"), `,"ifNoneMatch":"*"`), "Bundle.entry[1]", "there already", fault.PreconditionFailed},
			{"several matches", entry("PUT", "Patient?family=Twin", patient("", "A")), "Bundle.entry[1]", "several", fault.PreconditionFailed},
			{"a reference to none", entry("POST", "Observation", observation("", "Patient?family=None")), "Bundle.entry[1].resource.subject", "without a match", fault.PreconditionFailed},
			{"nothing to patch", entry("PATCH", "Patient/none", binary(`[]`)), "Bundle.entry[1]", "not there", fault.NotFound},
			{"an unknown parameter", entry("DELETE", "Patient?famly=x", ""), "Bundle.entry[1]", "did you mean family", fault.BadUserInput},
		} {
			_, err := d.run(t, bundle.Options{}, "transaction", named("urn:uuid:ok", entry("PUT", "Patient/ok", patient("ok", "Fine"))), c.entry, entry("POST", "Patient", `{"resourceType":"Patient","active":"yes"}`))
			var invalid *composite.InvalidError
			if !errors.As(err, &invalid) {
				t.Errorf("%s: %v", c.name, err)
				continue
			}
			if len(invalid.Issues) != 2 || invalid.Issues[0].Path != c.path || !strings.Contains(invalid.Issues[0].Message, c.says) ||
				invalid.Issues[1].Path != "Bundle.entry[2].resource.active" || invalid.Code != fault.BadUserInput {
				if c.name != "another version" && c.name != "it is there" { // found by the store, when all else is well
					t.Errorf("%s: %v", c.name, err)
				}
			}
			_, err = d.run(t, bundle.Options{}, "transaction", named("urn:uuid:ok", entry("PUT", "Patient/ok", patient("ok", "Fine"))), c.entry)
			if fault.Of(err) != c.code || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), c.path) {
				t.Errorf("%s alone: %v", c.name, err)
			}
		}
		after, err := d.primary.Head(t.Context())
		if err != nil || after.Position != before.Position {
			t.Errorf("something was written: %v", err)
		}
	})
}

func binary(patch string) string {
	return `{"resourceType":"Binary","contentType":"application/json-patch+json","data":"` + base64.StdEncoding.EncodeToString([]byte(patch)) + `"}`
}

// TestBatch: each entry is on its own.
func TestBatch(t *testing.T) {
	desks(t, bundle.Config{}, func(t *testing.T, d desk) {
		a := d.must(t, "batch",
			entry("GET", "Patient/a", ""),
			entry("PUT", "Patient/a", patient("a", "A")),
			entry("PUT", "Patient/b", `{"resourceType":"Patient","id":"b","gender":"x"}`),
			named("urn:uuid:p", entry("POST", "Patient", patient("", "P"))),
			entry("POST", "Observation", observation("", "urn:uuid:p")),
			entry("DELETE", "Patient/never", ""),
			entry("PUT", "Patient/c", patient("c", "C"), `,"ifMatch":"W/\"3\""`),
			entry("WIPE", "Patient/c", ""),
		)
		for i, want := range []string{"200 OK", "201 Created", "400 Bad Request", "201 Created", "400 Bad Request", "204 No Content", "412 Precondition Failed", "400 Bad Request"} {
			e := a.Entry[i]
			if e.Response.Status != want || (want[0] == '4') != (e.Response.Outcome != nil) {
				t.Errorf("entry %d: %+v, want %s", i, e, want)
			}
		}
		if a.Entry[0].Resource["id"] != "a" {
			t.Errorf("what is read is read after the writes: %+v", a.Entry[0])
		}
	})
}

// TestNoBundle: what cannot be processed at all is said so, and leaves no file.
func TestNoBundle(t *testing.T) {
	d := newDesk(t, memory.Open(memory.Config{}), bundle.Config{Entries: 2, Bytes: 1000})
	for raw, code := range map[string]fault.Code{
		"": fault.BadUserInput, "[]": fault.BadUserInput, `{"resourceType":"Patient"}`: fault.BadUserInput,
		`{"resourceType":"Bundle","type":"history"}`:                         fault.BadUserInput,
		`{"resourceType":"Bundle","type":"batch","entry":{}}`:                fault.BadUserInput,
		`{"resourceType":"Bundle","type":"batch","entry":[{},{},{}]}`:        fault.TooCostly,
		`{"resourceType":"Bundle","type":"batch","entry":[{"request":{"me`:   fault.BadUserInput,
		`{"resourceType":"` + strings.Repeat("x", 1000) + `","type":"batch"`: fault.TooCostly,
		`{"resourceType":"Bundle","type":"transaction"}`:                     "",
	} {
		r, err := d.Process(t.Context(), here, strings.NewReader(raw), bundle.Options{})
		if fault.Of(err) != code {
			t.Errorf("%.80s: %v, want %s", raw, err, code)
		}
		if err == nil {
			r.Close()
		}
	}
	if left, err := os.ReadDir(d.dir); err != nil || len(left) > 0 {
		t.Errorf("files are left: %v %v", left, err)
	}
}
