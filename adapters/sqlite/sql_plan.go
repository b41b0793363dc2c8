package sqlite

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// compile gives the statements that answer a request: always the same ones for the same request and counts.
func (s *Store) compile(r search.Request) (*plan, error) {
	c, parts, err := s.conjuncts(r)
	if err != nil {
		return nil, err
	}
	q := &rootQuery{compiler: c, request: &r, parts: parts, typ: r.Query.Type}
	p := &plan{typ: r.Query.Type, bodies: r.Bodies, limit: r.Limit}
	switch {
	case len(r.Query.Sort) == 0:
		p.statements = []statement{q.byID()}
	case q.walks():
		p.statements, p.time = q.walk(), &r.Query.Sort[0]
	case q.timed() != "":
		p.statements, p.time = []statement{q.collectTimed()}, &r.Query.Sort[0]
	default:
		p.statements = []statement{q.collect()}
	}
	return p, c.err
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
	if r.Score {
		return nil, nil, fault.New(fault.Unsupported, "relevance is not claimed")
	}
	c := &compiler{names: s.names, tenant: r.Query.Caller.Tenant, given: func(url string) bool { _, ok := r.Codes[url]; return ok }}
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
	set := func() *writer { return sqlf("SELECT value FROM json_each(?)", withinArg{}) }
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

// from writes FROM and WHERE: led by the most selective part, or by the type in id order where more would be collected than the page
// has to walk past.
func (q *rootQuery) from(w *writer, ordered bool) {
	live, rows := q.live(q.typ), q.rows()
	lead := -1
	if len(q.parts) > 0 {
		lead = leader(q.parts)
	}
	cands := rows
	if lead >= 0 && ordered && q.wanted()*live/max(rows, 1) < rows {
		cands, lead = q.wanted()*live/max(rows, 1), -1
	}
	if lead < 0 {
		cands = min(cands, live)
	}
	sc := q.scope(cands)
	switch {
	case lead < 0:
		w.add(sqlf(" FROM resource r WHERE r.tid = ? AND r.deleted = 0", q.tid(q.typ)))
	case ordered && q.parts[lead].single != nil && q.parts[lead].single.byID:
		a := q.parts[lead].single
		w.add(sqlf(" FROM "+a.table+" d CROSS JOIN resource r ON r.tid = ? AND r.id = d.id WHERE ?", q.tid(q.typ), a.where("d")))
		q.behind(w, "d.id")
		w.add(q.rest(lead, sc)).text(" ORDER BY d.id" + q.direction())
		return
	default:
		w.add(sqlf(" FROM resource r WHERE r.tid = ? AND r.deleted = 0 AND ?", q.tid(q.typ), in(sc, q.parts[lead].set())))
	}
	if ordered {
		q.behind(w, "r.id")
	}
	w.add(q.rest(lead, sc))
	if ordered {
		w.text(" ORDER BY r.id" + q.direction())
	}
}

func (q *rootQuery) rest(lead int, sc scope) *writer {
	w := &writer{}
	for _, x := range conditions(q.parts, lead, sc) {
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
	return sqlf("hg_order(?, r.id, r.vals)", &program{typ: q.typ, sort: q.request.Query.Sort})
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

// walks says whether the order is that of an index and walking it past what the condition hides costs less than collecting.
func (q *rootQuery) walks() bool {
	r := q.request
	if len(r.Query.Sort) != 1 || r.Reverse || r.Limit == 0 || r.Query.Sort[0].Param.Type != search.Date {
		return false
	}
	if r.After != nil && len(r.After.Order) == 0 {
		return false
	}
	if p := r.Query.Sort[0].Param; p.Code != search.ParamLastUpdated {
		if name := q.names.param(q.tenant, p); name == nil || name.multi.Load() {
			return false
		}
	}
	rows := max(q.rows(), 1)
	return q.wanted()*q.live(q.typ)/rows < rows
}

// walk reads the index of the sort's parameter, and what has no value of it after that.
func (q *rootQuery) walk() []statement {
	k := q.request.Query.Sort[0]
	sc := q.scope(min(q.live(q.typ), q.wanted()*q.live(q.typ)/max(q.rows(), 1)))
	var out []statement
	after := q.request.After
	if after == nil || after.Order[0] == orderPresent {
		out = append(out, q.walkPresent(k, sc))
	}
	if k.Param.Code == search.ParamLastUpdated {
		return out
	}
	missing := q.match(sc, search.Exists{Param: k.Param})
	if q.chron() == k.Param.Code {
		missing = sqlf("(r.last IS NOT NULL)")
	}
	w := sqlf("SELECT ? FROM resource r WHERE r.tid = ? AND r.deleted = 0 AND NOT ?", q.columns(sqlf("NULL")), q.tid(q.typ), missing)
	if after != nil && after.Order[0] != orderPresent {
		w.text(" AND r.id > ").arg(after.ID)
	}
	w.add(q.rest(-1, sc)).text(" ORDER BY r.id")
	return append(out, q.limited(w))
}

// orderPresent begins the order key of a resource that has a value (search.OrderPart).
const orderPresent = 1

func (q *rootQuery) walkPresent(k search.SortKey, sc scope) statement {
	key, id, lead := "r.updated", "r.id", -1
	var w *writer
	if k.Param.Code == search.ParamLastUpdated {
		w = sqlf("SELECT ? FROM resource r INDEXED BY resource_updated WHERE r.tid = ? AND r.deleted = 0", q.columns(sqlf(key)), q.tid(q.typ))
	} else {
		key, id = "d.lo", "d.id"
		index := ""
		if k.Desc {
			key, index = "d.hi", " INDEXED BY dx_hi"
		}
		name := q.names.param(q.tenant, k.Param)
		w = sqlf("SELECT ? FROM dx d"+index+" CROSS JOIN resource r ON r.tid = ? AND r.id = d.id WHERE d.pid = ?", q.columns(sqlf(key)),
			q.tid(q.typ), name.id)
		for i, p := range q.parts {
			if p.dates != nil && p.dates.param == name {
				w.text(" AND (").add(p.dates.on("d")).text(")")
				lead = i
			}
		}
	}
	if after := q.request.After; after != nil {
		w.text(" AND ").add(q.behindTime(key, id, k, after))
	}
	w.add(q.rest(lead, sc)).text(" ORDER BY " + key)
	if k.Desc {
		w.text(" DESC")
	}
	return q.limited(w.text(", " + id))
}

// chron is the code of the type's chronological parameter.
func (q *rootQuery) chron() string {
	if t := q.names.typeOf(q.tenant, q.typ); t != nil {
		return t.chron
	}
	return ""
}

// timed is the column of times that gives the order asked for, "" if there is none. What is missing is as the end of the order.
func (q *rootQuery) timed() string {
	keys := q.request.Query.Sort
	if len(keys) != 1 || keys[0].Param.Type != search.Date {
		return ""
	}
	switch code := keys[0].Param.Code; {
	case code == search.ParamLastUpdated:
		return "r.updated"
	case code != q.chron():
		return ""
	case keys[0].Desc:
		return fmt.Sprintf("coalesce(r.last, %d)", int64(search.MinTime))
	default:
		return fmt.Sprintf("coalesce(r.first, %d)", int64(search.MaxTime))
	}
}

// collectTimed orders all that the condition lets through by a column of times.
func (q *rootQuery) collectTimed() statement {
	k := q.request.Query.Sort[0]
	keys := sqlf("SELECT r.rid AS rid, r.id AS id, " + q.timed() + " AS ord")
	q.from(keys, false)
	if after := q.request.After; after != nil {
		keys.text(" AND ").add(q.behindTime(q.timed(), "r.id", k, after))
	}
	keys.text(" ORDER BY ord" + q.flip(k.Desc) + ", r.id" + q.flip(false))
	if n := q.request.Limit; n > 0 {
		keys.text(" LIMIT ").arg(int64(n))
	}
	w := sqlf("SELECT ? FROM (?) b CROSS JOIN resource r ON r.rid = b.rid ORDER BY b.ord"+q.flip(k.Desc)+", b.id"+q.flip(false),
		q.columns(sqlf("b.ord")), keys)
	return w.statement()
}

// flip is the direction of a column, turned where the request walks backward.
func (q *rootQuery) flip(desc bool) string {
	if desc != q.request.Reverse {
		return " DESC"
	}
	return ""
}

func (q *rootQuery) behindTime(column, id string, k search.SortKey, after *search.Cursor) *writer {
	at := orderedTime(after.Order, k)
	op, tie := ">", ">"
	if k.Desc != q.request.Reverse {
		op = "<"
	}
	if q.request.Reverse {
		tie = "<"
	}
	return sqlf(column+" "+op+"= ? AND ("+column+" "+op+" ? OR "+id+" "+tie+" ?)", at, at, after.ID)
}

// orderedTime reads a column's value back from an order key (search.OrderPart).
func orderedTime(order []byte, k search.SortKey) int64 {
	if len(order) < 9 || order[0] != orderPresent {
		return missingTime(k)
	}
	at := binary.BigEndian.Uint64(order[1:])
	if k.Desc {
		at = ^at
	}
	if k.Desc && k.Param.Code == search.ParamLastUpdated {
		at-- // the end of the instant
	}
	return int64(at ^ 1<<63)
}

func missingTime(k search.SortKey) int64 {
	if k.Desc {
		return search.MinTime
	}
	return search.MaxTime
}

// timeOrder is the order key of a column's value, as search.OrderPart makes it.
func timeOrder(v value, k search.SortKey) []byte {
	at, there := v.(int64)
	if !there || at == missingTime(k) {
		return []byte{orderPresent + 1}
	}
	if k.Desc && k.Param.Code == search.ParamLastUpdated {
		at++
	}
	key := uint64(at) ^ 1<<63
	if k.Desc {
		key = ^key
	}
	return binary.BigEndian.AppendUint64([]byte{orderPresent}, key)
}

// count gives the statement that counts.
func (s *Store) count(r search.Request) (*plan, error) {
	r.Query.Sort, r.After, r.Limit, r.Bodies = nil, nil, 0, false
	c, parts, err := s.conjuncts(r)
	if err != nil {
		return nil, err
	}
	w := sqlf("SELECT count FROM live WHERE tid = ?", c.tid(r.Query.Type))
	if len(parts) > 0 {
		w = sqlf("SELECT count(DISTINCT id) FROM (?)", c.and(r.Query.Type, parts).set())
	}
	return &plan{typ: r.Query.Type, statements: []statement{w.statement()}}, c.err
}
