package sqlite

import (
	"context"
	"strings"

	"github.com/heliograph/heliograph/search"
)

// shape is how the rows of a table are written.
type shape struct {
	name    string
	columns int
	insert  func(args []value, r *indexRow, id string) []value
	remove  string
	key     func(r *indexRow, id string) []value
}

func orNull(s string) value {
	if s == "" {
		return nil
	}
	return s
}

var shapes = [tableCount]shape{
	tokenTable: {"tx", 6,
		func(a []value, r *indexRow, id string) []value {
			if r.hi == search.MinTime {
				return append(a, r.key, r.text, id, r.a, nil, nil)
			}
			return append(a, r.key, r.text, id, r.a, r.lo, r.hi)
		},
		"sid=? AND code=? AND id=? AND system=?",
		func(r *indexRow, id string) []value { return []value{r.key, r.text, id, r.a} }},
	stringTable: {"sx", 6,
		func(a []value, r *indexRow, id string) []value {
			return append(a, r.key, r.text, id, r.n, r.a, orNull(r.b))
		},
		"pid=? AND norm=? AND id=? AND n=?",
		func(r *indexRow, id string) []value { return []value{r.key, r.text, id, r.n} }},
	dateTable: {"dx", 4,
		func(a []value, r *indexRow, id string) []value { return append(a, r.key, r.lo, id, r.hi) },
		"pid=? AND lo=? AND id=? AND hi=?",
		func(r *indexRow, id string) []value { return []value{r.key, r.lo, id, r.hi} }},
	quantityTable: {"qx", 8,
		func(a []value, r *indexRow, id string) []value {
			return append(a, r.key, []byte(r.nlo), id, r.n, []byte(r.nhi), r.a, r.b, r.c)
		},
		"pid=? AND lo=? AND id=? AND n=?",
		func(r *indexRow, id string) []value { return []value{r.key, []byte(r.nlo), id, r.n} }},
	referenceTable: {"rx", 5,
		func(a []value, r *indexRow, id string) []value { return append(a, r.key, r.text, r.lo, id, r.a) },
		"sid=? AND target=? AND chron=? AND id=? AND version=?",
		func(r *indexRow, id string) []value { return []value{r.key, r.text, r.lo, id, r.a} }},
	compositeTable: {"cx", 19, compositeArgs, "pid=? AND k=? AND id=? AND n=?",
		func(r *indexRow, id string) []value { return []value{r.key, r.text, id, r.n} }},
	labelTable: {"label", 4,
		func(a []value, r *indexRow, _ string) []value { return append(a, r.key, r.text, r.lo, r.b) },
		"pid=? AND norm=? AND sid=? AND code=?",
		func(r *indexRow, _ string) []value { return []value{r.key, r.text, r.lo, r.b} }},
}

func compositeArgs(a []value, r *indexRow, id string) []value {
	a = append(a, r.key, r.text, id, r.n)
	for i := range maxParts {
		if i < len(r.parts) {
			a = appendPart(a, &r.parts[i])
		} else {
			a = append(a, nil, nil, nil, nil, nil)
		}
	}
	return a
}

// appendPart flattens a part to lo, hi, s, c, t. A reference is its type in s, its id or URL in c and its version in t; a string
// has its exact text in c. Which columns a condition reads follows from the part's type, so that they may share.
func appendPart(a []value, it *search.Item) []value {
	switch {
	case it.ID != "":
		return append(a, nil, nil, it.Type, it.ID, it.Version)
	case it.URL != "":
		return append(a, nil, nil, "", it.URL, it.Version)
	case it.NLo != "" || it.NHi != "":
		return append(a, []byte(it.NLo), []byte(it.NHi), it.System, it.Code, it.Text)
	case it.Exact != "":
		return append(a, nil, nil, nil, it.Exact, it.Text)
	default:
		return append(a, it.Lo, it.Hi, it.System, it.Code, it.Text)
	}
}

// pending are index rows that are not in the database yet.
type pending struct {
	rows [tableCount][]pendingRow
	ids  map[resourceKey]bool
	n    int
	args []value
	text [tableCount]map[int]string
}

type pendingRow struct {
	indexRow
	id string
}

type resourceKey struct {
	tid int64
	id  string
}

// maxPending is how many rows wait at most: more only take memory.
const maxPending = 20_000

// batch is how many rows one INSERT writes.
const batch = 16

func (p *pending) add(key resourceKey, rows []indexRow) {
	if p.ids == nil {
		p.ids = map[resourceKey]bool{}
	}
	p.ids[key] = true
	p.n += len(rows)
	for i := range rows {
		t := rows[i].table
		p.rows[t] = append(p.rows[t], pendingRow{rows[i], key.id})
	}
}

func (p *pending) clear() {
	for t := range p.rows {
		clear(p.rows[t])
		p.rows[t] = p.rows[t][:0]
	}
	clear(p.ids)
	p.n = 0
}

// flush writes what is pending.
func (p *pending) flush(ctx context.Context, c *conn) error {
	for t := range p.rows {
		rows := p.rows[t]
		for len(rows) > 0 {
			n := batch
			if len(rows) < batch {
				n = 1
			}
			p.args = p.args[:0]
			for i := range rows[:n] {
				p.args = shapes[t].insert(p.args, &rows[i].indexRow, rows[i].id)
			}
			if _, err := c.exec(ctx, p.statement(table(t), n), p.args...); err != nil {
				return err
			}
			rows = rows[n:]
		}
	}
	p.clear()
	return nil
}

func (p *pending) statement(t table, n int) string {
	if p.text[t] == nil {
		p.text[t] = map[int]string{}
	}
	if s := p.text[t][n]; s != "" {
		return s
	}
	row := "(?" + strings.Repeat(",?", shapes[t].columns-1) + ")"
	s := "INSERT OR IGNORE INTO " + shapes[t].name + " VALUES " + row + strings.Repeat(","+row, n-1)
	p.text[t][n] = s
	return s
}
