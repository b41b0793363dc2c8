package fhirpath_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/heliograph/heliograph/fhirpath"
	"github.com/heliograph/heliograph/internal/shareddata"
)

// view is the part of a ViewDefinition that these tests evaluate: conditions, and columns that stand by themselves.
type view struct {
	Resource string
	Where    []struct{ Path string }
	Select   []struct {
		Column []struct {
			Name, Path string
			Collection bool
		}
		ForEach, ForEachOrNull, Repeat, Select, UnionAll any
	}
	Constant []any
}

// beyond is what SQL on FHIR adds to the language.
var beyond = regexp.MustCompile(`getReferenceKey|Boundary\(\)|%rowIndex`)

// TestSQLOnFHIR evaluates the expressions of the official SQL on FHIR tests, where they are at hand.
func TestSQLOnFHIR(t *testing.T) {
	dir, ok := shareddata.Folder(t, "conformance/sql-on-fhir")
	if !ok {
		return
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	ran, left := 0, 0
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var suite struct {
			Resources []json.RawMessage
			Tests     []struct {
				Title  string
				View   view
				Expect []map[string]json.RawMessage
			}
		}
		if err := json.Unmarshal(raw, &suite); err != nil {
			t.Fatal(file, err)
		}
		for _, c := range suite.Tests {
			if c.Expect == nil || !flat(c.View) || beyond.Match(raw) {
				left++
				continue
			}
			ran++
			rows := tabulate(t, c.View, suite.Resources)
			if len(rows) != len(c.Expect) {
				t.Errorf("%s: %s: %d rows, want %d", filepath.Base(file), c.Title, len(rows), len(c.Expect))
				continue
			}
			for i, row := range rows {
				for name, want := range c.Expect[i] {
					if !sameJSON(row[name], string(want)) {
						t.Errorf("%s: %s: row %d, %s: %s, want %s", filepath.Base(file), c.Title, i, name, row[name], want)
					}
				}
			}
		}
	}
	if ran < 30 {
		t.Errorf("only %d tests were found", ran)
	}
	t.Logf("%d tests ran; %d need more of SQL on FHIR than its expressions", ran, left)
}

func flat(v view) bool {
	for _, s := range v.Select {
		if s.ForEach != nil || s.ForEachOrNull != nil || s.Select != nil || s.UnionAll != nil || s.Repeat != nil {
			return false
		}
	}
	return v.Constant == nil && len(v.Select) > 0
}

func tabulate(t *testing.T, v view, resources []json.RawMessage) []map[string]string {
	compiler := fhirpath.New(fhirpath.Config{})
	compile := func(source string) *fhirpath.Expression {
		e, err := compiler.Compile(source)
		if err != nil {
			t.Fatal(source, err)
		}
		return e
	}
	var rows []map[string]string
each:
	for _, raw := range resources {
		var head struct{ ResourceType string }
		if err := json.Unmarshal(raw, &head); err != nil {
			t.Fatal(err)
		}
		if head.ResourceType != v.Resource {
			continue
		}
		for _, w := range v.Where {
			if ok, err := compile(w.Path).Holds(raw); err != nil {
				t.Error(w.Path, err)
			} else if !ok {
				continue each
			}
		}
		row := map[string]string{}
		for _, s := range v.Select {
			for _, col := range s.Column {
				values, err := compile(col.Path).Evaluate(raw)
				if err != nil {
					t.Error(col.Path, err)
				}
				row[col.Name] = cell(values, col.Collection)
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func cell(values []fhirpath.Value, many bool) string {
	var texts []string
	for _, v := range values {
		texts = append(texts, string(v.JSON))
	}
	if many {
		return "[" + strings.Join(texts, ",") + "]"
	}
	if len(texts) == 0 {
		return "null"
	}
	return strings.Join(texts, ",")
}

func sameJSON(a, b string) bool {
	var x, y any
	return json.Unmarshal([]byte(a), &x) == nil && json.Unmarshal([]byte(b), &y) == nil && canonical(x) == canonical(y)
}

func canonical(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}
