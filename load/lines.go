package load

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/bundle"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/internal/fault"
)

// maxLine is the greatest line that is read; a resource has at most some megabytes.
const maxLine = bundle.MaxEntry

// maxBatchBytes ends a batch early, so that large resources do not add up.
const maxBatchBytes = 4 << 20

// line is one resource of the input.
type line struct {
	number int
	raw    []byte
	// prepared or err is the outcome of taking it in.
	prepared composite.Prepared
	err      error
}

// batch is a run of lines that is written in one call.
type batch struct {
	lines []line
	// ready is closed when all lines are taken in.
	ready chan struct{}
	// upTo is the number of the last line read; last says that the input ends here.
	upTo int
	last bool
	// err is a failure to read the input behind these lines.
	err error
}

// lines loads NDJSON, skipping the first lines (done before).
func (l *Loader) lines(ctx context.Context, src source, r io.Reader, skip int) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	workers := l.cfg.Workers
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	queue := make(chan *batch, 2)
	work := make(chan *batch, 2)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for b := range work {
				l.prepare(ctx, b)
				close(b.ready)
			}
		})
	}
	wg.Go(func() {
		defer close(queue)
		defer close(work)
		l.read(ctx, r, skip, func(b *batch) bool {
			for _, to := range []chan *batch{work, queue} {
				select {
				case to <- b:
				case <-ctx.Done():
					return false
				}
			}
			return true
		})
	})
	err := l.consume(ctx, src, queue)
	cancel()
	for range queue { // let the reader end
	}
	wg.Wait()
	return err
}

