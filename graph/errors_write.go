package graph

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/outcome"
)

// invalidText says how much is wrong with a resource, and the first of it; the OperationOutcome beside it has the rest.
func invalidText(e *composite.InvalidError) string {
	const most = 5
	var b strings.Builder
	if e.Ref.Type == "" || len(e.Issues) > 0 && strings.HasPrefix(e.Issues[0].Path, typeResource) { // a type that is none is not repeated
		b.WriteString("the resource is not valid: ")
	} else {
		b.WriteString(e.Ref.Type + " is not valid: ")
	}
	for i, issue := range e.Issues {
		if i == most {
			fmt.Fprintf(&b, "; and %d more, see extensions.resource", len(e.Issues)-most)
			break
		}
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(issue.Path + ": " + issue.Message)
	}
	return b.String()
}

// outcomeOf is the OperationOutcome of an error that a client is told by this code and text.
func outcomeOf(err error, code fault.Code, text string) json.RawMessage {
	var invalid *composite.InvalidError
	if errors.As(err, &invalid) && len(invalid.Issues) > 0 {
		return outcome.Append(nil, outcome.Of(outcome.Error, invalid.Issues))
	}
	return outcome.Append(nil, []outcome.Issue{outcome.Failure(code, text)})
}
