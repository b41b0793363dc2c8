package outcome_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/valyala/fastjson"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/outcome"
)

// TestAppend: what is appended is a valid OperationOutcome that says it all.
func TestAppend(t *testing.T) {
	issues := outcome.Of(outcome.Warning, []fhir.Issue{{Path: "Patient.birthDate", Code: "value", Message: "not a \"date\"\n"}})
	issues = append(issues, outcome.Failure(fault.Gone, "the resource has been deleted"))
	got := outcome.Append(nil, issues)
	want := `{"resourceType":"OperationOutcome","issue":[` +
		`{"severity":"warning","code":"value","diagnostics":"not a \"date\"\n","expression":["Patient.birthDate"]},` +
		`{"severity":"error","code":"deleted","diagnostics":"the resource has been deleted"}]}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	if found := fhir.R4().Validate(fastjson.MustParseBytes(got), fhir.ValidateOptions{}); len(found) > 0 {
		t.Error(found)
	}
}

// TestCodes: every fault has a code that FHIR knows.
func TestCodes(t *testing.T) {
	known := fhir.R4().ValueSet("http://hl7.org/fhir/ValueSet/issue-type")
	for _, code := range []fault.Code{
		fault.BadUserInput, fault.NotFound, fault.Gone, fault.Conflict, fault.PreconditionFailed, fault.Forbidden, fault.Unauthenticated, fault.TooCostly,
		fault.Unsupported, fault.StoreUnavailable, fault.StoreLagging, fault.StoreCorrupt, fault.TokenExpired, fault.CursorExpired, fault.ResumeExpired,
		fault.ParameterBuilding, fault.Overloaded, fault.Timeout, fault.Internal, "UNKNOWN",
	} {
		if got := outcome.CodeOf(code); !known.Contains("", got) {
			t.Errorf("%s is %q, which is no issue type", code, got)
		}
	}
	if !json.Valid(outcome.Append(nil, nil)) {
		t.Error("no issues are not JSON")
	}
}
