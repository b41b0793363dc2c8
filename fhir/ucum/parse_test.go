package ucum_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/heliograph/heliograph/fhir/ucum"
)

func TestParseRefuses(t *testing.T) {
	for code, want := range map[string]error{
		"": ucum.ErrSyntax, "/": ucum.ErrSyntax, ".": ucum.ErrSyntax, "m.": ucum.ErrSyntax, "m//s": ucum.ErrSyntax, "m..s": ucum.ErrSyntax, ".m": ucum.ErrSyntax,
		"(": ucum.ErrSyntax, "()": ucum.ErrSyntax, "(m": ucum.ErrSyntax, "m)": ucum.ErrSyntax, "(/m)": ucum.ErrSyntax, "(m)2": ucum.ErrSyntax, "(m)(s)": ucum.ErrSyntax,
		"{": ucum.ErrSyntax, "}": ucum.ErrSyntax, "{a": ucum.ErrSyntax, "{{a}}": ucum.ErrSyntax, "{a b}": ucum.ErrSyntax, "{ä}": ucum.ErrSyntax, "{a}m": ucum.ErrSyntax,
		"[": ucum.ErrSyntax, "m[H2O": ucum.ErrSyntax, "]": ucum.ErrSyntax, "[[iU]]": ucum.ErrSyntax,
		"0": ucum.ErrSyntax, "m/0": ucum.ErrSyntax, "00.m": ucum.ErrSyntax, " m": ucum.ErrSyntax, "m s": ucum.ErrSyntax, "µg": ucum.ErrSyntax, "m\x00": ucum.ErrSyntax,
		"lbs": ucum.ErrUnknown, "[mg]": ucum.ErrUnknown, "KG": ucum.ErrUnknown, "mmHg": ucum.ErrUnknown, "kk": ucum.ErrUnknown, "kkg": ucum.ErrUnknown,
		"k[in_i]": ucum.ErrUnknown, "m^2": ucum.ErrUnknown, "m--2": ucum.ErrUnknown, "-2": ucum.ErrUnknown, "k": ucum.ErrUnknown, "[]": ucum.ErrUnknown, "unit1": ucum.ErrUnknown,
		"[pH]": ucum.ErrNotLinear, "dB": ucum.ErrNotLinear, "Np": ucum.ErrNotLinear, "%[slope]": ucum.ErrNotLinear, "bit_s": ucum.ErrNotLinear,
		"Cel2": ucum.ErrNotLinear, "Cel/min": ucum.ErrNotLinear, "/Cel": ucum.ErrNotLinear, "2.Cel": ucum.ErrNotLinear, "[degF].{x}": ucum.ErrNotLinear, "[m/s2/Hz^(1/2)]": ucum.ErrNotLinear,
		"m100": ucum.ErrTooLarge, "m-100": ucum.ErrTooLarge, "m99999999999999999999999": ucum.ErrTooLarge, strings.Repeat("m.", 100) + "m": ucum.ErrTooLarge,
		strings.Repeat("10*99.", 30) + "m": ucum.ErrTooLarge, "[pi]99": ucum.ErrTooLarge, "Ym99.Ym99.Ym99.Ym99": ucum.ErrTooLarge,
	} {
		if _, err := ucum.Standard().Parse(code); !errors.Is(err, want) {
			t.Errorf("%q: got %v, want %v", code, err, want)
		}
	}
}

// TestParseDeep: as many parentheses as fit are read.
func TestParseDeep(t *testing.T) {
	code := strings.Repeat("(", 99) + "kg" + strings.Repeat(")", 99)
	if got, ok := parse(t, code).Canonical("1"); !ok || got != "1000" {
		t.Error(got)
	}
}

// TestEveryUnit: each unit of the table is a unit of its own base, or is refused for what it is; its base reads back.
func TestEveryUnit(t *testing.T) {
	read, refused := 0, 0
	for _, code := range codes(t) {
		u, err := ucum.Standard().Parse(code)
		if err != nil {
			if !errors.Is(err, ucum.ErrNotLinear) {
				t.Errorf("%s: %v", code, err)
			}
			refused++
			continue
		}
		read++
		base := parse(t, u.Base())
		if got, ok := base.Canonical("12.5"); !ok || got != "12.5" || base.Base() != u.Base() {
			t.Errorf("%s: the base %s reads as %s", code, u.Base(), base.Base())
		}
	}
	if read < 280 || refused != 18 {
		t.Errorf("%d units read, %d refused", read, refused)
	}
}

// TestArbitraryUnits are comparable with themselves alone (UCUM §24).
func TestArbitraryUnits(t *testing.T) {
	seen := map[string]string{}
	for _, code := range []string{"1", "[iU]", "[arb'U]", "[USP'U]", "[PFU]", "[CFU]", "[EU]", "[NTU]", "[FNU]", "[HPF]", "bit", "g", "m"} {
		base := parse(t, code).Base()
		if other, ok := seen[base]; ok {
			t.Errorf("%s and %s have the same base", code, other)
		}
		seen[base] = code
	}
}

func TestDecodeRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"an unknown line":     "Q\tm\n",
		"too few fields":      "B\tm\nU\tx\t-\t1\n",
		"no code":             "B\t\n",
		"a unit twice":        "B\tm\nB\tm\n",
		"a prefix twice":      "P\tk\t1000\nP\tk\t1000\n",
		"a prefix of nothing": "P\tk\t0\n",
		"a circle":            "U\ta\t-\t2\tb\nU\tb\t-\t2\ta\n",
		"an unknown unit":     "U\ta\t-\t2\tb\n",
		"no number":           "B\tm\nU\ta\t-\tx\tm\n",
		"a negative factor":   "B\tm\nU\ta\t-\t-1\tm\n",
		"a special's unit":    "B\tm\nS\ta\t-\tlg\t1\tm\nU\tb\t-\t1\ta\n",
	} {
		if _, err := ucum.Decode(text); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	if table, err := ucum.Decode("B\tm"); err != nil || table.Fingerprint() == ucum.Standard().Fingerprint() {
		t.Error(err)
	}
}
