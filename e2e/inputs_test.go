package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/shareddata"
	"github.com/heliograph/heliograph/search"
)

// TestInputs: every official example is stored with the same bytes, whether it is written as JSON, or as the input of its type as a variable
// or as a literal. What a literal may not be because of its number of tokens is counted.
func TestInputs(t *testing.T) {
	k := newKit(t, search.UnitsExact)
	h := k.graphOver(t, k.memory(t))
	var count, long int
	if !shareddata.Each(t, "fhir-r4-examples", func(_ string, _ int, raw []byte) {
		raw = plain(t, raw)
		_, meta, err := fhir.Strip(raw)
		if err != nil {
			t.Fatal(err)
		}
		ref := fhir.Ref{Type: meta.Type, ID: meta.ID}
		count++
		if effect, errs := written(t, h, ref, `$r: FHIRResource!`, `res: $r`, raw); effect != "created" {
			t.Errorf("%s: %s %s", ref, effect, errs)
			return
		}
		input := inputOf(ref.Type)
		if effect, errs := written(t, h, ref, `$r: `+input+`!`, `resource: $r`, raw); effect != "unchanged" {
			t.Errorf("%s as a variable: %s %s", ref, effect, errs)
		}
		effect, errs := written(t, h, ref, ``, `resource: `+literalOf(t, raw), nil)
		if strings.Contains(errs, "token limit") {
			long++
			return
		}
		if effect != "unchanged" {
			t.Errorf("%s as a literal: %s %s", ref, effect, errs)
		}
	}) {
		return
	}
	t.Logf("%d examples; %d are too long for a literal", count, long)
	if count < 600 || long > 30 {
		t.Errorf("%d examples, %d too long", count, long)
	}
}

// inputOf is the name of a type's input; the definitions have a TaskInput of their own.
func inputOf(typ string) string {
	if typ == "Task" {
		return "TaskWriteInput"
	}
	return typ + "Input"
}

// written updates a resource, leniently, and gives the effect and the errors.
func written(t *testing.T, h http.Handler, ref fhir.Ref, variable, argument string, raw []byte) (effect, errs string) {
	t.Helper()
	if variable != "" {
		variable = "(" + variable + ")"
	}
	query, err := json.Marshal(fmt.Sprintf(`mutation M%s { m: %sUpdate(id: %q, %s) { effect } }`, variable, ref.Type, ref.ID, argument))
	if err != nil {
		t.Fatal(err)
	}
	body := fmt.Appendf(nil, `{"query":%s`, query)
	if raw != nil {
		body = fmt.Appendf(body, `,"variables":{"r":%s}`, raw) // by hand, so that nothing is written otherwise than it stands
	}
	r := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(append(body, '}')))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Prefer", "handling=lenient")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	var a struct {
		Data   map[string]struct{ Effect string }
		Errors []struct{ Message string }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
		t.Fatal(err)
	}
	for _, e := range a.Errors {
		errs += e.Message + "; "
	}
	return a.Data["m"].Effect, errs
}

// plain is JSON without escapes that need not be: a literal is read by GraphQL, which does not keep them.
func plain(t *testing.T, raw []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	e := jsontext.NewEncoder(&out)
	d := jsontext.NewDecoder(bytes.NewReader(raw))
	for d.PeekKind() != 0 {
		token, err := d.ReadToken()
		if err == nil && token.Kind() == '"' {
			token = jsontext.String(token.String())
		}
		if err == nil {
			err = e.WriteToken(token)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return bytes.TrimSpace(out.Bytes())
}

// literalOf is JSON as a literal of GraphQL, where names have no quotation marks.
func literalOf(t *testing.T, raw []byte) string {
	t.Helper()
	var out strings.Builder
	d := jsontext.NewDecoder(bytes.NewReader(raw))
	for {
		kind := d.PeekKind()
		if kind == '{' || kind == '[' || kind == '}' || kind == ']' {
			if _, err := d.ReadToken(); err != nil {
				t.Fatal(err)
			}
			out.WriteByte(byte(kind))
			if d.StackDepth() == 0 {
				return out.String()
			}
			continue
		}
		text, err := d.ReadValue()
		if err != nil {
			t.Fatal(err)
		}
		if of, n := d.StackIndex(d.StackDepth()); of == '{' && n%2 == 1 {
			out.WriteString(strings.Trim(string(text), `"`) + ":")
			continue
		}
		out.WriteString(string(text) + " ")
	}
}
