package composite

import (
	"iter"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// look decides a batch, and gives the sights that are told something.
func (l *looker) look(batch []*change, bytes *int64) (told []*sight) {
	touched := map[*sight]bool{}
	for _, c := range batch {
		*bytes += int64(l.decide(c, func(s *sight) {
			if !touched[s] {
				touched[s] = true
				told = append(told, s)
			}
		}))
	}
	return told
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

// nowhere is the World of conditions that search.Alone has let through.
type nowhere struct{}

func (nowhere) Values(fhir.Ref) (*search.Values, bool) { return nil, false }

func (nowhere) Referrers(fhir.Ref, *search.Param) iter.Seq[*search.Values] {
	return func(func(*search.Values) bool) {}
}

func (nowhere) Contains(set search.CodeSet, _ fhir.Code) (bool, error) {
	return false, fault.New(fault.Internal, "%s is not expanded here", set)
}
