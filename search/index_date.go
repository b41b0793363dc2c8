package search

import (
	"github.com/valyala/fastjson"

	"github.com/heliograph/heliograph/fhir"
)

// dates appends the items of a date parameter (FHIR R4, 3.1.1.4.7): the range that the precision of a date implies, that of
// a Period with open ends, the outer limits of a Timing. An Age, a Range or a string tells no date.
func (e *extraction) dates(items []Item, n found) []Item {
	switch n.path.typ.Name {
	case "date", "dateTime", "instant":
		lo, hi, ok := e.instant(n, n.value)
		if !ok {
			return items
		}
		return append(items, Item{Lo: lo, Hi: hi})
	case "Period":
		return e.span(items, n, span{lo: MaxTime, hi: MinTime}, n.value)
	case "Timing":
		return e.timing(items, n)
	}
	return items
}

// span is the range that has been covered so far; lo > hi as long as nothing has.
type span struct{ lo, hi int64 }

// instant reads a date; false if there is none or it is malformed, which is reported.
func (e *extraction) instant(n found, v *fastjson.Value) (lo, hi int64, ok bool) {
	if v == nil || v.Type() == fastjson.TypeNull {
		return 0, 0, false
	}
	if v.Type() != fastjson.TypeString {
		e.skip(n, "not a date")
		return 0, 0, false
	}
	lo, hi, err := fhir.ParseInstantRange(string(v.GetStringBytes()), e.x.config.Location)
	if err != nil {
		e.skip(n, err.Error())
		return 0, 0, false
	}
	return lo, hi, true
}

// span appends the range of s and a Period together.
func (e *extraction) span(items []Item, n found, s span, period *fastjson.Value) []Item {
	if period != nil {
		start, end := period.Get("start"), period.Get("end")
		lo, _, hasStart := e.instant(n, start)
		_, hi, hasEnd := e.instant(n, end)
		switch {
		case start != nil && !hasStart || end != nil && !hasEnd:
			return items // an end that was malformed is not an open one
		case hasStart && hasEnd && lo >= hi:
			e.skip(n, "the period ends before it starts")
			return items
		case !hasStart && !hasEnd:
		default:
			if !hasStart {
				lo = MinTime
			}
			if !hasEnd {
				hi = MaxTime
			}
			s = span{min(s.lo, lo), max(s.hi, hi)}
		}
	}
	if s.lo > s.hi {
		return items
	}
	return append(items, Item{Lo: s.lo, Hi: s.hi})
}

func (e *extraction) timing(items []Item, n found) []Item {
	s := span{lo: MaxTime, hi: MinTime}
	for _, event := range n.value.GetArray("event") {
		if lo, hi, ok := e.instant(n, event); ok {
			s = span{min(s.lo, lo), max(s.hi, hi)}
		}
	}
	return e.span(items, n, s, n.value.Get("repeat", "boundsPeriod"))
}
