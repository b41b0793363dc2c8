package load

import (
	"context"
	"io"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// References says what becomes of a reference to a resource that is neither in the store nor in the input.
type References string

// The choices. Off asks nothing; Warn counts and names them at the end; Enforce rejects the resource that has one.
const (
	Off     References = "off"
	Warn    References = "warn"
	Enforce References = "enforce"
)

// Target is where resources go.
type Target interface {
	adapters.Reader
	adapters.Writer
	adapters.Meta
}

// Config is what a Loader works with.
type Config struct {
	Target Target
	Intake *composite.Intake
	// Tenant receives everything; "main" when empty.
	Tenant     string
	Admission  composite.Admission
	References References
	// Again reads files that are known to be loaded.
	Again bool
	// Rejects receives what could not be loaded, a JSON object a line, when not nil.
	Rejects io.Writer
	// RejectsFile is the file behind Rejects, if there is one: it is no input, though it may lie in a folder that is loaded.
	RejectsFile string
	// Report is told of every reject, Bent of every resource that was loaded although it bends the rules (lenient only), Progress
	// of every batch; each when not nil. None of them is called by two goroutines at once.
	Report   func(Reject)
	Bent     func(Reject)
	Progress func(Progress)
	// Workers take lines in side by side; 0 is one a core. Batch is how many resources one write call has; 0 is 500.
	Workers, Batch int
	Logger         *slog.Logger
}

// Reject is a piece of input that was not loaded.
type Reject struct {
	// File and Line say where it begins (Line counts from 1; for a Bundle it is the number of the entry).
	File string `json:"file"`
	Line int    `json:"line"`
	// Ref is the resource as far as it is known.
	Ref string `json:"ref,omitempty"`
	// Reasons are all that is wrong, each with its FHIRPath location.
	Reasons []Reason `json:"reasons"`
	// Raw is the input itself; it goes to the rejects file only.
	Raw []byte `json:"-"`
}

// Reason is one thing that is wrong with a Reject.
type Reason struct {
	Path    string `json:"path,omitempty"`
	Message string `json:"message"`
}

// Progress is how far a load is.
type Progress struct {
	// Bytes of Total have been read (as they are stored: compressed input counts compressed); Total is 0 when unknown.
	Bytes, Total int64
	Summary      Summary
	Elapsed      time.Duration
}

// Summary counts what became of the input.
type Summary struct {
	Files                       int
	Created, Updated, Unchanged int64
	// Deleted is what transactions have deleted.
	Deleted  int64
	Rejected int64
	// RejectedBefore is how many rejects earlier loads had in what is skipped now: in files done before and lines done before.
	RejectedBefore int64
	// Older counts those of Unchanged whose version in the store is later than what the input has.
	Older int64
	// SkippedFiles were loaded before; Resumed is the number of lines that an interrupted load had done.
	SkippedFiles int
	// LeftOut is how many files of folders were not looked at: their ending is none of those that are loaded.
	LeftOut int
	Resumed int64
	// Bent counts resources that were loaded although they bend the rules (lenient only).
	Bent int64
	// Unindexed counts values that are stored and cannot be searched (lenient data only).
	Unindexed int64
	// Dangling counts the targets of references that are not there (Warn), of which the first are in DanglingRefs. Unfollowed counts
	// references that were not looked after, because too many waited for their targets already.
	Dangling, Unfollowed int64
	DanglingRefs         []string
	// Types counts the resources of the input that are in the store now, by type.
	Types map[string]int64
}

// Loaded is the number of resources that are in the store now.
func (s *Summary) Loaded() int64 { return s.Created + s.Updated + s.Unchanged }

// Loader loads. It is used once, by one goroutine.
type Loader struct {
	cfg     Config
	sum     Summary
	began   time.Time
	bytes   atomic.Int64
	total   int64
	seen    *references
	rejects *rejectWriter
}

// New makes a loader.
func New(cfg Config) (*Loader, error) {
	if cfg.Target == nil || cfg.Intake == nil {
		return nil, fault.New(fault.Internal, "load: a target and an intake are required")
	}
	switch cfg.References {
	case "":
		cfg.References = Off
	case Off, Warn, Enforce:
	default:
		return nil, fault.New(fault.BadUserInput, "references: %q is none of off, warn, enforce", cfg.References)
	}
	if cfg.Tenant == "" {
		cfg.Tenant = "main"
	}
	if cfg.Batch == 0 {
		cfg.Batch = 500
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	cfg.Admission.Identify, cfg.Admission.Tenant = true, cfg.Tenant
	return &Loader{
		cfg: cfg, sum: Summary{Types: map[string]int64{}}, seen: newReferences(cfg.References),
		rejects: &rejectWriter{out: cfg.Rejects},
	}, nil
}

// Run loads files and folders, in the order of their names, and gives the summary also when it fails. An error means that the
// load stopped: the store failed, a path could not be read, ctx ended. Rejects are no error.
func (l *Loader) Run(ctx context.Context, paths ...string) (Summary, error) {
	l.began = time.Now()
	files, leftOut, err := expand(paths, l.cfg.RejectsFile)
	if err != nil {
		return l.sum, err
	}
	l.sum.LeftOut = leftOut
	for _, f := range files {
		l.total += f.size
	}
	if l.cfg.References == Enforce {
		for _, f := range files {
			if err := l.collect(ctx, f); err != nil {
				return l.sum, err
			}
		}
	}
	for _, f := range files {
		if err := l.file(ctx, f); err != nil {
			return l.sum, err
		}
		l.sum.Files++
	}
	if err := l.dangling(ctx); err != nil {
		return l.sum, err
	}
	return l.sum, l.rejects.failure()
}

// Stream loads NDJSON from a reader; name stands for the file in reports. Nothing is remembered of it: what is unchanged is
// a no-op anyway.
func (l *Loader) Stream(ctx context.Context, name string, r io.Reader) (Summary, error) {
	l.began = time.Now()
	l.sum.Files++
	if err := l.lines(ctx, source{name: name}, r, 0); err != nil {
		return l.sum, err
	}
	if err := l.dangling(ctx); err != nil {
		return l.sum, err
	}
	return l.sum, l.rejects.failure()
}

func (l *Loader) file(ctx context.Context, f file) error {
	mark, err := l.checkpoint(ctx, f)
	if err != nil {
		return err
	}
	l.sum.RejectedBefore += mark.rejected
	if mark.done {
		l.cfg.Logger.Info("the file was loaded before; --again reads it anyway", "file", f.path)
		l.sum.SkippedFiles++
		l.bytes.Add(f.size)
		return nil
	}
	l.sum.Resumed += int64(mark.lines)
	src := source{name: f.path, mark: mark}
	if !f.ndjson() {
		return l.document(ctx, src, f)
	}
	r, err := f.open(&l.bytes)
	if err != nil {
		return err
	}
	defer r.Close()
	return l.lines(ctx, src, r, mark.lines)
}

// source is what lines come from: its name in reports and, for files, the checkpoint.
type source struct {
	name string
	mark checkpoint
}

// reject reports a piece of input.
func (l *Loader) reject(r Reject) {
	l.sum.Rejected++
	l.rejects.write(r)
	if l.cfg.Report != nil {
		l.cfg.Report(r)
	}
}

func (l *Loader) progress() {
	if l.cfg.Progress != nil {
		l.cfg.Progress(Progress{Bytes: min(l.bytes.Load(), l.total), Total: l.total, Summary: l.sum, Elapsed: time.Since(l.began)})
	}
}

func (l *Loader) caller() search.Caller { return search.Caller{Tenant: l.cfg.Tenant} }

// keyOf is the key of a resource for reading it.
func keyOf(ref fhir.Ref) search.Key { return search.Key{Ref: ref} }
