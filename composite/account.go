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

// ledger is what an execution has done, held and promised so far. Calls of one level run side by side.
type ledger struct {
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
}

func (l *ledger) actual(n planner.Node, rows int, began time.Time) *Actual {
	a := l.nodes[n]
	if a == nil {
		a = &Actual{}
		l.nodes[n] = a
	}
	a.Rows += rows
	a.Time += time.Since(began)
	return a
}

// called records a store call of a node.
func (l *ledger) called(n planner.Node, rows int, began time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.actual(n, rows, began).Calls++
	l.calls++
}

// worked records what a node did here.
func (l *ledger) worked(n planner.Node, rows int, began time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.actual(n, rows, began)
}

// reached notes the position of a store's answer.
func (l *ledger) reached(store string, p search.Position) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.answered || p < l.position {
		l.position, l.answered = p, true
	}
	if store == l.primary {
		l.head, l.atHead = max(l.head, p), true
	}
}

// lowest is the position up to which all answers so far have seen every change.
func (l *ledger) lowest() search.Position {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.position
}

// hold counts ids of intermediate sets against the request's budget; release gives them back.
func (l *ledger) hold(n int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ids += n
	if l.ids > l.budget.IDs {
		return fault.New(fault.TooCostly, "the request holds more than %d ids in intermediate sets; narrow the search", l.budget.IDs)
	}
	return nil
}

func (l *ledger) release(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ids -= n
}

// scan counts a row that is hydrated only to be looked at.
func (l *ledger) scan() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.scanned++
	if l.scanned > l.budget.Scanned {
		return fault.New(fault.TooCostly, "more than %d rows would be read to be filtered or sorted; narrow the search", l.budget.Scanned)
	}
	return nil
}

// Report says what became of the execution so far.
func (l *ledger) Report() Report {
	l.mu.Lock()
	defer l.mu.Unlock()
	return Report{Position: l.position, AtHead: l.atHead && l.position >= l.head, Degraded: l.degraded, Calls: l.calls}
}

// of is what a node did so far.
func (l *ledger) of(n planner.Node) (Actual, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.nodes[n]
	if a == nil {
		return Actual{}, false
	}
	return *a, true
}
