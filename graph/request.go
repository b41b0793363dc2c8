package graph

import (
	"context"
	"slices"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/fhirpath"
	"github.com/heliograph/heliograph/graph/projection"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// request is one run of an operation. All rows are projected into one buffer, doc; where a projection has a hole, fills says
// what belongs there; writing the response walks the tree from the roots. Requests are pooled: only their memory is kept.
type request struct {
	schema *Schema
	refs   *resolver
	limits *Limits
	op     *operation
	// written is what the mutation did whose payload this is of.
	written *written
	asks    []ask
	plan    *planner.Plan
	exec    Execution
	load    *loader
	seeker  *seeker

	doc  []byte
	run  projection.Run
	rows []row
	// fills are those of the roots, then one a place in run.Holes.
	fills   []fill
	pages   []page
	pending []pending
	batches []batch

	// ctx is that of the run: projecting and writing end with it, too.
	ctx context.Context
	// overrun is set when the response cannot be made within its limits; the rest is then not worth making.
	overrun  error
	followed int // bytes of what references inside of resources were followed to

	// around is what is being projected, and within the same for the expressions that choose elements of it; nil where none are
	// chosen.
	around container
	within *fhirpath.Container
	slices []slicer

	canonical []byte           // the canonical beside which what is being projected stands
	source    []byte           // the resource that is being projected, where its meta must be put in
	inner     *projection.Plan // finds what is contained
	contained projection.Run
	scratch   []byte
}

// row is a projected resource.
type row struct {
	doc            projection.Span
	holes, holeEnd int
	faults         int // in run.Faults, faultEnd excluded
	faultEnd       int
	id             identity
	err            error
}

// identity names a row: a resource, a version of it, or what is contained in one.
type identity struct {
	ref      fhir.Ref
	version  int64 // 0 unless a version was asked for
	fragment string
}

type fillKind uint8

const (
	fillNull  fillKind = iota
	fillNode           // the nodeId of the row
	fillText           // JSON text
	fillRow            // rows[at]
	fillRows           // rows[at : at+n], a list
	fillPage           // pages[at], a connection
	fillError          // null, and an error
)

// fill is what belongs into a hole.
type fill struct {
	kind  fillKind
	at, n int32
	fetch *fetch
	text  string
	err   error
}

// page is a page of a connection with the first of its rows: as many a row as the edges have shapes.
type page struct {
	composite.Page
	ask    *ask
	rows   int
	parent fhir.Ref // of a nested one
}

// pending is a hole that waits for the next level.
type pending struct {
	fill  int // in fills
	fetch *fetch
	entry int // in the fetch's batch
}

// batch is what one fetch asks for at a level, each thing once.
type batch struct {
	keys    []search.Key
	parents []fhir.Ref
	fills   []fill // the answers
	index   map[search.Key]int
}

// start lays out the fills of the roots and asks for them.
func (x *request) start() {
	x.fills = slices.Grow(x.fills[:0], len(x.op.roots))[:len(x.op.roots)]
	clear(x.fills)
	x.batches = slices.Grow(x.batches[:0], len(x.op.fetches))[:len(x.op.fetches)]
	for i := range x.op.roots {
		if x.op.roots[i].kind == rootFetch {
			f := x.op.fetches[x.op.roots[i].fetch]
			x.want(i, f, x.asks[f.index].key)
		}
	}
}

// want puts a hole on the next level. key is what a read, a node or a reference names; a reverse field's parent; else empty.
func (x *request) want(at int, f *fetch, key search.Key) {
	a := &x.asks[f.index]
	switch {
	case a.err != nil:
		x.fills[at] = fill{kind: fillError, fetch: f, err: a.err}
		return
	case f.names() && key.ID == "":
		return
	case a.part.Kind != planner.Get && !a.part.Rows && a.part.Total == planner.NoTotal:
		x.fills[at] = x.empty(f)
		return
	}
	b := &x.batches[f.index]
	if b.index == nil {
		b.index = map[search.Key]int{}
	}
	entry, ok := b.index[key]
	if !ok {
		entry = len(b.fills)
		b.index[key] = entry
		b.fills = append(b.fills, fill{})
		if a.part.Kind == planner.Each {
			b.parents = append(b.parents, key.Ref)
		} else {
			b.keys = append(b.keys, key)
		}
	}
	x.pending = append(x.pending, pending{fill: at, fetch: f, entry: entry})
}

// empty is what a list or connection without rows looks like.
func (x *request) empty(f *fetch) fill {
	if f.page == nil {
		return fill{kind: fillRows, fetch: f}
	}
	x.pages = append(x.pages, page{Page: composite.Page{Total: -1}, ask: &x.asks[f.index]})
	return fill{kind: fillPage, fetch: f, at: int32(len(x.pages) - 1)}
}

// levels runs level after level until no hole is left: breadth first, one run of the engine each.
func (x *request) levels(ctx context.Context) {
	var keys []keyed
	var calls []composite.Call
	var asked []*fetch
	for x.seek(ctx); len(x.pending) > 0 && !x.late(); x.seek(ctx) {
		now := x.pending
		x.pending = nil
		keys, calls, asked = keys[:0], calls[:0], asked[:0]
		for i := range x.batches {
			b, f := &x.batches[i], x.op.fetches[i]
			if len(b.fills) == 0 {
				continue
			}
			switch number := x.asks[i].number; x.asks[i].part.Kind {
			case planner.Get:
				for _, k := range b.keys {
					keys = append(keys, keyed{number, k})
				}
			case planner.Each:
				calls, asked = append(calls, composite.Call{Part: number, Parents: b.parents}), append(asked, f)
			default:
				calls, asked = append(calls, composite.Call{Part: number}), append(asked, f)
			}
		}
		x.answer(ctx, now, keys, calls, asked)
	}
}

// answer gets the answers of a level and puts them into its holes. What they in turn leave open is the next level.
func (x *request) answer(ctx context.Context, now []pending, keys []keyed, calls []composite.Call, asked []*fetch) {
	level := x.batches
	x.batches = make([]batch, len(level))
	got, results := x.load.level(ctx, keys, calls)
	next := 0
	for i := range level {
		if x.asks[i].part.Kind != planner.Get {
			continue
		}
		for j := range level[i].fills {
			level[i].fills[j] = x.resource(x.op.fetches[i], level[i].keys[j], &got[next])
			next++
		}
	}
	for i, f := range asked {
		x.result(f, &results[i], &level[f.index])
	}
	for _, p := range now {
		x.fills[p.fill] = level[p.fetch.index].fills[p.entry]
	}
}
