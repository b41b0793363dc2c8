package graph

import (
	"strconv"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/cursor"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// history reads the arguments of a history: of a resource, or without an id of all of a type.
func (k *asker) history(a *ask, f *fetch, args arguments) (err error) {
	p, w := &a.part, &a.window
	p.Kind, p.Rows = planner.History, true
	p.HistoryOf = fhir.Ref{Type: f.typ, ID: args.text("id")}
	if args.has("id") && p.HistoryOf.ID == "" {
		return fault.New(fault.BadUserInput, "the id is empty")
	}
	if args.has("_since") {
		if p.Since, _, err = instant(args, "_since"); err != nil {
			return err
		}
	}
	if args.has("_at") {
		if p.HistoryOf.ID == "" {
			return fault.New(fault.Unsupported, "_at wants an id; of all resources of a type, _since tells what became of them")
		}
		if a.from, p.Until, err = instant(args, "_at"); err != nil {
			return err
		}
	}
	if w.size, _, err = args.number("first"); err != nil {
		return err
	}
	switch {
	case !args.has("first"):
		w.size = defaultPage
	case w.size == 0:
		return fault.New(fault.BadUserInput, "first of a history is a number from 1")
	case w.size > k.limits.Page:
		return past(limitList, k.limits.Page, "a page has at most %d entries", k.limits.Page)
	}
	p.Limit, w.offset = w.size+1, -1
	return k.below(a, args)
}

func instant(args arguments, name string) (lo, hi int64, err error) {
	if lo, hi, err = fhir.ParseInstantRange(args.text(name), nil); err != nil {
		err = fault.New(fault.BadUserInput, "%s is a date or a time, as in 2024-05 or 2024-05-01T10:30:00Z", name)
	}
	return lo, hi, err
}

// below opens the cursor of a history's after: a position, below which the page is.
func (k *asker) below(a *ask, args arguments) error {
	if !args.has("after") {
		return nil
	}
	c, err := cursor.Open(k.key, args.text("after"))
	if err != nil {
		return err
	}
	if c.Binding != bindingOf(k.caller, &a.part) || c.At == nil {
		return cursor.Bad("is of another history or another caller")
	}
	n, err := strconv.ParseInt(c.At.ID, 10, 64)
	if err != nil {
		return cursor.Bad("is malformed")
	}
	a.window.after, a.part.Before = c.At, search.Position(n)
	return nil
}

// versions makes a page of the versions that were found, newest first. Of _at the last is the one that was current when it began.
func (x *request) versions(f *fetch, found []search.Resource) fill {
	a := &x.asks[f.index]
	p := composite.Page{Total: -1}
	for i := range found {
		if p.More = len(p.Rows) == a.window.size; p.More {
			break
		}
		p.Rows = append(p.Rows, composite.Row{Resource: found[i]})
		if a.from != 0 && found[i].LastUpdated <= a.from {
			break
		}
	}
	if of := a.part.HistoryOf; len(p.Rows) == 0 && of.ID != "" && a.part.Since == 0 && a.part.Until == 0 && a.part.Before == 0 {
		return fill{kind: fillError, fetch: f, err: fault.New(fault.NotFound, "there is no %s", named(search.Key{Ref: of}))}
	}
	first := x.grow(len(p.Rows) * len(f.shapes))
	if first < 0 {
		return fill{kind: fillError, fetch: f, err: tooManyRows(x.limits.Rows)}
	}
	for i := range p.Rows {
		for s, shape := range f.shapes {
			if r := &p.Rows[i].Resource; !r.Deleted {
				x.project(first+i*len(f.shapes)+s, shape, r, r.Version)
			}
		}
	}
	x.pages = append(x.pages, page{Page: p, ask: a, rows: first})
	return fill{kind: fillPage, fetch: f, at: int32(len(x.pages) - 1)}
}

// version writes a field of a version. The first is told as a create and later ones as updates, as REST's history does.
func (w *writer) version(dst []byte, f *fill, p *page, i int, field *pageField) []byte {
	r := &p.Rows[i].Resource
	switch field.kind {
	case versionID:
		return append(strconv.AppendInt(append(dst, '"'), r.Version, 10), '"')
	case versionUpdated:
		return append(append(append(dst, '"'), fhir.FormatInstant(r.LastUpdated)...), '"')
	case versionDeleted:
		return strconv.AppendBool(dst, r.Deleted)
	case versionMethod:
		switch {
		case r.Deleted:
			return append(dst, `"DELETE"`...)
		case r.Version == 1:
			return append(dst, `"POST"`...)
		}
		return append(dst, `"PUT"`...)
	case edgeRow:
		if r.Deleted {
			return append(dst, "null"...)
		}
	}
	return w.edge(dst, f, p, i, field)
}

func versionKindOf(name string) (kind pageKind, ok bool) {
	switch name {
	case "versionId":
		return versionID, true
	case "lastUpdated":
		return versionUpdated, true
	case "method":
		return versionMethod, true
	case "deleted":
		return versionDeleted, true
	}
	return 0, false
}