func (l *Loader) consume(ctx context.Context, src source, queue <-chan *batch) error {
	for b := range queue {
		select {
		case <-b.ready:
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := l.write(ctx, &src, b); err != nil {
			return err
		}
		if b.err != nil {
			l.reject(Reject{File: src.name, Line: b.upTo + 1, Reasons: []Reason{{Message: b.err.Error()}}})
		}
		l.progress()
	}
	return ctx.Err()
}

// read cuts the input into batches.
func (l *Loader) read(ctx context.Context, r io.Reader, skip int, emit func(*batch) bool) {
	in := bufio.NewReaderSize(r, 1<<18)
	b := &batch{ready: make(chan struct{})}
	size := 0
	for number := 1; ; number++ {
		raw, long, err := readLine(in)
		if (long || len(raw) > 0) && number > skip {
			b.lines = append(b.lines, newLine(number, raw, long))
			size += len(raw)
		}
		if err == nil {
			b.upTo = number
		} else {
			b.last = errors.Is(err, io.EOF)
			if !b.last {
				b.err = fmt.Errorf("the input cannot be read further: %w", err)
			} else if long || len(raw) > 0 {
				b.upTo = number
			}
			emit(b)
			return
		}
		if len(b.lines) >= l.cfg.Batch || size >= maxBatchBytes {
			if !emit(b) || ctx.Err() != nil {
				return
			}
			b, size = &batch{ready: make(chan struct{}), upTo: number}, 0
		}
	}
}

func newLine(number int, raw []byte, long bool) line {
	if long {
		return line{number: number, err: fmt.Errorf("a line of more than %d MB", maxLine>>20)}
	}
	return line{number: number, raw: raw}
}

// readLine gives a line without its end and without blanks around it, nothing of one that is too long. The error comes with the last
// line, if that has no end.
func readLine(in *bufio.Reader) (out []byte, long bool, err error) {
	for {
		part, err := in.ReadSlice('\n')
		long = long || len(out)+len(part) > maxLine
		if long {
			out = nil
		} else {
			out = append(out, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return bytes.TrimSpace(out), long, err
		}
	}
}

// prepare takes in those lines that are not refused already, as far as it can be done before the writer.
func (l *Loader) prepare(ctx context.Context, b *batch) {
	store, prepares := l.cfg.Target.(adapters.Preparer)
	for i := range b.lines {
		ln := &b.lines[i]
		if ln.err != nil {
			continue
		}
		ln.prepared, ln.err = l.cfg.Intake.Prepare(ln.raw, l.cfg.Admission)
		if ln.err == nil && prepares {
			// What fails here is left as it was, and fails again where it is written.
			_ = store.Prepare(ctx, l.cfg.Tenant, &ln.prepared.Write)
		}
	}
}

// write writes a batch: each line a member of its own, then the checkpoint.
func (l *Loader) write(ctx context.Context, src *source, b *batch) error {
	members := make([]adapters.Member, 0, len(b.lines)+1)
	origin := make([]*line, 0, len(b.lines))
	before := l.sum.Rejected
	for i := range b.lines {
		ln := &b.lines[i]
		if ln.err == nil {
			var err error
			if ln.err, err = l.seen.check(ctx, l, &ln.prepared); err != nil {
				return err
			}
		}
		if ln.err != nil {
			l.reject(rejectOf(src.name, ln))
			continue
		}
		l.remark(src.name, ln)
		w := ln.prepared.Write
		w.If.Changed, w.If.Newer = true, true
		members = append(members, adapters.Member{Tenant: l.cfg.Tenant, Writes: []adapters.Write{w}})
		origin = append(origin, ln)
	}
	// What is not kept as a reject must not count as done.
	if err := l.rejects.failure(); err != nil {
		return err
	}
	if src.mark.key != "" {
		src.mark.rejected += l.sum.Rejected - before
		swap := src.mark.next(b.upTo, b.last)
		members = append(members, adapters.Member{Tenant: l.cfg.Tenant, Meta: []adapters.Swap{swap}})
		src.mark.old = swap.New
	}
	outcomes, err := l.submit(ctx, members)
	if err != nil {
		return err
	}
	return l.tally(src, origin, outcomes)
}

// remark counts what is loaded and yet not as it should be.
func (l *Loader) remark(name string, ln *line) {
	l.sum.Unindexed += int64(len(ln.prepared.Skipped))
	if len(ln.prepared.Forgiven) == 0 {
		return
	}
	l.sum.Bent++
	if l.cfg.Bent == nil {
		return
	}
	bent := Reject{File: name, Line: ln.number, Ref: ln.prepared.Write.Ref.String()}
	for _, i := range ln.prepared.Forgiven {
		bent.Reasons = append(bent.Reasons, Reason{Path: i.Path, Message: i.Message})
	}
	l.cfg.Bent(bent)
}

// submit writes members, waiting as long as the store's queue is full.
func (l *Loader) submit(ctx context.Context, members []adapters.Member) ([]adapters.Outcome, error) {
	for {
		outcomes, err := l.cfg.Target.Write(ctx, members)
		if fault.Of(err) != fault.Overloaded {
			return outcomes, err
		}
		if err := waitRetry(ctx, err); err != nil {
			return nil, err
		}
	}
}

func (l *Loader) tally(src *source, origin []*line, outcomes []adapters.Outcome) error {
	for i, o := range outcomes {
		if i >= len(origin) {
			if o.Err != nil {
				return fmt.Errorf("%s: the checkpoint was moved by another load of the same file: %w", src.name, o.Err)
			}
			continue
		}
		if o.Err != nil {
			origin[i].err = o.Err
			l.reject(rejectOf(src.name, origin[i]))
			continue
		}
		l.count([]adapters.Write{origin[i].prepared.Write}, o.Results)
	}
	return nil
}

func (l *Loader) count(writes []adapters.Write, results []adapters.Result) {
	for i, r := range results {
		if at := writes[i].LastUpdated; at != 0 && at < r.LastUpdated {
			l.sum.Older++
		}
		switch r.Effect {
		case adapters.Created:
			l.sum.Created++
		case adapters.Updated:
			l.sum.Updated++
		case adapters.Deleted:
			l.sum.Deleted++
			continue
		default:
			l.sum.Unchanged++
			if writes[i].Action == adapters.Delete {
				continue
			}
		}
		l.sum.Types[r.Ref.Type]++
	}
}
