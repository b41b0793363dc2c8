package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestBadRequests: whatever is sent, the answer says what is wrong, the server goes on, and no patient's data comes back.
func TestBadRequests(t *testing.T) {
	p := start(t, filepath.Join(t.TempDir(), "data"), "--sample", "5")
	aliases := "{"
	for i := range 10_000 {
		aliases += fmt.Sprintf("a%d: version ", i)
	}
	quote := func(q string) []byte {
		raw, err := json.Marshal(map[string]string{"query": q})
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	cases := []struct {
		name   string
		body   []byte
		status int
		says   string
	}{
		{"no JSON", []byte(`{"query": `), 400, ""},
		{"bad UTF-8", []byte("{\"query\": \"{ version \xff }\"}"), 400, "UTF-8"},
		{"NUL", quote("{ version \x00 }"), 0, ""},
		{"malformed GraphQL", quote("{ PatientList( }"), 0, ""},
		{"unknown field", quote("{ PatientList { id nonsense } }"), 0, "nonsense"},
		{"unknown argument", quote(`{ PatientList(nam: "x") { id } }`), 0, "nam"},
		{"wrong type", quote(`{ PatientList(_count: "x") { id } }`), 0, `"locations":[{"line":1`},
		{"bad search value", quote(`{ PatientList(birthdate: "1973-02-30") { id } }`), 0, "birthdate"},
		{"10,000 aliases", quote(aliases + "}"), 0, ""},
		{"deep nesting", quote(strings.Repeat("{ PatientList ", 5000) + strings.Repeat("}", 5000)), 0, ""},
		{"fragment cycle", quote("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }"), 0, ""},
		{"bad cursor", quote(`{ PatientConnection(first: 2, after: "AAAA") { count } }`), 0, "cursor"},
		{"mutation", quote("mutation { x }"), 0, ""},
		{"huge body", quote("{ version #" + strings.Repeat("x", 2<<20) + "\n}"), 413, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := send(t, http.MethodPost, p.url+"/graphql", c.body, "Content-Type", "application/json")
			if c.status != 0 && a.status != c.status {
				t.Errorf("status %d, want %d", a.status, c.status)
			}
			if a.status >= 500 {
				t.Errorf("status %d: %.300s", a.status, a.raw)
			}
			if len(a.Errors) == 0 {
				t.Fatalf("no errors in %.300s", a.raw)
			}
			if !strings.Contains(string(a.raw), c.says) {
				t.Errorf("the answer does not say %q: %.500s", c.says, a.raw)
			}
			if bytes.Contains(a.raw, []byte("goroutine")) || bytes.Contains(a.raw, []byte("SELECT")) {
				t.Errorf("the answer shows the inside: %.500s", a.raw)
			}
			if len(a.raw) > 64<<10 {
				t.Errorf("an answer of %d bytes", len(a.raw))
			}
		})
	}
	post(t, p.url, "{ version }", nil).ok(t, "{ version }")
	if a := send(t, http.MethodGet, p.url+"/graphql?query=mutation%7Bx%7D", nil); a.status != http.StatusMethodNotAllowed && a.status != http.StatusBadRequest {
		t.Errorf("a mutation by GET: status %d", a.status)
	}
	if a := send(t, http.MethodPost, p.url+"/graphql", []byte("query=x"), "Content-Type", "application/x-www-form-urlencoded"); a.status != http.StatusUnsupportedMediaType {
		t.Errorf("a form: status %d", a.status)
	}
	if a := send(t, http.MethodPost, p.url+"/graphql", quote("{ version }"), "Content-Type", "application/json", "Origin", "https://evil.example"); a.status != http.StatusForbidden {
		t.Errorf("a foreign origin: status %d", a.status)
	}
}

