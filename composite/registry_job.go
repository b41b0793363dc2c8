package composite

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// Run indexes anew what new models ask for, batch by batch, and follows the log for what others do to SearchParameter resources, until
// ctx ends. It goes on where a Run before it was interrupted, in this process or in another.
func (r *Registry) Run(ctx context.Context) {
	looked := time.Now()
	for ctx.Err() == nil {
		began := time.Now()
		did, err := r.Step(ctx)
		rest := r.cfg.Every
		if err == nil && did {
			rest = time.Since(began)
		}
		if time.Since(looked) >= r.cfg.Every {
			looked = time.Now()
			if e := r.Look(ctx); err == nil {
				err = e
			}
		}
		if err != nil && ctx.Err() == nil {
			r.log.Error("search parameters: will try again", "error", err)
		}
		timer := time.NewTimer(rest)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-r.wake:
		}
		timer.Stop()
	}
}

// Look follows what the log has of SearchParameter resources since the last look: of other processes, or purged.
func (r *Registry) Look(ctx context.Context) error {
	r.mu.Lock()
	seen, failing := r.seen, r.failing
	r.mu.Unlock()
	head, err := r.Head(ctx)
	if err != nil || head.Position == seen && !failing {
		return err
	}
	changed := failing
	for c, err := range r.Changes(ctx, seen, 0) {
		if fault.Of(err) == fault.ResumeExpired {
			changed = true
			break
		}
		if err != nil {
			return err
		}
		changed = changed || c.Ref.Type == searchParameter && c.Tenant == r.models.config.Tenant
	}
	if changed {
		return r.follow(ctx, 0)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen = max(r.seen, head.Position)
	return nil
}

// Step indexes one batch anew; false if there is nothing to do. While it runs no other model is published, so that what it makes is
// of the current one. Resources that are written meanwhile are of the current model, and the primary leaves these alone.
func (r *Registry) Step(ctx context.Context) (did bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	seen := 0
	for seen == 0 { // types without resources cost nothing
		tenant, name := r.next()
		if name == "" {
			break
		}
		did = true
		if seen, err = r.pass(ctx, tenant, name); err != nil {
			return false, err
		}
	}
	if !did {
		return false, nil
	}
	if err := r.save(ctx); err != nil {
		return false, errors.Join(err, r.loadState(ctx)) // of another process, perhaps, which then goes on
	}
	r.progress(ctx)
	return true, nil
}

// pass indexes the next batch of a type anew, and says how many rows it had.
func (r *Registry) pass(ctx context.Context, tenant, name string) (seen int, err error) {
	t := r.state[tenant][name]
	items, seen, last, err := r.batch(ctx, tenant, name, t)
	if err != nil {
		return 0, err
	}
	if t.After == "" && seen > 0 {
		r.log.Info("indexing anew", "tenant", tenant, "type", name, "by", r.reasons(name))
	}
	if len(items) > 0 {
		if _, err := r.Reindex(ctx, tenant, items); err != nil {
			return 0, err
		}
	}
	t.rows += int64(seen)
	if t.After = last; seen == r.cfg.Batch {
		return seen, nil
	}
	t.Work, t.After, t.Was, t.Right = false, "", nil, maps.Clone(r.want[name])
	if t.rows > 0 {
		r.log.Info("indexed anew", "tenant", tenant, "type", name)
	}
	if len(r.want[name]) == 0 {
		delete(r.state[tenant], name) // of custom parameters nothing is left
	}
	return seen, nil
}

// reasons name, for people, what a type is indexed anew by.
func (r *Registry) reasons(name string) (out []string) {
	for _, code := range slices.Sorted(maps.Keys(r.want[name])) {
		if code == everything {
			code = "the settings of now"
		}
		out = append(out, code)
	}
	return out
}

// next is a type that has work, the same one until it is done.
func (r *Registry) next() (tenant, name string) {
	for _, tenant := range slices.Sorted(maps.Keys(r.state)) {
		for _, name := range slices.Sorted(maps.Keys(r.state[tenant])) {
			if r.state[tenant][name].Work {
				return tenant, name
			}
		}
	}
	return "", ""
}

// batch takes the values of the next resources of a type; seen counts all rows, last is the id of the last one.
func (r *Registry) batch(ctx context.Context, tenant, name string, t *typeIndex) (items []adapters.Reindexed, seen int, last string, err error) {
	indexer, after := r.models.Current().Indexer, t.After
	_, words := r.concerns(name, t)
	last = after
	for row, err := range r.Scan(ctx, tenant, name, after, r.cfg.Batch).Rows {
		if err != nil {
			return nil, 0, "", err
		}
		if seen, last = seen+1, row.Ref.ID; row.Deleted {
			continue
		}
		values, err := valuesOf(indexer, row.Resource)
		if err != nil { // it was written before there was this parameter; writes of the kind are refused now
			r.log.Error("a resource cannot be indexed by the new parameters, and is not found by them", "resource", row.Ref.String(), "error", err)
			continue
		}
		items = append(items, adapters.Reindexed{Version: row.Version, Values: values, Words: words})
	}
	return items, seen, last, nil
}

func valuesOf(x *search.Indexer, res search.Resource) (*search.Values, error) {
	v, _, err := x.IndexBytes(res.Body.JSON)
	if err == nil && v.Ref != res.Ref {
		err = fault.New(fault.StoreCorrupt, "the stored bytes are another resource")
	}
	return v, err
}
