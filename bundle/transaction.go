package bundle

import (
	"cmp"
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
)

// attempts is how often a transaction is tried whose resources, or the matches of whose conditions, others change meanwhile.
const attempts = 10

// overloads is how often a transaction that is ready is given to a store whose queue is full: for about nine seconds.
const overloads = 30

// transaction writes all entries, or none.
func (r *run) transaction(ctx context.Context) error {
	order := r.order()
	for try := 1; ; try++ {
		changes, err := r.changes(ctx, order, try > 1)
		if err != nil {
			return err
		}
		done, failed, err := r.commit(ctx, changes)
		switch {
		case err == nil:
			return r.replies(order, done)
		case failed < 0:
			return err
		case fault.Of(err) != fault.Conflict || try == attempts:
			if err := r.problems.add(order[failed], err); err != nil {
				return err
			}
			return r.problems.error()
		}
	}
}

// commit writes the changes. They are ready, and may be many: when the queue of the store is full, they wait for it a while.
func (r *run) commit(ctx context.Context, changes []composite.Change) ([]composite.Done, int, error) {
	for try := 1; ; try++ {
		done, failed, err := r.cfg.Storage.Commit(ctx, r.caller, changes...)
		if fault.Of(err) != fault.Overloaded || try == overloads {
			return done, failed, err
		}
		select {
		case <-time.After(time.Duration(try) * 20 * time.Millisecond):
		case <-ctx.Done():
			return nil, -1, err
		}
	}
}

// order is that in which the entries that write are processed: deletes, creates, then updates and patches (R4, 3.1.0.11.2).
func (r *run) order() []int {
	rank := map[composite.Method]int{composite.Delete: 1, composite.Create: 2, composite.Update: 3, composite.Patch: 3}
	var order []int
	for i := range r.items {
		if !r.items[i].reads() {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(rank[r.items[a].command.Method], rank[r.items[b].command.Method])
	})
	return order
}

// changes makes all entries ready, in the order given. Its error has all that is wrong with them.
func (r *run) changes(ctx context.Context, order []int, look bool) ([]composite.Change, error) {
	r.problems.reset()
	for i := range r.items {
		err := r.items[i].err
		if twin := r.items[i].twin; err == nil && twin >= 0 {
			err = fault.New(fault.BadUserInput, "entry[%d] has the same fullUrl: what refers to it has two meanings", twin)
		}
		if err := r.problems.add(i, err); err != nil {
			return nil, err
		}
	}
	aims, err := r.aims(ctx, order, look)
	if err != nil {
		return nil, err
	}
	place := make([]int, len(r.items))
	for at, i := range order {
		place[i] = at
	}
	changes := make([]composite.Change, len(order))
	links := r.cfg.Storage.Linking(r.caller)
	err = r.content(ctx, func(ctx context.Context, i int, e Entry) error {
		if aims[i] == nil {
			return nil
		}
		c, err := r.complete(ctx, links, i, e, func(l fhir.Link) (string, bool) {
			if to, ok := r.names.Entry(l, e.FullURL); ok && aims[to] != nil {
				return aims[to].Ref.String(), true
			}
			return "", false
		})
		if err == nil {
			changes[place[i]], err = r.cfg.Storage.Change(ctx, r.caller, c, *aims[i])
		}
		return r.problems.add(i, err)
	})
	if err != nil {
		return nil, err
	}
	return changes, r.problems.error()
}

// aims finds what each entry is about, and refuses two that are about the same. It has nil for entries that have a problem.
func (r *run) aims(ctx context.Context, order []int, look bool) ([]*composite.Aim, error) {
	aims := make([]*composite.Aim, len(r.items))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(r.cfg.Workers)
	for _, i := range order {
		if r.items[i].err != nil {
			continue
		}
		g.Go(func() error {
			a, err := r.cfg.Storage.Aim(ctx, r.caller, r.items[i].command, look)
			if err != nil {
				return r.problems.add(i, err)
			}
			aims[i] = &a
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return aims, r.distinct(order, aims)
}

// distinct notes entries that write the same resource, or create on the same condition.
func (r *run) distinct(order []int, aims []*composite.Aim) error {
	written, created := map[fhir.Ref]int{}, map[string]int{}
	for _, i := range order {
		a := aims[i]
		if a == nil || a.Idle {
			continue
		}
		if other, ok := written[a.Ref]; ok && a.Ref.ID != "" {
			err := fault.New(fault.BadUserInput, "entry[%d] writes the same resource; a transaction writes each once", other)
			if err := r.problems.add(i, err); err != nil {
				return err
			}
		}
		written[a.Ref] = i
		condition := r.items[i].condition
		if other, ok := created[condition]; ok && condition != "" && a.Assigned {
			err := fault.New(fault.BadUserInput, "entry[%d] creates on the same condition; refer to that entry instead", other)
			if err := r.problems.add(i, err); err != nil {
				return err
			}
		}
		created[condition] = i
	}
	return nil
}
