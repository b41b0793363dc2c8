package rest

import (
	"slices"
	"strings"

	"github.com/heliograph/heliograph/internal/fault"
)

// mistakes are what a caller got wrong in several parts of one request, to be told together.
type mistakes struct {
	code fault.Code
	said []string
}

// took keeps a mistake of the caller's. It is false of any other error, which ends the request by itself.
func (m *mistakes) took(err error) bool {
	if err == nil {
		return true
	}
	code := fault.Of(err)
	if code != fault.BadUserInput && code != fault.Unsupported {
		return false
	}
	if len(m.said) == 0 {
		m.code = code
	}
	if text := messageOf(err, code); !slices.Contains(m.said, text) {
		m.said = append(m.said, text)
	}
	return true
}

// err is all of them as one, nil when there are none.
func (m *mistakes) err() error {
	if len(m.said) == 0 {
		return nil
	}
	return fault.New(m.code, "%s", strings.Join(m.said, "; "))
}
