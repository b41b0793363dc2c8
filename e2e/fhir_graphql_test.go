package e2e_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/internal/shareddata"
	"github.com/heliograph/heliograph/load"
	"github.com/heliograph/heliograph/search"
)

// officialCase is a case of HL7's suite of FHIR GraphQL, as the manifest beside it adapts it.
type officialCase struct {
	ID              string
	Query           string // a file
	QueryAdapted    string
	Context         string
	Expected        string // a file
	ExpectedAdapted json.RawMessage
	ExpectError     bool
	Variables       map[string]any
	OperationName   string
	Class           string
}

// dialectAt serves the dialect over a store as the program does.
func (k *kit) dialectAt(t testing.TB, store primary) http.Handler {
	mux := http.NewServeMux()
	h := k.graphOver(t, store)
	mux.Handle("/fhir/$graphql", h.FHIR())
	mux.Handle("/fhir/{type}/{id}/$graphql", h.FHIR())
	return mux
}

// TestOfficialGraphQL runs HL7's cases of FHIR GraphQL on SQLite. Each is asked as it is written, too: what the suite calls loose is
// what the dialect is for.
func TestOfficialGraphQL(t *testing.T) {
	dir, ok := shareddata.Folder(t, "conformance/graphql")
	if !ok {
		return
	}
	k := newKit(t, search.UnitsExact)
	store := k.sqlite(t)
	staged := filepath.Join(t.TempDir(), "staged.ndjson")
	stage(t, filepath.Join(dir, "resources"), staged)
	k.load(t, store, load.Config{Admission: composite.Admission{Lenient: true}}, staged)
	h := k.dialectAt(t, store)
	var manifest struct{ Cases []officialCase }
	decode(t, read(t, filepath.Join(dir, "manifest.json")), &manifest)
	adapted, literal := 0, 0
	for _, c := range manifest.Cases {
		query := string(read(t, filepath.Join(dir, c.Query)))
		want := json.RawMessage(`{}`)
		if c.Expected != "" {
			want = read(t, filepath.Join(dir, c.Expected))
		}
		asWritten, problem := c.run(t, h, query, want)
		if asWritten {
			literal++
		} else {
			t.Logf("not as it is written: %s (%s): %s", c.ID, c.Class, problem)
		}
		if c.QueryAdapted != "" || c.ExpectedAdapted != nil {
			if c.QueryAdapted != "" {
				query = c.QueryAdapted
			}
			if c.ExpectedAdapted != nil {
				want = c.ExpectedAdapted
			}
			if asWritten, problem = c.run(t, h, query, want); !asWritten {
				t.Errorf("%s, adapted: %s", c.ID, problem)
				continue
			}
		} else if !asWritten {
			t.Errorf("%s: %s", c.ID, problem)
			continue
		}
		adapted++
	}
	t.Logf("%d of %d official cases, %d of them exactly as they are written", adapted, len(manifest.Cases), literal)
	if len(manifest.Cases) < 29 {
		t.Errorf("%d cases", len(manifest.Cases))
	}
	serverCases(t, h, filepath.Join(dir, "server-tests.json"))
	parserCases(t, filepath.Join(dir, "cases", "parser-tests.gql"))
}

func (c *officialCase) run(t *testing.T, h http.Handler, query string, want json.RawMessage) (ok bool, problem string) {
	path := "/fhir/$graphql"
	if c.Context != "" {
		path = "/fhir/" + c.Context + "/$graphql"
	}
	body, err := json.Marshal(map[string]any{"query": query, "variables": c.Variables, "operationName": c.OperationName})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	var answer struct {
		Data   json.RawMessage
		Errors []struct {
			Message    string
			Extensions struct{ Resource json.RawMessage }
		}
	}
	decode(t, w.Body.Bytes(), &answer)
	switch {
	case c.ExpectError:
		if len(answer.Errors) == 0 || !bytes.Contains(answer.Errors[0].Extensions.Resource, []byte("OperationOutcome")) {
			return false, "no error with an OperationOutcome: " + w.Body.String()
		}
		return true, ""
	case len(answer.Errors) > 0:
		return false, answer.Errors[0].Message
	}
	var got, expected any
	decode(t, answer.Data, &got)
	decode(t, want, &expected)
	if diff := cmp.Diff(prune(expected), got); diff != "" {
		return false, diff
	}
	return true, ""
}

// prune takes out what the suite does not compare: nulls and empty lists. What we answer has none.
func prune(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			if list, ok := value.([]any); value == nil || ok && len(list) == 0 {
				delete(v, key)
				continue
			}
			v[key] = prune(value)
		}
	case []any:
		for i := range v {
			v[i] = prune(v[i])
		}
	}
	return v
}

// serverCases are asked by GET, with the answer in its wrapper.
func serverCases(t *testing.T, h http.Handler, file string) {
	type served struct {
		URL    string
		Output json.RawMessage
	}
	var suite map[string]json.RawMessage
	decode(t, read(t, file), &suite)
	n := 0
	for _, group := range []string{"instance-tests", "root-tests"} {
		var cases map[string]served
		decode(t, suite[group], &cases)
		for name, c := range cases {
			path, query, _ := strings.Cut(c.URL, "?query=")
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/fhir"+path+"?query="+url.QueryEscape(query), nil))
			var got, want any
			decode(t, w.Body.Bytes(), &got)
			decode(t, c.Output, &want)
			if diff := cmp.Diff(want, got); w.Code != http.StatusOK || diff != "" {
				t.Errorf("%s, %s: %d\n%s", group, name, w.Code, diff)
			}
			n++
		}
	}
	if n != 2 {
		t.Errorf("%d HTTP cases", n)
	}
}

// parserCases are documents of another schema: the parser takes them all but one, which has an empty list of arguments.
func parserCases(t *testing.T, file string) {
	titles := regexp.MustCompile(`(?m)^#### (\w+)\s*?$`)
	text := string(read(t, file))
	marks := titles.FindAllStringSubmatchIndex(text, -1)
	for i, m := range marks {
		end := len(text)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		name := text[m[2]:m[3]]
		_, err := parser.ParseQuery(&ast.Source{Input: text[m[1]:end]})
		if (err != nil) != (name == "EmptyParamList") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(marks) < 20 {
		t.Errorf("%d documents of the parser", len(marks))
	}
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func decode(t *testing.T, text []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatalf("%v: %.300s", err, text)
	}
}

// stage writes the resources of a folder as lines of one file.
func stage(t *testing.T, dir, to string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatal("no resources to stage", err)
	}
	var all bytes.Buffer
	for _, f := range files {
		if err := json.Compact(&all, read(t, f)); err != nil {
			t.Fatal(err)
		}
		all.WriteByte('\n')
	}
	if err := os.WriteFile(to, all.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}
