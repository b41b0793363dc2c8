package composite_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/adapters/memory"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

var everyone = search.Caller{Tenant: tenant}

// patients are those with a gender.
func gendered(t testing.TB, caller search.Caller, gender string) composite.Interest {
	t.Helper()
	p := adaptertest.Parameters(t).Param("Patient", "gender")
	return composite.Interest{Caller: caller, Types: []string{"Patient"}, Where: search.Clause{Param: p, Values: []search.Value{{Code: gender}}}}
}

func putPatient(t testing.TB, s adapters.Writer, id, gender string) {
	t.Helper()
	putRecord(t, s, tenant, `{"resourceType":"Patient","id":"`+id+`","gender":"`+gender+`"}`)
}

func putRecord(t testing.TB, s adapters.Writer, tenant, json string) {
	t.Helper()
	writeTo(t, s, tenant, record(t, json).Put())
}

func writeTo(t testing.TB, s adapters.Writer, tenant string, writes ...adapters.Write) {
	t.Helper()
	out, err := s.Write(t.Context(), []adapters.Member{{Tenant: tenant, Writes: writes}})
	if err != nil || out[0].Err != nil {
		t.Fatal(err, out)
	}
}

func deletePatient(t testing.TB, s adapters.Writer, id string) {
	t.Helper()
	writeTo(t, s, tenant, adapters.Write{Action: adapters.Delete, Ref: ref("Patient", id)})
}

// kindsOf are the kinds, ids and versions of the next events.
func kindsOf(g *composite.Following, n int) (out []string) {
	for e := range g.Events() {
		if out = append(out, fmt.Sprint(e.Kind, " ", e.Ref.ID, " ", e.Version)); len(out) == n {
			break
		}
	}
	return out
}

func mustFollow(t testing.TB, f *composite.Feed, i composite.Interest) *composite.Following {
	t.Helper()
	g, err := f.Follow(t.Context(), i)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	return g
}

// TestFeedKinds: what is told of a resource follows from whether it matched before and matches now.
func TestFeedKinds(t *testing.T) {
	onStores(t, func(t *testing.T, s feedStore) {
		f, _ := feedOf(t, composite.FeedConfig{Primary: s})
		g := mustFollow(t, f, gendered(t, everyone, "male"))
		for _, gender := range []string{"male", "male", "female", "female", "male", "", "", "male"} {
			if gender == "" {
				deletePatient(t, s, "a")
			} else {
				putPatient(t, s, "a", gender)
			}
		}
		putPatient(t, s, "b", "female")
		deletePatient(t, s, "b")
		putRecord(t, s, "other", `{"resourceType":"Patient","id":"a","gender":"male"}`)
		putPatient(t, s, "c", "male")
		want := "[created a 1 updated a 2 left a 3 created a 5 deleted a 6 created a 7 created c 1]"
		if got := fmt.Sprint(kindsOf(g, 7)); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	})
}

