package fhirpath

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The kinds of temporal values: the names of their types.
const (
	kindDate     = "Date"
	kindDateTime = "DateTime"
	kindTime     = "Time"
)

// temporal is a Date, DateTime or Time of the language, of any precision.
type temporal struct {
	kind  string
	parts [6]int // year, month, day, hour, minute, second; a time's year to day are 0
	nanos int    // the fraction of the second
	known int    // how many parts are known, from the year; a time has 4 to 6
	zoned bool
	east  int // seconds, of the zone
	text  string
}

func (t temporal) String() string { return t.text }

// literalKind says what a literal is by its form.
func literalKind(text string) string {
	switch i := strings.IndexByte(text, 'T'); {
	case i == 0:
		return kindTime
	case i > 0:
		return kindDateTime
	}
	return kindDate
}

// parseTemporal reads a value of a kind; a time may begin with T. It is false for anything else.
func parseTemporal(text, kind string) (temporal, bool) {
	t := temporal{kind: kind, parts: [6]int{0, 1, 1}, text: text}
	date, clock, timed := strings.Cut(text, "T")
	if kind == kindTime {
		if !timed {
			date, clock = "", text
		}
		t.text = clock
		t.known = 3
		return t, date == "" && clock != "" && t.clock(clock) && !t.zoned
	}
	if !t.date(date) || kind == kindDate && timed {
		return temporal{}, false
	}
	t.text = strings.TrimSuffix(text, "T")
	if !timed || clock == "" {
		return t, true
	}
	return t, t.known == 3 && t.clock(clock)
}

func (t *temporal) date(s string) bool {
	fields := strings.Split(s, "-")
	if len(fields) > 3 || len(fields[0]) != 4 {
		return false
	}
	for i, f := range fields {
		n, ok := number2(f, i == 0)
		if !ok {
			return false
		}
		t.parts[i] = n
	}
	t.known = len(fields)
	y, m, d := t.parts[0], t.parts[1], t.parts[2]
	return y >= 1 && m >= 1 && m <= 12 && d >= 1 && d <= daysIn(y, m)
}

func number2(s string, year bool) (int, bool) {
	want := 2
	if year {
		want = 4
	}
	n, err := strconv.ParseUint(s, 10, 16)
	return int(n), err == nil && len(s) == want
}

// clock reads hh, hh:mm, hh:mm:ss or hh:mm:ss.fff and a zone.
func (t *temporal) clock(s string) bool {
	if i := strings.IndexAny(s, "Z+-"); i >= 0 {
		if !t.zone(s[i:]) {
			return false
		}
		s = s[:i]
	}
	s, fraction, fractional := strings.Cut(s, ".")
	fields := strings.Split(s, ":")
	if len(fields) > 3 || fractional && (len(fields) != 3 || fraction == "") {
		return false
	}
	limits := [3]int{23, 59, 60}
	for i, f := range fields {
		n, ok := number2(f, false)
		if !ok || n > limits[i] {
			return false
		}
		t.parts[3+i] = n
	}
	t.known = 3 + len(fields)
	for i := range 9 {
		digit := 0
		if i < len(fraction) {
			if digit = int(fraction[i]) - '0'; digit < 0 || digit > 9 {
				return false
			}
		}
		t.nanos = t.nanos*10 + digit
	}
	return true
}

func (t *temporal) zone(s string) bool {
	t.zoned = true
	if s == "Z" {
		return true
	}
	hour, minute, _ := strings.Cut(s[1:], ":")
	h, ok := number2(hour, false)
	m, fine := number2(minute, false)
	t.east = h*3600 + m*60
	if s[0] == '-' {
		t.east = -t.east
	}
	return s[0] != 'Z' && ok && fine && h <= 14 && m <= 59
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// instant is the value's beginning, in UTC if it has a zone.
func (t temporal) instant() time.Time {
	p := t.parts
	return time.Date(p[0], time.Month(p[1]), p[2], p[3], p[4], p[5], t.nanos, time.UTC).Add(-time.Duration(t.east) * time.Second)
}

// set takes the parts of a time in the value's own zone, in the value's precision.
func (t temporal) set(at time.Time) temporal {
	at = at.Add(time.Duration(t.east) * time.Second)
	t.parts = [6]int{at.Year(), int(at.Month()), at.Day(), at.Hour(), at.Minute(), at.Second()}
	t.nanos = at.Nanosecond()
	if t.kind == kindTime { // a time goes round
		t.parts[0], t.parts[1], t.parts[2] = 0, 1, 1
	}
	t.text = t.write()
	return t
}

func (t temporal) write() string {
	p := t.parts
	texts := [6]string{fmt.Sprintf("%04d", p[0]), fmt.Sprintf("-%02d", p[1]), fmt.Sprintf("-%02d", p[2]),
		fmt.Sprintf("T%02d", p[3]), fmt.Sprintf(":%02d", p[4]), fmt.Sprintf(":%02d", p[5])}
	first := 0
	if t.kind == kindTime {
		first, texts[3] = 3, texts[3][1:]
	}
	s := strings.Join(texts[first:t.known], "")
	if t.known == 6 && t.nanos != 0 {
		s += strings.TrimRight(fmt.Sprintf(".%09d", t.nanos), "0")
	}
	if !t.zoned {
		return s
	}
	if t.east == 0 {
		return s + "Z"
	}
	sign, east := '+', t.east
	if east < 0 {
		sign, east = '-', -east
	}
	return s + fmt.Sprintf("%c%02d:%02d", sign, east/3600, east/60%60)
}

// compare orders two values; false where their precision or a missing zone leaves it open. A date counts as a dateTime.
func (t temporal) compare(o temporal) (int, bool) {
	if (t.kind == kindTime) != (o.kind == kindTime) {
		return 0, false
	}
	common := min(t.known, o.known)
	if t.zoned != o.zoned && common > 3 {
		gap := t.instant().Sub(o.instant())
		return cmp.Compare(gap, 0), gap.Abs() > 14*time.Hour
	}
	a, b := t, o
	if t.zoned && o.zoned && common > 3 {
		a, b = t.utc(), o.utc()
	}
	for i := range common {
		if c := cmp.Compare(a.parts[i], b.parts[i]); c != 0 {
			return c, true
		}
	}
	if t.known != o.known {
		return 0, false
	}
	return cmp.Compare(a.nanos, b.nanos), true
}

func (t temporal) utc() temporal {
	at := t.instant()
	t.east = 0
	return t.set(at)
}
