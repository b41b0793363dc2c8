package rest

import (
	"log/slog"
	"net/http"

	"github.com/heliograph/heliograph/bundle"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/fhirpath"
	"github.com/heliograph/heliograph/search"
)

// Config is what a Handler is made of. Definitions, Models, Engine and CursorKey are required.
type Config struct {
	Definitions *fhir.Definitions
	// Models give the search parameters, and the reader of their values.
	Models *composite.Models
	Engine *composite.Engine
	// Storage takes the writes; nil refuses them.
	Storage *composite.Storage
	// Bundles runs transactions and batches; nil refuses them.
	Bundles *bundle.Processor
	// NoUpdateCreate says that the storage refuses an update of an id that was never there, for the CapabilityStatement.
	NoUpdateCreate bool
	// FHIRPath compiles the expressions of patches; nil is a compiler of its own.
	FHIRPath *fhirpath.Compiler
	// Types narrows what is served to these resource types; empty is all.
	Types []string
	// CursorKey signs the links of pages: the same 32 bytes or more in every gateway of one primary.
	CursorKey []byte
	// Caller says on whose behalf a request runs; nil is the tenant "main" without a policy. An error with a code answers the request.
	Caller func(*http.Request) (search.Caller, error)
	// Path is where the handler is mounted, "/fhir". Base is the URL under which it is known; "" is the host of the request with Path.
	Path, Base string
	// GraphQL answers at $graphql, by POST and GET; nil is nothing.
	GraphQL http.Handler
	// Version is the program's, for the CapabilityStatement.
	Version string
	// NoSuggestions keeps names out of errors about unknown ones.
	NoSuggestions bool
	Limits        Limits
	Logger        *slog.Logger
}

// Limits bound what one request may ask. Zero values mean the defaults.
type Limits struct {
	// Body is the size of a request's body in bytes, but not of a Bundle's; 16 MiB. Bundle is that of a Bundle; 1 GiB.
	Body, Bundle int64
	// Page is the greatest page; 1,000. DefaultPage is the size of a page without _count; 50.
	Page, DefaultPage int
	// Included is how many resources _include and _revinclude may add to a page; 10,000.
	Included int
	// Scanned is how many versions _at may look at; 100,000.
	Scanned int
}

func (l Limits) withDefaults() Limits {
	set := func(n *int, to int) {
		if *n == 0 {
			*n = to
		}
	}
	if l.Body == 0 {
		l.Body = 16 << 20
	}
	if l.Bundle == 0 {
		l.Bundle = 1 << 30
	}
	set(&l.Page, 1_000)
	set(&l.DefaultPage, 50)
	l.DefaultPage = min(l.DefaultPage, l.Page)
	set(&l.Included, 10_000)
	set(&l.Scanned, 100_000)
	return l
}