// TestFeedRefuses says at once what cannot be followed.
func TestFeedRefuses(t *testing.T) {
	s := memory.Open(memory.Config{})
	f, _ := feedOf(t, composite.FeedConfig{Primary: s, Subscribers: 2})
	for range 20 {
		putPatient(t, s, "a", "male")
	}
	if err := s.Trim(t.Context(), 5); err != nil {
		t.Fatal(err)
	}
	head, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	params := adaptertest.Parameters(t)
	chain := search.Chain{Param: params.Param("Observation", "subject"), Target: "Patient", Where: search.True{}}
	set := search.Clause{Param: params.Param("Observation", "code"), Modifier: search.In, Values: []search.Value{{Text: "http://x"}}}
	token := func(epoch string, at int) composite.Interest {
		return composite.Interest{Caller: everyone, Since: fmt.Sprint(epoch, ".", at)}
	}
	limited := search.Caller{Tenant: tenant, Policy: map[string]search.Expr{"Observation": search.Not{X: chain}}}
	observations := []string{"Observation"}
	for name, c := range map[string]struct {
		interest composite.Interest
		code     fault.Code
		says     string
	}{
		"no token":        {composite.Interest{Caller: everyone, Since: "x"}, fault.BadUserInput, "token"},
		"a long number":   {composite.Interest{Caller: everyone, Since: head.Epoch + ".007"}, fault.BadUserInput, "token"},
		"the future":      {token(head.Epoch, 21), fault.BadUserInput, "21"},
		"another epoch":   {token("other", 20), fault.ResumeExpired, "epoch"},
		"below the log":   {token(head.Epoch, 4), fault.ResumeExpired, "5"},
		"an unknown type": {composite.Interest{Caller: everyone, Types: []string{"Patent"}}, fault.BadUserInput, "Patent"},
		"two types":       {composite.Interest{Caller: everyone, Types: []string{"Patient", "Group"}, Where: search.IDs{IDs: []string{"1"}}}, fault.BadUserInput, "one type"},
		"other resources": {composite.Interest{Caller: everyone, Types: observations, Where: search.And{set, chain}}, fault.Unsupported, "code:in cannot be decided from one resource alone; chain subject:Patient"},
		"a policy":        {composite.Interest{Caller: limited, Types: observations}, fault.Unsupported, "what the caller may see of Observation: chain subject:Patient"},
		"of all types":    {composite.Interest{Caller: limited}, fault.Unsupported, "what the caller may see of Observation"},
	} {
		_, err := f.Follow(t.Context(), c.interest)
		if fault.Of(err) != c.code || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	g := mustFollow(t, f, token(head.Epoch, 5))
	mustFollow(t, f, composite.Interest{Caller: limited, Types: []string{"Patient"}})
	_, err = f.Follow(t.Context(), composite.Interest{Caller: everyone})
	wantCode(t, err, fault.Overloaded)
	g.Close()
	mustFollow(t, f, composite.Interest{Caller: everyone})
}

// TestFeedEvaluatesOnce: those who ask for the same share the work and the events, those who ask on behalf of others do not.
func TestFeedEvaluatesOnce(t *testing.T) {
	onStores(t, func(t *testing.T, s feedStore) {
		f, _ := feedOf(t, composite.FeedConfig{Primary: s})
		limited := search.Caller{Tenant: tenant, Policy: map[string]search.Expr{"Patient": search.IDs{IDs: []string{"p0", "p1"}}}}
		var equal, others []*composite.Following
		for range 40 {
			equal = append(equal, mustFollow(t, f, gendered(t, everyone, "male")))
			others = append(others, mustFollow(t, f, gendered(t, limited, "male")))
		}
		if n := f.Watches(); n != 2 {
			t.Errorf("%d watches", n)
		}
		const writes = 10
		for n := range writes {
			putPatient(t, s, fmt.Sprint("p", n), "male")
		}
		first := kindsOf(others[0], 2)
		var events []*composite.Event
		var made atomic.Int64
		for _, g := range equal {
			n := 0
			for e := range g.Events() {
				if len(events) < writes {
					events = append(events, e)
				}
				if e != events[n] || e.Shared("text", func() any { return made.Add(1) }) == nil {
					t.Fatal("the events are not shared")
				}
				if n++; n == writes {
					break
				}
			}
		}
		if made.Load() != writes || f.Evaluated() != writes+2 || len(first) != 2 {
			t.Errorf("%d made, %d evaluated, %v", made.Load(), f.Evaluated(), first)
		}
		for _, g := range append(equal, others...) {
			g.Close()
		}
		if n := f.Watches(); n != 0 {
			t.Errorf("%d watches are left", n)
		}
	})
}

// TestFeedFindsWatchersByValue: conditions of one shape that ask for other values are not all looked at.
func TestFeedFindsWatchersByValue(t *testing.T) {
	s := memory.Open(memory.Config{})
	f, _ := feedOf(t, composite.FeedConfig{Primary: s})
	subject := adaptertest.Parameters(t).Param("Observation", "subject")
	of := func(id string) composite.Interest {
		return composite.Interest{Caller: everyone, Types: []string{"Observation"}, Where: search.And{
			search.Exists{Param: subject}, search.Clause{Param: subject, Values: []search.Value{{Type: "Patient", Code: id}}}}}
	}
	var all []*composite.Following
	for n := range 200 {
		all = append(all, mustFollow(t, f, of(fmt.Sprint("p", n))))
	}
	observation := func(id string) {
		putRecord(t, s, tenant, `{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/`+id+`"}}`)
	}
	observation("p7")
	observation("p8")
	if got := fmt.Sprint(kindsOf(all[7], 2), kindsOf(all[8], 1)); got != "[created o 1 left o 2] [created o 2]" {
		t.Error(got)
	}
	if n := f.Evaluated(); n != 3 {
		t.Errorf("%d evaluated", n)
	}
}

// TestFeedSlowFollower: who does not read is ended with the token to go on from; others, and the writer, do not notice.
func TestFeedSlowFollower(t *testing.T) {
	for name, cfg := range map[string]composite.FeedConfig{"events": {Buffer: 10}, "bytes": {Bytes: 2000}} {
		t.Run(name, func(t *testing.T) {
			onStores(t, func(t *testing.T, s feedStore) {
				cfg := cfg
				cfg.Primary = s
				f, _ := feedOf(t, cfg)
				slow := mustFollow(t, f, gendered(t, everyone, "male"))
				quick := mustFollow(t, f, gendered(t, everyone, "male"))
				got := 0
				for n := range 60 {
					putPatient(t, s, fmt.Sprint("p", n), "male")
					got += len(kindsOf(quick, 1))
					if n == 1 {
						kindsOf(slow, 2)
					}
				}
				for range slow.Events() {
					t.Fatal("it goes on")
				}
				wantCode(t, slow.Err(), fault.Overloaded)
				if got != 60 || quick.Err() != nil || !strings.Contains(slow.Err().Error(), slow.Token()) {
					t.Errorf("%d events, %v, %v", got, quick.Err(), slow.Err())
				}
				again := gendered(t, everyone, "male")
				again.Since = slow.Token()
				if rest := kindsOf(mustFollow(t, f, again), 58); rest[0] != "created p2 1" || rest[57] != "created p59 1" {
					t.Errorf("it goes on with %v", rest)
				}
			})
		})
	}
}

// TestFeedEnds: by Close, by the context, and with the feed; once and for all.
func TestFeedEnds(t *testing.T) {
	s := memory.Open(memory.Config{})
	f, stop := feedOf(t, composite.FeedConfig{Primary: s})
	ctx, cancel := context.WithCancel(t.Context())
	g, err := f.Follow(ctx, composite.Interest{Caller: everyone})
	if err != nil {
		t.Fatal(err)
	}
	closed, left := mustFollow(t, f, composite.Interest{Caller: everyone}), mustFollow(t, f, composite.Interest{Caller: everyone})
	cancel()
	closed.Close()
	for range g.Events() {
	}
	for range closed.Events() {
	}
	if g.Err() != nil || closed.Err() != nil || left.Err() != nil {
		t.Error(g.Err(), closed.Err(), left.Err())
	}
	stop()
	for range left.Events() {
	}
	wantCode(t, left.Err(), fault.StoreUnavailable)
	_, err = f.Follow(t.Context(), composite.Interest{Caller: everyone})
	wantCode(t, err, fault.StoreUnavailable)
}

// TestFeedPurges: nothing is left by which to tell whether what was purged had matched.
func TestFeedPurges(t *testing.T) {
	onStores(t, func(t *testing.T, s feedStore) {
		f, _ := feedOf(t, composite.FeedConfig{Primary: s})
		head, err := s.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		begin := composite.Token{Epoch: head.Epoch}.String()
		some := search.Caller{Tenant: tenant, Policy: map[string]search.Expr{"Patient": search.Not{X: search.IDs{IDs: []string{"x"}}}, "*": search.False{}}}
		one := composite.Interest{Caller: search.Caller{Tenant: tenant, Policy: map[string]search.Expr{"*": search.IDs{IDs: []string{"b"}}}}, Types: []string{"Patient"}}
		live, limited, narrow := mustFollow(t, f, gendered(t, everyone, "male")), mustFollow(t, f, gendered(t, some, "male")), mustFollow(t, f, one)
		putPatient(t, s, "a", "male")
		kindsOf(live, 1)
		kindsOf(limited, 1)
		if _, err := s.Purge(t.Context(), tenant, fhir.Ref{Type: "Patient", ID: "a"}); err != nil {
			t.Fatal(err)
		}
		putPatient(t, s, "a", "male")
		putPatient(t, s, "b", "male")
		if got := fmt.Sprint(kindsOf(live, 3)); got != "[deleted a 1 created a 1 created b 1]" {
			t.Error(got)
		}
		if got := fmt.Sprint(kindsOf(narrow, 1)); got != "[created b 1]" {
			t.Error(got)
		}
		for range limited.Events() {
		}
		wantCode(t, limited.Err(), fault.ResumeExpired)
		late := gendered(t, everyone, "male")
		late.Since = begin
		if got := fmt.Sprint(kindsOf(mustFollow(t, f, late), 3)); got != "[deleted a 1 created a 1 created b 1]" {
			t.Error(got)
		}
		lost := gendered(t, some, "male")
		lost.Since = begin
		g := mustFollow(t, f, lost)
		for range g.Events() {
		}
		wantCode(t, g.Err(), fault.ResumeExpired)
	})
}
