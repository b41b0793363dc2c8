package sqlite

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/internal/fault"
)

// queue holds the jobs that wait for the writer, bounded by their size.
type queue struct {
	limit int64
	wake  chan struct{}
	done  chan struct{} // closed when the writer has ended
	err   error         // of its end; read after done

	mu     sync.Mutex
	jobs   []*job
	size   int64
	closed bool
}

// job is a call that waits for the writer: the members of a Write, or a function that is a group of its own.
type job struct {
	ctx      context.Context
	members  []*member
	alone    func(ctx context.Context, g *group) error
	between  func(ctx context.Context, g *group) error // like alone, but in no transaction
	size     int64
	outcomes []adapters.Outcome
	err      error
	finished chan struct{}
}

func (j *job) solo() bool { return j.alone != nil || j.between != nil }

func newQueue(limit int64) *queue {
	return &queue{limit: limit, wake: make(chan struct{}, 1), done: make(chan struct{})}
}

// put queues a job, or fails with Overloaded. A job larger than the whole queue is taken when the queue is empty.
func (q *queue) put(j *job) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return errClosed()
	}
	if q.size+j.size > q.limit && len(q.jobs) > 0 {
		e := fault.New(fault.Overloaded, "%d writes wait (%d MB)", len(q.jobs), q.size>>20)
		e.RetryAfter = time.Second
		return e
	}
	q.jobs = append(q.jobs, j)
	q.size += j.size
	select {
	case q.wake <- struct{}{}:
	default:
	}
	return nil
}

// take gives the next jobs for one group. It gives none if nothing comes for as long as rest (0: it waits on); open is false when the
// queue is closed and empty.
func (q *queue) take(limit int64, rest time.Duration) (jobs []*job, open bool) {
	var idle <-chan time.Time
	if rest > 0 {
		timer := time.NewTimer(rest)
		defer timer.Stop()
		idle = timer.C
	}
	for {
		if jobs, open := q.some(limit); len(jobs) > 0 || !open {
			return jobs, open
		}
		select {
		case <-q.wake:
		case <-idle:
			return nil, true
		}
	}
}

// some gives the jobs at hand that one group takes.
func (q *queue) some(limit int64) (jobs []*job, open bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	var size int64
	n := 0
	for n < len(q.jobs) {
		j := q.jobs[n]
		if n > 0 && (size+j.size > limit || j.solo() || q.jobs[0].solo()) {
			break
		}
		size += j.size
		n++
	}
	jobs = slices.Clone(q.jobs[:n])
	q.jobs = slices.Delete(q.jobs, 0, n)
	q.size -= size
	return jobs, n > 0 || !q.closed
}

// leave takes a job back out; false if the writer has it already.
func (q *queue) leave(j *job) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	at := slices.Index(q.jobs, j)
	if at < 0 {
		return false
	}
	q.jobs = slices.Delete(q.jobs, at, at+1)
	q.size -= j.size
	return true
}

func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// do queues a job and waits for its end. A context that ends takes the job out of the queue. One that the writer has begun is waited
// for: it is in a group of bounded size, its outcome is then known, and what it refers to is the caller's again.
func (q *queue) do(ctx context.Context, j *job) error {
	j.ctx, j.finished = ctx, make(chan struct{})
	if err := q.put(j); err != nil {
		return err
	}
	select {
	case <-j.finished:
		return j.err
	case <-ctx.Done():
	}
	if q.leave(j) {
		return ended(ctx)
	}
	<-j.finished
	return j.err
}
