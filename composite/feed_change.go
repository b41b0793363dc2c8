package composite

import (
	"context"
	"iter"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
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
		if c.Kind == adapters.ChangePurge {
			continue
		}
		keys = append(keys, search.Key{Ref: c.Ref, Version: c.Version})
		if c.Version > 1 {
			keys = append(keys, search.Key{Ref: c.Ref, Version: c.Version - 1})
		}
	}
	if len(keys) == 0 {
		return 0, nil
	}
	found, _, err := l.feed.cfg.Primary.Read(ctx, search.Caller{Tenant: batch[0].Tenant}, 0, keys)
	switch {
	case fault.Of(err) == fault.StoreCorrupt && len(batch) > 1: // one of them
		for i := range batch {
			if _, err := l.readTenant(ctx, batch[i:i+1]); err != nil {
				return 0, err
			}
		}
		return 0, nil
	case fault.Of(err) == fault.StoreCorrupt:
		batch[0].err = err
		return 0, nil
	case err != nil:
		return 0, err
	}
	for i := range found {
		bytes += len(found[i].Body.JSON)
	}
	next := 0
	for _, c := range batch {
		if c.Kind == adapters.ChangePurge {
			continue
		}
		c.between(found[next:])
		next++
		if c.Version > 1 {
			next++
		}
	}
	return bytes, nil
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
	if c.Version > 1 {
		if before := &found[1]; before.Version == c.Version-1 && !before.Deleted {
			c.before = before
		}
	}
}

// decide tells the sights of a change. It gives the size of the body that they share.
func (l *looker) decide(c *change, touch func(*sight)) (bytes int) {
	fail := func(e *entry, err error) {
		if e.err == nil {
			e.err = err
			touch(e.sight)
		}
	}
	tell := func(e *entry, kind EventKind) {
		e.events = append(e.events, c.event(kind, l.epoch))
		touch(e.sight)
	}
	switch {
	case c.err != nil:
		for _, e := range c.table.all {
			fail(e, c.err)
		}
	case c.Kind == adapters.ChangePurge:
		for _, e := range c.table.all {
			if yes, err := e.purged(c.Ref, e.where); err != nil {
				fail(e, err)
			} else if yes && e.err == nil {
				tell(e, EventDeleted)
			}
		}
	case !c.lost:
		l.each(c, fail, tell)
	}
	if c.shared == nil {
		return 0
	}
	return len(c.shared.Body.JSON)
}

// each holds a change against the views that it may concern.
func (l *looker) each(c *change, fail func(*entry, error), tell func(*entry, EventKind)) {
	values, err := l.probed(c)
	if err != nil {
		for _, e := range c.table.all {
			fail(e, err)
		}
		return
	}
	l.routes.candidates(c.table, c.Ref, values, func(e *entry) {
		if e.err != nil {
			return
		}
		l.feed.evaluated.Add(1)
		kind, err := l.kind(c, e)
		if err != nil {
			fail(e, err)
		} else if kind != 0 {
			tell(e, kind)
		}
	})
}

// probed are the values by which views are found.
func (l *looker) probed(c *change) (out []*search.Values, err error) {
	if len(c.table.probes) == 0 {
		return nil, nil
	}
	for _, r := range []*search.Resource{c.before, c.after} {
		if r == nil {
			continue
		}
		v, err := l.values(c, r, nil)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// kind is what a change is to a view; 0 for nothing.
func (l *looker) kind(c *change, e *entry) (EventKind, error) {
	before, err := l.matches(c, e, c.before)
	if err != nil {
		return 0, err
	}
	after, err := l.matches(c, e, c.after)
	switch {
	case err != nil:
		return 0, err
	case before && after:
		return EventUpdated, nil
	case after:
		return EventCreated, nil
	case before && c.after == nil:
		return EventDeleted, nil
	case before:
		return EventLeft, nil
	}
	return 0, nil
}

func (l *looker) matches(c *change, e *entry, r *search.Resource) (bool, error) {
	if r == nil {
		return false, nil
	}
	if _, all := e.where.(search.True); all {
		return true, nil
	}
	v, err := l.values(c, r, e.model)
	if err != nil {
		return false, err
	}
	return search.Match(e.where, v, nowhere{})
}

// values are what the views of a model compare of a version.
func (l *looker) values(c *change, r *search.Resource, model *Model) (*search.Values, error) {
	for i := range c.indexed {
		if x := &c.indexed[i]; x.version == r && x.model == model {
			return x.values, nil
		}
	}
	v, err := c.table.indexer(c.Ref.Type, model, l.model).IndexBytes(c.Ref.ID, r.Body.JSON)
	if err != nil {
		return nil, &fault.Error{Code: fault.StoreCorrupt, Store: l.feed.cfg.Primary.ID(), Op: "index", Err: err,
			Message: "the stored bytes of " + c.Ref.String() + " are no resource"}
	}
	v.LastUpdated = r.LastUpdated
	c.indexed = append(c.indexed, indexedVersion{r, model, v})
	return v, nil
}

// event makes the event of a change. Bodies are shared.
func (c *change) event(kind EventKind, epoch string) *Event {
	e := &Event{
		Kind: kind, Ref: c.Ref, Version: c.Version, LastUpdated: c.updated, Position: c.Position,
		Token: Token{Epoch: epoch, Position: c.Position}.String(),
	}
	if kind == EventCreated || kind == EventUpdated {
		if c.shared == nil { // the others of the batch are not kept by it
			r := *c.after
			c.shared = &r
		}
		e.Resource = c.shared
	}
	return e
}

// nowhere is the World of conditions that search.Alone has let through.
type nowhere struct{}

func (nowhere) Values(fhir.Ref) (*search.Values, bool) { return nil, false }

func (nowhere) Referrers(fhir.Ref, *search.Param) iter.Seq[*search.Values] {
	return func(func(*search.Values) bool) {}
}

func (nowhere) Contains(set search.CodeSet, _ fhir.Code) (bool, error) {
	return false, fault.New(fault.Internal, "%s is not expanded here", set)
}
