package sqlite

import (
	"encoding/binary"
	"fmt"

	"github.com/heliograph/heliograph/search"
)

// walkable says whether the order is that of an index.
func (q *rootQuery) walkable() bool {
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
	return true
}

// walks says whether walking the index past what the condition hides costs less than collecting.
func (q *rootQuery) walks() bool {
	rows := max(q.rows(), 1)
	return q.walkable() && 2*q.wanted()*q.live(q.typ)/rows < rows
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
	present := q.match(sc, search.Exists{Param: k.Param})
	w := sqlf("SELECT ? FROM resource r WHERE r.tid = ? AND r.deleted = 0", q.columns(sqlf("NULL")), q.tid(q.typ))
	if q.chron() == k.Param.Code {
		w.text(" AND r.last IS NULL")
	} else {
		w.add(sqlf(" AND NOT ?", present))
	}
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
		w = sqlf("SELECT ? FROM resource r"+by("resource_updated")+" WHERE r.tid = ? AND r.deleted = 0", q.columns(sqlf(key)), q.tid(q.typ))
	} else {
		key, id = "d.lo", "d.id"
		index := ""
		if k.Desc {
			key, index = "d.hi", by("dx_hi")
		}
		name := q.names.param(q.tenant, k.Param)
		w = sqlf("SELECT ? FROM dx d"+index+" CROSS JOIN resource r ON r.tid = ? AND r.id = d.id WHERE d.pid = ?", q.columns(sqlf(key)),
			q.tid(q.typ), name.id)
		for i, p := range q.parts {
			if p.dates != nil && p.dates.param == name {
				w.text(" AND (").add(p.dates.along("d", k.Desc)).text(")")
				lead = i
			}
		}
	}
	if after := q.request.After; after != nil {
		w.text(" AND ").add(q.behindTime(key, id, k, after))
	}
	sc.id = id // what is decided by the id is decided before the resource is read
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
		return timeColumn("r.last", true)
	default:
		return timeColumn("r.first", false)
	}
}

// timeColumn is a column of times as an order: what has none is at its end.
func timeColumn(column string, desc bool) string {
	if desc {
		return fmt.Sprintf("coalesce("+column+", %d)", int64(search.MinTime))
	}
	return fmt.Sprintf("coalesce("+column+", %d)", int64(search.MaxTime))
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
