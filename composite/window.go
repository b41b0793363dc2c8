package composite

import (
	recent "container/list"
	"context"
	"crypto/rand"
	"encoding/binary"
	"sync"

	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// A search by relevance is ranked once, and its pages run over what was ranked: the places of its rows (Row.Order) are a window's name and
// a rank in it. Windows are kept by this process alone, as long as there is room.

const (
	windowBytes = 16 << 20 // of all windows
	hitBytes    = 128      // about, of a hit without its id
)

// ranking is a window: the best hits in order, of a position.
type ranking struct {
	name string
	// owner is the query with its caller.
	owner, store, epoch string
	at                  search.Position
	hits                []search.Hit
	// cut says that there were more.
	cut bool
}

func (r *ranking) bytes() (n int) {
	for i := range r.hits {
		n += hitBytes + len(r.hits[i].Ref.ID)
	}
	return n + len(r.owner)
}

// windows are the rankings that pages may come back for, the ones used last.
type windows struct {
	mu    sync.Mutex
	order recent.List // of *ranking, the newest in front
	named map[string]*recent.Element
	bytes int
}

func (w *windows) keep(r *ranking) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.named == nil {
		w.named = map[string]*recent.Element{}
	}
	w.named[r.name] = w.order.PushFront(r)
	for w.bytes += r.bytes(); w.bytes > windowBytes && w.order.Len() > 1; {
		old := w.order.Remove(w.order.Back()).(*ranking)
		delete(w.named, old.name)
		w.bytes -= old.bytes()
	}
}

func (w *windows) find(name string) *ranking {
	w.mu.Lock()
	defer w.mu.Unlock()
	e := w.named[name]
	if e == nil {
		return nil
	}
	w.order.MoveToFront(e)
	return e.Value.(*ranking)
}

// nameBytes is the length of a window's name.
const nameBytes = 26

// order is the place of a rank, which begins at 1.
func (r *ranking) order(rank int) []byte {
	return binary.AppendUvarint([]byte(r.name), uint64(rank))
}

func rankOf(c *search.Cursor) (name string, rank int, err error) {
	if len(c.Order) > nameBytes {
		n, size := binary.Uvarint(c.Order[nameBytes:])
		if size == len(c.Order)-nameBytes && n > 0 && n <= planner.RankedWindow {
			return string(c.Order[:nameBytes]), int(n), nil
		}
	}
	return "", 0, fault.New(fault.BadUserInput, "the cursor is not one of an order by relevance")
}

// ranking gives a plan's window: that of its cursor, or one that is ranked now.
func (x *Execution) ranking(ctx context.Context, n *planner.Window) (*ranking, error) {
	head, err := x.engine.primary.Head(ctx)
	if err != nil {
		return nil, err
	}
	var r *ranking
	if n.After == nil {
		r, err = x.rank(ctx, n, head.Epoch)
	} else {
		r, err = x.remembered(n, head.Epoch)
	}
	if err != nil {
		return nil, err
	}
	if n.Reverse && n.After == nil && r.cut {
		return nil, windowEnds("the last of all matches are not ranked")
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.rankings == nil {
		x.rankings = map[*planner.Window]*ranking{}
	}
	x.rankings[n] = r
	return r, nil
}

// remembered finds the window of a cursor.
func (x *Execution) remembered(n *planner.Window, epoch string) (*ranking, error) {
	name, _, err := rankOf(n.After)
	if err != nil {
		return nil, err
	}
	r := x.engine.windows.find(name)
	if r == nil || r.owner != ownerOf(n.Query) || r.epoch != epoch {
		return nil, fault.New(fault.CursorExpired, "the ranking that the cursor is of is no longer kept here; begin with the first page again")
	}
	x.reached(r.store, r.at)
	return r, nil
}

func ownerOf(q search.Query) string {
	return q.Caller.Tenant + "\x00" + q.Type + "\x00" + search.Restrict(q).String()
}

// rank asks the store for the best.
func (x *Execution) rank(ctx context.Context, n *planner.Window, epoch string) (*ranking, error) {
	r := &ranking{name: rand.Text(), owner: ownerOf(n.Query), store: n.Input.Store, epoch: epoch}
	for row, err := range x.match(ctx, n.Input, n.Input.Request) {
		if err != nil {
			return nil, err
		}
		if len(r.hits) == planner.RankedWindow {
			r.cut = true
			break
		}
		r.hits = append(r.hits, search.Hit{Ref: row.Ref, Version: row.Version, Score: row.Score})
	}
	r.at = x.lowest()
	if len(r.hits) > 0 {
		x.engine.windows.keep(r)
	}
	return r, nil
}

// window gives the rows of a window from the cursor on.
func (x *Execution) window(n *planner.Window) rows {
	x.mu.Lock()
	r := x.rankings[n]
	x.mu.Unlock()
	if r == nil {
		return failed(fault.New(fault.Internal, "a window without a page above it"))
	}
	from, to := 0, len(r.hits)
	if n.After != nil {
		_, rank, err := rankOf(n.After)
		if err != nil {
			return failed(err)
		}
		if from = min(rank, to); n.Reverse {
			from, to = 0, min(rank-1, to)
		}
	}
	return func(yield func(Row, error) bool) {
		for i := range to - from {
			at := from + i
			if n.Reverse {
				at = to - 1 - i
			}
			h := r.hits[at]
			if !yield(Row{Resource: search.Resource{Ref: h.Ref, Version: h.Version}, Order: r.order(at + 1), Score: h.Score}, nil) {
				return
			}
		}
	}
}

// ended says of a page of a window that is over, though there are more matches, that rows follow it; and fails where it has none: the end
// of the window is not the end of the matches.
func (r *ranking) ended(n *planner.Window, p *Page) error {
	if r == nil || n.Reverse || !r.cut || p.More {
		return nil
	}
	if len(p.Rows) == 0 {
		return windowEnds("the best of them end here")
	}
	p.More = true
	return nil
}

func windowEnds(why string) error {
	return fault.New(fault.TooCostly, "relevance orders the best %d matches, there are more, and %s; narrow the search, or give it another order",
		planner.RankedWindow, why)
}
