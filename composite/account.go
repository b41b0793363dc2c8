package composite

import (
	"sync"
	"time"

	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/planner"
	"github.com/heliograph/heliograph/search"
)

// Actual is what a node did in a run: EXPLAIN ANALYZE shows it.
type Actual struct {
	// Calls are store calls; 0 for nodes that work here.
	Calls, Rows int
	// Time is from asking to the last row, what is above the node included.
	Time time.Duration
}

// account is what an execution has done, held and promised so far. Calls of one level run side by side.
type account struct {
	budget  Budget
	primary string

	mu    sync.Mutex
	nodes map[planner.Node]*Actual
	calls int
	// position is the lowest of the answers so far, head the highest of the primary's.
	position, head   search.Position
	answered, atHead bool
	degraded         []string
	ids, scanned     int
	bytes            int
}

func (a *account) actual(n planner.Node, rows int, began time.Time) *Actual {
	did := a.nodes[n]
	if did == nil {
		did = &Actual{}
		a.nodes[n] = did
	}
	did.Rows += rows
	did.Time += time.Since(began)
	return did
}

// called records a store call of a node.
func (a *account) called(n planner.Node, rows int, began time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.actual(n, rows, began).Calls++
	a.calls++
}

// worked records what a node did here.
func (a *account) worked(n planner.Node, rows int, began time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.actual(n, rows, began)
}

// reached notes the position of a store's answer.
func (a *account) reached(store string, p search.Position) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.answered || p < a.position {
		a.position, a.answered = p, true
	}
	if store == a.primary {
		a.head, a.atHead = max(a.head, p), true
	}
}

// lowest is the position up to which all answers so far have seen every change.
func (a *account) lowest() search.Position {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.position
}

// hold counts ids of intermediate sets against the request's budget; release gives them back.
func (a *account) hold(n int) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ids += n
	if a.ids > a.budget.IDs {
		return fault.Past(fault.Limit{Name: "ids", Most: int64(a.budget.IDs)}, "the request holds more than %d ids in intermediate sets; narrow the search", a.budget.IDs)
	}
	return nil
}

func (a *account) release(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ids -= n
}

// scan counts a row that is hydrated only to be looked at.
func (a *account) scan() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.scanned++
	if a.scanned > a.budget.Scanned {
		return fault.Past(fault.Limit{Name: "scanned", Most: int64(a.budget.Scanned)}, "more than %d rows would be read to be filtered or sorted; narrow the search", a.budget.Scanned)
	}
	return nil
}

// rowSize is what a row weighs besides its resource's bytes.
const rowSize = 256

// give counts a resource that goes to the caller.
func (a *account) give(r *search.Resource) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.bytes += rowSize + len(r.Body.JSON)
	if a.bytes > a.budget.Bytes {
		return fault.Past(fault.Limit{Name: "read", Most: int64(a.budget.Bytes)}, "the request reads more than %d bytes of resources; ask for smaller pages", a.budget.Bytes)
	}
	return nil
}

// Report says what became of the execution so far.
func (a *account) Report() Report {
	a.mu.Lock()
	defer a.mu.Unlock()
	return Report{Position: a.position, AtHead: !a.answered || a.atHead && a.position >= a.head, Degraded: a.degraded, Calls: a.calls}
}

// of is what a node did so far.
func (a *account) of(n planner.Node) (Actual, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	did := a.nodes[n]
	if did == nil {
		return Actual{}, false
	}
	return *did, true
}
