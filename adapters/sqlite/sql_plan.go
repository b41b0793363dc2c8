package sqlite

import (
	"math"

	"github.com/heliograph/heliograph/search"
)

// compile gives the statements that answer a request: always the same ones for the same request and counts.
func (s *Store) compile(r search.Request) (*plan, error) {
	made := s.names.vintage()
	c, parts, err := s.conjuncts(r)
	if err != nil {
		return nil, err
	}
	q := &rootQuery{compiler: c, request: &r, parts: parts, typ: r.Query.Type}
	p := &plan{typ: r.Query.Type, bodies: r.Bodies, scored: r.Score, limit: r.Limit, made: made}
	q.order(p)
	q.forked(p)
	return p, c.err
}

// order gives a plan the statements that answer in the order asked for.
func (q *rootQuery) order(p *plan) {
	sort := q.request.Query.Sort
	switch {
	case search.Ranked(sort):
		p.statements = []statement{q.ranked()}
	case len(sort) == 0:
		p.statements = []statement{q.byID()}
	case q.spanning() >= 0:
		p.statements, p.fork = q.bySpan(q.spanning())
		p.time = &sort[0]
	case q.walks():
		p.statements, p.time = q.walk(), &sort[0]
	case q.timed() != "":
		p.statements, p.time = []statement{q.collectTimed()}, &sort[0]
	default:
		p.statements = []statement{q.collect()}
	}
}

// conjuncts checks the request against the claims and compiles the parts of its condition.
func (s *Store) conjuncts(r search.Request) (*compiler, []part, error) {
	where := search.Restrict(r.Query)
	claims := s.Describe()
	if err := search.Can(claims, r.Query.Type, where); err != nil {
		return nil, nil, err
	}
	if err := search.CanSortBy(claims, r.Query.Type, r.Query.Sort); err != nil {
		return nil, nil, err
	}
	if err := search.CanScoreBy(claims, r); err != nil {
		return nil, nil, err
	}
	c := &compiler{names: s.names, tenant: r.Query.Caller.Tenant, given: func(set search.CodeSet) bool { _, ok := r.Codes[set]; return ok }}
	all, ok := where.(search.And)
	if !ok {
		all = search.And{where}
	}
	if _, everything := where.(search.True); everything {
		all = nil
	}
	parts := c.parts(r.Query.Type, all)
	if r.Within != nil {
		parts = append(parts, c.within(r.Query.Type))
	}
	return c, parts, c.err
}

func (c *compiler) within(typ string) part {
	set := func() *writer { return listed(withinArg{}) }
	return part{rows: 100, cond: func(s scope) *writer { return in(s, set()) }, set: func() *writer {
		x := c.fresh("s")
		return sqlf("SELECT "+x+".id FROM resource "+x+" WHERE "+x+".tid = ? AND "+x+".deleted = 0 AND "+x+".id IN (?)", c.tid(typ), set())
	}}
}

// rootQuery writes the statement for a request's own type; its resource row is always r.
type rootQuery struct {
	*compiler
	request *search.Request
	parts   []part
	typ     string
}

func (q *rootQuery) scope(cands float64) scope {
	return scope{typ: q.typ, id: "r.id", alias: "r", cands: cands}
}

// columns are what a hit is read from: see readHit.
func (q *rootQuery) columns(order *writer) *writer {
	w := sqlf("r.id, r.version, r.rid, r.updated")
	if q.request.Bodies {
		w.text(", r.splice, r.body")
	}
	if q.request.Score {
		w.text(", ").add(q.score("r"))
	}
	if order != nil {
		w.text(", ").add(order)
	}
	return w
}

// rows is about how many resources the whole condition lets through.
func (q *rootQuery) rows() float64 {
	n := q.live(q.typ)
	for _, p := range q.parts {
		n = min(n, p.rows)
	}
	return n
}

// wanted is how many rows the caller takes.
func (q *rootQuery) wanted() float64 {
	if q.request.Limit == 0 {
		return math.MaxFloat64
	}
	return float64(q.request.Limit)
}

// walkCost is what a row costs that is walked past, read and looked up elsewhere, in rows of a set that are put together.
const walkCost = 6

