package sqlite

import (
	"math"
	"strconv"

	"github.com/heliograph/heliograph/search"
)

// display looks among the display texts that occurred, and matches what has a token that occurred with one.
func (c *compiler) display(typ string, e search.Clause) part {
	name := c.names.param(c.tenant, e.Param)
	if name == nil || e.Param.Type != search.Token {
		if e.Param.Type != search.Token {
			c.fail("%s.%s:text is not searched here", typ, e.Param.Code)
		}
		return c.compile(typ, search.False{})
	}
	p := part{rows: float64(name.rows.Load())/10 + 1, candidates: func() *writer { return c.labelled(name, e) }}
	p.set = func() *writer {
		s := scope{typ: typ, alias: c.fresh("s")}
		s.id = s.alias + ".id"
		return sqlf("SELECT "+s.id+" FROM resource "+s.alias+" WHERE "+s.alias+".tid = ? AND ? AND ?", c.tid(typ),
			in(s, p.candidates()), c.match(s, e))
	}
	p.cond = func(s scope) *writer {
		if s.alias != "" {
			return c.match(s, e)
		}
		return in(s, p.set())
	}
	return p
}

// labelled selects the ids of the rows whose token occurred with a display text that a clause asks for: a superset, perhaps repeated.
func (c *compiler) labelled(name *paramName, e search.Clause) *writer {
	l, x := c.fresh("l"), c.fresh("x")
	parts := make([]*writer, len(e.Values))
	for i, v := range e.Values {
		parts[i] = contains("' ' || "+l+".norm", " "+v.Text)
	}
	return sqlf("SELECT "+x+".id FROM label "+l+" CROSS JOIN tx "+x+" ON "+x+".sid = "+l+".sid AND "+x+".code = "+l+".code WHERE "+
		l+".pid = ? AND (? OR "+bytesOf(l+".norm")+" >= "+strconv.Itoa(maxKey)+")", name.id, joined(parts, " OR ", never))
}

// Nothing is known of how many resources have a display text before it is asked for: some have most, and walking along the order finds a
// page of them soonest; many have few, and walking would match every resource. So the first statement counts the rows that may be.

// forked puts before the statements of a plan a count of a display's rows and the statement for where these are few.
func (q *rootQuery) forked(p *plan) {
	at := -1
	for i := range q.parts {
		if q.parts[i].candidates != nil && (at < 0 || q.parts[i].rows < q.parts[at].rows) {
			at = i
		}
	}
	if at < 0 || p.fork > 0 || q.request.Limit == 0 {
		return
	}
	most := max(500, math.Sqrt(walkCost*q.wanted()*q.live(q.typ)/2))
	few := *q
	few.parts = append([]part(nil), q.parts...)
	display := &few.parts[at]
	display.rows = min(display.rows, most/4)
	display.cond = func(s scope) *writer { return in(s, display.set()) }
	led := plan{}
	few.order(&led)
	if len(led.statements) != 1 || (led.time == nil) != (p.time == nil) {
		return
	}
	count := sqlf("SELECT count(*) FROM (? LIMIT ?)", display.candidates(), int64(most)+1)
	p.statements = append([]statement{count.statement(), led.statements[0]}, p.statements...)
	p.fork = int64(most)
}
