package graph_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/heliograph/heliograph/graph"
)

// TestInputVariables: what is wrong with an input object is said at once, by name, and no value is repeated.
func TestInputVariables(t *testing.T) {
	w := open(t, nil, ward()...)
	query := `mutation M($p: PatientInput) { PatientCreate(resource: $p) { version } }`
	for name, c := range map[string]struct {
		value any
		want  []string // of the message; none: it is accepted
	}{
		"accepted":  {map[string]any{"active": true, "name": map[string]any{"given": "Secret"}, "contained": []any{map[string]any{"resourceType": "Basic"}}}, nil},
		"member":    {map[string]any{"birthdate": "Secret"}, []string{`PatientInput has no member "birthdate"; did you mean birthDate?`}},
		"unlike":    {map[string]any{"Secret": 1}, []string{"PatientInput has no member of a name that is given"}},
		"all":       {map[string]any{"active": "Secret", "name": []any{map[string]any{"use": 1, "text": 2}}}, []string{"active:", "name: item 0: use:", "name: item 0: text:"}},
		"decimal":   {map[string]any{"extension": map[string]any{"valueDecimal": "Secret"}}, []string{"extension: item 0: valueDecimal: the value is not a number"}},
		"no object": {"Secret", []string{"not of the type PatientInput"}},
	} {
		t.Run(name, func(t *testing.T) {
			a := w.post(query, map[string]any{"p": c.value})
			if len(a.Errors) != 1 || (a.Errors[0].Path != nil) != (c.want == nil) { // what is accepted here is run
				t.Fatal(a.Errors)
			}
			for _, text := range c.want {
				if !strings.Contains(a.Errors[0].Message, text) {
					t.Errorf("%q is not in %q", text, a.Errors[0].Message)
				}
			}
			if strings.Contains(a.Errors[0].Message, "Secret") {
				t.Errorf("a value is repeated: %q", a.Errors[0].Message)
			}
		})
	}
}

// TestQuietVariables: where names are not suggested, those of inputs are not either.
func TestQuietVariables(t *testing.T) {
	w := open(t, func(c *graph.Config) { c.NoSuggestions = true })
	a := w.post(`mutation M($p: PatientInput) { PatientCreate(resource: $p) { version } }`, map[string]any{"p": map[string]any{"birthdate": "x"}})
	if len(a.Errors) != 1 || a.Errors[0].Message != "variable $p of type PatientInput: PatientInput has no member of a name that is given" {
		t.Error(a.Errors)
	}
}

// TestHostileVariables: what is wrong with a variable is said in a bounded time and length, however much it is and however deep.
func TestHostileVariables(t *testing.T) {
	w := open(t, nil)
	deep := strings.Repeat(`{"a":1,"b":1,"and":[`, 2000) + `{}` + strings.Repeat(`]}`, 2000)
	only := strings.Repeat(`{"and":[`, 2000) + `{}` + strings.Repeat(`]}`, 2000)
	var many strings.Builder
	for i := range 50_000 {
		fmt.Fprintf(&many, `"birthdat%d":1,`, i)
	}
	for name, value := range map[string]string{
		"deep": deep, "only deep": only, "many": `{` + many.String() + `"_id":"x"}`, "long": `{"` + strings.Repeat("birthdate", 50_000) + `":1}`,
	} {
		var a *answer
		n := allocated(func() {
			a = w.post(`query($w: PatientWhere) { PatientList(where: $w) { id } }`, json.RawMessage(`{"w":`+value+`}`))
		})
		if len(a.Errors) != 1 || len(a.Errors[0].Message) > 64<<10 || n > 100<<20 {
			t.Errorf("%s: %d bytes, %.300v", name, n, a.Errors)
		}
	}
}
