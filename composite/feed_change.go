package composite

import (
	"context"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// change is an entry of the log with the versions that it lies between.
type change struct {
	adapters.Change
	table *table
	// before and after are nil where there was nothing, or a tombstone.
	before, after *search.Resource
	updated       int64
	// lost says that the version is no longer there: an entry of its purge follows.
	lost bool
	err  error

	indexed []indexedVersion
	shared  *search.Resource // after, in memory of its own
	token   string
}

// indexedVersion is what a model makes of a version.
type indexedVersion struct {
	version *search.Resource
	model   *Model
	values  *search.Values
}

// Changes are looked at some at a time, fewer where bodies are large.
const (
	mostChanges = 64
	largeBatch  = 8 << 20
	smallBatch  = 1 << 20
)

// looker reads and decides changes for routes.
type looker struct {
	feed   *Feed
	routes *routes
	model  *Model
	epoch  string
	size   int // how many changes to look at next, up to most
	most   int
}

func (f *Feed) looker(r *routes, epoch string) *looker {
	return &looker{feed: f, routes: r, model: f.cfg.Models.Current(), epoch: epoch, size: mostChanges, most: mostChanges}
}

// concern gives the changes that some view may be told of.
func (l *looker) concern(page []adapters.Change) []*change {
	var out []*change
	for _, c := range page {
		if c.Kind == adapters.ChangeReindex {
			continue
		}
		if t := l.routes.table(c.Tenant, c.Ref.Type); t != nil {
			out = append(out, &change{Change: c, table: t, updated: c.Time})
		}
	}
	return out
}

// read finds the versions of changes. What is wrong with one is in its err; the error is for all.
func (l *looker) read(ctx context.Context, batch []*change) error {
	bytes := 0
	for from := 0; from < len(batch); {
		to := from + 1 // (changes of a tenant that follow one another)
		for to < len(batch) && batch[to].Tenant == batch[from].Tenant {
			to++
		}
		n, err := l.readTenant(ctx, batch[from:to])
		if err != nil {
			return err
		}
		bytes += n
		from = to
	}
	if bytes > largeBatch {
		l.size = max(1, l.size/4)
	} else if bytes < smallBatch {
		l.size = min(l.most, l.size*2)
	}
	return nil
}

func (l *looker) readTenant(ctx context.Context, batch []*change) (bytes int, err error) {
	var keys []search.Key
	for _, c := range batch {
		keys = c.appendKeys(keys)
	}
	if len(keys) == 0 {
		return 0, nil
	}
	found, _, err := l.feed.cfg.Primary.Read(ctx, search.Caller{Tenant: batch[0].Tenant}, 0, keys)
	if fault.Of(err) == fault.StoreCorrupt {
		return 0, l.readEach(ctx, batch, err)
	}
	if err != nil {
		return 0, err
	}
	for i := range found {
		bytes += len(found[i].Body.JSON)
	}
	for _, c := range batch {
		if n := len(c.appendKeys(nil)); n > 0 {
			c.between(found[:n])
			found = found[n:]
		}
	}
	return bytes, nil
}

// readEach finds the one of a batch that is damaged.
func (l *looker) readEach(ctx context.Context, batch []*change, cause error) error {
	if len(batch) == 1 {
		batch[0].err = cause
		return nil
	}
	for i := range batch {
		if _, err := l.readTenant(ctx, batch[i:i+1]); err != nil {
			return err
		}
	}
	return nil
}

// appendKeys appends the versions that a change lies between: the one that it made, and the one before.
func (c *change) appendKeys(keys []search.Key) []search.Key {
	if c.Kind == adapters.ChangePurge {
		return keys
	}
	keys = append(keys, search.Key{Ref: c.Ref, Version: c.Version})
	if c.Version > 1 {
		keys = append(keys, search.Key{Ref: c.Ref, Version: c.Version - 1})
	}
	return keys
}

// between takes the versions: the one that the change made and, if it is not the first, the one before. Under a number that was purged there
// may be another version by now.
func (c *change) between(found []search.Resource) {
	after := &found[0]
	if c.lost = after.Version != c.Version || after.Position != c.Position; c.lost {
		return
	}
	c.updated = after.LastUpdated
	if !after.Deleted {
		c.after = after
	}
	if len(found) > 1 {
		if before := &found[1]; before.Version == c.Version-1 && !before.Deleted {
			c.before = before
		}
	}
}

// event makes the event of a change. Bodies are shared.
func (c *change) event(kind EventKind, epoch string) *Event {
	e := &Event{
		Kind: kind, Ref: c.Ref, Version: c.Version, LastUpdated: c.updated, Position: c.Position,
	}
	if c.token == "" {
		c.token = Token{Epoch: epoch, Position: c.Position}.String()
	}
	e.Token = c.token
	if kind == EventCreated || kind == EventUpdated {
		if c.shared == nil { // the others of the batch are not kept by it
			r := *c.after
			c.shared = &r
		}
		e.Resource = c.shared
	}
	return e
}
