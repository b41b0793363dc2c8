package composite_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// interests are random ones that can be followed, of both tenants, some on behalf of callers who do not see everything.
func interests(t testing.TB, data *adaptertest.Data, seed uint64, types []string, n int, policies bool) (out []composite.Interest) {
	t.Helper()
	conditions := map[string][]search.Expr{}
	for req := range adaptertest.Queries(data, seed) {
		name := req.Query.Type
		if search.Alone(req.Query.Where) == nil {
			conditions[name] = append(conditions[name], req.Query.Where)
		}
		enough := true
		for _, name := range types {
			enough = enough && len(conditions[name]) > 2*n
		}
		if enough {
			break
		}
	}
	for i := range n {
		caller := search.Caller{Tenant: feedTenants[i/2%2]}
		name := types[i%len(types)]
		if policies && i%3 == 0 {
			caller.Policy = map[string]search.Expr{name: conditions[name][n+i], "*": search.False{}}
		}
		interest := composite.Interest{Caller: caller, Types: []string{name}, Where: conditions[name][i]}
		if i%7 == 6 {
			interest.Types, interest.Where = types, nil
		}
		out = append(out, interest)
	}
	return out
}

var feedTypes = []string{"Patient", "Observation", "Encounter"}

// TestFeedKeepsLists: whatever is written, a list that begins as a search's answer and is kept by events is that search's answer at every
// position, from whenever it begins, and however late it comes.
func TestFeedKeepsLists(t *testing.T) {
	data := adaptertest.NewData(t, 2, 1)
	onStores(t, func(t *testing.T, s feedStore) {
		for _, purges := range []bool{false, true} {
			feed, stop := feedOf(t, composite.FeedConfig{Primary: s})
			w := newScribe(t, s, data, 11, feedTypes...)
			w.purge = purges
			all := interests(t, data, 3, feedTypes, 24, !purges)
			var followers []*follower
			for round := range 12 {
				for _, i := range all[round*2 : round*2+2] {
					followers = append(followers, follow(t, feed, s, i))
				}
				for range 15 {
					w.write(t)
				}
				if purges && round%4 > 0 { // (in SQLite a purge reads the whole file)
					continue
				}
				for _, g := range followers {
					g.synced(t, s)
				}
			}
			events := 0
			for _, g := range followers {
				g.synced(t, s)
				events += len(g.events)
				g.Close()
			}
			if events < 100 {
				t.Errorf("only %d events", events)
			}
			stop()
		}
	})
}

// told reads some events of what follows a token.
func told(t testing.TB, f *composite.Feed, i composite.Interest, n int) (out []string) {
	t.Helper()
	g, err := f.Follow(t.Context(), i)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	if n == 0 {
		return nil
	}
	for e := range g.Events() {
		if out = append(out, eventText(e)); len(out) == n {
			break
		}
	}
	return out
}

func eventText(e *composite.Event) string {
	return fmt.Sprint(e.Kind, " ", e.Ref, " ", e.Version, " ", e.LastUpdated, " ", e.Token, " ", e.Resource != nil)
}

// TestFeedResumes: from the token of every event on there follow the same events as the first time, while others are written.
func TestFeedResumes(t *testing.T) {
	data := adaptertest.NewData(t, 2, 1)
	onStores(t, func(t *testing.T, s feedStore) {
		feed, _ := feedOf(t, composite.FeedConfig{Primary: s})
		w := newScribe(t, s, data, 4, feedTypes...)
		for _, i := range interests(t, data, 5, feedTypes, 7, true) {
			g := follow(t, feed, s, i)
			for range 30 {
				w.write(t)
			}
			g.synced(t, s)
			g.Close()
			<-g.over
			var want []string
			for _, e := range g.events {
				want = append(want, eventText(e))
			}
			for k := range len(want) {
				again := i
				if again.Since = g.events[k].Token; k%3 == 0 {
					w.write(t)
				}
				if d := cmp.Diff(want[k+1:], told(t, feed, again, len(want)-k-1), cmp.Transformer("none", func(s []string) []string { return append([]string{}, s...) })); d != "" {
					t.Fatalf("after event %d:\n%s", k, d)
				}
			}
		}
	})
}

// TestFeedOfAStoreOpenedAgain: tokens outlive the process that gave them.
func TestFeedOfAStoreOpenedAgain(t *testing.T) {
	data, dir := adaptertest.NewData(t, 2, 1), t.TempDir()
	first := openSQLite(t, dir)
	feed, stop := feedOf(t, composite.FeedConfig{Primary: first})
	w := newScribe(t, first, data, 6, feedTypes...)
	for range 20 {
		w.write(t)
	}
	i := composite.Interest{Caller: search.Caller{Tenant: tenant}, Types: []string{"Patient"}}
	g := follow(t, feed, first, i)
	for range 20 {
		w.write(t)
	}
	g.synced(t, first)
	stop()
	<-g.over
	wantCode(t, g.Err(), fault.StoreUnavailable)
	i.Since = g.Token()
	for range 20 {
		w.write(t)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := openSQLite(t, dir)
	feed, _ = feedOf(t, composite.FeedConfig{Primary: second})
	next, err := feed.Follow(t.Context(), i)
	if err != nil {
		t.Fatal(err)
	}
	defer next.Close()
	want, _ := listOf(t, second, i)
	last := int64(0)
	for ref, version := range want {
		if g.list[ref] != version {
			last++
		}
	}
	for e := range next.Events() {
		g.apply(e)
		if g.problem != "" {
			t.Fatal(g.problem)
		}
		if cmp.Equal(g.list, want, cmp.AllowUnexported(fhir.Ref{})) {
			break
		}
	}
	if last == 0 {
		t.Error("nothing had changed")
	}
}
