package composite

import (
	"context"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// codes are the code sets that an execution has had expanded, each once, whichever part asked first.
type codes struct {
	mu   sync.Mutex
	sets map[search.CodeSet]*expansion
	// any says that there are some: requests need not be looked at where there are none.
	any atomic.Bool
}

// expansion is what became of one code set.
type expansion struct {
	once sync.Once
	list []fhir.Code
	err  error
	// members is the list as a set, made when something is matched here.
	members func() map[fhir.Code]struct{}
}

func (c *codes) of(set search.CodeSet) *expansion {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sets == nil {
		c.sets = map[search.CodeSet]*expansion{}
	}
	e := c.sets[set]
	if e == nil {
		e = &expansion{}
		e.members = sync.OnceValue(func() map[fhir.Code]struct{} {
			m := make(map[fhir.Code]struct{}, len(e.list))
			for _, code := range e.list {
				m[code] = struct{}{}
			}
			return m
		})
		c.sets[set] = e
	}
	return e
}

// expand has the code sets of a node expanded, side by side, and fails with the first that cannot be.
func (x *Execution) expand(ctx context.Context, n *planner.CodesNode) error {
	if x.engine.terms == nil {
		return fault.New(fault.Internal, "the plan expands code sets, and there is no terminology")
	}
	errs := make([]error, len(n.Sets))
	var g errgroup.Group
	g.SetLimit(sideBySide)
	for i, set := range n.Sets {
		e := x.codes.of(set)
		g.Go(func() error {
			e.once.Do(func() { e.list, e.err = x.codesOf(ctx, n, set) })
			errs[i] = e.err
			return nil
		})
	}
	_ = g.Wait() // the functions give no error: it is the first in the node's order that counts
	x.codes.any.Store(true)
	if i := slices.IndexFunc(errs, func(err error) bool { return err != nil }); i >= 0 {
		return errs[i]
	}
	return nil
}

// codesOf reads one expansion whole. Its codes count as ids of intermediate sets until the execution ends.
func (x *Execution) codesOf(ctx context.Context, n *planner.CodesNode, set search.CodeSet) ([]fhir.Code, error) {
	began := time.Now()
	var list []fhir.Code
	answer := x.engine.terms.Expand(ctx, x.plan.Caller, x.plan.AtLeast, set)
	for code, err := range answer.Rows {
		if err != nil {
			return nil, err
		}
		list = append(list, code)
	}
	x.called(n, len(list), began)
	x.reached(n.Terminology, answer.At())
	return list, x.hold(len(list))
}

// coded puts into a request the expansions that its condition and its caller's predicates need.
func (x *Execution) coded(req search.Request) search.Request {
	if !x.codes.any.Load() {
		return req
	}
	for _, set := range search.CodeSets(search.Restrict(req.Query)) {
		if req.Codes == nil {
			req.Codes = map[search.CodeSet]iter.Seq[fhir.Code]{}
		}
		req.Codes[set] = slices.Values(x.codes.of(set).list)
	}
	return req
}

// known are the expansions that a condition needs, for a match here.
func (x *Execution) known(where search.Expr) search.Expansions {
	if !x.codes.any.Load() {
		return nil
	}
	out := search.Expansions{}
	for _, set := range search.CodeSets(where) {
		out[set] = x.codes.of(set).members()
	}
	return out
}

// uncoded gives a request the code sets that it needs with nothing in them: its native text does not depend on the codes.
func uncoded(req search.Request) search.Request {
	for _, set := range search.CodeSets(search.Restrict(req.Query)) {
		if req.Codes == nil {
			req.Codes = map[search.CodeSet]iter.Seq[fhir.Code]{}
		}
		req.Codes[set] = func(func(fhir.Code) bool) {}
	}
	return req
}
