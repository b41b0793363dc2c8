package terminology

import (
	"context"
	"math"
	"reflect"

	"github.com/maypok86/otter/v2"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

var _ adapters.Terminology = (*Terminology)(nil)

// Source is the store that holds the definitions: it is searched by their url.
type Source interface {
	Search(context.Context, search.Request) adapters.Answer[search.Hit]
	Read(ctx context.Context, caller search.Caller, atLeast search.Position, keys []adapters.Key) ([]search.Resource, search.Position, error)
}

// Config is what a Terminology is made of.
type Config struct {
	// ID is the backend's id; "terminology" if empty.
	ID string
	// Source holds the definitions; required.
	Source Source
	// Parameters have those named url of CodeSystem and ValueSet; required.
	Parameters *search.Parameters
	// Base are definitions that are known where none of their URL and version is stored; nil if there are none.
	Base *Base
	// Concepts bounds what is kept between calls, as a number of concepts and codes; 0 is 1,000,000 (about 200 MB).
	Concepts int
}

// Terminology expands code sets. It keeps the definitions and expansions that were asked for last; each answer is held against what the
// source holds now. It is safe for concurrent use.
type Terminology struct {
	cfg        Config
	url        map[string]*search.Param // by resource type
	parsed     *otter.Cache[parsedKey, *definition]
	expansions *otter.Cache[expansionKey, *expansion]
}

// expansionKey names what was expanded.
type expansionKey struct {
	tenant string
	set    search.CodeSet
}

// expansion is a code set's codes with all that was looked up for them.
type expansion struct {
	// policy is that of the caller it was made for.
	policy map[string]search.Expr
	uses   []use
	codes  []fhir.Code
}

// Open makes a terminology over a source, which stays the caller's to close.
func Open(cfg Config) (*Terminology, error) {
	if cfg.Source == nil || cfg.Parameters == nil {
		return nil, fault.New(fault.Internal, "terminology: a source and parameters are required")
	}
	if cfg.ID == "" {
		cfg.ID = "terminology"
	}
	if cfg.Concepts <= 0 {
		cfg.Concepts = 1_000_000
	}
	t := &Terminology{cfg: cfg, url: map[string]*search.Param{}}
	for _, name := range []string{codeSystemType, valueSetType} {
		p := cfg.Parameters.Param(name, "url")
		if p == nil {
			return nil, fault.New(fault.Internal, "terminology: %s has no search parameter url", name)
		}
		t.url[name] = p
	}
	var err error
	t.parsed, err = otter.New(&otter.Options[parsedKey, *definition]{
		MaximumWeight: uint64(cfg.Concepts / 2),
		Weigher:       func(_ parsedKey, d *definition) uint32 { return d.weight() },
	})
	if err != nil {
		return nil, err
	}
	t.expansions, err = otter.New(&otter.Options[expansionKey, *expansion]{
		MaximumWeight: uint64(cfg.Concepts / 2),
		Weigher:       func(_ expansionKey, e *expansion) uint32 { return uint32(min(len(e.codes), math.MaxInt32)) + 1 },
	})
	return t, err
}

// ID implements adapters.Terminology.
func (t *Terminology) ID() string { return t.cfg.ID }

// Expand implements adapters.Terminology.
func (t *Terminology) Expand(ctx context.Context, caller search.Caller, atLeast search.Position, set search.CodeSet) adapters.Answer[fhir.Code] {
	var at search.Position
	return adapters.Answer[fhir.Code]{
		At: func() search.Position { return at },
		Rows: func(yield func(fhir.Code, error) bool) {
			r := &run{Terminology: t, caller: caller, atLeast: atLeast, at: math.MaxInt64}
			codes, err := r.codes(ctx, set)
			if r.at < math.MaxInt64 {
				at = r.at
			}
			if err != nil {
				yield(fhir.Code{}, fault.At(t.cfg.ID, "expand", err))
				return
			}
			for _, c := range codes {
				if !yield(c, nil) {
					return
				}
			}
		},
	}
}

// codes gives the expansion that is kept, if all that it was made of is still what the caller finds, else a new one.
func (r *run) codes(ctx context.Context, set search.CodeSet) ([]fhir.Code, error) {
	key := expansionKey{r.caller.Tenant, set}
	if kept, ok := r.expansions.GetIfPresent(key); ok && reflect.DeepEqual(kept.policy, r.caller.Policy) {
		same, err := r.unchanged(ctx, kept.uses)
		if err != nil {
			return nil, err
		}
		if same {
			return kept.codes, nil
		}
	}
	found, err := r.expand(ctx, set)
	if err != nil {
		return nil, err
	}
	if len(found) > adapters.MaxCodes {
		return nil, fault.New(fault.TooCostly, "%s has %d codes, more than the %d that a search compares with; name a narrower one",
			set, len(found), adapters.MaxCodes)
	}
	e := &expansion{policy: r.caller.Policy, uses: r.uses, codes: make([]fhir.Code, 0, len(found))}
	for c := range found {
		e.codes = append(e.codes, c)
	}
	r.expansions.Set(key, e)
	return e.codes, nil
}
