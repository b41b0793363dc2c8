package graph

import (
	"context"
	"errors"
	"time"

	"github.com/heliograph/heliograph/internal/fault"
)

// The names of the limits: those of the settings below "limits.".
const (
	limitBody       = "body"
	limitTokens     = "tokens"
	limitDepth      = "depth"
	limitAliases    = "aliases"
	limitRootFields = "root_fields"
	limitSelections = "selections"
	limitFields     = "fields"
	limitRepeats    = "repeats"
	limitVariables  = "variables"
	limitConditions = "conditions"
	limitCost       = "cost"
	limitBatch      = "batch"
	limitList       = "list"
	limitRows       = "rows"
	limitResponse   = "response"
	limitErrors     = "errors"
	limitTime       = "time"
)

// past is the error of a limit whose excess was not counted.
func past[N int | int64](name string, most N, format string, args ...any) *fault.Error {
	return fault.Past(fault.Limit{Name: name, Most: int64(most)}, format, args...)
}

func tooMany(name, what string, limit int) error {
	return past(name, limit, "the operation has too many %s; the limit is %d", what, limit)
}

func tooManyRoots(n, limit int) error {
	return fault.Past(fault.Limit{Name: limitRootFields, Most: int64(limit), Found: int64(n)}, "the operation has %d root fields; the limit is %d", n, limit)
}

func tooLarge(limit int) error {
	return past(limitResponse, limit, "the response is larger than %d bytes", limit)
}

func tooManyRows(limit int) error {
	return past(limitRows, limit, "the response would have more than %d resources", limit)
}

// tooLong is the error of an operation whose time is over.
func tooLong(limit time.Duration) error {
	e := past(limitTime, limit.Milliseconds(), "the request took longer than %s; narrow it, or ask for smaller pages", limit)
	e.Code = fault.Timeout
	return e
}

// timed gives an error that comes of the end of the time its code and limit; any other stays as it is.
func timed(err error, limit time.Duration) error {
	if !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var f *fault.Error
	if errors.As(err, &f) && f.Limit != nil {
		return err
	}
	return tooLong(limit)
}

// late says whether the response cannot be made within its limits, its time among them.
func (x *request) late() bool {
	if x.overrun == nil && x.ctx != nil && errors.Is(x.ctx.Err(), context.DeadlineExceeded) {
		x.overrun = tooLong(x.limits.Time)
	}
	return x.overrun != nil
}

// withPrefix is an error that says something before its text.
func withPrefix(prefix string, err error) error {
	out := fault.New(codeOf(err), "%s%s", prefix, messageOf(err, codeOf(err)))
	var f *fault.Error
	if errors.As(err, &f) {
		out.Limit = f.Limit
	}
	return out
}

// checkVariables counts the values that variables have before they are decoded: a value takes many times the memory of its text.
func checkVariables(text []byte, most int) error {
	n := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		case '{', '[', ',':
			n++
		}
	}
	if n <= most {
		return nil
	}
	return fault.Past(fault.Limit{Name: limitVariables, Most: int64(most), Found: int64(n)}, "the variables have %d values; the limit is %d", n, most)
}

// limitJSON is a limit as extensions show it.
type limitJSON struct {
	Code  string `json:"code"`
	Name  string `json:"name"`
	Most  int64  `json:"most"`
	Found int64  `json:"found,omitempty"`
	Path  string `json:"path,omitempty"`
}

// extensionsOf are the code and the limit of an error.
func extensionsOf(err error) map[string]any {
	ext := map[string]any{"code": string(codeOf(err))}
	var f *fault.Error
	if errors.As(err, &f) && f.Limit != nil {
		ext["limit"] = shown(f.Limit)
	}
	return ext
}

func shown(l *fault.Limit) limitJSON {
	return limitJSON{l.Code(), l.Name, l.Most, l.Found, l.Path}
}
