package planner

import (
	"slices"

	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// Make plans an operation. Errors name the part that nobody can answer, and why: Unsupported, or ParameterBuilding,
// StoreUnavailable and StoreLagging when a store that could is not able to now. They come before any I/O.
func Make(op Operation, s *Snapshot) (*Plan, error) {
	p := &Plan{Snapshot: s.Number, AtLeast: op.AtLeast, Caller: op.Caller, Parts: make([]PartPlan, len(op.Parts))}
	for i := range op.Parts {
		b := builder{snapshot: s, op: &op, part: &op.Parts[i]}
		pp, err := b.plan()
		if err != nil {
			return nil, err
		}
		p.Parts[i] = pp
	}
	return p, nil
}

// builder plans one part.
type builder struct {
	snapshot *Snapshot
	op       *Operation
	part     *Part
	rejected []string
	degraded []string
	// residual collects the conditions that only a whole resource shows; why says why.
	residual []search.Expr
	why      string
}

func (b *builder) plan() (PartPlan, error) {
	pp := PartPlan{Part: *b.part, Estimate: -1}
	pp.Part.Query.Caller = b.op.Caller
	err := b.part.check()
	if err != nil {
		return pp, err
	}
	if pp.Codes, err = b.codes(); err != nil {
		return pp, err
	}
	switch b.part.Kind {
	case Get:
		pp.Rows, err = b.get()
	case History:
		pp.Rows, err = b.history(pp.Part)
	case Each:
		pp.Rows, err = b.each()
		pp.Estimate = b.perParent()
	case Search:
		if b.part.Rows {
			if pp.Rows, err = b.rows(); err != nil {
				return pp, err
			}
			pp.Estimate = matches(pp.Rows)
		}
		if b.part.Total != NoTotal {
			pp.Count, err = b.count()
		}
	}
	pp.Rejected, pp.Degraded = b.rejected, b.degraded
	return pp, err
}

func (b *builder) primary() (*StoreState, error) {
	st := b.snapshot.primary()
	switch {
	case st == nil:
		return nil, fault.New(fault.Internal, "no primary in snapshot %d", b.snapshot.Number)
	case !st.Healthy:
		return nil, &fault.Error{Code: fault.StoreUnavailable, Store: st.ID, Message: "the primary store is away"}
	}
	return st, nil
}

func (b *builder) get() (Node, error) {
	st, err := b.primary()
	if err != nil {
		return nil, err
	}
	return &GetNode{Store: st.ID, Caller: b.op.Caller, Targets: b.part.Targets}, nil
}

func (b *builder) history(part Part) (Node, error) {
	st, err := b.primary()
	if err != nil {
		return nil, err
	}
	return &HistoryNode{Store: st.ID, Part: part}, nil
}

// query is the part's query for the operation's caller, its condition in a form that does not depend on the order in which its
// clauses were written.
func (b *builder) query() search.Query {
	q := b.part.Query
	q.Caller = b.op.Caller
	// Parts that differ in the order of theirs only are equal once ordered, and merge then.
	q.Where = canonical(search.Simplify(canonical(search.Simplify(q.Where))))
	return q
}

// rows plans a search: the set of its matches, then what makes a page of it, then the rules.
func (b *builder) rows() (Node, error) {
	primary, err := b.primary()
	if err != nil {
		return nil, err
	}
	q := b.query()
	if search.Ranked(q.Sort) {
		node, err := b.ranked(q, primary)
		if err != nil {
			return nil, err
		}
		return rewrite(b.page(node), b.snapshot), nil
	}
	b.residual = nil
	tree, err := b.tree(q)
	if err != nil {
		return nil, err
	}
	b.scored(tree, q)
	node := b.filtered(&Hydrate{Input: tree, Store: primary.ID, Verify: b.answered(q.Where), Query: q}, q)
	if len(q.Sort) > 0 {
		node = &Sort{Input: node, Keys: q.Sort, After: b.part.After, Reverse: b.part.Reverse}
	} else {
		onSpine(tree, func(m *Match) { m.Request.After, m.Request.Reverse = b.part.After, b.part.Reverse })
		reverseUnions(tree, b.part.Reverse)
	}
	return rewrite(b.page(node), b.snapshot), nil
}

func (b *builder) page(input Node) Node {
	return &Page{Input: input, Offset: b.part.Offset, Limit: b.part.Limit, Cap: b.part.Cap}
}

// filtered puts what is left over for whole resources above a node.
func (b *builder) filtered(n Node, q search.Query) Node {
	if len(b.residual) == 0 {
		return n
	}
	return &Filter{Input: n, Query: q, Where: search.Simplify(search.And(b.residual)), Why: b.why}
}

// answered is what the stores answer of a condition: all of it but the residual, which is a part of the outermost AND.
func (b *builder) answered(where search.Expr) search.Expr {
	if len(b.residual) == 0 {
		return where
	}
	parts, ok := where.(search.And)
	if !ok {
		return search.True{}
	}
	var out search.And
	for _, p := range parts {
		if !slices.ContainsFunc(b.residual, func(r search.Expr) bool { return search.Equal(r, p) }) {
			out = append(out, p)
		}
	}
	return search.Simplify(out)
}

// count plans the number of matches: by one store where one can, else by counting the ids of the set. Resources are read only
// where they have to be filtered.
func (b *builder) count() (Node, error) {
	q := b.query()
	q.Sort = nil
	if c, ok := b.choose(q, search.CanCount, 0); ok {
		b.reject(c)
		n := &Count{Match: b.match(c, q)}
		if b.part.Total == Estimate {
			n.AtMost, n.Estimate = EstimateAbove, n.Match.Estimate
			n.Match.Request.Limit = EstimateAbove + 1
		}
		return n, nil
	}
	primary, err := b.primary()
	if err != nil {
		return nil, err
	}
	b.residual = nil
	tree, err := b.tree(q)
	if err != nil {
		return nil, err
	}
	if len(b.residual) > 0 {
		tree = b.filtered(&Hydrate{Input: tree, Store: primary.ID, Verify: b.answered(q.Where), Query: q}, q)
	}
	n := &Count{Input: tree}
	if b.part.Total == Estimate {
		n.AtMost, n.Estimate = EstimateAbove, rowsOf(tree)
	}
	return rewrite(n, b.snapshot), nil
}

// match is the leaf that asks a store for a condition.
func (b *builder) match(c choice, q search.Query) *Match {
	q.Sort = nil
	return &Match{
		Store: c.store.ID, Why: c.why(), Estimate: b.estimate(c.store, q.Type, q.Where),
		Request: search.Request{Query: q, AtLeast: b.op.AtLeast},
	}
}