// from writes FROM and WHERE: led by the most selective part, or by the type in id order where more would be collected than the page
// has to walk past.
func (q *rootQuery) from(w *writer, ordered bool) {
	live, rows := q.live(q.typ), q.rows()
	lead := -1
	if len(q.parts) > 0 {
		lead = leader(q.parts)
	}
	cands := rows
	ranged := lead >= 0 && q.parts[lead].single != nil && q.parts[lead].single.byID
	if lead >= 0 && ordered && !ranged && walkCost*q.wanted()*live/max(rows, 1) < rows {
		cands, lead = q.wanted()*live/max(rows, 1), -1
	}
	if lead < 0 {
		cands = min(cands, live)
	}
	sc := q.scope(cands)
	if ordered && len(q.parts) == 1 && q.request.Limit > 0 && !ranged && q.parts[0].single != nil {
		if set := q.parts[0].single.ranges(q.first); set != nil {
			w.add(sqlf(" FROM resource r WHERE r.tid = ? AND r.deleted = 0 AND ? ORDER BY r.id"+q.direction(), q.tid(q.typ), in(sc, set)))
			return
		}
	}
	left := q.parts
	switch {
	case lead < 0:
		w.add(sqlf(" FROM resource r WHERE r.tid = ? AND r.deleted = 0", q.tid(q.typ)))
	case ordered && ranged:
		a := q.parts[lead].single
		if a.table == "tx" {
			sc.span = "d"
		}
		sc.id = "d.id" // what is decided by the id is decided before the resource is read
		w.add(sqlf(" FROM "+a.table+" d CROSS JOIN resource r ON r.tid = ? AND r.id = d.id WHERE ?", q.tid(q.typ), a.where("d")))
		q.behind(w, "d.id")
		w.add(q.rest(lead, sc)).text(" ORDER BY d.id" + q.direction())
		return
	default:
		var set *writer
		set, left = q.narrowed(q.typ, q.parts, lead)
		w.add(sqlf(" FROM resource r WHERE r.tid = ? AND r.deleted = 0 AND ?", q.tid(q.typ), in(sc, set)))
	}
	if ordered {
		q.behind(w, "r.id")
	}
	w.add(all(left, -1, sc))
	if ordered {
		w.text(" ORDER BY r.id" + q.direction())
	}
}

// first cuts a range by id to the page: what is behind the cursor, as many as the page has.
func (q *rootQuery) first(id string) *writer {
	w := &writer{}
	q.behind(w, id)
	return w.text(" ORDER BY " + id + q.direction() + " LIMIT ").arg(int64(q.request.Limit))
}

func (q *rootQuery) rest(lead int, sc scope) *writer { return all(q.parts, lead, sc) }

// all is " AND …" for every part but one (−1: none left out).
func all(parts []part, but int, sc scope) *writer {
	w := &writer{}
	for _, x := range conditions(parts, but, sc) {
		w.text(" AND (").add(x).text(")")
	}
	return w
}

func (q *rootQuery) direction() string {
	if q.request.Reverse {
		return " DESC"
	}
	return ""
}

// behind starts an order by id after the cursor.
func (q *rootQuery) behind(w *writer, id string) {
	switch after := q.request.After; {
	case after == nil:
	case q.request.Reverse:
		w.text(" AND " + id + " < ").arg(after.ID)
	default:
		w.text(" AND " + id + " > ").arg(after.ID)
	}
}

func (q *rootQuery) limited(w *writer) statement {
	if n := q.request.Limit; n > 0 {
		w.text(" LIMIT ").arg(int64(n))
	}
	return w.statement()
}

func (q *rootQuery) byID() statement {
	w := sqlf("SELECT ?", q.columns(nil))
	q.from(w, true)
	return q.limited(w)
}

func (q *rootQuery) orderKey() *writer {
	return ordered(q.scope(0), &program{typ: q.typ, sort: q.request.Query.Sort})
}

// collect computes the order key of all that the condition lets through, and keeps the best.
func (q *rootQuery) collect() statement {
	keys := sqlf("SELECT r.rid AS rid, r.id AS id, ? AS ord", q.orderKey())
	q.from(keys, false)
	best := sqlf("SELECT k.rid, k.id, k.ord FROM (? LIMIT -1) k", keys)
	if after := q.request.After; after != nil {
		op := ">"
		if q.request.Reverse {
			op = "<"
		}
		best.add(sqlf(" WHERE (k.ord, k.id) "+op+" (?, ?)", after.Order, after.ID))
	}
	best.text(" ORDER BY k.ord" + q.direction() + ", k.id" + q.direction())
	if n := q.request.Limit; n > 0 {
		best.text(" LIMIT ").arg(int64(n))
	}
	w := sqlf("SELECT ? FROM (?) b CROSS JOIN resource r ON r.rid = b.rid ORDER BY b.ord"+q.direction()+", b.id"+q.direction(),
		q.columns(sqlf("b.ord")), best)
	return w.statement()
}

// count gives the statement that counts.
func (s *Store) count(r search.Request) (*plan, error) {
	r.Query.Sort, r.After, r.Limit, r.Bodies = nil, nil, 0, false
	made := s.names.vintage()
	c, parts, err := s.conjuncts(r)
	if err != nil {
		return nil, err
	}
	q := &rootQuery{compiler: c, request: &r, parts: parts, typ: r.Query.Type}
	w := sqlf("SELECT count FROM live WHERE tid = ?", c.tid(r.Query.Type))
	if lead := q.tokenLed(); lead >= 0 {
		w = sqlf("SELECT count(DISTINCT id) FROM (?)", q.tokenRows(lead, ""))
	} else if len(parts) > 0 {
		w = sqlf("SELECT count(DISTINCT id) FROM (?)", c.and(r.Query.Type, parts).set())
	}
	return &plan{typ: r.Query.Type, statements: []statement{w.statement()}, made: made}, c.err
}
