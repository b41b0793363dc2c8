package sample

import "time"

// precision is how much of a date or time is known, as a layout of package time.
type precision string

const (
	year   precision = "2006"
	month  precision = "2006-01"
	day    precision = "2006-01-02"
	second precision = "2006-01-02T15:04:05Z07:00"
	milli  precision = "2006-01-02T15:04:05.000Z07:00"
	micro  precision = "2006-01-02T15:04:05.000000Z07:00"
	// offset writes UTC as +00:00 instead of Z.
	offset precision = "2006-01-02T15:04:05-07:00"
)

// date writes a date, dateTime or instant.
func (w *writer) date(name string, t time.Time, p precision) {
	w.key(name)
	w.buf = append(w.buf, '"')
	w.buf = t.AppendFormat(w.buf, string(p))
	w.buf = append(w.buf, '"')
}

// period writes a Period; a zero time leaves its end open.
func (w *writer) period(name string, start, end time.Time, p precision) {
	w.open(name)
	if !start.IsZero() {
		w.date("start", start, p)
	}
	if !end.IsZero() {
		w.date("end", end, p)
	}
	w.close()
}

// vague is a precision for something that people remember badly.
func (d *dice) vague() precision {
	return pick(d, []precision{year, month, month, day, day, day, second, milli})
}

// exact is a precision for something that a machine has noted.
func (d *dice) exact() precision {
	return pick(d, []precision{second, second, second, second, milli, micro, offset, day})
}

// yearsBetween is the number of whole years from birth to t.
func yearsBetween(birth, t time.Time) int {
	n := t.Year() - birth.Year()
	if t.Month() < birth.Month() || t.Month() == birth.Month() && t.Day() < birth.Day() {
		n--
	}
	return n
}
