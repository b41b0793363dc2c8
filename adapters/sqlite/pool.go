package sqlite

import (
	"context"
	"errors"
	"sync"

	"github.com/heliograph/heliograph/internal/fault"
)

// maxReaders bounds the reading connections. More than the idle ones are opened only while streams are held open, so that a caller
// that searches inside the loop over a search never waits for itself.
const maxReaders = 64

// pool keeps reading connections.
type pool struct {
	open func() (*conn, error)
	keep int
	slot chan struct{}
	gone chan struct{} // closed when the pool is

	mu     sync.Mutex
	idle   []*conn
	closed bool
}

func newPool(keep int, open func() (*conn, error)) *pool {
	return &pool{open: open, keep: keep, slot: make(chan struct{}, maxReaders), gone: make(chan struct{})}
}

// take gives a connection for exclusive use until give.
func (p *pool) take(ctx context.Context) (*conn, error) {
	select {
	case p.slot <- struct{}{}:
	case <-p.gone:
		return nil, errClosed()
	case <-ctx.Done():
		return nil, ended(ctx)
	}
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		<-p.slot
		return nil, errClosed()
	}
	if n := len(p.idle); n > 0 {
		c := p.idle[n-1]
		p.idle = p.idle[:n-1]
		p.mu.Unlock()
		return c, nil
	}
	p.mu.Unlock()
	c, err := p.open()
	if err != nil {
		<-p.slot
		return nil, err
	}
	return c, nil
}

func (p *pool) give(c *conn) error {
	defer func() { <-p.slot }()
	p.mu.Lock()
	if !p.closed && !c.broken && len(p.idle) < p.keep {
		p.idle = append(p.idle, c)
		p.mu.Unlock()
		return nil
	}
	p.mu.Unlock()
	return c.close()
}

// close waits for the connections in use and closes all.
func (p *pool) close() error {
	p.mu.Lock()
	p.closed = true
	close(p.gone)
	idle := p.idle
	p.idle = nil
	p.mu.Unlock()
	var errs []error
	for _, c := range idle {
		errs = append(errs, c.close())
	}
	for range maxReaders {
		p.slot <- struct{}{}
	}
	return errors.Join(errs...)
}

// over says whether the pool is closed.
func (p *pool) over() bool {
	select {
	case <-p.gone:
		return true
	default:
		return false
	}
}

func errClosed() error { return fault.New(fault.StoreUnavailable, "the store is closed") }

// ended is the error of a call whose context has ended.
func ended(ctx context.Context) error {
	e := fault.New(fault.Timeout, "the call was ended before it was done")
	e.Err = context.Cause(ctx)
	return e
}
