package sqlite

import (
	"math"

	"github.com/heliograph/heliograph/search"
)

// "This code, newest first" is what charts ask. Rows of tokens carry the span of their resource's chronological parameter, so that it
// is a scan of the code's rows: half a microsecond a row where the resource costs four. A code that nearly all have is the exception:
// there, walking the index of times finds a page sooner. How many rows a code has is not known before it is asked for (an average over
// the codes is far off for most), so the first statement counts them, up to where the two ways cost the same.

// tokenLed gives the part with the fewest rows that is all rows of tokens, where each of the others is decided by look-ups or by the
// span; −1 if there is none.
func (q *rootQuery) tokenLed() int {
	lead := -1
	for i, p := range q.parts {
		if p.tokens() && (lead < 0 || p.rows < q.parts[lead].rows) {
			lead = i
		}
	}
	for i, p := range q.parts {
		if i != lead && !p.points && !p.spanned {
			return -1
		}
	}
	return lead
}

// spanning gives the part whose rows of tokens are to be ordered by their span; −1 if that is not the order asked for.
func (q *rootQuery) spanning() int {
	if q.timed() == "" || q.request.Query.Sort[0].Param.Code == search.ParamLastUpdated {
		return -1
	}
	return q.tokenLed()
}

// tokenRows selects the ids of the rows of a part's tokens that satisfy all parts, perhaps repeated; with a column also that, as ord.
func (q *rootQuery) tokenRows(lead int, column string) *writer {
	var sets []*writer
	for _, a := range q.parts[lead].entries {
		x := q.fresh("x")
		w := sqlf("SELECT " + x + ".id AS id")
		if column != "" {
			w.text(", " + timeColumn(x+"."+column, column == "last") + " AS ord")
		}
		w.add(sqlf(" FROM "+a.table+" "+x+" WHERE ?", a.where(x)))
		w.add(q.rest(lead, scope{typ: q.typ, id: x + ".id", span: x, cands: a.rows}))
		sets = append(sets, w)
	}
	return union(sets)
}

// bySpan gives the statements that order by time: the rows of the part's tokens where they are at most fork, else a walk along the
// times. The first counts.
func (q *rootQuery) bySpan(lead int) (statements []statement, fork int64) {
	if !q.walkable() {
		return []statement{q.gather(lead)}, 0
	}
	most := int64(math.Max(500, math.Sqrt(walkCost*q.wanted()*q.live(q.typ)/2)))
	var sets []*writer
	for _, a := range q.parts[lead].entries {
		x := q.fresh("x")
		sets = append(sets, sqlf("SELECT 1 FROM "+a.table+" "+x+" WHERE ?", a.where(x)))
	}
	count := sqlf("SELECT count(*) FROM (? LIMIT ?)", union(sets), most+1)
	return append([]statement{count.statement(), q.gather(lead)}, q.walk()...), most
}

// gather orders the rows of the part's tokens, and reads the resources of the best.
func (q *rootQuery) gather(lead int) statement {
	k := q.request.Query.Sort[0]
	column := "first"
	if k.Desc {
		column = "last"
	}
	keys := sqlf("SELECT DISTINCT id, ord FROM (?) WHERE 1", q.tokenRows(lead, column))
	if after := q.request.After; after != nil {
		keys.text(" AND ").add(q.behindTime("ord", "id", k, after))
	}
	keys.text(" ORDER BY ord" + q.flip(k.Desc) + ", id" + q.flip(false))
	if n := q.request.Limit; n > 0 {
		keys.text(" LIMIT ").arg(int64(n))
	}
	w := sqlf("SELECT ? FROM (?) b CROSS JOIN resource r ON r.tid = ? AND r.id = b.id WHERE r.deleted = 0 ORDER BY b.ord"+q.flip(k.Desc)+
		", b.id"+q.flip(false), q.columns(sqlf("b.ord")), keys, q.tid(q.typ))
	return w.statement()
}
