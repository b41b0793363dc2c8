package composite

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// FeedConfig is what a Feed is made of.
type FeedConfig struct {
	// Primary and Models are required.
	Primary adapters.Primary
	Models  *Models
	// Interval is how often the log is looked at for changes that nobody told of (see adapters.Notifier); 0 is 25 ms.
	Interval time.Duration
	// Buffer is how many events a follower may lag behind before it is ended; 0 is 1,000. Bytes bounds the bodies that wait for all
	// followers together; 0 is 64 MiB.
	Buffer int
	Bytes  int64
	// Subscribers is how many may follow at a time; 0 is 10,000.
	Subscribers int
	Logger      *slog.Logger
}

// Feed tells followers what changes among the resources that satisfy a condition, as it is committed. One goroutine reads the log for all
// of them, and what has changed is held against equal interests once.
//
// It is safe for concurrent use.
type Feed struct {
	cfg  FeedConfig
	log  *slog.Logger
	wake chan struct{}
	// turns are taken by followers that catch up, for as long as they use the store.
	turns chan struct{}
	// published is up to where all watches have been told; evaluated counts the times that a change was held against a view.
	published, evaluated atomic.Int64
	// bytes are of all bodies that were published, swept those at the last look for what is held too long. Run alone uses them.
	bytes, swept int64

	mu      sync.Mutex
	all     map[*Following]struct{}
	watches map[string]*watch
	routes  *routes // of the watches; nil when these have changed
	// taken is the position up to which changes have been given to routes, whether they are published yet or not: who joins at or above it
	// misses nothing.
	taken search.Position
	epoch string
	ended bool
}

// NewFeed makes a feed. Nothing comes of it before Run.
func NewFeed(cfg FeedConfig) (*Feed, error) {
	if cfg.Primary == nil || cfg.Models == nil {
		return nil, fault.New(fault.Internal, "composite: a primary and models are required")
	}
	cfg.Interval = cmp.Or(cfg.Interval, 25*time.Millisecond)
	cfg.Buffer, cfg.Bytes = cmp.Or(cfg.Buffer, 1000), cmp.Or(cfg.Bytes, 64<<20)
	cfg.Subscribers = cmp.Or(cfg.Subscribers, 10_000)
	f := &Feed{
		cfg: cfg, log: cfg.Logger, wake: make(chan struct{}, 1), turns: make(chan struct{}, catchingUp),
		all: map[*Following]struct{}{}, watches: map[string]*watch{},
	}
	if f.log == nil {
		f.log = slog.New(slog.DiscardHandler)
	}
	return f, nil
}

// catchingUp is how many followers may read the log beside the one who reads it for all.
const catchingUp = 2

// Interest is what a follower wants to be told of.
type Interest struct {
	// Caller is on whose behalf: what it may not see is as if it were not there.
	Caller search.Caller
	// Types are resource types; none is all.
	Types []string
	// Where is a condition on resources of the one type that Types then has; nil is True.
	Where search.Expr
	// Since is a token (Event.Token, Following.Token): events begin with what was committed after it. "" is now.
	Since string
}

// Follow begins to follow. What is committed after it was called is told, until ctx ends or the Following is closed, and one of both must
// be.
//
// It fails with BadUserInput for a token that is none or of the future, with ResumeExpired for one that is of another epoch or below
// what is kept of the log, with Unsupported for a condition, or a caller's predicate, that the index values of one resource alone do not
// decide (all such clauses are named), and with Overloaded if too many follow.
func (f *Feed) Follow(ctx context.Context, i Interest) (*Following, error) {
	v, err := newView(i, f.cfg.Models.Current())
	if err != nil {
		return nil, err
	}
	var since Token
	if i.Since != "" {
		if since, err = ParseToken(i.Since); err != nil {
			return nil, err
		}
	}
	head, err := f.cfg.Primary.Head(ctx)
	if err != nil {
		return nil, err
	}
	if i.Since == "" {
		since = Token{Epoch: head.Epoch, Position: head.Position}
	}
	if err := since.within(head); err != nil {
		return nil, err
	}
	g := newFollowing(ctx, f, v, since)
	if err := f.enter(g); err != nil {
		g.end(err)
		return nil, err
	}
	f.join(g, head)
	return g, nil
}

// Head is the token of what is committed now: who follows since then is told of all that comes after.
func (f *Feed) Head(ctx context.Context) (string, error) {
	head, err := f.cfg.Primary.Head(ctx)
	if err != nil {
		return "", err
	}
	return Token{Epoch: head.Epoch, Position: head.Position}.String(), nil
}

// enter counts a follower in.
func (f *Feed) enter(g *Following) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended {
		return errFeedEnded()
	}
	if len(f.all) >= f.cfg.Subscribers {
		e := fault.New(fault.Overloaded, "%d subscribers follow already, and more are not taken", len(f.all))
		e.RetryAfter = 10 * time.Second
		return e
	}
	f.all[g] = struct{}{}
	return nil
}

func errFeedEnded() error {
	return fault.New(fault.StoreUnavailable, "changes are no longer followed here: the program is stopping")
}

// join makes a follower one of those that are told what is new, if what it has not seen yet is about a page or less; g.from is then up to where
// it has to read the log itself. A watch that nobody had before begins there.
func (f *Feed) join(g *Following, head adapters.Head) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, in := f.all[g]; !in || f.ended {
		return
	}
	if len(f.watches) == 0 {
		if f.epoch != head.Epoch {
			f.epoch, f.taken = head.Epoch, 0
			f.published.Store(0)
		}
		f.taken = max(f.taken, head.Position)
	}
	at := search.Position(g.at.Load())
	if f.epoch != g.epoch || at+logPage < f.taken {
		return
	}
	w := f.watches[g.view.key]
	if w == nil {
		w = newWatch(g.view)
		f.watches[w.key], f.routes = w, nil
	}
	w.followers[g] = struct{}{}
	g.watch, g.from = w, max(at, f.taken)
	g.slot.Store(w.tail.Load())
	f.ring()
}

// leave takes a follower out.
func (f *Feed) leave(g *Following) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.all, g)
	if w := g.watch; w != nil {
		if delete(w.followers, g); len(w.followers) == 0 && f.watches[w.key] == w {
			delete(f.watches, w.key)
			f.routes = nil
		}
	}
}

func (f *Feed) ring() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}
