package cursor

import (
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"

	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// Max bounds the text of a cursor: those with a Link carry a query's arguments.
const Max = 64 << 10

// Cursor is a place in the answer to one query of one caller.
type Cursor struct {
	// Binding is what it belongs to: [Bind] of the query. Open does not compare it; who uses the cursor must.
	Binding Binding
	// At is the row that it stands at; nil at either end.
	At *search.Cursor
	// Offset is how many rows are up to and with that row, -1 when unknown.
	Offset int
	// Backward walks from there, or from the end, against the order.
	Backward bool
	// Link is the query itself, for a link that stands alone; nil for a place in a query that is given beside it.
	Link *Link
}

// Link is the query of a page.
type Link struct {
	Size   int
	Sort   []string
	Values []Value
}

// Value is a search parameter with its values: alternatives.
type Value struct {
	Name   string
	Values []string
}

// Binding is a hash of query, sort and caller.
type Binding [8]byte

// Bind hashes what a cursor belongs to: the query with its caller, and for a search per parent the parameter that leads there;
// nil otherwise.
func Bind(q search.Query, param *search.Param) Binding {
	h := sha256.New()
	write := func(s string) {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(s)))
		h.Write(n[:])
		h.Write([]byte(s))
	}
	write(q.Caller.Tenant)
	for _, name := range slices.Sorted(maps.Keys(q.Caller.Policy)) {
		write(name)
		bindWhere(write, q.Caller.Policy[name])
	}
	write(q.Type)
	if param != nil {
		write(param.Code)
	}
	bindWhere(write, q.Where)
	for _, k := range q.Sort {
		write(k.Param.Code)
		if k.Desc {
			write("-")
		}
	}
	return Binding(h.Sum(nil))
}

// bindWhere writes a condition as it prints, and then all ids in it: of a long list of them, only the beginning is printed.
func bindWhere(write func(string), e search.Expr) {
	write(e.String())
	bindIDs(write, e)
}

func bindIDs(write func(string), e search.Expr) {
	switch e := e.(type) {
	case search.And:
		for _, x := range e {
			bindIDs(write, x)
		}
	case search.Or:
		for _, x := range e {
			bindIDs(write, x)
		}
	case search.Not:
		bindIDs(write, e.X)
	case search.Chain:
		bindIDs(write, e.Where)
	case search.Has:
		bindIDs(write, e.Where)
	case search.List:
		bindIDs(write, e.Where)
	case search.IDs:
		for _, id := range e.IDs {
			write(id)
		}
	}
}

// Bad is the error about a cursor: BAD_USER_INPUT with "the cursor" and why.
func Bad(why string) error { return fault.New(fault.BadUserInput, "the cursor %s", why) }
