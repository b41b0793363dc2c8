package graph

import (
	"math"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// The unit of cost is a field of a row: about a microsecond of work.
const (
	// costTotal is the number of all matches, costCount that of a type in the field counts.
	costTotal, costCount = 10, 1000
	// unknownEach stands for the rows per parent where there are no statistics.
	unknownEach = 50
)

// costs are the estimate of an operation, and of each of its fetches.
type costs struct {
	of    []fetchCost // by the fetch's index
	total int64
}

type fetchCost struct{ rows, cost int64 }

// estimate is what an operation will cost, by its plan, which may be nil. Lists multiply what is below them: by the count that is asked for,
// else by the planner's estimate, which is never taken to be more than the greatest list.
func (x *request) estimate() costs {
	c := costs{of: make([]fetchCost, len(x.op.fetches))}
	for i, f := range x.op.fetches {
		if x.asks[i].err != nil {
			continue
		}
		parents := int64(1)
		if f.parent >= 0 {
			parents = c.of[f.parent].rows
		}
		rows := product(parents, x.rowsEach(f))
		cost := product(rows, int64(1+f.fields))
		if x.asks[i].part.Total != planner.NoTotal {
			cost = sum(cost, product(parents, costTotal))
		}
		c.of[i] = fetchCost{rows, cost}
		c.total = sum(c.total, cost)
	}
	for i := range x.op.roots {
		if r := &x.op.roots[i]; r.kind == rootGateway && r.fields[0].Name == "counts" {
			c.total = sum(c.total, int64(len(x.schema.resources))*costCount)
		}
	}
	return c
}

// rowsEach is about how many rows a fetch has, for each of its parents.
func (x *request) rowsEach(f *fetch) int64 {
	a := &x.asks[f.index]
	switch {
	case a.part.Kind == planner.Get:
		return 1
	case !a.part.Rows:
		return 0
	case a.part.Limit > 0 || a.number < 0 || x.plan == nil:
		return int64(a.part.Limit)
	}
	rows := x.plan.Parts[a.number].Estimate
	if rows < 0 && a.part.Kind == planner.Each {
		rows = unknownEach
	}
	if rows < 0 {
		return int64(a.part.Cap)
	}
	return min(rows, int64(a.part.Cap))
}

func product(a, b int64) int64 {
	if a > 0 && b > math.MaxInt64/a {
		return math.MaxInt64
	}
	return a * b
}

func sum(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// charge holds the estimate of a request against the limit; the requests of a batch, and the payloads of a mutation, share one.
func (h *Handler) charge(c *call, x *request) error {
	cost := x.estimate()
	total := cost.total
	if c.spent != nil {
		total = sum(total, *c.spent)
		*c.spent = total
	}
	if total > int64(h.limits.Cost) {
		return x.tooCostly(&cost, total)
	}
	return nil
}

// tooCostly names the field that costs most.
func (x *request) tooCostly(c *costs, total int64) error {
	most := 0
	for i := range c.of {
		if c.of[i].cost > c.of[most].cost {
			most = i
		}
	}
	limit := fault.Limit{Name: limitCost, Most: int64(x.limits.Cost), Found: total}
	if most >= len(c.of) || c.of[most].cost == 0 {
		return fault.Past(limit, "the operation would cost about %d (fields of rows); the limit is %d", total, x.limits.Cost)
	}
	f := x.op.fetches[most]
	limit.Path = f.path
	return fault.Past(limit, "the operation would cost about %d (fields of rows); the limit is %d; most of it is %s, about %d rows of %d fields: ask for fewer",
		total, x.limits.Cost, f.path, c.of[most].rows, 1+f.fields)
}

// chargePayload holds what is selected of a payload, or of an event, against the limit before anything is written or followed.
func (h *Handler) chargePayload(c *call, op *operation, typ string, vars map[string]any) error {
	x := h.take(c.surface, op)
	defer h.put(x)
	x.written = &written{key: search.Key{Ref: fhir.Ref{Type: typ, ID: "new"}}}
	h.read(x, c, vars)
	x.plan, _ = h.plan(x) // what cannot be planned is told where it is asked for
	return h.charge(c, x)
}

// explainedCost is the estimate as extensions.explain shows it.
type explainedCost struct {
	Total  int64           `json:"total"`
	Most   int             `json:"most"`
	Fields []explainedPart `json:"fields"`
}

type explainedPart struct {
	Path   string `json:"path"`
	Rows   int64  `json:"rows"`
	Fields int    `json:"fields"`
	Cost   int64  `json:"cost"`
}

func (x *request) explainedCost() explainedCost {
	c := x.estimate()
	out := explainedCost{Total: c.total, Most: x.limits.Cost, Fields: make([]explainedPart, len(c.of))}
	for i := range c.of {
		f := x.op.fetches[i]
		out.Fields[i] = explainedPart{f.path, c.of[i].rows, 1 + f.fields, c.of[i].cost}
	}
	return out
}
