package composite_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/adapters/memory"
	"github.com/heliograph/heliograph/adapters/sqlite"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

// feedStore is what a feed is tested on.
type feedStore interface {
	adapters.Primary
	adapters.Searcher
}

// onStores runs a test on each primary that there is.
func onStores(t *testing.T, test func(*testing.T, feedStore)) {
	t.Run("memory", func(t *testing.T) { test(t, memory.Open(memory.Config{})) })
	t.Run("sqlite", func(t *testing.T) { test(t, openSQLite(t, t.TempDir())) })
}

func openSQLite(t testing.TB, dir string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), sqlite.Config{Dir: dir, Relaxed: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// feedOf makes a feed and runs it until the test ends, or stop is called.
func feedOf(t testing.TB, cfg composite.FeedConfig) (f *composite.Feed, stop func()) {
	t.Helper()
	if cfg.Models == nil {
		cfg.Models = models(t)
	}
	if testing.Verbose() {
		cfg.Logger = slog.New(slog.NewTextHandler(t.Output(), nil))
	}
	f, err := composite.NewFeed(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { f.Run(ctx) })
	stop = func() {
		cancel()
		running.Wait()
	}
	t.Cleanup(stop)
	return f, stop
}

// eventually waits for a condition; why says what is the matter while it does not hold.
func eventually(t testing.TB, holds func() (ok bool, why string)) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; runtime.Gosched() {
		ok, why := holds()
		if ok {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal(why)
		}
	}
}

// follower keeps the list that its events tell of.
type follower struct {
	*composite.Following
	interest composite.Interest
	mu       sync.Mutex
	list     map[fhir.Ref]int64
	events   []*composite.Event
	problem  string
	last     search.Position
	over     chan struct{}
}

// follow begins with what a search finds, and goes on with what the feed tells.
func follow(t testing.TB, f *composite.Feed, s feedStore, i composite.Interest) *follower {
	t.Helper()
	list, at := listOf(t, s, i)
	head, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if i.Since == "" {
		i.Since = composite.Token{Epoch: head.Epoch, Position: at}.String()
	}
	g, err := f.Follow(t.Context(), i)
	if err != nil {
		t.Fatal(err)
	}
	out := &follower{Following: g, interest: i, list: list, over: make(chan struct{})}
	go func() {
		defer close(out.over)
		for e := range g.Events() {
			out.apply(e)
		}
	}()
	t.Cleanup(func() {
		g.Close()
		<-out.over
	})
	return out
}

// apply holds an event against the list: each kind follows from what is in it.
func (g *follower) apply(e *composite.Event) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.events = append(g.events, e)
	had, in := g.list[e.Ref]
	fail := func(format string, args ...any) {
		if g.problem == "" {
			g.problem = fmt.Sprintf("%s of %s at %d: ", e.Kind, e.Ref, e.Position) + fmt.Sprintf(format, args...)
		}
	}
	if e.Position <= g.last {
		fail("after %d", g.last)
	}
	g.last = e.Position
	if want := fmt.Sprint(".", e.Position); !strings.HasSuffix(e.Token, want) {
		fail("its token is %s", e.Token)
	}
	switch e.Kind {
	case composite.EventCreated, composite.EventUpdated:
		if in != (e.Kind == composite.EventUpdated) {
			fail("it was at version %d", had)
		}
		if e.Resource == nil || e.Resource.Version != e.Version || e.Resource.Ref != e.Ref {
			fail("it comes with %+v", e.Resource)
		}
		g.list[e.Ref] = e.Version
	case composite.EventDeleted, composite.EventLeft:
		if !in && e.Kind == composite.EventLeft || e.Resource != nil {
			fail("it was not there")
		}
		delete(g.list, e.Ref)
	default:
		fail("an unknown kind")
	}
}

// listOf is what a search by an interest finds, by version, of one position: where others write, the types are searched until they agree.
func listOf(t testing.TB, s feedStore, i composite.Interest) (map[fhir.Ref]int64, search.Position) {
	t.Helper()
	for {
		list, first, last := map[fhir.Ref]int64{}, search.Position(0), search.Position(0)
		for n, name := range i.Types {
			a := s.Search(t.Context(), search.Request{Query: search.Query{Caller: i.Caller, Type: name, Where: i.Where}})
			for hit, err := range a.Rows {
				if err != nil {
					t.Fatal(err)
				}
				list[hit.Ref] = hit.Version
			}
			if last = a.At(); n == 0 {
				first = last
			}
		}
		if first == last {
			return list, first
		}
	}
}

// synced waits until a follower has been told of all, and compares its list with a search.
func (g *follower) synced(t testing.TB, s feedStore) {
	t.Helper()
	head, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want, _ := listOf(t, s, g.interest)
	at := composite.Token{Epoch: head.Epoch, Position: head.Position}.String()
	eventually(t, func() (bool, string) {
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.problem != "" {
			t.Fatal(g.problem)
		}
		same := g.Token() == at && fmt.Sprint(g.list) == fmt.Sprint(want)
		if same {
			return true, ""
		}
		return false, fmt.Sprintf("at %s of %s (%v) the list is %v, and a search by %v finds %v", g.Token(), at, g.Err(), g.list, g.interest.Where, want)
	})
}

// scribe writes at random.
type scribe struct {
	store feedStore
	dice  *rand.Rand
	// pool has the bodies that there may be of a type.
	pool  map[string][][]byte
	types []string
	purge bool
}

var feedTenants = []string{"main", "other"}

func newScribe(t testing.TB, s feedStore, data *adaptertest.Data, seed uint64, types ...string) *scribe {
	t.Helper()
	out := &scribe{store: s, dice: rand.New(rand.NewPCG(seed, 5)), pool: map[string][][]byte{}, types: types}
	for _, r := range data.Records {
		if len(out.pool[r.Ref.Type]) < 12 {
			out.pool[r.Ref.Type] = append(out.pool[r.Ref.Type], r.Body.JSON)
		}
	}
	return out
}

func (w *scribe) ref() fhir.Ref {
	return fhir.Ref{Type: w.types[w.dice.IntN(len(w.types))], ID: fmt.Sprint("r", w.dice.IntN(5))}
}

// change is a write of any kind.
func (w *scribe) change(t testing.TB) adapters.Write {
	ref := w.ref()
	if w.dice.IntN(4) == 0 {
		return adapters.Write{Action: adapters.Delete, Ref: ref}
	}
	bodies := w.pool[ref.Type]
	body, err := fhir.WithID(fhir.Body{JSON: bodies[w.dice.IntN(len(bodies))]}, ref.ID)
	if err != nil {
		t.Fatal(err)
	}
	return adaptertest.Index(t, body.JSON).Put()
}

// write writes once: a resource, a transaction, or a purge.
func (w *scribe) write(t testing.TB) {
	t.Helper()
	tenant := feedTenants[w.dice.IntN(len(feedTenants))]
	if w.purge && w.dice.IntN(12) == 0 {
		if _, err := w.store.Purge(t.Context(), tenant, w.ref()); err != nil {
			t.Fatal(err)
		}
		return
	}
	m := adapters.Member{Tenant: tenant}
	for range []int{1, 1, 1, 4, 9}[w.dice.IntN(5)] {
		m.Writes = append(m.Writes, w.change(t))
	}
	out, err := w.store.Write(t.Context(), []adapters.Member{m})
	if err != nil || out[0].Err != nil {
		t.Fatal(err, out)
	}
}
