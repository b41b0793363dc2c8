package e2e_test

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/bundle"
	"github.com/heliograph/heliograph/composite"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

const writers = 32

// crowd is a store that many write to at once.
type crowd struct {
	store   primary
	storage *composite.Storage
	bundles *bundle.Processor
}

var everyone = search.Caller{Tenant: "main"}

// TestConcurrency: 32 writers with ifMatch, with conditional creates and with transactions that overlap. Each version is won once,
// nothing is lost, and no reader sees half of a transaction.
func TestConcurrency(t *testing.T) {
	k := newKit(t, search.UnitsExact)
	for name, open := range map[string]func(testing.TB) primary{"memory": k.memory, "sqlite": k.sqlite} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := crowd{store: open(t)}
			var err error
			if c.storage, err = composite.NewStorage(composite.StorageConfig{Primary: c.store, Intake: k.intake}); err != nil {
				t.Fatal(err)
			}
			if c.bundles, err = bundle.New(bundle.Config{Storage: c.storage, Dir: t.TempDir()}); err != nil {
				t.Fatal(err)
			}
			t.Run("ifMatch", c.counters)
			t.Run("conditional", c.conditional)
			t.Run("transactions", c.transfers)
		})
	}
}

// each runs f for every writer, side by side.
func each(f func(w int)) {
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() { f(w) })
	}
	wg.Wait()
}

// account is an Observation with an amount.
func account(id string, amount int) string {
	return fmt.Sprintf(`{"resourceType":"Observation","id":%q,"status":"final","code":{"text":"amount"},"valueInteger":%d}`, id, amount)
}

var amountIn = regexp.MustCompile(`"valueInteger":(-?\d+)`)

// amounts reads accounts: their amounts and versions, of one position.
func (c *crowd) amounts(ctx context.Context, ids ...string) (amounts []int, versions []int64, err error) {
	keys := make([]search.Key, len(ids))
	for i, id := range ids {
		keys[i] = search.Key{Ref: fhir.Ref{Type: "Observation", ID: id}}
	}
	found, _, err := c.store.Read(ctx, everyone, 0, keys)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range found {
		m := amountIn.FindSubmatch(r.Body.JSON)
		if m == nil {
			return nil, nil, fmt.Errorf("%s is not there", r.Ref)
		}
		n, _ := strconv.Atoi(string(m[1]))
		amounts, versions = append(amounts, n), append(versions, r.Version)
	}
	return amounts, versions, nil
}

// counters: each writer adds one to the same counter, twice, by reading it and writing it back under ifMatch.
func (c *crowd) counters(t *testing.T) {
	const times = 2
	put := func(amount int, version int64) error {
		_, err := c.storage.Do(t.Context(), everyone, composite.Command{
			Method: composite.Update, Type: "Observation", ID: "counter", Resource: []byte(account("counter", amount)), IfMatch: version,
		})
		return err
	}
	if err := put(0, 0); err != nil {
		t.Fatal(err)
	}
	var lost atomic.Int64
	each(func(int) {
		for done := 0; done < times; {
			amount, version, err := c.amounts(t.Context(), "counter")
			if err == nil {
				err = put(amount[0]+1, version[0])
			}
			switch fault.Of(err) {
			case "":
				done++
			case fault.Conflict:
				lost.Add(1)
			default:
				t.Error(err)
				return
			}
		}
	})
	amount, version, err := c.amounts(t.Context(), "counter")
	if err != nil || amount[0] != writers*times || version[0] != writers*times+1 {
		t.Errorf("the counter is at %v, version %v after %d additions: %v", amount, version, writers*times, err)
	}
	seen := map[string]bool{}
	for r, err := range c.store.History(t.Context(), adapters.HistoryRequest{Caller: everyone, Type: "Observation", ID: "counter"}).Rows {
		if err != nil {
			t.Fatal(err)
		}
		seen[string(amountIn.Find(r.Body.JSON))] = true
	}
	if len(seen) != writers*times+1 {
		t.Errorf("%d different versions", len(seen))
	}
	t.Logf("%d additions, %d refused", writers*times, lost.Load())
}

