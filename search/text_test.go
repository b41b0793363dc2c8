package search_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/heliograph/heliograph/search"
)

func TestNormalise(t *testing.T) {
	for in, want := range map[string]string{
		"":                       "",
		"  ":                     "",
		"smith":                  "smith",
		"SMITH":                  "smith",
		" Van \t der\n Berg ":    "van der berg",
		"O'Neil":                 "o'neil",
		"Richard,Muller":         "richard,muller",
		"555-1000":               "555-1000",
		"Müde, sehr müde":        "mude, sehr mude",
		"Yáng":                   "yang",
		"Kaśka":                  "kaska",
		"Адам":                   "адам",
		"Strauß":                 "strauss",
		"ﬁne":                    "fine",
		"İzmir":                  "izmir",
		"ΣΊΣΥΦΟΣ":                "σισυφοσ",
		"刘\u3000洋":               "刘 洋",
		"ｶﾞ":                     "ガ",
		"한국":                     "한국",
		"हिन्दी":                 "हिन्दी",
		"soft\u00ADhyphen":       "softhyphen",
		"no\u00A0break":          "no break",
		"bad\xffbyte":            "bad\uFFFDbyte",
		"שָׁלוֹם":                "שלום",
		"\u0301":                 "",
		"trailing \u00A0":        "trailing",
		"m²":                     "m2",
		"Å\u0327ngström A\u030A": "angstrom a",
	} {
		if got := search.Normalise(in); got != want {
			t.Errorf("Normalise(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestNormaliseEveryCharacter holds the promises for every character between letters.
func TestNormaliseEveryCharacter(t *testing.T) {
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		s := "a" + string(r) + "b"
		once := search.Normalise(s)
		if twice := search.Normalise(once); twice != once {
			t.Fatalf("%U: %q, then %q", r, once, twice)
		}
		if upper := search.Normalise(strings.ToUpper(s)); r < 0x180 && upper != once {
			t.Errorf("%U: %q, in upper case %q", r, once, upper)
		}
	}
}

func TestNormaliseIsIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringMatching(`[ -~\t]*`)).Draw(t, "s")
		once := search.Normalise(s)
		if twice := search.Normalise(once); twice != once {
			t.Fatalf("%q, then %q", once, twice)
		}
		if strings.Contains(once, "  ") || strings.TrimSpace(once) != once {
			t.Fatalf("blanks in %q", once)
		}
	})
}

func TestTokens(t *testing.T) {
	for in, want := range map[string][]string{
		"":                      nil,
		" ,.":                   nil,
		"Heart rate":            {"heart", "rate"},
		"O'Neil, Jane (Dr.)":    {"o", "neil", "jane", "dr"},
		"3.5 mg/dL x2":          {"3", "5", "mg", "dl", "x2"},
		"naïve caféS":           {"naive", "cafes"},
		"cafe\u0301 au lait":    {"cafe", "au", "lait"},
		"the the":               {"the", "the"},
		"健康 ok":                 {"健", "康", "ok"},
		"ABC健康def":              {"abc", "健", "康", "def"},
		"ガス":                    {"ガ", "ス"},
		"กำลังใจ":               {"กํ", "า", "ลั", "ง", "ใ", "จ"},
		"हिन्दी भाषा":           {"हिन्दी", "भाषा"},
		"한국어":                   {"한국어"},
		"http://loinc.org|12-3": {"http", "loinc", "org", "12", "3"},
	} {
		if diff := cmp.Diff(want, search.Tokens(in)); diff != "" {
			t.Errorf("Tokens(%q): %s", in, diff)
		}
	}
}

// TestTokensOfNormalised: normalising first changes nothing, and no word holds what separates words.
func TestTokensOfNormalised(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-zA-Z0-9 'éßあ漢,-]*`)).Draw(t, "s")
		tokens := search.Tokens(s)
		if diff := cmp.Diff(tokens, search.Tokens(search.Normalise(s))); diff != "" {
			t.Fatal(diff)
		}
		for _, w := range tokens {
			if again := search.Tokens(w); !slices.Equal(again, []string{w}) {
				t.Fatalf("the word %q has the words %q", w, again)
			}
		}
	})
}

func TestNarrativeText(t *testing.T) {
	for in, want := range map[string][]string{
		`<div xmlns="http://www.w3.org/1999/xhtml"><p>Heart<b>beat</b></p><p>fast</p></div>`:       {"heartbeat", "fast"},
		`<div>a<br/>b &amp; c&#233; &lt;d&gt;</div>`:                                               {"a", "b", "ce", "d"},
		`<div><!-- <p>no</p> --><style>p { x }</style>yes<a title="x > y" href='q'>link</a></div>`: {"yeslink"},
		`<div><td>1</td><td>2</td>`: {"1", "2"},
		`<div>open <p`:              {"open"},
		`<style>`:                   nil,
		`plain &nbsp; text`:         {"plain", "text"},
	} {
		got, _, err := newIndexer(t).IndexBytes(marshal(t, map[string]any{"resourceType": "Basic", "text": map[string]any{"div": in}}))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got.Narrative); diff != "" {
			t.Errorf("%s: %s", in, diff)
		}
	}
}
