package terminology_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/internal/shareddata"
)

// suite is one of HL7's suites for terminology servers; expansions are what of it concerns searches.
type suite struct {
	Name, Mode string
	Setup      []string
	Tests      []struct{ Name, Mode, Operation, Request, Response, Profile string }
}

// parameters are those of an $expand.
type parameters struct {
	Parameter []struct{ Name, ValueURI, ValueString string }
}

// answer is a ValueSet, or an OperationOutcome.
type answer struct {
	ResourceType string
	Expansion    struct{ Contains []contains }
}

type contains struct {
	System, Code string
	Contains     []contains
}

// shown are parameters that change what is shown of codes, or how they are nested, not which there are.
var shown = []string{"url", "excludeNested", "includeDesignations", "includeDefinition", "property", "designation", "displayLanguage"}

// otherwise are cases in which a search goes another way, and why.
var otherwise = map[string]string{
	"simple-expand-all-count":        "a page",
	"fragment-expansion":             "a fragment is refused: a part is not given for the whole",
	"big-echo-no-limit":              "the limit of the suite is lower",
	"extensions-echo-bad-supplement": "supplements, which add displays and properties, are not looked for",
	"expand-exclude-versioned":       "codes of versions of a system are one to a search",
	"expand-exclude-enum":            "codes of versions of a system are one to a search",
	"vs-expand-v-w":                  "versions with wildcards are of R6", "vs-expand-v-wb": "versions with wildcards are of R6",
}

// TestConformance expands the value sets of HL7's suites of mode general, where the request has no parameter that a search has not.
func TestConformance(t *testing.T) {
	files := map[string][]byte{}
	if !shareddata.Files(t, "tx-tests", ".json", func(name string, content []byte) {
		files[strings.TrimPrefix(name, "tx-tests/")] = content
	}) {
		return
	}
	var all struct{ Suites []suite }
	read(t, files["test-cases.json"], &all)
	ran := 0
	for _, s := range all.Suites {
		if s.Mode != "general" {
			continue
		}
		t.Run(s.Name, func(t *testing.T) { ran += s.run(t, files) })
	}
	t.Logf("%d expansions", ran)
	if ran < 100 {
		t.Errorf("only %d expansions were made", ran)
	}
}

// ownID is where a resource of the suites has its id, if it has one: versions of one share it.
var ownID = regexp.MustCompile(`(?m)^  "id" *: *"[^"]*",$`)

func (s *suite) run(t *testing.T, files map[string][]byte) (ran int) {
	k := newKit(t)
	for i, name := range s.Setup {
		text := ownID.ReplaceAllString(string(files[name]), "")
		k.put(t, "main", strings.Replace(text, "{", fmt.Sprintf(`{"id":"r%d",`, i), 1))
	}
	for _, c := range s.Tests {
		url := ""
		if c.Operation == "expand" && c.Mode == "" && c.Profile == "" && otherwise[c.Name] == "" {
			url = asked(t, files[c.Request])
		}
		if url == "" {
			continue
		}
		ran++
		var want answer
		read(t, files[c.Response], &want)
		got, err := k.expand(t, caller, in(url))
		if want.ResourceType == "OperationOutcome" {
			if err == nil {
				t.Errorf("%s: %v, want an error", c.Name, got)
			}
			continue
		}
		if diff := cmp.Diff(flat(want.Expansion.Contains), got); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", c.Name, err, diff)
		}
	}
	return ran
}

func read(t *testing.T, content []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(content, into); err != nil {
		t.Fatal(err)
	}
}

// asked is the value set that a request names; "" if it has parameters that a search has not.
func asked(t *testing.T, request []byte) (url string) {
	t.Helper()
	var p parameters
	read(t, request, &p)
	for _, p := range p.Parameter {
		if !slices.Contains(shown, p.Name) {
			return ""
		}
		if p.Name == "url" {
			url = p.ValueURI + p.ValueString
		}
	}
	return url
}

// flat are the codes that an expansion lists, each once, sorted.
func flat(list []contains) (out []string) {
	for _, c := range list {
		if c.Code != "" {
			out = append(out, c.System+"|"+c.Code)
		}
		out = append(out, flat(c.Contains)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
