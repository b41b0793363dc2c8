package graph

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/heliograph/heliograph/bundle"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/fhirpath"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// Engine plans operations and runs plans: a composite.Engine, by way of [Over].
type Engine interface {
	Plan(planner.Operation) (*planner.Plan, error)
	Start(*planner.Plan) Execution
	Snapshot() *planner.Snapshot
	// Explain is the text of a plan; with an execution of it, also what each node did.
	Explain(*planner.Plan, Execution) string
}

// Execution is one run of a plan. Run answers the calls of one level, in their order.
type Execution interface {
	Run(context.Context, []composite.Call) []composite.Result
	Report() composite.Report
}

// Config is what a Handler is made of. Definitions, Models, Engine and CursorKey are required.
type Config struct {
	Definitions *fhir.Definitions
	// Models give the parameters that the schema has, and the reader of their values.
	Models *composite.Models
	Engine Engine
	// Storage is where mutations write; without it they are refused.
	Storage Storage
	// Bundles runs transactions and batches; without it they are refused.
	Bundles *bundle.Processor
	// Fetch answers what entries of a Bundle read; without it they are refused.
	Fetch Fetch
	// Feed is what subscriptions follow; without it they are refused.
	Feed Feed
	// Admit waits for a place to run an operation that came over a stream, or to render an event; nil admits all. What it fails with is the
	// error of the operation. ServeHTTP does not ask it.
	Admit func(context.Context) (release func(), err error)
	// Compiler compiles the expressions of FHIRPath Patches; nil makes one with the defaults.
	Compiler *fhirpath.Compiler
	// Types narrows the schema to these resource types; empty is all.
	Types []string
	// CursorKey signs cursors: the same 32 bytes or more in every gateway of one primary.
	CursorKey []byte
	// Caller says on whose behalf a request runs; nil is the tenant "main" without a policy. An error with a code answers the
	// request: UNAUTHENTICATED by 401, FORBIDDEN by 403.
	Caller func(*http.Request) (search.Caller, error)
	// BaseURLs are the prefixes of absolute references to this server ("https://example.org/fhir/").
	BaseURLs []string
	// Version is the program's, for the field version.
	Version string
	// Production hides the schema: no introspection. NoSuggestions keeps names out of errors about unknown ones.
	Production, NoSuggestions bool
	// NoExplain refuses the header X-Heliograph-Explain: a plan tells of the stores and of how much they hold.
	NoExplain bool
	Limits    Limits
	Logger    *slog.Logger
}

// Limits bound what one request may ask. Zero values mean the defaults.
type Limits struct {
	// Body is the size of a request's body in bytes; 1 MiB. Write is that of a mutation's, which has resources in it; 16 MiB.
	Body, Write int64
	// Tokens is the length of a query; 20,000. Depth is how deeply its selections nest, fragments included; 40.
	Tokens, Depth int
	// Aliases are those of a query; 500. RootFields are its top-level fields; 200.
	Aliases, RootFields int
	// Fields are all fields of a query after fragments are expanded; 10,000. Selections are those written down; 5,000. Repeats is how
	// often one response key may stand in a selection; 50.
	Fields, Selections, Repeats int
	// Variables is how many values the variables of a request may have in all, those inside of objects and lists included; 500,000.
	Variables int
	// Cost is what an operation may cost by its estimate; 5,000,000.
	Cost int
	// Batch is how many requests one array may have; 20.
	Batch int
	// Page is the greatest page, and the cap of a list without _count; 1,000.
	Page int
	// Rows are all resources of a response; 50,000. Response is its size in bytes; 64 MiB.
	Rows, Response int
	// Steps is what the evaluations of fhirpath take together (fhirpath.Config); 50,000,000.
	Steps int
	// Time is how long an operation may take, or the rendering of an event; 30 s.
	Time time.Duration
	// Errors is how many errors a response lists; 500.
	Errors int
	// Queries is how many compiled queries are kept, and how many persisted ones; 1,000.
	Queries int
}

func (l Limits) withDefaults() Limits {
	set := func(n *int, to int) {
		if *n == 0 {
			*n = to
		}
	}
	if l.Body == 0 {
		l.Body = 1 << 20
	}
	if l.Write == 0 {
		l.Write = 16 << 20
	}
	l.Write = max(l.Write, l.Body)
	set(&l.Tokens, 20_000)
	set(&l.Depth, 40)
	set(&l.Aliases, 500)
	set(&l.RootFields, 200)
	set(&l.Fields, 10_000)
	set(&l.Selections, 5_000)
	set(&l.Repeats, 50)
	set(&l.Variables, 500_000)
	set(&l.Cost, 5_000_000)
	set(&l.Batch, 20)
	set(&l.Page, 1_000)
	set(&l.Rows, 50_000)
	set(&l.Response, 64<<20)
	if l.Time == 0 {
		l.Time = 30 * time.Second
	}
	set(&l.Steps, 50_000_000)
	set(&l.Errors, 500)
	set(&l.Queries, 1_000)
	return l
}
