package fhir

import "time"

// ParseInstantRange reads a FHIR date, dateTime or instant of any precision and returns the half-open range
// [lo, hi) of microseconds since the epoch that it covers: a year is a year long, a fraction as long as its last
// digit. Digits beyond microseconds are cut: the range is the microsecond that holds them. A time without a zone,
// and a date, are in loc (nil is UTC). A second of 60 is the leap second and counts as the second that follows.
// The error is a DateError.
//
// It allocates nothing.
func ParseInstantRange(s string, loc *time.Location) (lo, hi int64, err error) {
	p, err := scanDateTime(s, false)
	if err != nil {
		return 0, 0, err
	}
	lo, hi = p.span(loc)
	return lo, hi, nil
}

// ParseSearchRange is ParseInstantRange for the value of a search parameter, where a time may end with its
// minute: "2020-01-10T14:10Z" covers one minute (R4, Search, "date").
func ParseSearchRange(s string, loc *time.Location) (lo, hi int64, err error) {
	p, err := scanDateTime(s, true)
	if err != nil {
		return 0, 0, err
	}
	lo, hi = p.span(loc)
	return lo, hi, nil
}

// FormatInstant writes microseconds since the epoch as a FHIR instant in UTC, with milliseconds where they are
// exact and microseconds where they are not.
func FormatInstant(micros int64) string {
	layout := "2006-01-02T15:04:05.000Z"
	if micros%1000 != 0 {
		layout = "2006-01-02T15:04:05.000000Z"
	}
	return time.UnixMicro(micros).UTC().Format(layout)
}
