package composite

import (
	"context"
	"time"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

const (
	// logPage is how many entries of the log are read at once.
	logPage = 1000
	// feedRest is the least time from one look at the log to the next while there is always something new, and feedPace what each change
	// of a page adds to it, up to feedLag: what has come meanwhile is read at once, which costs the writers less.
	feedRest = 5 * time.Millisecond
	feedPace = time.Millisecond
	feedLag  = 20 * time.Millisecond
	// A store that fails is asked again after feedRetry, then after twice the time, up to feedPatience.
	feedRetry    = 25 * time.Millisecond
	feedPatience = 5 * time.Second
)

// Run follows the log until ctx ends, which ends all followers. It is called once. While nobody follows it does nothing.
func (f *Feed) Run(ctx context.Context) {
	defer f.stop()
	if n, ok := f.cfg.Primary.(adapters.Notifier); ok {
		defer n.Notify(f.wake)()
	}
	tick := time.NewTicker(f.cfg.Interval)
	defer tick.Stop()
	for ctx.Err() == nil {
		began := time.Now()
		var did int
		var idle bool
		f.insist(ctx, func() (err error) {
			did, idle, err = f.step(ctx)
			return err
		})
		if did > 0 {
			if did < logPage {
				pause(ctx, min(max(feedRest, time.Duration(did)*feedPace), feedLag)-time.Since(began))
			}
			continue
		}
		looks := tick.C
		if idle {
			looks = nil
		}
		select {
		case <-ctx.Done():
		case <-f.wake:
		case <-looks:
		}
	}
}

// stop ends all followers: the feed is over.
func (f *Feed) stop() {
	f.mu.Lock()
	f.ended = true
	all := make([]*Following, 0, len(f.all))
	for g := range f.all {
		all = append(all, g)
	}
	f.mu.Unlock()
	for _, g := range all {
		g.end(errFeedEnded())
	}
}

// insist calls a function until it has no error, or ctx ends, with pauses that grow.
func (f *Feed) insist(ctx context.Context, call func() error) {
	failed := false
	for wait := feedRetry; ; wait = min(2*wait, feedPatience) {
		err := call()
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			if failed {
				f.log.Info("changes are followed again")
			}
			return
		}
		if !failed {
			f.log.Error("changes cannot be followed; will try again until they can", "error", err)
			failed = true
		}
		pause(ctx, wait)
	}
}

func pause(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// step publishes the next page of the log, and says how many changes that were; it is idle if nobody follows.
func (f *Feed) step(ctx context.Context) (did int, idle bool, err error) {
	from, epoch, idle := f.place()
	if idle {
		return 0, true, nil
	}
	head, err := f.cfg.Primary.Head(ctx)
	if err != nil {
		return 0, false, err
	}
	if head.Epoch != epoch || head.Position < from {
		f.begin(head, fault.New(fault.ResumeExpired, "the data have been restored; search again"))
		return 1, false, nil
	}
	if head.Position == from {
		return 0, false, nil
	}
	page, err := logAbove(ctx, f.cfg.Primary, from, logPage)
	if fault.Of(err) == fault.ResumeExpired {
		f.begin(head, err)
		return 1, false, nil
	}
	if err != nil || len(page) == 0 {
		return 0, false, err
	}
	last := page[len(page)-1].Position
	if routes := f.take(from, epoch, last); routes != nil {
		f.publish(ctx, f.looker(routes, epoch), page)
		f.reached(epoch, last)
	}
	return len(page), false, nil
}

// logAbove reads some entries of a log.
func logAbove(ctx context.Context, log adapters.Log, from search.Position, most int) ([]adapters.Change, error) {
	var out []adapters.Change
	for c, err := range log.Changes(ctx, from, most) {
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// place is where to go on; idle if nobody is told of it.
func (f *Feed) place() (from search.Position, epoch string, idle bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.taken, f.epoch, len(f.watches) == 0
}

// take gives the routes that are to be told of a page: those of all who have joined. Who joins from now on has the page behind him. nil if the
// first follower has begun elsewhere meanwhile.
func (f *Feed) take(from search.Position, epoch string, last search.Position) *routes {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.taken != from || f.epoch != epoch {
		return nil
	}
	f.taken = last
	if f.routes == nil {
		sights := make([]*sight, 0, len(f.watches))
		for _, w := range f.watches {
			sights = append(sights, w.sight)
		}
		f.routes = newRoutes(sights...)
	}
	return f.routes
}

// reached notes that all watches have been told of a page.
func (f *Feed) reached(epoch string, last search.Position) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.epoch == epoch {
		f.published.Store(int64(last))
	}
}

// begin ends those that are told what is new, for something between has been lost to them, and begins at the head.
func (f *Feed) begin(head adapters.Head, why error) {
	f.mu.Lock()
	var lost []*Following
	for _, w := range f.watches {
		for g := range w.followers {
			lost = append(lost, g)
		}
	}
	f.epoch, f.taken = head.Epoch, head.Position
	f.published.Store(int64(head.Position))
	clear(f.watches) // who joins now begins a new one
	f.routes = nil
	f.mu.Unlock()
	for _, g := range lost {
		g.end(why)
	}
}

// publish tells all watches of a page.
func (f *Feed) publish(ctx context.Context, l *looker, page []adapters.Change) {
	for work := l.concern(page); len(work) > 0 && ctx.Err() == nil; {
		batch := work[:min(l.size, len(work))]
		work = work[len(batch):]
		f.insist(ctx, func() error { return l.read(ctx, batch) })
		if ctx.Err() != nil {
			return
		}
		stamp := f.bytes
		told := l.look(batch, &f.bytes)
		for _, s := range told {
			f.tell(s, stamp)
		}
		if f.bytes-f.swept > f.cfg.Bytes/8 {
			f.swept = f.bytes
			fellBehind(f.holding())
		}
	}
}

// tell gives a watch what has come of its view.
func (f *Feed) tell(s *sight, stamp int64) {
	events, err := s.events, s.err
	s.events, s.err = nil, nil
	if len(events) > 0 {
		s.watch.publish(events, stamp)
		fellBehind(f.late(s.watch))
	}
	if err == nil {
		return
	}
	f.mu.Lock()
	var ended []*Following
	for g := range s.watch.followers {
		ended = append(ended, g)
	}
	f.mu.Unlock()
	for _, g := range ended {
		g.end(err)
	}
}
