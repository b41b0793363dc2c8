package e2e_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestSchemaCommand: each form of the schema is printed, and what does not go together is refused at once and whole.
func TestSchemaCommand(t *testing.T) {
	for args, wanted := range map[string]string{
		"--types Patient":                                   "schema {\n  query: Query\n  mutation: Mutation",
		"--types Patient --dialect fhir":                    "directive @flatten on FIELD",
		"--types Patient --dialect fhir --instance Patient": "schema {\n  query: Patient\n",
		"--types Patient --client relay":                    `"nodeInterfaceIdField": "nodeId"`,
	} {
		code, out, errs := heliograph(t, append([]string{"schema"}, strings.Fields(args)...)...)
		if code != 0 || !strings.Contains(out, wanted) {
			t.Errorf("schema %s: exit %d, %s, no %q", args, code, errs, wanted)
		}
	}
	_, out, _ := heliograph(t, "schema", "--types", "Patient", "--introspection")
	var answer struct {
		Data struct {
			Schema struct{ QueryType struct{ Name string } } `json:"__schema"`
		}
	}
	if err := json.Unmarshal([]byte(out), &answer); err != nil || answer.Data.Schema.QueryType.Name != "Query" {
		t.Errorf("%v: %.200s", err, out)
	}
	for args, wanted := range map[string][]string{
		"--dialect fhir --instance Patien":                      {`"Patien" is no resource type; did you mean Patient?`},
		"--instance Patient":                                    {"--instance needs --dialect fhir"},
		"--client apollo --introspection --dialect fhir":        {"--client apollo is for the strict schema", "two outputs"},
		"--client lokka --instance Patient --types Observation": {"relay, apollo, urql", "not among --types", "needs --dialect"},
		"--types Patien":                                        {"did you mean Patient?"},
		"--dialect loose":                                       {"--dialect"},
	} {
		code, out, errs := heliograph(t, append([]string{"schema"}, strings.Fields(args)...)...)
		if code != 2 || out != "" {
			t.Errorf("schema %s: exit %d, it printed %.100q", args, code, out)
		}
		for _, text := range wanted {
			if !strings.Contains(errs, text) {
				t.Errorf("schema %s: the error lacks %q:\n%s", args, text, errs)
			}
		}
	}
}
