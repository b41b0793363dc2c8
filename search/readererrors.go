package search

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/heliograph/heliograph/internal/fault"
)

// together makes one error of several: the code of the first and all messages, each once.
func together(errs []error) error {
	var first *fault.Error
	var messages []string
	for _, err := range errs {
		var f *fault.Error
		if err == nil || !errors.As(err, &f) {
			continue
		}
		if first == nil {
			first = f
		}
		if !slices.Contains(messages, f.Message) {
			messages = append(messages, f.Message)
		}
	}
	if first == nil {
		return nil
	}
	return &fault.Error{Code: first.Code, Message: strings.Join(messages, "; ")}
}

// printable is a name from outside, short enough for a message and without control characters.
func printable(name string) string {
	const most = 80
	if len(name) > most {
		name = name[:most] + "…"
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == utf8.RuneError {
			return '?'
		}
		return r
	}, name)
}

// some are the first few of a list of types.
func some(types []string) string {
	const most = 8
	if len(types) > most {
		return strings.Join(types[:most], ", ") + ", …"
	}
	return strings.Join(types, ", ")
}
