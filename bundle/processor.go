package bundle

import (
	"context"
	"io"
	"runtime"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhirpath"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/outcome"
	"github.com/heliograph/heliograph/search"
)

// Config is what a Processor is made of.
type Config struct {
	// Storage is required.
	Storage *composite.Storage
	// Compiler reads FHIRPath Patches; nil refuses them.
	Compiler *fhirpath.Compiler
	// Entries is how many entries a Bundle may have; 0 is 25,000. Bytes is its greatest size, and that of all that it reads; 0 is 256 MiB.
	Entries int
	Bytes   int64
	// Dir is where Bundles are kept while they are worked on; "" is the system's folder of temporary files.
	Dir string
	// Workers is how many entries are taken in side by side; 0 is one a core.
	Workers int
}

// Return says what response entries of writes have besides their status (R4, http.html#return).
type Return uint8

// What Prefer: return= can say.
const (
	Minimal Return = iota
	Representation
	OperationOutcome
)

// Options say how one Bundle is processed.
type Options struct {
	// Base is the address of our own FHIR endpoint, by which request.url may be absolute.
	Base   string
	Return Return
	// Lenient accepts what legacy data bends.
	Lenient bool
	// Fetch answers GET and HEAD entries, after all writes. It is called by several goroutines. Nil refuses them.
	Fetch func(ctx context.Context, r Request) Answer
	// Failure gives the HTTP status and the OperationOutcome (JSON) of an error, for entries of a batch; required.
	Failure func(err error) (status int, operationOutcome []byte)
}

// Request is a GET or HEAD entry.
type Request struct {
	// URL is relative to the base: "Patient/1", "Observation?code=x".
	Method, URL                  string
	IfNoneMatch, IfModifiedSince string
}

// Answer is what became of a Request.
type Answer struct {
	Status int
	// Resource is the resource (or Bundle, or OperationOutcome) as JSON; nil if there is none.
	Resource []byte
	// ETag is as in the header, W/"3"; LastModified is microseconds since the epoch. Both may be absent.
	ETag         string
	LastModified int64
}

// Processor runs transactions and batches. It is safe for concurrent use.
type Processor struct{ cfg Config }

// New makes a processor.
func New(cfg Config) (*Processor, error) {
	if cfg.Storage == nil {
		return nil, fault.New(fault.Internal, "bundle: a storage is required")
	}
	if cfg.Entries == 0 {
		cfg.Entries = 25_000
	}
	if cfg.Bytes == 0 {
		cfg.Bytes = 256 << 20
	}
	if cfg.Workers == 0 {
		cfg.Workers = runtime.GOMAXPROCS(0)
	}
	return &Processor{cfg: cfg}, nil
}

// Process reads a Bundle of type transaction or batch and runs it. A transaction is written whole or not at all; a batch is a
// series of commands, each on its own. The Response holds a file: close it.
//
// The error of a transaction is a *composite.InvalidError with everything that is wrong with any entry, at most 200 issues, whose paths begin with
// Bundle.entry[n]; its Code is the gravest of its entries' errors (Conflict, PreconditionFailed, NotFound, …). A batch fails only if the Bundle
// cannot be read, with BadUserInput or TooCostly. The error may also be the store's.
func (p *Processor) Process(ctx context.Context, caller search.Caller, r io.Reader, o Options) (*Response, error) {
	if o.Failure == nil {
		o.Failure = failure
	}
	run := &run{Processor: p, caller: caller, options: o, in: spool{dir: p.cfg.Dir}}
	defer run.in.Close()
	if err := run.survey(r); err != nil {
		return nil, err
	}
	run.answers = newAnswers(p.cfg.Dir, len(run.items))
	var err error
	if run.head.Type == "transaction" {
		err = run.transaction(ctx)
	} else {
		err = run.batch(ctx)
	}
	if err == nil {
		err = run.fetches(ctx)
	}
	if err != nil {
		run.answers.spool.Close()
		return nil, err
	}
	return &Response{Type: run.head.Type + "-response", answers: run.answers, Epoch: run.epoch, Position: run.position}, nil
}

// failure is Options.Failure where none is given.
func failure(err error) (int, []byte) {
	code := fault.Of(err)
	status := map[fault.Code]int{
		fault.BadUserInput: 400, fault.NotFound: 404, fault.Gone: 410, fault.Conflict: 409, fault.PreconditionFailed: 412,
		fault.Forbidden: 403, fault.Unauthenticated: 401, fault.Overloaded: 503, fault.TooCostly: 403, fault.Unsupported: 501,
	}[code]
	if status == 0 {
		status = 500
	}
	return status, outcome.Append(nil, issuesOf(err))
}
