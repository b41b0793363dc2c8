package fhir_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/heliograph/heliograph/fhir"
	"pgregory.net/rapid"
)

// number draws a literal: digits of any length, perhaps a fraction, perhaps an exponent.
func number(t *rapid.T) string {
	s := rapid.StringMatching(`-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,25})?`).Draw(t, "number")
	if rapid.Bool().Draw(t, "scientific") {
		s += fmt.Sprintf("e%d", rapid.IntRange(-40, 40).Draw(t, "exponent"))
	}
	return s
}

func rational(t rapid.TB, s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		t.Fatalf("%s is no number to math/big", s)
	}
	return r
}

func parse(t rapid.TB, s string) fhir.Decimal {
	d, err := fhir.ParseDecimal(s)
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return d
}

func TestDecimalKeysHaveTheOrderOfNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := number(t), number(t)
		want := rational(t, a).Cmp(rational(t, b))
		ka, kb := parse(t, a).AppendKey(nil), parse(t, b).AppendKey(nil)
		if got := bytes.Compare(ka, kb); got != want {
			t.Fatalf("%s and %s compare as %d, want %d", a, b, got, want)
		}
		if want != 0 && (bytes.HasPrefix(ka, kb) || bytes.HasPrefix(kb, ka)) {
			t.Fatalf("the key of one of %s and %s begins the other", a, b)
		}
	})
}

func TestDecimalKeysOfNeighbours(t *testing.T) {
	order := []string{"-1e999999", "-100", "-99.51", "-99.5", "-1.0001", "-1", "-0.5012", "-0.5", "-1e-999999", "0",
		"1e-999999", "0.05", "0.5", "0.5012", "1", "1.00000000000000000000001", "9.99", "10", "99.5", "100", "1e999999"}
	for i := 1; i < len(order); i++ {
		if parse(t, order[i-1]).Compare(parse(t, order[i])) != -1 {
			t.Errorf("%s is not below %s", order[i-1], order[i])
		}
	}
	for _, equal := range [][2]string{{"1.5", "1.50"}, {"-0", "0.000"}, {"100", "1e2"}, {"0.010", "1E-2"}} {
		if parse(t, equal[0]).Compare(parse(t, equal[1])) != 0 {
			t.Errorf("%s is not %s", equal[0], equal[1])
		}
	}
}

func TestDecimalBounds(t *testing.T) {
	for _, c := range [][3]string{
		{"100", "99.5", "100.5"}, {"1e2", "50", "150"}, {"5.40e-3", "0.005395", "0.005405"}, {"0", "-0.5", "0.5"},
		{"0.00", "-0.005", "0.005"}, {"-2", "-2.5", "-1.5"}, {"1", "0.5", "1.5"}, {"1000.0", "999.95", "1000.05"},
	} {
		lo, hi := parse(t, c[0]).Bounds()
		if lo.Compare(parse(t, c[1])) != 0 || hi.Compare(parse(t, c[2])) != 0 {
			t.Errorf("%s is [%s, %s), want [%s, %s)", c[0], lo, hi, c[1], c[2])
		}
	}
}

func TestDecimalRangesAgainstRationals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := number(t)
		d, exact := parse(t, s), rational(t, s)
		lo, hi := d.Approximate()
		tenth := new(big.Rat).Mul(new(big.Rat).Abs(exact), big.NewRat(1, 10))
		if rational(t, lo.String()).Cmp(new(big.Rat).Sub(exact, tenth)) != 0 ||
			rational(t, hi.String()).Cmp(new(big.Rat).Add(exact, tenth)) != 0 {
			t.Fatalf("about %s is [%s, %s]", s, lo, hi)
		}
		lo, hi = d.Bounds()
		below := new(big.Rat).Sub(exact, rational(t, lo.String()))
		above := new(big.Rat).Sub(rational(t, hi.String()), exact)
		if below.Cmp(above) != 0 || below.Sign() <= 0 {
			t.Fatalf("%s is not in the middle of [%s, %s)", s, lo, hi)
		}
		if rational(t, d.String()).Cmp(exact) != 0 {
			t.Fatalf("%s is written as %s", s, d)
		}
	})
}

func TestParseDecimalRefuses(t *testing.T) {
	for _, s := range []string{"", "-", "+1", "01", "1.", ".5", "1e", "1e+", "0x1", "NaN", "1 ", "1.5.2", "--1", "1e1.5"} {
		if _, err := fhir.ParseDecimal(s); !errors.Is(err, fhir.ErrNotDecimal) {
			t.Errorf("%q: %v", s, err)
		}
	}
	for _, s := range []string{"1e1000001", "1e-1000001", "1e99999999999999999999", "0e9999999", "1e999999999"} {
		if _, err := fhir.ParseDecimal(s); !errors.Is(err, fhir.ErrExponent) {
			t.Errorf("%q: %v", s, err)
		}
	}
	if _, err := fhir.ParseDecimal("1e0000000000002"); err != nil {
		t.Errorf("leading zeros of an exponent: %v", err)
	}
	if _, err := fhir.ParseDecimal(strings.Repeat("9", 5000)); err != nil {
		t.Errorf("5,000 digits: %v", err)
	}
}
