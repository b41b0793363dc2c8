package fhirpath

import (
	"strings"

	"github.com/heliograph/heliograph/fhir/ucum"
)

// calendarUnits are the units that are words, in the singular.
var calendarUnits = []string{"year", "month", "week", "day", "hour", "minute", "second", "millisecond"}

// definite are the UCUM units that words of a fixed length are; a year and a month have none.
var definite = map[string]string{"week": "wk", "day": "d", "hour": "h", "minute": "min", "second": "s", "millisecond": "ms"}

// quantity is a Quantity of the language.
type quantity struct {
	value    number
	unit     string // a code of UCUM, "1" if there is none, or a word of the calendar
	calendar bool
	opaque   bool // the unit is not one of UCUM: equal only to itself
}

func (q quantity) String() string {
	if q.calendar {
		return q.value.String() + " " + q.unit
	}
	return q.value.String() + " '" + q.unit + "'"
}

// canonical is the value in base units, and those; false where there is no conversion.
func (q quantity) canonical() (number, string, bool) {
	code := q.unit
	if q.calendar {
		code = definite[q.unit]
	}
	if q.opaque || q.value.big {
		return number{}, "", false
	}
	u, err := ucum.Standard().Parse(code)
	if err != nil {
		return number{}, "", false
	}
	text, ok := u.Canonical(q.value.String())
	if !ok {
		return number{}, "", false
	}
	n, ok := parseNumber(text)
	return n, u.Base(), ok
}

// compare orders two quantities; false if their units cannot be compared.
func (q quantity) compare(o quantity) (int, bool) {
	if q.unit == o.unit && q.calendar == o.calendar && q.opaque == o.opaque {
		return q.value.compare(o.value), true
	}
	a, unit, ok := q.canonical()
	b, other, found := o.canonical()
	if !ok || !found || unit != other {
		return 0, false
	}
	return a.compare(b), true
}

// parseQuantity reads the string form: a number, and a unit in quotes or a word.
func parseQuantity(text string) (quantity, bool) {
	num, unit, _ := strings.Cut(strings.TrimSpace(text), " ")
	value, ok := parseNumber(num)
	if !ok || len(num) > maxDigits {
		return quantity{}, false
	}
	unit = strings.TrimSpace(unit)
	word := strings.TrimSuffix(unit, "s")
	for _, c := range calendarUnits {
		if c == word {
			return quantity{value: value, unit: word, calendar: true}, true
		}
	}
	if unit == "" {
		return quantity{value: value, unit: "1"}, true
	}
	if len(unit) < 3 || unit[0] != '\'' || unit[len(unit)-1] != '\'' {
		return quantity{}, false
	}
	return quantity{value: value, unit: unit[1 : len(unit)-1]}, true
}

// quantityOf reads a Quantity of FHIR; false if it has no value or a comparator, which makes it a range.
func quantityOf(i item) (quantity, bool) {
	if i.json == nil || i.json.Exists("comparator") || !i.json.Exists("value") {
		return quantity{}, false
	}
	value, ok := parseNumber(string(i.json.Get("value").MarshalTo(nil)))
	if !ok {
		return quantity{}, false
	}
	q := quantity{value: value, unit: string(i.json.GetStringBytes("code"))}
	if string(i.json.GetStringBytes("system")) != "http://unitsofmeasure.org" {
		q.opaque = true
		if q.unit == "" {
			q.unit = string(i.json.GetStringBytes("unit"))
		}
	}
	if q.unit == "" {
		q.unit, q.opaque = "1", false
	}
	return q, true
}
