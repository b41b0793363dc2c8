package e2e_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// twins are custom parameters that ask for the same as one of FHIR's own: what each finds is known.
var twins = []struct {
	resource, own, code, kind, expression, more, value string
}{
	{"Patient", "family", "x-family", "string", "Patient.name.family", "", "a"},
	{"Patient", "gender", "x-gender", "token", "Patient.gender", "", "female"},
	{"Patient", "birthdate", "x-born", "date", "Patient.birthDate", "", "lt1970"},
	{"Observation", "status", "x-status", "token", "Observation.status", "", "final"},
	{"Observation", "encounter", "x-encounter", "reference", "Observation.encounter", `"target":["Encounter"],`, "Encounter/"},
	{"Observation", "value-quantity", "x-value", "quantity", "Observation.value.as(Quantity) | Observation.value.as(SampledData)", "", "gt100"},
	{"Observation", "code-value-quantity", "x-code-value", "composite", "Observation", `"component":[` +
		`{"definition":"http://hl7.org/fhir/SearchParameter/clinical-code","expression":"code"},` +
		`{"definition":"http://hl7.org/fhir/SearchParameter/Observation-value-quantity","expression":"value.as(Quantity)"}],`, "http://loinc.org|8867-4$gt60"},
}

// searchParameters are the twins as SearchParameter resources, a line each.
func searchParameters(status string) string {
	var b strings.Builder
	for _, x := range twins {
		fmt.Fprintf(&b, `{"resourceType":"SearchParameter","id":%[1]q,"url":"http://example.org/%[1]s","name":"N","description":"d","status":%[2]q,`+
			`"code":%[1]q,"base":[%[3]q],"type":%[4]q,%[5]s"expression":%[6]q}`+"\n", x.code, status, x.resource, x.kind, x.more, x.expression)
	}
	return b.String()
}

func (p *program) load(t *testing.T, lines string) {
	t.Helper()
	got := send(t, http.MethodPost, p.url+"/load", []byte(lines), "Content-Type", "application/x-ndjson")
	if got.status != http.StatusOK || strings.Contains(string(got.raw), `"rejects"`) {
		t.Fatalf("%d %s", got.status, got.raw)
	}
}

// settle waits until no parameter is being built.
func (p *program) settle(t *testing.T) {
	t.Helper()
	for end := time.Now().Add(60 * time.Second); ; {
		if ready := send(t, http.MethodGet, p.url+"/health/ready", nil); !strings.Contains(string(ready.raw), "being built") {
			return
		} else if time.Now().After(end) {
			t.Fatalf("after a minute: %s\n%s", ready.raw, p.stderr)
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-t.Context().Done():
			t.Fatal("the test has ended")
		}
	}
}

// sameAsOwn asks each twin and its original.
func (p *program) sameAsOwn(t *testing.T) {
	t.Helper()
	underscored := strings.NewReplacer("-", "_")
	for _, x := range twins {
		query := fmt.Sprintf(`{ own: %[1]sList(%[2]s: %[4]q, _count: 500) { id } custom: %[1]sList(%[3]s: %[4]q, _count: 500) { id } }`,
			x.resource, underscored.Replace(x.own), underscored.Replace(x.code), x.value)
		if x.kind == "reference" {
			query = fmt.Sprintf(`{ own: %[1]sList(_sort: %[2]q, _count: 500) { id } custom: %[1]sList(_sort: %[3]q, _count: 500) { id } }`, x.resource, x.own, x.code)
		}
		got := post(t, p.url, query, nil).ok(t, query).Data
		if own, custom := fmt.Sprint(got["own"]), fmt.Sprint(got["custom"]); own != custom || own == "[]" {
			t.Errorf("%s finds\n%.300s\n%s\n%.300s", x.code, custom, x.own, own)
		}
	}
}

// TestCustomParameters: SearchParameter resources that come to a running server, with data that is there before and data that comes after; a
// restart keeps them, and retired they are unknown.
func TestCustomParameters(t *testing.T) {
	p := start(t, t.TempDir(), "--sample", "12")
	p.load(t, searchParameters("active"))
	const query = `{ PatientList(x_family: "zzz") { id } }`
	first := post(t, p.url, query, nil)
	if len(first.Errors) > 0 && first.Errors[0].Extensions["code"] != "PARAMETER_BUILDING" {
		t.Fatalf("%s", first.raw)
	}
	p.load(t, `{"resourceType":"Patient","id":"after","name":[{"family":"Zzz"}]}`)
	p.settle(t)
	if got := post(t, p.url, query, nil).ok(t, query); !strings.Contains(string(got.raw), `"after"`) {
		t.Errorf("%s", got.raw)
	}
	p.sameAsOwn(t)
	data := p.data
	p.stop(t)
	p = start(t, data)
	p.sameAsOwn(t)
	p.load(t, searchParameters("retired"))
	if got := post(t, p.url, query, nil); len(got.Errors) == 0 || got.Errors[0].Extensions["code"] != "GRAPHQL_VALIDATION_FAILED" {
		t.Errorf("%s", got.raw)
	}
}

// TestKillDuringReindex kills the server while it indexes anew: the next one goes on, and finds all.
func TestKillDuringReindex(t *testing.T) {
	data := t.TempDir()
	p := start(t, data, "--sample", "60")
	p.load(t, searchParameters("active"))
	unfinished := 0
	for range 4 {
		if ready := send(t, http.MethodGet, p.url+"/health/ready", nil); strings.Contains(string(ready.raw), "being built") {
			unfinished++
		}
		p.kill()
		p = start(t, data)
	}
	t.Logf("%d of 4 kills were in the middle", unfinished)
	p.settle(t)
	p.sameAsOwn(t)
}

// TestLoadParameters loads them with the command, into a folder that no server has open; the next server builds the index.
func TestLoadParameters(t *testing.T) {
	dir := t.TempDir()
	data, file := filepath.Join(dir, "data"), filepath.Join(dir, "parameters.ndjson")
	taken := strings.NewReplacer(`"code":"x-family"`, `"code":"family"`, `"x-family"`, `"x-taken"`).Replace(strings.SplitN(searchParameters("active"), "\n", 2)[0])
	if err := os.WriteFile(file, []byte(searchParameters("active")+taken), 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, data, "--sample", "12").stop(t)
	code, _, stderr := heliograph(t, "--data", data, "load", "--rejects", filepath.Join(dir, "rejects.ndjson"), file)
	if code != 1 || !strings.Contains(stderr, "SearchParameter.code") {
		t.Errorf("code %d: a parameter whose code is taken is not rejected:\n%s", code, stderr)
	}
	p := start(t, data)
	p.settle(t)
	p.sameAsOwn(t)
}

// TestSettingsChange serves a folder under another base: what refers to the server by it is found once the data are indexed anew.
func TestSettingsChange(t *testing.T) {
	data := t.TempDir()
	p := start(t, data)
	p.load(t, `{"resourceType":"Patient","id":"p"}`+"\n"+
		`{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},"subject":{"reference":"https://here.example/fhir/Patient/p"}}`)
	const query = `{ ObservationList(subject: "Patient/p") { id } }`
	if got := post(t, p.url, query, nil).ok(t, query); !strings.Contains(string(got.raw), `[]`) {
		t.Fatalf("%s", got.raw)
	}
	p.stop(t)
	p = start(t, data, "--base", "https://here.example/fhir")
	p.settle(t)
	if got := post(t, p.url, query, nil).ok(t, query); !strings.Contains(string(got.raw), `"o"`) || !strings.Contains(p.stderr.String(), "indexed anew") {
		t.Errorf("%s\n%s", got.raw, p.stderr)
	}
}
