package graph

import (
	"context"
	"fmt"
	"io"
	"runtime/debug"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/heliograph/heliograph/internal/fault"
)

// pressing is an answer about the schema while it is made: who asked reads it, compressed, as far as it is.
type pressing struct {
	mu     sync.Mutex
	zipped []byte
	ended  bool
	err    error
	more   chan struct{} // closed when there is more, or it has ended
}

// Write implements io.Writer.
func (r *pressing) Write(b []byte) (int, error) {
	r.change(func() { r.zipped = append(r.zipped, b...) })
	return len(b), nil
}

func (r *pressing) change(what func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	what()
	close(r.more)
	r.more = make(chan struct{})
}

// follow reads it from the beginning.
func (r *pressing) follow(ctx context.Context) io.Reader { return &pressingReader{ctx: ctx, of: r} }

type pressingReader struct {
	ctx context.Context
	of  *pressing
	at  int
}

// Read implements io.Reader.
func (f *pressingReader) Read(b []byte) (int, error) {
	for {
		n, more, err := f.read(b)
		if n > 0 || err != nil {
			return n, err
		}
		select {
		case <-more:
		case <-f.ctx.Done():
			return 0, f.ctx.Err()
		}
	}
}

func (f *pressingReader) read(b []byte) (n int, more chan struct{}, err error) {
	f.of.mu.Lock()
	defer f.of.mu.Unlock()
	n = copy(b, f.of.zipped[f.at:])
	f.at += n
	if n == 0 && f.of.ended {
		if err = f.of.err; err == nil {
			err = io.EOF
		}
	}
	return n, f.of.more, err
}

// begin gives what is kept under a key, or begins to make it, which nobody's leaving ends.
func (c *schemaCache) begin(key string, make func(io.Writer) error) (*rendered, *pressing) {
	if r := c.find(key); r != nil {
		return r, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if r := c.kept[key]; r != nil {
		return r, nil
	}
	running := c.running[key]
	if running == nil {
		running = newPressing()
		c.running[key] = running
		go c.render(key, running, make)
	}
	return nil, running
}

func newPressing() *pressing { return &pressing{more: make(chan struct{})} }

func (c *schemaCache) render(key string, to *pressing, make func(io.Writer) error) {
	var err error
	defer func() {
		if r := recover(); r != nil {
			err = &fault.Error{Code: fault.Internal, Err: fmt.Errorf("panic: %v\n%s", r, debug.Stack())}
		}
		c.mu.Lock()
		delete(c.running, key)
		c.mu.Unlock()
		to.change(func() { to.ended, to.err = true, err })
	}()
	c.making.Lock()
	defer c.making.Unlock()
	_, err = c.press(key, make, to)
}

// whole says whether an operation asks for the schema as tools do, each list of it once: then the answer is of the schema's size, and can be
// given while it is made.
func (o *operation) whole() bool {
	most := map[string]int{
		"types": 1, "fields": 1, "inputFields": 1, "interfaces": 1, "possibleTypes": 1, "enumValues": 1, "directives": 1, "args": 2, "type": 4,
		"queryType": 1, "mutationType": 1, "subscriptionType": 1,
	}
	const all = 400
	n := 0
	var walk func(ast.SelectionSet) bool
	walk = func(set ast.SelectionSet) bool {
		for _, s := range set {
			if n++; n > all {
				return false
			}
			fits := true
			switch s := s.(type) {
			case *ast.Field:
				if left, counted := most[s.Name]; counted {
					most[s.Name], fits = left-1, left > 0
				}
				fits = fits && walk(s.SelectionSet)
			case *ast.InlineFragment:
				fits = walk(s.SelectionSet)
			case *ast.FragmentSpread:
				fits = s.Definition == nil || walk(s.Definition.SelectionSet)
			}
			if !fits {
				return false
			}
		}
		return true
	}
	return len(o.roots) == 1 && o.roots[0].kind == rootSchema && len(o.roots[0].fields) == 1 && walk(o.roots[0].fields[0].SelectionSet)
}
