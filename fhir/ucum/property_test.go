package ucum_test

import (
	"math/big"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/heliograph/heliograph/fhir/ucum"
)

// codes are the units of the table, as its text has them.
func codes(t testing.TB) []string {
	t.Helper()
	raw, err := os.ReadFile("units.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for line := range strings.Lines(string(raw)) {
		if f := strings.Split(strings.TrimSuffix(line, "\n"), "\t"); f[0] != "P" && f[0] != "#" {
			out = append(out, f[1])
		}
	}
	return out
}

// plainCodes are those that go into products.
func plainCodes(t testing.TB) []string {
	var out []string
	for _, code := range codes(t) {
		if u, err := ucum.Standard().Parse(code + ".m"); err == nil && u.Base() != "" {
			out = append(out, code)
		}
	}
	return out
}

func number() *rapid.Generator[string] {
	return rapid.StringMatching(`-?(0|[1-9][0-9]{0,12})(\.[0-9]{1,12})?(e-?[0-9]{1,2})?`)
}

// near says whether two results of different calculations agree, to what rounding twice may leave.
func near(t *rapid.T, a, b string) bool {
	x, ok := new(big.Rat).SetString(a)
	y, okY := new(big.Rat).SetString(b)
	if !ok || !okY {
		t.Fatalf("no numbers: %s, %s", a, b)
	}
	difference := new(big.Rat).Sub(x, y)
	bound := new(big.Rat).Mul(new(big.Rat).Abs(x), big.NewRat(1, 1e18))
	return difference.Abs(difference).Cmp(bound) <= 0
}

func canonical(t *rapid.T, number, code string) (string, string) {
	u, err := ucum.Standard().Parse(code)
	if err != nil {
		t.Fatalf("%s: %v", code, err)
	}
	got, ok := u.Canonical(number)
	if !ok {
		t.Fatalf("%s of %s is not converted", number, code)
	}
	return got, u.Base()
}

// TestFactorsCommute: a product is the same in any order, and a quotient what it is times the inverse.
func TestFactorsCommute(t *testing.T) {
	units := plainCodes(t)
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := rapid.SampledFrom(units).Draw(t, "a"), rapid.SampledFrom(units).Draw(t, "b"), rapid.SampledFrom(units).Draw(t, "c")
		n := number().Draw(t, "n")
		want, base := canonical(t, n, a+"."+b+"/"+c)
		for _, same := range []string{b + "." + a + "/" + c, "/" + c + "." + a + "." + b, a + ".(" + b + "/" + c + ")", a + "/(" + c + "/" + b + ")", a + "{x}.1." + b + "/" + c + "{y}"} {
			if got, other := canonical(t, n, same); got != want || other != base {
				t.Fatalf("%s: got %s %s, want %s %s", same, got, other, want, base)
			}
		}
	})
}

// TestInverse: a unit by itself is 1.
func TestInverse(t *testing.T) {
	units := plainCodes(t)
	rapid.Check(t, func(t *rapid.T) {
		a, n := rapid.SampledFrom(units).Draw(t, "a"), number().Draw(t, "n")
		want, _ := canonical(t, n, "1")
		if got, base := canonical(t, n, a+"/"+a); got != want || base != "1" {
			t.Fatalf("%s/%s: %s %s of %s", a, a, got, base, n)
		}
	})
}

