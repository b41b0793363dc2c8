package outcome

import (
	"encoding/json"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
)

// Severity is a code of OperationOutcome.issue.severity.
type Severity string

// The severities.
const (
	Fatal       Severity = "fatal"
	Error       Severity = "error"
	Warning     Severity = "warning"
	Information Severity = "information"
)

// Issue is one thing to say.
type Issue struct {
	Severity Severity
	// Code is a code of OperationOutcome.issue.code.
	Code string
	// Text is for people. It has no values of a resource.
	Text string
	// Path is a FHIRPath location, "Patient.name[0].given[1]"; "" where there is none.
	Path string
}

// Of are the issues of what validation found, all of one severity.
func Of(severity Severity, found []fhir.Issue) []Issue {
	out := make([]Issue, 0, len(found))
	for _, f := range found {
		out = append(out, Issue{Severity: severity, Code: f.Code, Text: f.Message, Path: f.Path})
	}
	return out
}

// Failure is the issue of an error that is told to a client by this code and text.
func Failure(code fault.Code, text string) Issue {
	return Issue{Severity: Error, Code: CodeOf(code), Text: text}
}

// CodeOf is the code of OperationOutcome.issue.code that says most nearly what a fault says.
func CodeOf(code fault.Code) string {
	switch code {
	case fault.BadUserInput:
		return "invalid"
	case fault.NotFound:
		return "not-found"
	case fault.Gone:
		return "deleted"
	case fault.Conflict, fault.PreconditionFailed:
		return "conflict"
	case fault.Forbidden:
		return "forbidden"
	case fault.Unauthenticated:
		return "login"
	case fault.TooCostly:
		return "too-costly"
	case fault.Unsupported:
		return "not-supported"
	case fault.StoreUnavailable:
		return "no-store"
	case fault.StoreLagging, fault.ParameterBuilding:
		return "transient"
	case fault.Overloaded:
		return "throttled"
	case fault.Timeout:
		return "timeout"
	case fault.TokenExpired, fault.CursorExpired, fault.ResumeExpired:
		return "processing"
	}
	return "exception"
}

// Append appends an OperationOutcome with these issues, of which there is at least one, as JSON.
func Append(dst []byte, issues []Issue) []byte {
	dst = append(dst, `{"resourceType":"OperationOutcome","issue":[`...)
	for i, issue := range issues {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendMember(append(dst, '{'), "severity", string(issue.Severity))
		dst = appendMember(append(dst, ','), "code", issue.Code)
		if issue.Text != "" {
			dst = appendMember(append(dst, ','), "diagnostics", issue.Text)
		}
		if issue.Path != "" {
			dst = append(appendText(append(dst, `,"expression":[`...), issue.Path), ']')
		}
		dst = append(dst, '}')
	}
	return append(dst, "]}"...)
}

func appendMember(dst []byte, name, value string) []byte {
	dst = append(append(append(dst, '"'), name...), `":`...)
	return appendText(dst, value)
}

func appendText(dst []byte, s string) []byte {
	b, err := json.Marshal(s)
	if err != nil { // no string fails
		return append(dst, `""`...)
	}
	return append(dst, b...)
}
