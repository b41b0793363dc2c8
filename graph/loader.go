package graph

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/graph-gophers/dataloader/v7"

	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// keyed is a resource to load, and the part of the plan that a load of it is counted to.
type keyed struct {
	part int
	key  search.Key
}

// loader answers the levels of one request: each with one run of the engine, whatever the number of keys. A key that was
// loaded before, by any part, is not asked for again.
type loader struct {
	exec  Execution
	known resourceCache
	// The rest is of the present level.
	parts map[search.Key]int // of the keys that are new
	calls []composite.Call   // besides the keys
	out   []composite.Result // of calls
}

// know enters a resource that needs no loading.
func (l *loader) know(key search.Key, r search.Resource) {
	l.known[key] = func() (search.Resource, error) { return r, nil }
}

// never is longer than any request: a batch fires because it is full.
const never = time.Hour

func newLoader(exec Execution) *loader {
	return &loader{exec: exec, known: resourceCache{}, parts: map[search.Key]int{}}
}

// level loads the keys, which may repeat, and runs the calls beside them. It gives a resource or an error for each key.
func (l *loader) level(ctx context.Context, keys []keyed, calls []composite.Call) ([]loaded, []composite.Result) {
	clear(l.parts)
	l.calls, l.out = calls, nil
	for _, k := range keys {
		if _, ok := l.known[k.key]; !ok {
			if _, ok := l.parts[k.key]; !ok {
				l.parts[k.key] = k.part
			}
		}
	}
	if len(l.parts) == 0 {
		if len(calls) > 0 {
			l.out = l.run(ctx, calls)
		}
		return l.wait(ctx, keys, nil), l.out
	}
	if len(l.parts) == 1 {
		l.alone(ctx)
		return l.wait(ctx, keys, nil), l.out
	}
	batches := dataloader.NewBatchedLoader(l.batch, dataloader.WithCache[search.Key, search.Resource](l.known),
		dataloader.WithBatchCapacity[search.Key, search.Resource](len(l.parts)), dataloader.WithWait[search.Key, search.Resource](never))
	got := l.wait(ctx, keys, batches)
	return got, l.out
}

// alone loads the level's only new key where it stands: one key is no batch, and the goroutines of one would cost as much as the read.
func (l *loader) alone(ctx context.Context) {
	for key := range l.parts {
		r := l.batch(ctx, []search.Key{key})[0]
		l.known[key] = func() (search.Resource, error) { return r.Data, r.Error }
	}
}

// loaded is what became of a key.
type loaded struct {
	resource search.Resource
	err      error
}

func (l *loader) wait(ctx context.Context, keys []keyed, batches *dataloader.Loader[search.Key, search.Resource]) []loaded {
	thunks := make([]dataloader.Thunk[search.Resource], len(keys))
	for i, k := range keys {
		thunk, ok := l.known[k.key]
		if !ok {
			thunk = batches.Load(ctx, k.key)
		}
		thunks[i] = thunk
	}
	got := make([]loaded, len(keys))
	for i, thunk := range thunks {
		got[i].resource, got[i].err = thunk()
	}
	return got
}

// batch is the one run of a level: a Get for each part that has new keys, and the other calls.
func (l *loader) batch(ctx context.Context, keys []search.Key) []*dataloader.Result[search.Resource] {
	calls := l.calls[:len(l.calls):len(l.calls)]
	where := make(map[int]int, 4) // call of a part
	call := make([]int, len(keys))
	for i, k := range keys {
		part := l.parts[k]
		n, ok := where[part]
		if !ok {
			n = len(calls)
			where[part] = n
			calls = append(calls, composite.Call{Part: part})
		}
		call[i] = n
		calls[n].Keys = append(calls[n].Keys, k)
	}
	results := l.run(ctx, calls)
	l.out = results[:len(l.calls)]
	next := make([]int, len(calls))
	out := make([]dataloader.Result[search.Resource], len(keys))
	list := make([]*dataloader.Result[search.Resource], len(keys))
	for i := range keys {
		r := &results[call[i]]
		at := next[call[i]]
		next[call[i]]++
		list[i] = &out[i]
		switch {
		case r.Err != nil:
			out[i].Error = r.Err
		case at >= len(r.Resources):
			out[i].Error = fault.New(fault.Internal, "a read gave %d resources for %d keys", len(r.Resources), len(calls[call[i]].Keys))
		default:
			out[i].Data = r.Resources[at]
		}
	}
	return list
}

// run runs the calls of a level. A panic below, which would otherwise end in a goroutine of the data loader's, fails them all.
func (l *loader) run(ctx context.Context, calls []composite.Call) (results []composite.Result) {
	defer func() {
		if r := recover(); r != nil {
			err := &fault.Error{Code: fault.Internal, Err: fmt.Errorf("panic: %v\n%s", r, debug.Stack())}
			results = make([]composite.Result, len(calls))
			for i := range results {
				results[i].Err = err
			}
		}
	}()
	return l.exec.Run(ctx, calls)
}

// resourceCache is what one request has loaded. The loader's own lock guards it.
type resourceCache map[search.Key]dataloader.Thunk[search.Resource]

var _ dataloader.Cache[search.Key, search.Resource] = resourceCache(nil)

// Get implements dataloader.Cache.
func (c resourceCache) Get(_ context.Context, k search.Key) (dataloader.Thunk[search.Resource], bool) {
	t, ok := c[k]
	return t, ok
}

// Set implements dataloader.Cache.
func (c resourceCache) Set(_ context.Context, k search.Key, t dataloader.Thunk[search.Resource]) {
	c[k] = t
}

// Delete implements dataloader.Cache.
func (c resourceCache) Delete(_ context.Context, k search.Key) bool {
	_, ok := c[k]
	delete(c, k)
	return ok
}

// Clear implements dataloader.Cache.
func (c resourceCache) Clear() { clear(c) }
