package composite

import (
	"bytes"
	"cmp"
	"context"
	"iter"
	"maps"
	"slices"

	"github.com/heliograph/heliograph/planner"
)

// ids is a set of ids of one type.
type ids map[string]struct{}

// collect reads a stream whole into a set of ids, within the budget. The caller releases what it holds.
func (x *Execution) collect(in rows) (ids, error) {
	set := ids{}
	for r, err := range in {
		if err != nil {
			return set, err
		}
		if _, dup := set[r.Ref.ID]; dup {
			continue
		}
		set[r.Ref.ID] = struct{}{}
		if err := x.hold(1); err != nil {
			return set, err
		}
	}
	return set, nil
}

// intersect reads all inputs but the last, the most selective first, and gives those of the last that all have. An empty set
// ends it: the other stores are not asked.
func (x *Execution) intersect(ctx context.Context, n *planner.Intersect) rows {
	return func(yield func(Row, error) bool) {
		var so ids
		held := 0
		defer func() { x.release(held) }()
		for i, part := range n.Parts[:len(n.Parts)-1] {
			set, err := x.collect(x.within(ctx, part, so))
			held += len(set)
			if err != nil {
				yield(Row{}, err)
				return
			}
			if i > 0 {
				maps.DeleteFunc(set, func(id string, _ struct{}) bool { _, ok := so[id]; return !ok })
			}
			if so = set; len(so) == 0 {
				return
			}
		}
		for r, err := range x.within(ctx, n.Parts[len(n.Parts)-1], so) {
			if err == nil {
				if _, ok := so[r.Ref.ID]; !ok {
					continue
				}
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

// within runs an input of an intersection, within the ids of those before it where the plan says so.
func (x *Execution) within(ctx context.Context, n planner.Node, so ids) rows {
	m, ok := n.(*planner.Match)
	if !ok || !m.Within || so == nil {
		return x.stream(ctx, n)
	}
	req := m.Request
	req.Within = slices.Values(slices.Sorted(maps.Keys(so)))
	return x.match(ctx, m, req)
}

// union merges its inputs, which have one order, and gives each row once.
func (x *Execution) union(ctx context.Context, n *planner.Union) rows {
	return func(yield func(Row, error) bool) {
		heads, stop := x.open(ctx, n.Parts)
		defer stop()
		for {
			row, ok, err := least(heads, n.Reverse)
			if err != nil {
				yield(Row{}, err)
				return
			}
			if !ok || !yield(row, nil) {
				return
			}
			for _, h := range heads {
				if !h.done && h.row.Ref == row.Ref {
					h.advance()
				}
			}
		}
	}
}

// least is the first of the heads in the order; false when all inputs have ended.
func least(heads []*cursor, reverse bool) (row Row, ok bool, err error) {
	for _, h := range heads {
		switch {
		case h.done:
		case h.err != nil:
			return Row{}, false, h.err
		case !ok || compareRows(h.row, row, reverse) < 0:
			row, ok = h.row, true
		}
	}
	return row, ok, nil
}

// cursor is the next row of an input.
type cursor struct {
	next func() (Row, error, bool)
	row  Row
	err  error
	done bool
}

func (c *cursor) advance() {
	row, err, ok := c.next()
	c.row, c.err, c.done = row, err, !ok
}

func (x *Execution) open(ctx context.Context, nodes []planner.Node) ([]*cursor, func()) {
	cursors := make([]*cursor, len(nodes))
	stops := make([]func(), len(nodes))
	for i, n := range nodes {
		next, stop := iter.Pull2(x.stream(ctx, n))
		cursors[i], stops[i] = &cursor{next: next}, stop
		cursors[i].advance()
	}
	return cursors, func() {
		for _, stop := range stops {
			stop()
		}
	}
}

// compareRows is the order of every stream: by order key, then by reference.
func compareRows(a, b Row, reverse bool) int {
	c := cmp.Or(bytes.Compare(a.Order, b.Order), a.Ref.Compare(b.Ref))
	if reverse {
		return -c
	}
	return c
}

// except gives From's rows that Without has not.
func (x *Execution) except(ctx context.Context, n *planner.Except) rows {
	return func(yield func(Row, error) bool) {
		without, err := x.collect(x.stream(ctx, n.Without))
		defer x.release(len(without))
		if err != nil {
			yield(Row{}, err)
			return
		}
		for r, err := range x.stream(ctx, n.From) {
			if err == nil {
				if _, out := without[r.Ref.ID]; out {
					continue
				}
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}
