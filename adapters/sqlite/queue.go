package sqlite

import (
	"context"
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

// job is a call that waits for the writer: the members of a Write, or a function to be run in a transaction of its own.
type job struct {
	ctx      context.Context
	members  []*member
	alone    func(ctx context.Context, g *group) error
	size     int64
	outcomes []adapters.Outcome
	err      error
	finished chan struct{}
}

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

// take gives the next jobs for one group, at least one; none when the queue is closed and empty.
func (q *queue) take(limit int64) []*job {
	for {
		q.mu.Lock()
		if len(q.jobs) > 0 {
			break
		}
		closed := q.closed
		q.mu.Unlock()
		if closed {
			return nil
		}
		<-q.wake
	}
	defer q.mu.Unlock()
	var size int64
	n := 0
	for n < len(q.jobs) {
		j := q.jobs[n]
		if n > 0 && (size+j.size > limit || j.alone != nil || q.jobs[0].alone != nil) {
			break
		}
		size += j.size
		n++
	}
	out := append([]*job(nil), q.jobs[:n]...)
	q.jobs = append(q.jobs[:0], q.jobs[n:]...)
	q.size -= size
	return out
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

// do queues a job and waits for its end. A context that ends while the job is queued gives up waiting; the writer looks at the context
// again before it begins the job, so the job is then done whole or not at all.
func (q *queue) do(ctx context.Context, j *job) error {
	j.ctx, j.finished = ctx, make(chan struct{})
	if err := q.put(j); err != nil {
		return err
	}
	select {
	case <-j.finished:
		return j.err
	case <-ctx.Done():
		return ended(ctx)
	}
}
