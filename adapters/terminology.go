package adapters

import (
	"context"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

// MaxCodes is how many codes an expansion may have.
const MaxCodes = 50_000

// Terminology knows value sets and code systems. It is not a Store: no resource is found by it, but what it gives goes to the
// stores with a search (search.Request.Codes).
type Terminology interface {
	// ID is its id in the configuration: plans and errors name it.
	ID() string
	// Expand gives the codes of a set as the caller sees it, each once, in no particular order. The error says what cannot be
	// expanded and why: fault.BadUserInput for a value set, code system or code that is not there, or is defined by itself;
	// fault.TooCostly beyond MaxCodes; fault.Unsupported for a definition that is not understood or a content that is not
	// whole. It comes first: a set that cannot be expanded as a whole gives no code.
	Expand(ctx context.Context, caller search.Caller, atLeast search.Position, set search.CodeSet) Answer[fhir.Code]
}
