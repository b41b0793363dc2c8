package graph

import (
	"slices"
	"strconv"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/graph/projection"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// result makes fills of the answer to a search, or of one for each parent.
func (x *request) result(f *fetch, r *composite.Result, b *batch) {
	out := b.fills
	for i := range out {
		switch {
		case r.Err != nil:
			out[i] = fill{kind: fillError, fetch: f, err: r.Err}
		case f.kind == fetchHistory:
			out[i] = x.versions(f, r.Resources)
		case i >= len(r.Pages):
			out[i] = fill{kind: fillError, fetch: f, err: fault.New(fault.Internal, "a search gave %d pages for %d parents", len(r.Pages), len(out))}
		case r.Pages[i].Err != nil:
			out[i] = fill{kind: fillError, fetch: f, err: r.Pages[i].Err}
		default:
			out[i] = x.page(f, &r.Pages[i])
			if out[i].kind == fillPage && i < len(b.parents) {
				x.pages[out[i].at].parent = b.parents[i]
			}
		}
	}
}

// page projects the rows of a page.
func (x *request) page(f *fetch, p *composite.Page) fill {
	if x.asks[f.index].window.backward {
		slices.Reverse(p.Rows)
	}
	first := x.grow(len(p.Rows) * len(f.shapes))
	if first < 0 {
		return fill{kind: fillError, fetch: f, err: tooManyRows(x.limits.Rows)}
	}
	for i := range p.Rows {
		for s, shape := range f.shapes {
			x.project(first+i*len(f.shapes)+s, shape, &p.Rows[i].Resource, 0)
		}
	}
	if f.page == nil {
		return fill{kind: fillRows, fetch: f, at: int32(first), n: int32(len(p.Rows))}
	}
	x.pages = append(x.pages, page{Page: *p, ask: &x.asks[f.index], rows: first})
	return fill{kind: fillPage, fetch: f, at: int32(len(x.pages) - 1)}
}

// grow makes place for n rows and gives the first, or -1 if they are too many.
func (x *request) grow(n int) int {
	first := len(x.rows)
	if first+n > x.limits.Rows {
		return -1
	}
	x.rows = append(x.rows, make([]row, n)...)
	return first
}

// named is a key for people. What can be no id is a client's own text, and not repeated.
func named(key search.Key) string {
	switch {
	case !fhir.ValidID(key.ID):
		return "resource of that id"
	case key.Version != 0:
		return key.Ref.String() + "/_history/" + strconv.FormatInt(key.Version, 10)
	}
	return key.Ref.String()
}

// resource makes a fill of what a key gave.
func (x *request) resource(f *fetch, key search.Key, got *loaded) fill {
	a := &x.asks[f.index]
	r := &got.resource
	missing := func(code fault.Code, text string) fill {
		if f.kind == fetchNode || a.optional {
			return fill{}
		}
		return fill{kind: fillError, fetch: f, err: fault.New(code, "%s", text)}
	}
	switch {
	case got.err != nil:
		return fill{kind: fillError, fetch: f, err: got.err}
	case r.Version == 0:
		return missing(fault.NotFound, "there is no "+named(key))
	case r.Deleted:
		return missing(fault.Gone, named(key)+" has been deleted")
	case f.kind == fetchInformation:
		return x.information(f, r)
	case !x.schema.served[r.Ref.Type]:
		return missing(fault.Unsupported, notServed(r.Ref.Type).Message)
	case a.fragment != "":
		return x.containedIn(f, r, key.Version, a.fragment)
	}
	at := x.grow(1)
	if at < 0 {
		return fill{kind: fillError, fetch: f, err: tooManyRows(x.limits.Rows)}
	}
	x.project(at, f.shapes[0], r, key.Version)
	return fill{kind: fillRow, fetch: f, at: int32(at)}
}

// information makes the fill of the OperationOutcome of a payload. It is named after the version that was written.
func (x *request) information(f *fetch, r *search.Resource) fill {
	c := container{resource: r, source: r.Body.JSON}
	done := &x.written.done
	return x.row(f, &c, projection.Span{End: len(c.source)}, identity{ref: done.Ref, version: done.Version, fragment: "information"})
}