// TestPrefixes: a prefix is its power of ten, and an exponent a repetition.
func TestPrefixes(t *testing.T) {
	powers := map[string]string{"Y": "24", "G": "9", "M": "6", "k": "3", "h": "2", "da": "1", "d": "-1", "c": "-2", "m": "-3", "u": "-6", "n": "-9", "p": "-12", "f": "-15", "y": "-24"}
	metric := []string{"m", "g", "s", "L", "mol", "Pa", "J", "[iU]", "m[Hg]", "eq", "K", "bit"}
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom([]string{"Y", "G", "M", "k", "h", "da", "d", "c", "m", "u", "n", "p", "f", "y"}).Draw(t, "p")
		a, n := rapid.SampledFrom(metric).Draw(t, "a"), number().Draw(t, "n")
		want, base := canonical(t, n, "10*"+powers[p]+"."+a)
		if got, other := canonical(t, n, p+a); got != want || other != base {
			t.Fatalf("%s%s: got %s %s, want %s %s", p, a, got, other, want, base)
		}
		want, base = canonical(t, n, p+a+"."+p+a+"."+p+a)
		if got, other := canonical(t, n, p+a+"3"); got != want || other != base {
			t.Fatalf("%s%s3: got %s %s, want %s %s", p, a, got, other, want, base)
		}
	})
}

// TestRoundTrip: what is canonical stays as it is; and there and back again is where it was.
func TestRoundTrip(t *testing.T) {
	units := append(plainCodes(t), "Cel", "[degF]", "[degRe]", "mg/dL", "10*3/uL")
	rapid.Check(t, func(t *rapid.T) {
		code, n := rapid.SampledFrom(units).Draw(t, "unit"), number().Draw(t, "n")
		got, base := canonical(t, n, code)
		if again, same := canonical(t, got, base); again != got || same != base {
			t.Fatalf("%s %s is %s %s, and that %s %s", n, code, got, base, again, same)
		}
		zero, _ := canonical(t, "0", code)
		one, _ := canonical(t, "1", code)
		z, _ := new(big.Rat).SetString(zero)
		step, _ := new(big.Rat).SetString(one)
		step.Sub(step, z)
		value, _ := new(big.Rat).SetString(n)
		linear := value.Mul(value, step).Add(value, z)
		if !near(t, got, linear.FloatString(80)) && linear.Cmp(big.NewRat(1, 1e18)) > 0 {
			t.Fatalf("%s %s is %s, not %s", n, code, got, linear.FloatString(40))
		}
	})
}

// TestOrderIsKept: a larger number of a unit is not smaller in base units.
func TestOrderIsKept(t *testing.T) {
	units := append(plainCodes(t), "Cel", "[degF]", "[degRe]")
	rapid.Check(t, func(t *rapid.T) {
		code, n, m := rapid.SampledFrom(units).Draw(t, "unit"), number().Draw(t, "n"), number().Draw(t, "m")
		x, _ := new(big.Rat).SetString(n)
		y, _ := new(big.Rat).SetString(m)
		a, _ := canonical(t, n, code)
		b, _ := canonical(t, m, code)
		p, _ := new(big.Rat).SetString(a)
		q, _ := new(big.Rat).SetString(b)
		if c := p.Cmp(q); c != 0 && c != x.Cmp(y) || c == 0 && x.Cmp(y) != 0 && !near(t, a, b) {
			t.Fatalf("%s and %s of %s are %s and %s", n, m, code, a, b)
		}
	})
}

// FuzzParse: whatever the text, an answer; and a unit's base is its own base.
func FuzzParse(f *testing.F) {
	for _, code := range append(codes(f), "mm[Hg]", "10*3/uL", "kg/m2", "{score}", "/100{WBC}", "(m/s)/(2.h-1)", "m99", "((((", "[", "10*-99", "B[10.nV]", "Cel{x}", strings.Repeat("(", 200)) {
		f.Add(code, "70.5")
	}
	f.Add("g", "-1e-1000")
	f.Fuzz(func(t *testing.T, code, number string) {
		u, err := ucum.Standard().Parse(code)
		if err != nil {
			return
		}
		base, err := ucum.Standard().Parse(u.Base())
		if err != nil || base.Base() != u.Base() {
			t.Fatalf("%q: the base %q is refused or another one: %v", code, u.Base(), err)
		}
		got, ok := u.Canonical(number)
		if !ok {
			return
		}
		if again, ok := base.Canonical(got); ok && again != got {
			t.Fatalf("%q of %q is %s %s, and that %s %s", number, code, got, u.Base(), again, base.Base())
		}
	})
}
