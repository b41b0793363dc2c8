package graph_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPatches: a patch of either kind, as a literal and as a variable; a test of a JSON Patch that does not hold is a conflict.
func TestPatches(t *testing.T) {
	w := open(t, nil)
	w.data(`mutation { PatientUpdate(id: "w", resource: {active: true}) { version } }`, nil)
	got := w.data(`mutation M($p: JSON!) {
		a: PatientPatch(id: "w", patch: [{op: "replace", path: "/active", value: false}]) { effect version resource { active } }
		b: PatientPatch(id: "w", patch: $p) { effect version resource { active } }
		c: PatientPatch(id: "w", patch: $p) { effect version }
	}`, map[string]any{"p": map[string]any{"resourceType": "Parameters", "parameter": []any{map[string]any{"name": "operation", "part": []any{
		map[string]any{"name": "type", "valueCode": "replace"}, map[string]any{"name": "path", "valueString": "Patient.active"},
		map[string]any{"name": "value", "valueBoolean": true}}}}}})
	want := `{"a":{"effect":"updated","version":"2","resource":{"active":false}},"b":{"effect":"updated","version":"3","resource":{"active":true}},` +
		`"c":{"effect":"unchanged","version":"3"}}`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for query, code := range map[string]string{
		`mutation { PatientPatch(id: "w", patch: [{op: "test", path: "/active", value: false}]) { version } }`: "CONFLICT",
		`mutation { PatientPatch(id: "x", patch: [{op: "remove", path: "/active"}]) { version } }`:             "NOT_FOUND",
		`mutation { PatientPatch(id: "w", patch: "remove") { version } }`:                                      "BAD_USER_INPUT",
		`mutation { PatientPatch(id: "w", patch: [{op: replace, path: "/active"}]) { version } }`:              "BAD_USER_INPUT",
	} {
		if a := w.post(query, nil); len(a.Errors) != 1 || a.Errors[0].Extensions["code"] != code {
			t.Error(query, a.Errors)
		}
	}
}