// conditional: all writers create the same three patients on a condition, in transactions that refer to them.
func (c *crowd) conditional(t *testing.T) {
	each(func(w int) {
		for round := range 3 {
			entries := fmt.Sprintf(`{"fullUrl":"urn:uuid:p","request":{"method":"POST","url":"Patient","ifNoneExist":"identifier=urn:n|%d"},
				"resource":{"resourceType":"Patient","identifier":[{"system":"urn:n","value":"%d"}]}},
				{"request":{"method":"PUT","url":"Observation/of%d-%d"},"resource":{"resourceType":"Observation","id":"of%d-%d","status":"final",
				"code":{"text":"x"},"subject":{"reference":"urn:uuid:p"}}}`, round, round, w, round, w, round)
			if err := c.transact(t.Context(), entries); err != nil {
				t.Errorf("writer %d: %v", w, err)
			}
		}
	})
	for round := range 3 {
		q, err := c.storage.Condition("Patient", fmt.Sprintf("identifier=urn:n|%d", round))
		if err != nil {
			t.Fatal(err)
		}
		q.Caller = everyone
		var ids []string
		for h, err := range c.store.Search(t.Context(), search.Request{Query: *q}).Rows {
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, h.Ref.ID)
		}
		if len(ids) != 1 {
			t.Fatalf("%d patients were made on one condition", len(ids))
		}
		if q, err = c.storage.Condition("Observation", "subject=Patient/"+ids[0]); err != nil {
			t.Fatal(err)
		}
		q.Caller = everyone
		if n, _, err := c.store.Count(t.Context(), search.Request{Query: *q}); err != nil || n != writers {
			t.Errorf("%d observations refer to it, want %d: %v", n, writers, err)
		}
	}
}

// transact runs a transaction.
func (c *crowd) transact(ctx context.Context, entries string) error {
	raw := `{"resourceType":"Bundle","type":"transaction","entry":[` + entries + `]}`
	r, err := c.bundles.Process(ctx, everyone, strings.NewReader(raw), bundle.Options{})
	if err == nil {
		r.Close()
	}
	return err
}

// transfers: each writer moves amounts between accounts that others move at the same time, two at a time under ifMatch, while readers
// watch the sum.
func (c *crowd) transfers(t *testing.T) {
	const accounts, start, times = 6, 100, 2
	ids := make([]string, accounts)
	var entries []string
	for i := range ids {
		ids[i] = fmt.Sprint("account", i)
		entries = append(entries, fmt.Sprintf(`{"request":{"method":"PUT","url":"Observation/%s"},"resource":%s}`, ids[i], account(ids[i], start)))
	}
	if err := c.transact(t.Context(), strings.Join(entries, ",")); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	var looks atomic.Int64
	for range 2 {
		readers.Go(func() {
			for ctx.Err() == nil {
				amounts, _, err := c.amounts(t.Context(), ids...)
				if err != nil || sum(amounts) != accounts*start {
					t.Errorf("half a transaction was seen: %v %v", amounts, err)
					return
				}
				looks.Add(1)
			}
		})
	}
	each(func(w int) {
		from, to := ids[w%accounts], ids[(w+1+w/accounts%(accounts-1))%accounts]
		for done := 0; done < times; {
			err := c.move(t.Context(), from, to, w+1)
			switch fault.Of(err) {
			case "":
				done++
			case fault.Conflict:
			default:
				t.Errorf("writer %d: %v", w, err)
				return
			}
		}
	})
	stop()
	readers.Wait()
	amounts, versions, err := c.amounts(t.Context(), ids...)
	var changes int64
	for _, v := range versions {
		changes += v - 1
	}
	if err != nil || sum(amounts) != accounts*start || changes != 2*writers*times {
		t.Errorf("amounts %v, versions %v: %v", amounts, versions, err)
	}
	t.Logf("%d transfers, looked at %d times", writers*times, looks.Load())
}

// move moves an amount from one account to another, if neither has changed since it was read.
func (c *crowd) move(ctx context.Context, from, to string, amount int) error {
	amounts, versions, err := c.amounts(ctx, from, to)
	if err != nil {
		return err
	}
	entry := func(id string, amount int, version int64) string {
		return fmt.Sprintf(`{"request":{"method":"PUT","url":"Observation/%s","ifMatch":"W/\"%d\""},"resource":%s}`, id, version, account(id, amount))
	}
	return c.transact(ctx, entry(from, amounts[0]-amount, versions[0])+","+entry(to, amounts[1]+amount, versions[1]))
}

func sum(list []int) (n int) {
	for _, x := range list {
		n += x
	}
	return n
}
