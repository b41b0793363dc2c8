package load_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/heliograph/heliograph/adapters/memory"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/load"
	"github.com/heliograph/heliograph/search"
)

// TestEnforceForward: a reference forward is no matter in any form of input.
func TestEnforceForward(t *testing.T) {
	o, p := observation("o", "Patient/p"), patient("p", "P")
	for name, content := range map[string]string{
		"a.ndjson":      o + "\n" + p,
		"named.json":    string(bundle("collection", `{"fullUrl":"Observation/o","resource":`+o+`}`, `{"fullUrl":"Patient/p","resource":`+p+`}`)),
		"nameless.json": string(bundle("collection", `{"resource":`+o+`}`, `{"resource":`+p+`}`)),
		"transacted.json": string(bundle("transaction", `{"resource":`+o+`,"request":{"method":"PUT","url":"Observation/o"}}`,
			`{"resource":`+p+`,"request":{"method":"PUT","url":"Patient/p"}}`)),
	} {
		t.Run(name, func(t *testing.T) {
			sum := run(t, memory.Open(memory.Config{}), load.Config{References: load.Enforce}, file(t, name, []byte(content)))
			if sum.Created != 2 || sum.Rejected != 0 {
				t.Errorf("%+v", sum)
			}
		})
	}
	sum := run(t, memory.Open(memory.Config{}), load.Config{References: load.Enforce}, file(t, "o.json", []byte(o)), file(t, "p.json", []byte(p)))
	if sum.Created != 2 {
		t.Errorf("single resources: %+v", sum)
	}
}

// unreadable is a store whose reads fail.
type unreadable struct{ load.Target }

func (unreadable) Read(context.Context, search.Caller, search.Position, []search.Key) ([]search.Resource, search.Position, error) {
	return nil, 0, fault.New(fault.StoreUnavailable, "gone")
}

// TestStoreFailsWhileChecking: a store that cannot be asked stops the load; it does not turn good resources into rejects.
func TestStoreFailsWhileChecking(t *testing.T) {
	path := file(t, "in.ndjson", []byte(observation("o", "Patient/nobody")))
	tx := file(t, "in.json", bundle("transaction", `{"resource":`+observation("o", "Patient/nobody")+`,"request":{"method":"PUT","url":"Observation/o"}}`))
	for _, path := range []string{path, tx} {
		store := memory.Open(memory.Config{})
		l, err := load.New(load.Config{Target: unreadable{store}, Intake: intake(t), References: load.Enforce})
		if err != nil {
			t.Fatal(err)
		}
		sum, err := l.Run(t.Context(), path)
		if fault.Of(err) != fault.StoreUnavailable || sum.Rejected != 0 {
			t.Errorf("%+v, %v", sum, err)
		}
		if sum := run(t, store, load.Config{}, path); sum.Created != 1 {
			t.Errorf("the next load: %+v", sum)
		}
	}
}

// reading counts what a store is asked.
type reading struct {
	load.Target
	keys int
}

func (r *reading) Read(ctx context.Context, c search.Caller, p search.Position, keys []search.Key) ([]search.Resource, search.Position, error) {
	r.keys += len(keys)
	return r.Target.Read(ctx, c, p, keys)
}

// TestManyDangling: very many references to what is not there cost a bounded number of questions, and all are counted.
func TestManyDangling(t *testing.T) {
	const resources, each = 600, 500
	var b strings.Builder
	for i := range resources {
		fmt.Fprintf(&b, `{"resourceType":"Group","id":"g%d","type":"person","actual":true,"member":[`, i)
		for k := range each {
			if k > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, `{"entity":{"reference":"Patient/p%d-%d"}}`, i, k)
		}
		b.WriteString("]}\n")
	}
	store := &reading{Target: memory.Open(memory.Config{})}
	sum := run(t, store, load.Config{References: load.Warn}, file(t, "in.ndjson", []byte(b.String())))
	if sum.Dangling != resources*each {
		t.Errorf("%d dangling, want %d", sum.Dangling, resources*each)
	}
	if store.keys > 3*resources*each {
		t.Errorf("the store was asked for %d keys", store.keys)
	}
}

// full is a disk that is full.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

// TestRejectsCannotBeWritten: a load whose rejects cannot be kept stops before it counts them as done.
func TestRejectsCannotBeWritten(t *testing.T) {
	path := file(t, "in.ndjson", []byte(patient("a", "A")+"\n{}\n"+patient("b", "B")))
	store := memory.Open(memory.Config{})
	l, err := load.New(load.Config{Target: store, Intake: intake(t), Rejects: full{}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Run(t.Context(), path); err == nil || !strings.Contains(err.Error(), "rejects") {
		t.Errorf("%v", err)
	}
	if sum := run(t, store, load.Config{}, path); sum.Rejected != 1 || sum.Created != 2 {
		t.Errorf("the next load: %+v", sum)
	}
}

// TestResumeKeepsRejects: the load that ends what another began counts the rejects of both.
func TestResumeKeepsRejects(t *testing.T) {
	lines := []string{"{}"}
	for i := range 30 {
		lines = append(lines, patient(fmt.Sprintf("p%d", i), "F"))
	}
	path := file(t, "in.ndjson", []byte(strings.Join(lines, "\n")))
	store := memory.Open(memory.Config{})
	l, err := load.New(load.Config{Target: &stopping{store, 1}, Intake: intake(t), Batch: 10})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Run(t.Context(), path); err == nil {
		t.Fatal("no error")
	}
	for _, want := range []load.Summary{{Resumed: 10, Created: 21, RejectedBefore: 1}, {SkippedFiles: 1, RejectedBefore: 1}} {
		sum := run(t, store, load.Config{}, path)
		if sum.Resumed != want.Resumed || sum.Created != want.Created || sum.RejectedBefore != want.RejectedBefore || sum.Rejected != 0 || sum.SkippedFiles != want.SkippedFiles {
			t.Errorf("%+v, want %+v", sum, want)
		}
	}
}
