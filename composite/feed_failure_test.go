package composite_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/adapters/memory"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// frail is a primary that tells nobody of its changes, and that can fail.
type frail struct {
	adapters.Primary
	heads atomic.Int64
	mu    sync.Mutex
	// fails gives the error of a call; epoch is another one than the store's.
	fails func(op string, keys []adapters.Key) error
	epoch string
}

func newFrail(s adapters.Primary) *frail { return &frail{Primary: s} }

func (f *frail) set(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

func (f *frail) fail(op string, keys []adapters.Key) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fails == nil {
		return nil
	}
	return f.fails(op, keys)
}

func (f *frail) Head(ctx context.Context) (adapters.Head, error) {
	f.heads.Add(1)
	if err := f.fail("head", nil); err != nil {
		return adapters.Head{}, err
	}
	h, err := f.Primary.Head(ctx)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.epoch != "" {
		h.Epoch = f.epoch
	}
	return h, err
}

func (f *frail) Changes(ctx context.Context, from search.Position, limit int) iter.Seq2[adapters.Change, error] {
	if err := f.fail("changes", nil); err != nil {
		return func(yield func(adapters.Change, error) bool) { yield(adapters.Change{}, err) }
	}
	return f.Primary.Changes(ctx, from, limit)
}

func (f *frail) Read(ctx context.Context, c search.Caller, at search.Position, keys []adapters.Key) ([]search.Resource, search.Position, error) {
	if err := f.fail("read", keys); err != nil {
		return nil, 0, err
	}
	return f.Primary.Read(ctx, c, at, keys)
}

// TestFeedOfAFailingStore: while a store does not answer, followers wait; nothing is lost or told twice.
func TestFeedOfAFailingStore(t *testing.T) {
	s := newFrail(memory.Open(memory.Config{}))
	f, _ := feedOf(t, composite.FeedConfig{Primary: s})
	live := mustFollow(t, f, gendered(t, everyone, "male"))
	early := gendered(t, everyone, "male")
	early.Since = live.Token()
	down := errors.New("the disk is away")
	for n, op := range []string{"head", "changes", "read"} {
		late := mustFollow(t, f, early)
		tried := make(chan struct{}, 100)
		s.set(func() {
			s.fails = func(o string, _ []adapters.Key) error {
				if o != op {
					return nil
				}
				select {
				case tried <- struct{}{}:
				default:
				}
				return down
			}
		})
		putPatient(t, s, fmt.Sprint("p", n), "male")
		for range 2 {
			<-tried
		}
		s.set(func() { s.fails = nil })
		if got := fmt.Sprint(kindsOf(live, 1)); got != fmt.Sprintf("[created p%d 1]", n) {
			t.Errorf("%s: %s", op, got)
		}
		if got := kindsOf(late, n+1); got[n] != fmt.Sprintf("created p%d 1", n) {
			t.Errorf("%s: who catches up is told %v", op, got)
		}
		late.Close()
	}
}

// TestFeedBelowTheLog: who cannot be told what was between is told so, and a new one can follow at once.
func TestFeedBelowTheLog(t *testing.T) {
	for name, lose := range map[string]func(*frail, *memory.Store) error{
		"trimmed":  func(_ *frail, m *memory.Store) error { return m.Trim(context.Background(), 2) },
		"restored": func(s *frail, _ *memory.Store) error { s.set(func() { s.epoch = "another" }); return nil },
	} {
		m := memory.Open(memory.Config{})
		s := newFrail(m)
		f, _ := feedOf(t, composite.FeedConfig{Primary: s})
		g := mustFollow(t, f, gendered(t, everyone, "male"))
		s.set(func() { s.fails = func(string, []adapters.Key) error { return errors.New("away") } })
		putPatient(t, s, "a", "male")
		putPatient(t, s, "b", "male")
		if err := lose(s, m); err != nil {
			t.Fatal(err)
		}
		s.set(func() { s.fails = nil })
		for range g.Events() {
			t.Errorf("%s: something is told", name)
		}
		wantCode(t, g.Err(), fault.ResumeExpired)
		g = mustFollow(t, f, gendered(t, everyone, "male"))
		putPatient(t, s, "c", "male")
		if got := fmt.Sprint(kindsOf(g, 1)); got != "[created c 1]" {
			t.Errorf("%s: %s", name, got)
		}
		if token, err := composite.ParseToken(g.Token()); err != nil || token.Position != 3 || name == "restored" && token.Epoch != "another" {
			t.Errorf("%s: the token is %v (%v)", name, token, err)
		}
	}
}

