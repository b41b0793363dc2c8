package fhirpath

import (
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
}

// Compiler compiles expressions and keeps those that were used last. It is safe for concurrent use.
type Compiler struct {
	cfg Config

	mu     sync.Mutex
	kept   map[string]*Expression
	recent []string
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
	return &Compiler{cfg: cfg, kept: map[string]*Expression{}}
}

// Expression is a compiled expression; it is immutable and safe for concurrent use.
type Expression struct {
	source string
	cfg    *Config
}

// Compile compiles an expression, or takes it from the cache. The error is BadUserInput with line and column for what is no FHIRPath, and
// for unknown functions and types; Unsupported for functions that would need more than the resource; TooCostly for an expression beyond
// Source or Depth.
func (c *Compiler) Compile(source string) (*Expression, error) {
	return &Expression{source: source, cfg: &c.cfg}, nil
}

// Source is the text that was compiled.
func (e *Expression) Source() string { return e.source }

// Holds evaluates the expression on a resource as a condition: empty is false, one boolean is itself, any other single item is true
// (singleton evaluation); several items are BadUserInput. Past the budget it is TooCostly.
func (e *Expression) Holds(resource []byte) (bool, error) {
	return false, fault.New(fault.Unsupported, "FHIRPath is not there yet")
}

// HoldsIn is Holds on an element of a type ("HumanName", "Patient.contact") of a resource, which is what %resource is; resource may be
// nil, and %resource then empty.
func (e *Expression) HoldsIn(resource []byte, typeName string, element []byte) (bool, error) {
	return false, fault.New(fault.Unsupported, "FHIRPath is not there yet")
}

// Value is an item of a result.
type Value struct {
	// Type is its type: a FHIR type ("Patient", "HumanName", "code") or one of the language ("System.Boolean").
	Type string
	// JSON is the item as JSON, the digits of numbers as they are written; null for a primitive that only has extensions. Dates and
	// quantities of the language are strings.
	JSON []byte
}

// Evaluate gives the items of the expression's result on a resource, in order. The errors are those of Holds.
func (e *Expression) Evaluate(resource []byte) ([]Value, error) {
	return nil, fault.New(fault.Unsupported, "FHIRPath is not there yet")
}