// TestCommandLine: wrong configuration, a folder in use, a foreign file and the like end with a message that helps.
func TestCommandLine(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	data := filepath.Join(dir, "data")
	p := start(t, data, "--sample", "2")
	patient := write("p.ndjson", `{"resourceType":"Patient","id":"late","name":[{"family":"Späth"}]}`+"\n")
	wrong := write("wrong.yaml", "listne: 127.0.0.1:1\nmode: fast\nlimits:\n  depth: -1\n")
	untyped := write("untyped.yaml", "fhir:\n  types: [Patient, Pateint]\n")
	empty := filepath.Join(dir, "empty")
	if err := os.Mkdir(empty, 0o700); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name string
		args []string
		code int
		says []string
	}{
		{"unknown command", []string{"sreve"}, 2, []string{"sreve", "--help"}},
		{"wrong configuration", []string{"--config", wrong, "config", "check"}, 2, []string{"wrong.yaml:1", "listne", "did you mean listen", "mode", "fast", "limits.depth"}},
		{"good configuration", []string{"config", "check"}, 0, nil},
		{"no configuration file", []string{"--config", filepath.Join(dir, "none.yaml"), "serve"}, 2, []string{"none.yaml"}},
		{"open to the world", []string{"--data", filepath.Join(dir, "other"), "serve", "--listen", "0.0.0.0:0"}, 2, []string{"bearer key", "--insecure"}},
		{"an unknown type in the configuration", []string{"--config", untyped, "config", "check"}, 2, []string{"fhir.types", "Pateint"}},
		{"folder in use", []string{"--data", data, "load", patient}, 1, []string{data, "--to"}},
		{"a folder without input", []string{"--data", filepath.Join(dir, "other"), "load", empty}, 1, []string{"nothing was loaded", empty}},
		{"a damaged backup", []string{"--data", filepath.Join(dir, "other"), "restore", patient}, 1, []string{patient + " was not restored"}},
		{"nothing to send", []string{"load", "--to", p.url, empty}, 1, []string{"nothing was sent"}},
		{"sent to no URL", []string{"load", "--to", "localhost:8080", patient}, 1, []string{"--to is the URL", "http://"}},
		{"sent to nobody", []string{"load", "--to", "http://127.0.0.1:1", patient}, 1, []string{"no server listens at http://127.0.0.1:1"}},
		{"a plan of nobody", []string{"explain", "--to", "http://127.0.0.1:1", "{ version }"}, 1, []string{"no server listens at http://127.0.0.1:1"}},
		{"a plan of a typo", []string{"explain", "--to", p.url, "{ PatientList(gendr: \"x\") { id } }"}, 1, []string{"line 1, column 3: ", "Did you mean", "gender"}},
		{"no such input", []string{"--data", filepath.Join(dir, "other"), "load", filepath.Join(dir, "nothing")}, 1, []string{"there is no", "nothing"}},
		{"port taken", []string{"--data", filepath.Join(dir, "other"), "serve", "--listen", strings.TrimPrefix(p.url, "http://")}, 1, []string{"a program listens there already", "--listen"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			code, out, errs := heliograph(t, c.args...)
			if code != c.code {
				t.Errorf("exit code %d, want %d: %s%s", code, c.code, out, errs)
			}
			for _, s := range c.says {
				if !strings.Contains(errs+out, s) {
					t.Errorf("the message does not say %q:\n%s%s", s, out, errs)
				}
			}
			if strings.Contains(errs, "goroutine") {
				t.Errorf("a panic:\n%s", errs)
			}
		})
	}
	if code, out, errs := heliograph(t, "load", "--to", p.url, patient); code != 0 {
		t.Fatalf("load --to: %d %s%s", code, out, errs)
	}
	q := `{ Patient(id: "late") { name { family } } }`
	if a := post(t, p.url, q, nil).ok(t, q); !strings.Contains(string(a.raw), "Späth") {
		t.Errorf("%s", a.raw)
	}
	testBackup(t, p, dir)
}

// testBackup: a backup made while serving restores to the same content.
func testBackup(t *testing.T, p *program, dir string) {
	q := `{ counts { type count } Patient(id: "late") { id meta { versionId lastUpdated } name { family } } }`
	want := post(t, p.url, q, nil).ok(t, q)
	file, restored := filepath.Join(dir, "backup.db"), filepath.Join(dir, "restored")
	for _, args := range [][]string{
		{"--data", p.data, "backup", file}, {"--data", restored, "restore", file},
	} {
		if code, out, errs := heliograph(t, args...); code != 0 {
			t.Fatalf("%v: %d %s%s", args, code, out, errs)
		}
	}
	if code, _, errs := heliograph(t, "--data", restored, "restore", file); code == 0 {
		t.Errorf("restoring over a store was allowed: %s", errs)
	}
	again := start(t, restored)
	if got := post(t, again.url, q, nil).ok(t, q); !bytes.Equal(got.raw, want.raw) {
		t.Errorf("after restore:\n%s\nbefore:\n%s", got.raw, want.raw)
	}
}
