package fhirpath

import (
	"container/list"
	"sync"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
)

// Config bounds what expressions may cost. The zero value has the defaults.
type Config struct {
	// Source is the longest expression in bytes (0 is 4,096), Depth how deep it may nest (0 is 64).
	Source, Depth int
	// Steps bounds an evaluation: each operation is one, each item that it looks at or makes, and each 64 bytes of text (0 is 200,000,
	// which is a few tens of milliseconds).
	Steps int
	// Output bounds a result in bytes of JSON (0 is 1 MB).
	Output int
	// Cache is how many compiled expressions are kept (0 is 512).
	Cache int
	// Definitions are those of the resources (nil is R4).
	Definitions *fhir.Definitions
	// Quiet keeps the names that a misspelt one is near out of errors.
	Quiet bool
}

// Compiler compiles expressions and keeps those that were used last. It is safe for concurrent use.
type Compiler struct {
	cfg Config

	mu   sync.Mutex
	kept recent
}

// New returns a compiler.
func New(cfg Config) *Compiler {
	def := func(n *int, value int) {
		if *n <= 0 {
			*n = value
		}
	}
	def(&cfg.Source, 4096)
	def(&cfg.Depth, 64)
	def(&cfg.Steps, 200_000)
	def(&cfg.Output, 1<<20)
	def(&cfg.Cache, 512)
	if cfg.Definitions == nil {
		cfg.Definitions = fhir.R4()
	}
	return &Compiler{cfg: cfg, kept: recent{cfg.Cache, list.New(), map[string]*list.Element{}}}
}

// Compile compiles an expression, or takes it from the cache. The error is BadUserInput with line and column for what is no FHIRPath, and
// for unknown functions and types; Unsupported for functions that would need more than the resource; TooCostly for an expression beyond
// Source or Depth.
func (c *Compiler) Compile(source string) (*Expression, error) {
	if len(source) > c.cfg.Source {
		return nil, fault.New(fault.TooCostly, "FHIRPath: the expression is longer than %d bytes", c.cfg.Source)
	}
	c.mu.Lock()
	e, ok := c.kept.get(source)
	c.mu.Unlock()
	if ok {
		return e, nil
	}
	root, err := parse(source, &c.cfg)
	if err != nil {
		return nil, err
	}
	e = &Expression{source: source, cfg: &c.cfg, root: root}
	c.mu.Lock()
	c.kept.put(source, e)
	c.mu.Unlock()
	return e, nil
}

// recent keeps the expressions that were used last.
type recent struct {
	limit  int
	order  *list.List // of *Expression, the last one used first
	places map[string]*list.Element
}

func (r *recent) get(source string) (*Expression, bool) {
	place, ok := r.places[source]
	if !ok {
		return nil, false
	}
	r.order.MoveToFront(place)
	return place.Value.(*Expression), true
}

func (r *recent) put(source string, e *Expression) {
	if _, ok := r.places[source]; ok {
		return
	}
	r.places[source] = r.order.PushFront(e)
	if r.order.Len() > r.limit {
		delete(r.places, r.order.Remove(r.order.Back()).(*Expression).source)
	}
}
