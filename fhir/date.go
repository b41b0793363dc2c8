package fhir

import "time"

// DateError says what is wrong with a date, time or instant; it never repeats the text.
type DateError string

// Error implements error.
func (e DateError) Error() string { return "fhir: not a date or time: " + string(e) }

// The precisions of a partial date.
const (
	precisionYear = iota
	precisionMonth
	precisionDay
	precisionMinute // searches only
	precisionSecond // with or without a fraction
)

// dateParts is a FHIR date, dateTime or instant, taken apart.
type dateParts struct {
	year, month, day, hour, minute, second int
	micros, width                          int64 // of the fraction, and how many microseconds its last digit covers
	precision                              int
	zoned                                  bool
	offset                                 int // seconds east of UTC
}

// scanDateTime takes a text apart and checks its grammar and its calendar.
func scanDateTime(s string, minutes bool) (p dateParts, err error) {
	p.month, p.day, p.width = 1, 1, 1e6
	rest, err := p.date(s)
	if err != nil || rest == "" {
		return p, err
	}
	if p.precision != precisionDay || rest[0] != 'T' {
		return p, DateError("what follows the date is not a time")
	}
	rest, err = p.clock(rest[1:], minutes)
	if err != nil {
		return p, err
	}
	return p, p.zone(rest)
}

// date reads yyyy, yyyy-mm or yyyy-mm-dd and returns what follows.
func (p *dateParts) date(s string) (string, error) {
	var ok bool
	if p.year, ok = digits(s, 4); !ok || p.year == 0 {
		return "", DateError("it does not begin with a year, 0001 to 9999")
	}
	if s = s[4:]; s == "" || s[0] != '-' {
		return s, nil
	}
	p.precision = precisionMonth
	if p.month, ok = digits(s[1:], 2); !ok || p.month < 1 || p.month > 12 {
		return "", DateError("the month is not 01 to 12")
	}
	if s = s[3:]; s == "" || s[0] != '-' {
		return s, nil
	}
	p.precision = precisionDay
	if p.day, ok = digits(s[1:], 2); !ok || p.day < 1 || p.day > daysIn(p.year, p.month) {
		return "", DateError("the month has no such day")
	}
	return s[3:], nil
}

// clock reads hh:mm:ss with an optional fraction (hh:mm where minutes allows it) and returns what follows.
func (p *dateParts) clock(s string, minutes bool) (string, error) {
	var ok bool
	if p.hour, ok = digits(s, 2); !ok || p.hour > 23 {
		return "", DateError("the hour is not 00 to 23")
	}
	if s = s[2:]; s == "" || s[0] != ':' {
		return "", DateError("the minute is missing")
	}
	if p.minute, ok = digits(s[1:], 2); !ok || p.minute > 59 {
		return "", DateError("the minute is not 00 to 59")
	}
	p.precision = precisionMinute
	if s = s[3:]; s == "" || s[0] != ':' {
		if !minutes {
			return "", DateError("the second is missing")
		}
		return s, nil
	}
	p.precision = precisionSecond
	if p.second, ok = digits(s[1:], 2); !ok || p.second > 60 {
		return "", DateError("the second is not 00 to 60")
	}
	if s = s[3:]; s == "" || s[0] != '.' {
		return s, nil
	}
	return p.fraction(s[1:])
}

func (p *dateParts) fraction(s string) (string, error) {
	n := 0
	for ; n < len(s) && s[n] >= '0' && s[n] <= '9'; n++ {
		if n < 6 {
			p.width /= 10
			p.micros += int64(s[n]-'0') * p.width
		}
	}
	if n == 0 {
		return "", DateError("the fraction has no digits")
	}
	return s[n:], nil
}

// zone reads "", Z or an offset up to 14:00, which must be all that is left.
func (p *dateParts) zone(s string) error {
	if s == "" {
		return nil
	}
	p.zoned = true
	if s == "Z" {
		return nil
	}
	if len(s) != 6 || s[0] != '+' && s[0] != '-' || s[3] != ':' {
		return DateError("the time zone is neither Z nor an offset like +01:00")
	}
	hours, ok := digits(s[1:], 2)
	minutes, ok2 := digits(s[4:], 2)
	if !ok || !ok2 || minutes > 59 || hours*60+minutes > 14*60 {
		return DateError("the offset of the time zone is over 14:00")
	}
	p.offset = hours*3600 + minutes*60
	if s[0] == '-' {
		p.offset = -p.offset
	}
	return nil
}

// digits reads exactly n decimal digits from the start of s.
func digits(s string, n int) (int, bool) {
	if len(s) < n {
		return 0, false
	}
	v := 0
	for i := range n {
		c := s[i] - '0'
		if c > 9 {
			return 0, false
		}
		v = v*10 + int(c)
	}
	return v, true
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// seconds is the start of the covered range in seconds since the epoch, moved by n units of the precision.
func (p *dateParts) seconds(loc *time.Location, n int) int64 {
	year, month, day, minute := p.year, p.month, p.day, p.minute
	switch p.precision {
	case precisionYear:
		year += n
	case precisionMonth:
		month += n
	case precisionDay:
		day += n
	case precisionMinute:
		minute += n
	}
	if p.zoned || loc == nil {
		loc = time.UTC
	}
	return time.Date(year, time.Month(month), day, p.hour, minute, p.second, 0, loc).Unix() - int64(p.offset)
}

// span is the half-open range of microseconds since the epoch that the text covers.
func (p *dateParts) span(loc *time.Location) (lo, hi int64) {
	lo = p.seconds(loc, 0)*1e6 + p.micros
	if p.precision == precisionSecond {
		return lo, lo + p.width
	}
	return lo, p.seconds(loc, 1) * 1e6
}
