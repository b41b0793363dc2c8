package composite

import (
	"context"

	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// fewChanges is how many changes one who catches up looks at first: what comes of them waits for it, and there may be many like it.
const fewChanges = 8

// catchUp is where a follower is that reads the log itself.
type catchUp struct {
	look    *looker
	work    []*change // of the page, not yet looked at
	end     search.Position
	pending []*Event
	failed  error // after pending
}

// catchUp gives what the log has up to where the follower joins the others, at the pace at which it is taken: it is in nobody's way, and
// never too slow. false if it was left or is over.
func (g *Following) catchUp(ctx context.Context, yield func(*Event) bool) bool {
	wait := feedRetry
	for !g.live.Load() {
		did, err := g.forward(ctx, yield)
		switch {
		case err == errLeft || g.over():
			return false
		case fault.Of(err) == fault.ResumeExpired || fault.Of(err) == fault.StoreCorrupt:
			g.end(err)
			return false
		case err != nil:
			pause(ctx, wait)
			wait = min(2*wait, feedPatience)
		case !did: // the others are about to begin anew
			pause(ctx, g.feed.cfg.Interval)
		default:
			wait = feedRetry
		}
	}
	return !g.over()
}

var errLeft error = fault.New(fault.Internal, "the loop over the events was left")

// forward does the next thing that is to do.
func (g *Following) forward(ctx context.Context, yield func(*Event) bool) (did bool, err error) {
	c := &g.log
	switch at := search.Position(g.at.Load()); {
	case len(c.pending) > 0:
		e := c.pending[0]
		c.pending = c.pending[1:]
		g.at.Store(int64(e.Position))
		if !yield(e) {
			return true, errLeft
		}
	case c.failed != nil:
		return true, c.failed
	case len(c.work) > 0:
		return true, g.turn(ctx, g.lookOn)
	case c.end > at:
		g.at.Store(int64(c.end))
	case g.joined() && at >= g.from:
		g.log = catchUp{}
		g.live.Store(true)
	default:
		err = g.turn(ctx, g.readOn)
		return err != nil || c.end > at || g.joined(), err
	}
	return true, nil
}

func (g *Following) joined() bool { return g.watch != nil }

// turn calls f when it is this follower's turn to use the store.
func (g *Following) turn(ctx context.Context, f func(context.Context) error) error {
	select {
	case g.feed.turns <- struct{}{}:
	case <-ctx.Done():
		return nil
	}
	defer func() { <-g.feed.turns }()
	return f(ctx)
}

// readOn reads the next page of the log, and joins the others if that is the last.
func (g *Following) readOn(ctx context.Context) error {
	f, at := g.feed, search.Position(g.at.Load())
	head, err := f.cfg.Primary.Head(ctx)
	if err != nil {
		return err
	}
	if err := (Token{Epoch: g.epoch, Position: at}).within(head); err != nil {
		return fault.New(fault.ResumeExpired, "%s", err.(*fault.Error).Message)
	}
	if !g.joined() {
		f.join(g, head)
	}
	page, err := logAbove(ctx, f.cfg.Primary, at, logPage)
	if err != nil {
		return err
	}
	if g.joined() {
		for len(page) > 0 && page[len(page)-1].Position > g.from {
			page = page[:len(page)-1]
		}
	}
	if len(page) == 0 {
		return nil
	}
	g.log.look = f.looker(newRoutes(&sight{view: g.view}), g.epoch)
	g.log.look.size, g.log.look.most = fewChanges, fewChanges
	g.log.work, g.log.end = g.log.look.concern(page), page[len(page)-1].Position
	return nil
}

// lookOn decides the next changes of the page.
func (g *Following) lookOn(ctx context.Context) error {
	c := &g.log
	batch := c.work[:min(c.look.size, len(c.work))]
	if err := c.look.read(ctx, batch); err != nil {
		return err
	}
	c.work = c.work[len(batch):]
	var bytes int64
	for _, s := range c.look.look(batch, &bytes) {
		c.pending, c.failed = s.events, s.err
		s.events = nil
	}
	return nil
}