// TestFeedOfDamagedBytes: a version that cannot be read ends those who ask for its type, and nobody else.
func TestFeedOfDamagedBytes(t *testing.T) {
	s := newFrail(memory.Open(memory.Config{}))
	f, _ := feedOf(t, composite.FeedConfig{Primary: s})
	s.fails = func(_ string, keys []adapters.Key) error {
		for _, k := range keys {
			if k.ID == "broken" {
				return fault.New(fault.StoreCorrupt, "%s is damaged", k.Ref)
			}
		}
		return nil
	}
	patients, groups := mustFollow(t, f, gendered(t, everyone, "male")), mustFollow(t, f, composite.Interest{Caller: everyone, Types: []string{"Group"}})
	since := groups.Token()
	group := record(t, `{"resourceType":"Group","id":"g","type":"person","actual":true}`).Put()
	writeTo(t, s, tenant, group, record(t, `{"resourceType":"Patient","id":"broken","gender":"male"}`).Put(), group)
	if got := fmt.Sprint(kindsOf(groups, 2)); got != "[created g 1 updated g 2]" {
		t.Error(got)
	}
	for range patients.Events() {
	}
	wantCode(t, patients.Err(), fault.StoreCorrupt)
	again := gendered(t, everyone, "male")
	again.Since = since
	g := mustFollow(t, f, again)
	for range g.Events() {
	}
	wantCode(t, g.Err(), fault.StoreCorrupt)
}

// TestFeedIdles: while nobody follows, the store is not asked.
func TestFeedIdles(t *testing.T) {
	s := newFrail(memory.Open(memory.Config{}))
	f, stop := feedOf(t, composite.FeedConfig{Primary: s, Interval: 1})
	g := mustFollow(t, f, composite.Interest{Caller: everyone})
	putPatient(t, s, "a", "male")
	kindsOf(g, 1)
	g.Close()
	eventually(t, func() (bool, string) { return f.Watches() == 0, "it is followed" })
	before := s.heads.Load()
	for range 2000 {
		putPatient(t, s, "a", "male")
	}
	if n := s.heads.Load() - before; n > 2 {
		t.Errorf("the head was looked at %d times", n)
	}
	g = mustFollow(t, f, composite.Interest{Caller: everyone})
	putPatient(t, s, "a", "male")
	if got := fmt.Sprint(kindsOf(g, 1)); got != "[updated a 2002]" {
		t.Error(got)
	}
	stop()
}

// TestFeedBesideWriters: followers come, read, stop reading and go while others write.
func TestFeedBesideWriters(t *testing.T) {
	data := adaptertest.NewData(t, 2, 1)
	onStores(t, func(t *testing.T, s feedStore) {
		f, _ := feedOf(t, composite.FeedConfig{Primary: s})
		all := interests(t, data, 8, feedTypes, 16, true)
		var writers, readers sync.WaitGroup
		stop := make(chan struct{})
		for n := range 3 {
			w := newScribe(t, s, data, uint64(n), feedTypes...)
			writers.Go(func() {
				for range 120 {
					w.write(t)
				}
			})
		}
		for n := range 4 {
			dice := rand.New(rand.NewPCG(uint64(n), 1))
			readers.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					i := all[dice.IntN(len(all))]
					ctx, cancel := context.WithCancel(t.Context())
					g, err := f.Follow(ctx, i)
					if err != nil {
						t.Error(err)
					} else if dice.IntN(2) == 0 {
						i.Since = g.Token()
						again := follow(t, f, s, composite.Interest{Caller: i.Caller, Types: i.Types, Where: i.Where})
						again.Close()
					}
					cancel()
				}
			})
		}
		var followers []*follower
		for _, i := range all {
			followers = append(followers, follow(t, f, s, i))
		}
		writers.Wait()
		close(stop)
		readers.Wait()
		for _, g := range followers {
			g.synced(t, s)
		}
	})
}

// FuzzParseToken: what is read is written as it was.
func FuzzParseToken(f *testing.F) {
	for _, s := range []string{"", ".", "E.1", "E.-1", "E.01", "E.1.2", ".5", "E.9223372036854775808"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if token, err := composite.ParseToken(s); err == nil && token.String() != s || err != nil && fault.Of(err) != fault.BadUserInput {
			t.Errorf("%q: %v, %v", s, token, err)
		}
	})
}
