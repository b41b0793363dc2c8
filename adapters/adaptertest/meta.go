package adaptertest

import (
	"fmt"
	"strconv"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/internal/fault"
)

func testMeta(t *testing.T, r *rig) {
	m := part[adapters.Meta](t, r)
	swap := func(want fault.Code, swaps ...adapters.Swap) {
		t.Helper()
		if err := m.Swap(t.Context(), swaps...); fault.Of(err) != want {
			t.Errorf("swap: %v, want %q", err, want)
		}
	}
	swap("", adapters.Swap{Key: "a/1", New: []byte("one")}, adapters.Swap{Key: "a/2", New: []byte{}}, adapters.Swap{Key: "b", New: []byte{0, 255}})
	swap(fault.Conflict, adapters.Swap{Key: "a/1", New: []byte("again")})
	swap(fault.Conflict, adapters.Swap{Key: "a/3", New: []byte("three")}, adapters.Swap{Key: "a/1", Old: []byte("two"), New: []byte("x")})
	swap(fault.Conflict, adapters.Swap{Key: "none", Old: []byte{}, New: []byte("x")})
	swap("", adapters.Swap{Key: "a/2", Old: []byte{}, New: []byte("two")}, adapters.Swap{Key: "a/4%", New: []byte("four")})
	swap("", adapters.Swap{Key: "b", Old: []byte{0, 255}})
	swap("", adapters.Swap{Key: "ab", New: []byte("ab")}, adapters.Swap{Key: "a_1", New: []byte("x")})
	got, err := m.Load(t.Context(), "a/2", "none", "a/1", "b", "a/3", "a/2")
	want := [][]byte{[]byte("two"), nil, []byte("one"), nil, nil, []byte("two")}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Errorf("load: %v\n%s", err, d)
	}
	list := func(prefix, after string, limit int, want ...string) {
		t.Helper()
		keys, values, err := m.List(t.Context(), prefix, after, limit)
		if d := cmp.Diff(want, keys, cmpopts.EquateEmpty()); d != "" || err != nil || len(values) != len(keys) {
			t.Errorf("list %q after %q: %v\n%s", prefix, after, err, d)
		}
	}
	list("a/", "", 0, "a/1", "a/2", "a/4%")
	list("a/", "a/1", 0, "a/2", "a/4%")
	list("a/", "", 2, "a/1", "a/2")
	list("a", "", 0, "a/1", "a/2", "a/4%", "a_1", "ab")
	list("a_", "", 0, "a_1")
	list("a/4%", "", 0, "a/4%")
	list("zz", "", 0)
	testCounter(t, m)
	testMemberMeta(t, r, m)
}

// testCounter increments one key from many goroutines; no increment may be lost.
func testCounter(t *testing.T, m adapters.Meta) {
	const workers, each = 8, 10
	errs := make(chan error, workers)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() { errs <- increment(t, m, each) })
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
	if got, err := m.Load(t.Context(), "counter"); err != nil || string(got[0]) != strconv.Itoa(workers*each) {
		t.Errorf("the counter is at %s (%v), want %d", got, err, workers*each)
	}
}

func increment(t *testing.T, m adapters.Meta, times int) error {
	for times > 0 {
		old, err := m.Load(t.Context(), "counter")
		if err != nil {
			return err
		}
		n := 0
		if old[0] != nil {
			if n, err = strconv.Atoi(string(old[0])); err != nil {
				return err
			}
		}
		err = m.Swap(t.Context(), adapters.Swap{Key: "counter", Old: old[0], New: []byte(strconv.Itoa(n + 1))})
		switch fault.Of(err) {
		case "":
			times--
		case fault.Conflict:
		default:
			return fmt.Errorf("increment: %w", err)
		}
	}
	return nil
}

// testMemberMeta: the swaps of a member are part of its transaction.
func testMemberMeta(t *testing.T, r *rig, m adapters.Meta) {
	one := put(patient(t, "1", "One"), adapters.Precondition{})
	one.Meta = []adapters.Swap{{Key: "member", New: []byte("1")}}
	r.write(t, one)
	r.write(t, one) // the key is there now: nothing of it may be applied
	failing := put(patient(t, "1", "Two"), adapters.Precondition{Version: 9})
	failing.Meta = []adapters.Swap{{Key: "member", Old: []byte("1"), New: []byte("2")}}
	r.write(t, failing)
	r.sameRead(t, caller, key("Patient", "1", 0))
	if got, err := m.Load(t.Context(), "member"); err != nil || string(got[0]) != "1" {
		t.Errorf("the member's key is %s, %v", got, err)
	}
	only := adapters.Member{Tenant: mainTenant, Meta: []adapters.Swap{{Key: "member", Old: []byte("1")}}}
	r.write(t, only)
	if got, err := m.Load(t.Context(), "member"); err != nil || got[0] != nil {
		t.Errorf("the member's key is %s, %v", got, err)
	}
}
