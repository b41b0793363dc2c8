package search

import (
	"slices"
	"strings"

	"github.com/valyala/fastjson"

	"github.com/heliograph/heliograph/internal/fault"
)

// extraction is the work on one resource. Its memory is used again for the next one.
type extraction struct {
	evaluator
	x       *Indexer
	items   []Item // of all parameters so far
	params  []ParamValues
	ends    []int // of each parameter in items
	nodes   []found
	parts   [][]Item
	key     []byte
	seen    map[string]struct{}
	words   tokenizer
	skipped []Skipped
	current *compiledParam

	conversions conversions
	err         error
}

func newExtraction(x *Indexer) *extraction {
	e := &extraction{x: x, seen: map[string]struct{}{}, conversions: conversions{}}
	e.ids = map[string]*fastjson.Value{}
	e.true, e.false = e.booleans.NewTrue(), e.booleans.NewFalse()
	e.boolean = path{typ: x.params.defs.Type("boolean")}
	return e
}

func (e *extraction) begin(v *fastjson.Value) {
	e.root = v
	e.items, e.params, e.ends, e.skipped = e.items[:0], e.params[:0], e.ends[:0], nil
	e.err = nil
	clear(e.ids)
	clear(e.conversions)
}

// take gives the values collected so far in memory of their own.
func (e *extraction) take() []ParamValues {
	if len(e.params) == 0 {
		return nil
	}
	items := slices.Clone(e.items)
	start := 0
	for i, end := range e.ends {
		e.params[i].Items = items[start:end:end]
		start = end
	}
	out := slices.Clone(e.params)
	// Strings must not stay alive in memory that is only kept for the next resource.
	clear(e.items)
	clear(e.params)
	return out
}

// param collects the distinct items of one parameter.
func (e *extraction) param(p *compiledParam) {
	nodes := e.run(&p.program, e.root)
	if len(nodes) == 0 {
		return
	}
	e.current = p
	start := len(e.items)
	if p.param.Type == Composite {
		e.nodes = append(e.nodes[:0], nodes...)
		for _, n := range e.nodes {
			if e.err == nil {
				e.composite(p, n)
			}
		}
	} else {
		for _, n := range nodes {
			e.items = e.append(e.items, p.param, n)
		}
	}
	e.distinct(start)
	if len(e.items) == start {
		return
	}
	e.params = append(e.params, ParamValues{Code: p.param.Code, Type: p.param.Type})
	e.ends = append(e.ends, len(e.items))
	if twin := p.param.Canonical; twin != nil && e.x.config.Units == UnitsCanonical {
		e.inBaseUnits(twin, start)
	}
}

// append appends the items that a value gives for a parameter.
func (e *extraction) append(items []Item, p *Param, n found) []Item {
	switch p.Type {
	case String:
		return e.strings(items, n)
	case Token:
		return e.tokens(items, n)
	case Date:
		return e.dates(items, n)
	case Number:
		return e.numbers(items, n)
	case Quantity:
		return e.quantities(items, n)
	case Reference:
		return e.references(items, p, n)
	case URI:
		return e.uris(items, n)
	}
	return items
}

// maxCombinations is how many items a composite may have before the resource is refused: 15,000 repetitions are far below, a
// resource made to fill the memory (two lists of 50,000 codings) is above.
const maxCombinations = 1 << 20

// composite appends an item for every combination of the parts' items within one element.
func (e *extraction) composite(p *compiledParam, n found) {
	for len(e.parts) < len(p.parts) {
		e.parts = append(e.parts, nil)
	}
	combinations := 1
	for i := range p.parts {
		if combinations == 0 { // a part that has nothing leaves nothing to combine
			return
		}
		e.parts[i] = e.parts[i][:0]
		for _, m := range e.run(&p.parts[i], n.value) {
			e.parts[i] = e.append(e.parts[i], p.param.Parts[i], m)
		}
		if combinations *= len(e.parts[i]); combinations > maxCombinations || len(e.items) > maxCombinations {
			e.err = fault.New(fault.TooCostly, "%s.%s has over %d combinations of its parts", p.param.Resource, p.param.Code, maxCombinations)
			return
		}
	}
	for c := range combinations {
		parts := make([]Item, len(p.parts))
		rest := c
		for i := len(parts) - 1; i >= 0; i-- {
			parts[i] = e.parts[i][rest%len(e.parts[i])]
			rest /= len(e.parts[i])
		}
		e.items = append(e.items, Item{Parts: parts})
	}
}

// fewItems is up to how many items comparing each with each is cheaper than hashing.
const fewItems = 8

// distinct drops, from start on, the items that an earlier one equals.
func (e *extraction) distinct(start int) {
	items := e.items[start:]
	if len(items) < 2 {
		return
	}
	kept := items[:0]
	if len(items) <= fewItems {
		for i := range items {
			if !slices.ContainsFunc(kept, func(k Item) bool { return k.equal(&items[i]) }) {
				kept = append(kept, items[i])
			}
		}
	} else {
		clear(e.seen)
		for i := range items {
			e.key = appendItem(e.key[:0], &items[i])
			if _, ok := e.seen[string(e.key)]; !ok {
				e.seen[string(e.key)] = struct{}{}
				kept = append(kept, items[i])
			}
		}
	}
	e.items = e.items[:start+len(kept)]
}

func (it *Item) equal(o *Item) bool {
	return it.Text == o.Text && it.Exact == o.Exact && it.System == o.System && it.Code == o.Code && it.Lo == o.Lo && it.Hi == o.Hi &&
		it.NLo == o.NLo && it.NHi == o.NHi && it.Type == o.Type && it.ID == o.ID && it.Version == o.Version && it.URL == o.URL &&
		slices.Equal(it.Types, o.Types) && slices.EqualFunc(it.Parts, o.Parts, func(a, b Item) bool { return a.equal(&b) })
}

// skip reports a malformed value.
func (e *extraction) skip(n found, reason string) {
	s := Skipped{Param: e.current.param.Code, Path: n.path.describe(e.current.param.Resource), Reason: reason}
	if !slices.Contains(e.skipped, s) {
		e.skipped = append(e.skipped, s)
	}
}

// describe is the path as a person reads it, without conditions.
func (p *path) describe(root string) string {
	var b strings.Builder
	b.WriteString(root)
	for _, s := range p.steps {
		if s.kind == stepMember {
			b.WriteByte('.')
			b.WriteString(s.key)
		}
	}
	return b.String()
}

// text gives a string member of an object; "" if it is absent or no string.
func text(v *fastjson.Value, key string) string { return string(v.GetStringBytes(key)) }
