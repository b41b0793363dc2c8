package fhir_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/heliograph/heliograph/fhir"
)

func TestParseDecimalKey(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, err := fhir.ParseDecimal(rapid.StringMatching(`-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,20})?(e-?[0-9]{1,5})?`).Draw(t, "number"))
		if err != nil {
			t.Skip(err)
		}
		got, ok := fhir.ParseDecimalKey(string(d.AppendKey(nil)))
		if !ok || got.Compare(d) != 0 {
			t.Fatalf("%s became %s (%t)", d, got, ok)
		}
	})
}

// FuzzParseDecimalKey: any bytes are refused or are the key of the number that they give.
func FuzzParseDecimalKey(f *testing.F) {
	for _, s := range []string{"", "\x02", "\x01", "\x03\x80\x00\x01\x0b\x00", "\x01\x7f\xff\xfe\xf4\xff", "\xff", "\x03\x80\x00\x01\x01\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, key string) {
		if d, ok := fhir.ParseDecimalKey(key); ok && string(d.AppendKey(nil)) != key {
			t.Fatalf("%q became %s", key, d)
		}
	})
}
