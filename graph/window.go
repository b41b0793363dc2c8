package graph

import (
	"github.com/heliograph/heliograph/cursor"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// defaultPage is the size of a connection's page.
const defaultPage = 50

// window is the page that a list or connection asks for, and what its cursors must carry.
type window struct {
	values []cursor.Value
	// where is the typed where as it was given; nil if it was not.
	where input
	// whereText is where as a link has it, once one was written.
	whereText string
	sort      []string
	// size is the page's; 0 with all set is a list without _count.
	size int
	all  bool
	// offset is how many rows are before the page, -1 when unknown.
	offset   int
	backward bool
	// after says that the page starts behind a cursor (before one, when backward).
	after *search.Cursor
	// opened is the cursor that was given.
	opened *cursor.Cursor
}

// page reads the arguments of a page into the ask.
func (k *asker) page(a *ask, f *fetch, args arguments) (err error) {
	connection := f.kind == fetchConnection || f.kind == fetchReverseConnection
	w := &a.window
	if connection && args.has("_cursor") {
		if err = k.link(w, f, args); err != nil {
			return err
		}
	} else {
		if w.values, err = k.searchValues(f, args); err != nil {
			return err
		}
		w.sort = sortKeys(args)
		if err = k.size(w, connection, args); err != nil {
			return err
		}
	}
	if w.size > k.limits.Page {
		return past(limitList, k.limits.Page, "a page has at most %d entries", k.limits.Page)
	}
	p := &a.part
	p.Limit, p.Reverse, p.After = w.size, w.backward, w.after
	if w.after == nil && !w.backward {
		p.Offset = w.offset
	}
	p.Rows = w.all || w.size > 0
	if connection {
		k.total(a, f, args)
	}
	return nil
}

// total decides what a connection needs counted, and whether it needs rows.
func (k *asker) total(a *ask, f *fetch, args arguments) {
	a.part.Rows = a.part.Rows && f.page.rows
	a.part.Score = f.page.score
	if !f.page.count {
		return
	}
	switch args.text("_total") {
	case "none":
	case "estimate":
		a.part.Total = planner.Estimate
	default:
		a.part.Total = planner.Accurate
	}
}

// size reads the two conventions of paging, which exclude each other.
func (k *asker) size(w *window, connection bool, args arguments) error {
	if args.has(argCount, argOffset) && args.has("first", "after", "last", "before") {
		return fault.New(fault.BadUserInput, "_count and _offset do not go together with first, after, last and before")
	}
	if args.has("first", "after") && args.has("last", "before") {
		return fault.New(fault.BadUserInput, "first and after do not go together with last and before")
	}
	count, given, err := firstNumber(args, argCount, "first", "last")
	if err != nil {
		return err
	}
	if w.offset, _, err = args.number(argOffset); err != nil {
		return err
	}
	w.size, w.all = count, !given && !connection
	if !given && connection {
		w.size = defaultPage
	}
	w.backward = args.has("last", "before")
	return nil
}

func firstNumber(args arguments, names ...string) (n int, ok bool, err error) {
	for _, name := range names {
		if n, ok, err = args.number(name); ok || err != nil {
			return n, ok, err
		}
	}
	return 0, false, nil
}

// bindingOf is what the cursors of a part belong to.
func bindingOf(caller search.Caller, p *planner.Part) cursor.Binding {
	q := p.Query
	q.Caller = caller
	if p.Kind == planner.History { // as REST binds its pages: the times only narrow what is asked for
		q.Type = "_history " + p.HistoryOf.String()
	}
	return cursor.Bind(q, p.Param)
}

// bind opens the cursor of after or before, and holds every cursor against what it belongs to.
func (k *asker) bind(a *ask, f *fetch) error {
	if f.page == nil {
		return nil
	}
	w := &a.window
	if w.opened == nil {
		args := arguments{f.field, k.vars}
		if !args.has("after", "before") {
			return nil
		}
		c, err := cursor.Open(k.key, args.text("after")+args.text("before"))
		if err != nil {
			return err
		}
		w.opened = &c
	}
	if w.opened.Binding != bindingOf(k.caller, &a.part) {
		return cursor.Bad("is of another query or another caller")
	}
	w.after, w.offset = w.opened.At, -1
	if !w.backward && w.opened.Offset >= 0 {
		w.offset = w.opened.Offset
	}
	a.part.After, a.part.Offset = w.after, 0
	return nil
}

// link opens the link of a page, which is a whole query of its own.
func (k *asker) link(w *window, f *fetch, args arguments) error {
	for _, arg := range args.field.Arguments {
		if arg.Name != "_cursor" && arg.Name != "_total" && args.has(arg.Name) {
			return fault.New(fault.BadUserInput, "_cursor does not go together with %s", arg.Name)
		}
	}
	c, err := cursor.Open(k.key, args.text("_cursor"))
	if err != nil {
		return err
	}
	if c.Link == nil {
		return cursor.Bad("is one of an edge, for after and before")
	}
	w.opened, w.values, w.sort, w.size, w.backward = &c, c.Link.Values, c.Link.Sort, c.Link.Size, c.Backward
	return nil
}
