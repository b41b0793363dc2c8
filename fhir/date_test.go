package fhir_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/heliograph/heliograph/fhir"
	"pgregory.net/rapid"
)

func TestParseInstantRange(t *testing.T) {
	berlin := time.FixedZone("", 3600)
	for _, c := range []struct {
		text   string
		loc    *time.Location
		lo, hi string
	}{
		{"2020", nil, "2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z"},
		{"2020-02", nil, "2020-02-01T00:00:00Z", "2020-03-01T00:00:00Z"},
		{"2020-12", nil, "2020-12-01T00:00:00Z", "2021-01-01T00:00:00Z"},
		{"2020-02-29", nil, "2020-02-29T00:00:00Z", "2020-03-01T00:00:00Z"},
		{"2020-02-29", berlin, "2020-02-28T23:00:00Z", "2020-02-29T23:00:00Z"},
		{"0001-01-01", nil, "0001-01-01T00:00:00Z", "0001-01-02T00:00:00Z"},
		{"2020-01-10T14:10:05Z", berlin, "2020-01-10T14:10:05Z", "2020-01-10T14:10:06Z"},
		{"2020-01-10T14:10:05", berlin, "2020-01-10T13:10:05Z", "2020-01-10T13:10:06Z"},
		{"2020-01-10T14:10:05+05:30", nil, "2020-01-10T08:40:05Z", "2020-01-10T08:40:06Z"},
		{"2020-01-10T14:10:05-14:00", nil, "2020-01-11T04:10:05Z", "2020-01-11T04:10:06Z"},
		{"2020-01-10T14:10:05.1Z", nil, "2020-01-10T14:10:05.1Z", "2020-01-10T14:10:05.2Z"},
		{"2020-01-10T14:10:05.123456789Z", nil, "2020-01-10T14:10:05.123456Z", "2020-01-10T14:10:05.123457Z"},
		{"2016-12-31T23:59:60Z", nil, "2017-01-01T00:00:00Z", "2017-01-01T00:00:01Z"},
	} {
		lo, hi, err := fhir.ParseInstantRange(c.text, c.loc)
		if err != nil || lo != micros(t, c.lo) || hi != micros(t, c.hi) {
			t.Errorf("%s: [%d, %d) %v, want [%s, %s)", c.text, lo, hi, err, c.lo, c.hi)
		}
	}
}

func micros(t *testing.T, s string) int64 {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t.Fatal(err)
	}
	return at.UnixMicro()
}

func TestParseInstantRangeRefuses(t *testing.T) {
	for _, text := range []string{
		"", "202", "0000", "20200", "2020-", "2020-13", "2020-00", "2020-1", "1973-02-30", "1900-02-29", "2020-04-31", "2020-01-01T",
		"2020-01-01T24:00:00Z", "2020-01-01T10", "2020-01-01T10:10Z", "2020-01-01T10:60:00Z", "2020-01-01T10:10:61Z", "2020T10:10:10Z",
		"2020-01-01T10:10:10.Z", "2020-01-01T10:10:10z", "2020-01-01T10:10:10+1:00", "2020-01-01T10:10:10+14:01", "2020-01-01 10:10:10Z",
		"2020-01-01T10:10:10Zx", "x020-01-01", "2020-01-01T10:10:10+01:60",
	} {
		if _, _, err := fhir.ParseInstantRange(text, nil); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
}

func TestParseSearchRangeTakesMinutes(t *testing.T) {
	lo, hi, err := fhir.ParseSearchRange("2020-01-10T14:10Z", nil)
	if err != nil || lo != micros(t, "2020-01-10T14:10:00Z") || hi != micros(t, "2020-01-10T14:11:00Z") {
		t.Errorf("[%d, %d) %v", lo, hi, err)
	}
}

func TestFormatInstantReadsBack(t *testing.T) {
	if got := fhir.FormatInstant(micros(t, "2020-01-10T14:10:05.120Z")); got != "2020-01-10T14:10:05.120Z" {
		t.Error(got)
	}
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.Int64Range(-62135596800e6, 253402300799e6).Draw(t, "micros")
		lo, _, err := fhir.ParseInstantRange(fhir.FormatInstant(at), nil)
		if err != nil || lo != at {
			t.Fatalf("%d reads back as %d: %v", at, lo, err)
		}
	})
}

// A date covers what the standard library says of the same day, and its parts add up.
func TestRangesNest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := time.Unix(rapid.Int64Range(-62135596800, 253402214400).Draw(t, "seconds"), 0).UTC()
		year, month := fmt.Sprintf("%04d", day.Year()), day.Format("2006-01")
		for i, text := range []string{day.Format("2006-01-02"), month, year} {
			outer := []string{month, year, year}[i]
			lo, hi, err := fhir.ParseInstantRange(text, nil)
			olo, ohi, oerr := fhir.ParseInstantRange(outer, nil)
			if err != nil || oerr != nil || lo < olo || hi > ohi || lo > day.UnixMicro() || hi <= day.UnixMicro() {
				t.Fatalf("%s [%d,%d) in %s [%d,%d): %v %v", text, lo, hi, outer, olo, ohi, err, oerr)
			}
		}
	})
}

func TestParseInstantRangeAllocatesNothing(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() {
		_, _, _ = fhir.ParseInstantRange("2020-01-10T14:10:05.123+05:30", time.Local)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
