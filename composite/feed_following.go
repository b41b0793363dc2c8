package composite

import (
	"context"
	"iter"
	"sync"
	"sync/atomic"

	"github.com/heliograph/heliograph/search"
)

// Following is one follower's place in the feed. Its methods may be called by several goroutines, but only one may read Events.
type Following struct {
	feed   *Feed
	view   *view
	epoch  string
	events iter.Seq[*Event]
	// at is up to where everything of interest was given; live says that the rest comes from the watch.
	at   atomic.Int64
	live atomic.Bool
	// slot is where the next event will be; nil before it has joined, and after the end.
	slot atomic.Pointer[slot]

	// watch and from are set by Feed.join: events above from come from the watch.
	watch *watch
	from  search.Position
	log   catchUp

	ending sync.Once
	cancel context.CancelFunc
	done   chan struct{}
	err    error // after done
}

func newFollowing(ctx context.Context, f *Feed, v *view, since Token) *Following {
	g := &Following{feed: f, view: v, epoch: since.Epoch, done: make(chan struct{})}
	g.at.Store(int64(since.Position))
	ctx, g.cancel = context.WithCancel(ctx)
	g.events = func(yield func(*Event) bool) {
		if g.catchUp(ctx, yield) {
			g.follow(yield)
		}
	}
	context.AfterFunc(ctx, g.Close)
	return g
}

// Events gives the events in the order of the log, and waits for the next one; it can be left and begun again. It ends with the context of
// Follow, with Close, and when there is an Err.
func (g *Following) Events() iter.Seq[*Event] { return g.events }

// follow gives what comes from the watch.
func (g *Following) follow(yield func(*Event) bool) {
	for {
		s, ready := g.slot.Load(), *g.watch.ready.Load()
		if s == nil || g.over() {
			return
		}
		e := s.event.Load()
		if e == nil {
			select {
			case <-ready:
			case <-g.done:
				return
			}
			continue
		}
		if !g.slot.CompareAndSwap(s, s.next) {
			return
		}
		if e.Position <= g.from {
			continue
		}
		g.at.Store(int64(e.Position))
		if !yield(e) {
			return
		}
	}
}

func (g *Following) over() bool {
	select {
	case <-g.done:
		return true
	default:
		return false
	}
}

// Err says why Events has ended: nil for the context of Follow and Close; Overloaded if the follower fell behind, ResumeExpired if what
// followed can no longer be told (the log was trimmed, or something was purged of which it is not known whether the caller could see it):
// search again. StoreUnavailable if the feed has ended. All but ResumeExpired can be gone on from with Token.
func (g *Following) Err() error {
	if !g.over() {
		return nil
	}
	return g.err
}

// Token is where to go on: that of the last event given, or a later one if nothing since then was of interest.
func (g *Following) Token() string {
	at, published := g.at.Load(), g.feed.published.Load()
	if s := g.slot.Load(); s != nil && g.live.Load() && s.event.Load() == nil {
		at = max(at, published)
	}
	return Token{Epoch: g.epoch, Position: search.Position(at)}.String()
}

// Close ends it, and everything that waits for its events.
func (g *Following) Close() { g.end(nil) }

// end is the end, whoever makes it; the first says why.
func (g *Following) end(err error) {
	g.ending.Do(func() {
		g.err = err
		close(g.done)
		g.slot.Store(nil)
		g.cancel()
		g.feed.leave(g)
	})
}
