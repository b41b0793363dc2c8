package composite

import (
	"cmp"
	"context"
	"log/slog"
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
	cfg FeedConfig
	log *slog.Logger
}

// NewFeed makes a feed. Nothing comes of it before Run.
func NewFeed(cfg FeedConfig) (*Feed, error) {
	if cfg.Primary == nil || cfg.Models == nil {
		return nil, fault.New(fault.Internal, "composite: a primary and models are required")
	}
	cfg.Interval = cmp.Or(cfg.Interval, 25*time.Millisecond)
	cfg.Buffer, cfg.Bytes = cmp.Or(cfg.Buffer, 1000), cmp.Or(cfg.Bytes, 64<<20)
	cfg.Subscribers = cmp.Or(cfg.Subscribers, 10_000)
	f := &Feed{cfg: cfg, log: cfg.Logger}
	if f.log == nil {
		f.log = slog.New(slog.DiscardHandler)
	}
	return f, nil
}

// Run follows the log until ctx ends, which ends all followers. It is called once.
func (f *Feed) Run(ctx context.Context) { <-ctx.Done() }

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

// Follow begins to follow. What is committed after it returns is told, unless ctx has ended or the Following is closed, and one of both must
// be.
//
// It fails with BadUserInput for a token that is none or of the future, with ResumeExpired for one that is of another epoch or below
// what is kept of the log, with Unsupported for a condition, or a caller's predicate, that the index values of one resource alone do not
// decide (all such clauses are named), and with Overloaded if too many follow.
func (f *Feed) Follow(ctx context.Context, i Interest) (*Following, error) {
	return nil, fault.New(fault.Unsupported, "changes cannot be followed yet")
}
