package composite

import (
	"strconv"
	"strings"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// Token is a place in the log of a primary, written "epoch.position": what was committed up to there.
type Token struct {
	Epoch    string
	Position search.Position
}

// String writes the token.
func (t Token) String() string { return t.Epoch + "." + strconv.FormatInt(int64(t.Position), 10) }

// ParseToken reads what String writes, and nothing else: BadUserInput.
func ParseToken(s string) (Token, error) {
	epoch, number, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(number, 10, 64)
	t := Token{Epoch: epoch, Position: search.Position(n)}
	if err != nil || n < 0 || epoch == "" || t.String() != s {
		return Token{}, fault.New(fault.BadUserInput, "the token is none that was given here: it is an epoch, a dot and a position")
	}
	return t, nil
}

// within checks that the log can be told of from the token on.
func (t Token) within(head adapters.Head) error {
	switch {
	case t.Epoch != head.Epoch:
		return fault.New(fault.ResumeExpired, "the token is of another epoch: the data have been restored since, or are others; search again")
	case t.Position > head.Position:
		return fault.New(fault.BadUserInput, "the token is of position %d, and the log ends at %d", t.Position, head.Position)
	case t.Position < head.Trimmed:
		return fault.New(fault.ResumeExpired, "the log is kept from position %d on, and the token is of %d; search again", head.Trimmed, t.Position)
	}
	return nil
}
