package composite

import (
	"sync/atomic"

	"github.com/heliograph/heliograph/internal/fault"
)

// watch is a view that somebody follows, and the events that come of it: a chain of slots, to which all its followers have pointers. What
// all of them have behind them is garbage.
type watch struct {
	*view
	sight     *sight
	followers map[*Following]struct{} // under Feed.mu
	// tail is the slot that the next event is put into.
	tail atomic.Pointer[slot]
	// ready is closed when events have come, and there is another one then.
	ready atomic.Pointer[chan struct{}]
}

// slot has an event, or waits for it. The other fields are set before the event is.
type slot struct {
	event  atomic.Pointer[Event]
	next   *slot
	number int64
	stamp  int64 // Feed.bytes when it came
}

func newWatch(v *view) *watch {
	w := &watch{view: v, followers: map[*Following]struct{}{}}
	w.sight = &sight{view: v, watch: w}
	w.tail.Store(&slot{})
	ready := make(chan struct{})
	w.ready.Store(&ready)
	return w
}

// publish gives events to all followers.
func (w *watch) publish(events []*Event, stamp int64) {
	for _, e := range events {
		s := w.tail.Load()
		s.stamp, s.next = stamp, &slot{number: s.number + 1}
		w.tail.Store(s.next)
		s.event.Store(e)
	}
	ready := make(chan struct{})
	close(*w.ready.Swap(&ready))
}

// late are the followers that are further behind than they may.
func (f *Feed) late(w *watch) (out []*Following) {
	last := w.tail.Load().number
	f.mu.Lock()
	defer f.mu.Unlock()
	for g := range w.followers {
		if s := g.slot.Load(); s != nil && last-s.number > int64(f.cfg.Buffer) {
			out = append(out, g)
		}
	}
	return out
}

// holding are the followers of all watches that keep bodies in memory for longer than there is room.
func (f *Feed) holding() (out []*Following) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for g := range f.all {
		if s := g.slot.Load(); s != nil && s.event.Load() != nil && f.bytes-s.stamp > f.cfg.Bytes {
			out = append(out, g)
		}
	}
	return out
}

// fellBehind ends followers that do not keep up.
func fellBehind(all []*Following) {
	for _, g := range all {
		g.end(fault.New(fault.Overloaded, "events were not taken as fast as they came; go on from %s", g.Token()))
	}
}
