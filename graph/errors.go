package graph

import (
	"context"
	"errors"
	"log/slog"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/internal/fault"
)

// problem is an error of the response: of a place in it, or with a nil path of the whole request.
type problem struct {
	err   error
	path  []any // string, int
	field *ast.Field
	// outcome says that the error is to tell an OperationOutcome as well.
	outcome bool
}

// codeOf is the one table from errors to codes.
func codeOf(err error) fault.Code {
	code := fault.Of(err)
	if code == fault.Internal && (errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)) {
		return fault.Timeout
	}
	return code
}

// messageOf is what a client is told. Internal errors say nothing; the log has them.
func messageOf(err error, code fault.Code) string {
	var f *fault.Error
	var invalid *composite.InvalidError
	switch {
	case errors.As(err, &invalid):
		return invalidText(invalid)
	case code == fault.Internal:
		return "internal error"
	case code == fault.Timeout && (!errors.As(err, &f) || f.Message == ""):
		return "the request took too long"
	case errors.As(err, &f) && f.Message != "":
		return f.Message
	}
	return texts(code)
}

// texts are what to say of a code when the error says nothing itself.
func texts(code fault.Code) string {
	switch code {
	case fault.StoreUnavailable:
		return "a store does not answer"
	case fault.StoreLagging:
		return "no store has reached the position that is asked for"
	case fault.StoreCorrupt:
		return "stored bytes are corrupt"
	case fault.Overloaded:
		return "the server is overloaded"
	}
	return "the request failed"
}

// serious says whether an error is of interest to whoever runs the server, and not only to the client.
func serious(code fault.Code) bool {
	switch code {
	case fault.Internal, fault.StoreUnavailable, fault.StoreCorrupt, fault.StoreLagging, fault.Timeout:
		return true
	}
	return false
}

// newError makes the GraphQL error of a problem, and logs it whole if it is serious.
func newError(ctx context.Context, log *slog.Logger, p problem) *gqlerror.Error {
	code := codeOf(p.err)
	e := &gqlerror.Error{Message: messageOf(p.err, code), Extensions: extensionsOf(p.err)}
	for _, step := range p.path {
		switch step := step.(type) {
		case string:
			e.Path = append(e.Path, ast.PathName(step))
		case int:
			e.Path = append(e.Path, ast.PathIndex(step))
		}
	}
	if p.field != nil && p.field.Position != nil {
		e.Locations = []gqlerror.Location{{Line: p.field.Position.Line, Column: p.field.Position.Column}}
	}
	var f *fault.Error
	if errors.As(p.err, &f) && f.RetryAfter > 0 {
		e.Extensions["retryAfter"] = f.RetryAfter.Seconds()
	}
	if p.outcome {
		e.Extensions["resource"] = outcomeOf(p.err, code, e.Message)
	}
	if serious(code) && !errors.Is(p.err, context.Canceled) { // a client that has gone is nobody's failure
		log.ErrorContext(ctx, "a field failed", "path", e.Path.String(), "code", string(code), "error", p.err)
	}
	return e
}

// maxMessage is how much of a parser's or validator's message is shown.
const maxMessage = 600

// invalid turns a parser's or validator's error into one with a code. Literals of the query are not repeated: they may be a
// patient's.
func invalid(e *gqlerror.Error, code string) *gqlerror.Error {
	out := &gqlerror.Error{Message: e.Message, Locations: e.Locations, Extensions: map[string]any{"code": code}}
	switch e.Rule {
	case "ValuesOfCorrectType":
		out.Message = withoutLiteral(e.Message)
	}
	if len(out.Message) > maxMessage { // a name may be as long as the query
		out.Message = strings.ToValidUTF8(out.Message[:maxMessage], "") + "…"
	}
	return out
}

// withoutLiteral cuts the literal from the validator's messages about values.
func withoutLiteral(message string) string {
	for _, mark := range [...]string{" value: ", ", found ", "invalid value "} {
		for i := 0; i+len(mark) <= len(message); i++ {
			if message[i:i+len(mark)] == mark {
				return message[:i] + " value"
			}
		}
	}
	return message
}
