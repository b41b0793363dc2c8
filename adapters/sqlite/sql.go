package sqlite

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// The parts of an argument list that are known when a statement runs.
type (
	withinArg struct{} // the ids of Request.Within, as a JSON array
	parentArg struct{} // the id of the parent at hand
	// program is what hg_match or hg_order is to do; a statement's argument is its number.
	program struct {
		typ   string
		where search.Expr
		sort  []search.SortKey
	}
)

// compiler turns a condition into SQL. It is pure: what it knows of the store are the interned names and row counts.
type compiler struct {
	names  *names
	tenant string
	alias  int
	given  func(search.CodeSet) bool
	// repeated says that a statement is run once a parent: a set in it would be made as often.
	repeated bool
	err      error
}

// scope is a row of a type: how its id is written, and, if the resource itself is joined, under which alias.
type scope struct {
	typ   string
	id    string
	alias string // of the resource; "" where only the id is at hand
	// span is a row with the columns first and last, where one other than the resource's is nearer.
	span  string
	cands float64
}

func (c *compiler) fresh(prefix string) string {
	c.alias++
	return prefix + strconv.Itoa(c.alias)
}

func (c *compiler) fail(format string, args ...any) *writer {
	if c.err == nil {
		c.err = fault.New(fault.Unsupported, format, args...)
	}
	return sqlf("0")
}

// tid is the type's key; 0, which no row has, if nothing of the type was ever written.
func (c *compiler) tid(typ string) int64 {
	if t := c.names.typeOf(c.tenant, typ); t != nil {
		return t.id
	}
	return 0
}

// live is about how many resources there are.
func (c *compiler) live(typ string) float64 {
	if t := c.names.typeOf(c.tenant, typ); t != nil {
		return float64(t.live.Load())
	}
	return 0
}

// sqlf writes text with an argument for each ?; a *writer among the arguments is put in place of its ?.
func sqlf(text string, args ...any) *writer {
	w := &writer{}
	for {
		before, after, found := strings.Cut(text, "?")
		w.text(before)
		if !found {
			return w
		}
		switch a := args[0].(type) {
		case *writer:
			w.add(a)
		case int:
			w.arg(int64(a))
		default:
			w.arg(a)
		}
		text, args = after, args[1:]
	}
}

// chunk is how many parts stand side by side: the engine bounds the depth of an expression and the terms of a UNION.
const chunk = 50

// joined puts parts together with a separator, each in parentheses; many in groups.
func joined(parts []*writer, sep, none string) *writer {
	switch len(parts) {
	case 0:
		return sqlf(none)
	case 1:
		return parts[0]
	}
	for len(parts) > chunk {
		parts = grouped(parts, func(some []*writer) *writer { return joined(some, sep, none) })
	}
	w := &writer{}
	for i, p := range parts {
		if i > 0 {
			w.text(sep)
		}
		w.text("(").add(p).text(")")
	}
	return w
}

// union puts selects of ids together; many in groups.
func union(sets []*writer) *writer {
	if len(sets) == 0 {
		return sqlf("SELECT '' AS id WHERE 0")
	}
	for len(sets) > chunk {
		sets = grouped(sets, func(some []*writer) *writer { return sqlf("SELECT * FROM (?)", union(some)) })
	}
	w := &writer{}
	for i, s := range sets {
		if i > 0 {
			w.text(" UNION ALL ")
		}
		w.add(s)
	}
	return w
}

func grouped(parts []*writer, put func([]*writer) *writer) []*writer {
	var out []*writer
	for some := range slices.Chunk(parts, chunk) {
		out = append(out, put(some))
	}
	return out
}

// plan is a compiled request: the statements that are run one after the other, each for the rows that the ones before left over.
type plan struct {
	typ        string
	statements []statement
	bodies     bool
	scored     bool
	limit      int
	made       *vintage
	// fork, when not 0, says that the first statement counts: the second is run where it gives at most so many, else the others.
	fork int64
	// time is the sort's key where the order comes as a column of times: see timeOrder.
	time *search.SortKey
}

type statement struct {
	text string
	args []value
}

func (w *writer) statement() statement { return statement{w.String(), w.args} }

// show prints a statement with its arguments beside it.
func (s statement) show() string {
	var b strings.Builder
	b.WriteString(s.text)
	for i, a := range s.args {
		fmt.Fprintf(&b, "\n-- ?%d = %s", i+1, showArg(a))
	}
	return b.String()
}

func showArg(a value) string {
	switch a := a.(type) {
	case nil:
		return "NULL"
	case int64:
		return strconv.FormatInt(a, 10)
	case string:
		return strconv.Quote(a)
	case []byte:
		return fmt.Sprintf("x'%x'", a)
	case withinArg:
		return "the ids given"
	case codesArg:
		return "the codes of " + a.set.String()
	case parentArg:
		return "the parent's id"
	case *program:
		if a.where != nil {
			return a.where.String()
		}
		var keys []string
		for _, k := range a.sort {
			dir := ""
			if k.Desc {
				dir = "-"
			}
			keys = append(keys, dir+k.Param.Code)
		}
		return strings.Join(keys, ",")
	default:
		return fmt.Sprintf("%T", a)
	}
}

// jsonList is a list of texts as one argument.
func jsonList(texts []string) string {
	b, err := json.Marshal(texts)
	if err != nil { // texts always marshal
		return "[]"
	}
	return string(b)
}
