package fhirpath

import "time"

// spans are the units of a fixed length.
var spans = map[string]time.Duration{"week": 7 * 24 * time.Hour, "day": 24 * time.Hour, "hour": time.Hour, "minute": time.Minute,
	"second": time.Second, "millisecond": time.Millisecond}

// add adds a quantity of time, which must be one of the calendar, or of seconds or milliseconds in UCUM (FHIRPath, "Date/Time
// Arithmetic"). It is false for another unit, and for what is outside the years 1 to 9999.
func (t temporal) add(q quantity, sign int64) (temporal, bool) {
	unit := q.unit
	if !q.calendar {
		unit = map[string]string{"s": "second", "ms": "millisecond"}[q.unit]
	}
	limit, _ := parseNumber("1000000000000")
	if q.value.big || q.value.d.Abs().Cmp(limit.d) > 0 {
		return t, false
	}
	whole := q.value.d.IntPart() * sign
	if unit == "year" || unit == "month" {
		if unit == "year" {
			whole *= 12
		}
		if t.kind == kindTime {
			return t, false
		}
		if t.known == 1 {
			whole -= whole % 12
		}
		return t.addMonths(whole)
	}
	span, ok := spans[unit]
	if !ok || whole > int64(1<<62)/int64(span) || whole < -int64(1<<62)/int64(span) {
		return t, false
	}
	gap := time.Duration(whole) * span
	if unit == "second" {
		gap = time.Duration(q.value.d.Shift(9).IntPart() * sign)
	}
	return t.addSpan(gap)
}

// addMonths keeps the day where the month has it, else takes its last.
func (t temporal) addMonths(months int64) (temporal, bool) {
	total := int64(t.parts[0])*12 + int64(t.parts[1]-1) + months
	if total < 12 || total >= 10_000*12 {
		return t, false
	}
	t.parts[0], t.parts[1] = int(total/12), int(total%12)+1
	t.parts[2] = min(t.parts[2], daysIn(t.parts[0], t.parts[1]))
	t.text = t.write()
	return t, true
}

// addSpan adds to a value of day precision or finer; to a coarser one it adds the whole months of 30 and years of 365 days.
func (t temporal) addSpan(gap time.Duration) (temporal, bool) {
	days := int64(gap / (24 * time.Hour))
	switch {
	case t.known == 1:
		return t.addMonths(days / 365 * 12)
	case t.known == 2:
		return t.addMonths(days / 30)
	case t.known == 3:
		gap = time.Duration(days) * 24 * time.Hour
	}
	at := t.instant().Add(gap)
	if t.kind == kindTime {
		return t.set(at), true
	}
	if y := at.Year(); y < 1 || y > 9999 {
		return t, false
	}
	return t.set(at), true
}
