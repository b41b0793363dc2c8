package search_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

func marshal(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// items draws index values as the indexer may make them: of any fields, but not of none.
func items(depth int) *rapid.Generator[search.Item] {
	return rapid.Custom(func(t *rapid.T) search.Item {
		text := rapid.OneOf(rapid.Just(""), rapid.String())
		it := search.Item{
			Text: text.Draw(t, "text"), System: text.Draw(t, "system"), Code: text.Draw(t, "code"), NLo: text.Draw(t, "nlo"), NHi: text.Draw(t, "nhi"),
			Type: text.Draw(t, "type"), ID: "x" + text.Draw(t, "id"), Version: text.Draw(t, "version"), URL: text.Draw(t, "url"),
			Lo: rapid.Int64().Draw(t, "lo"), Hi: rapid.Int64().Draw(t, "hi"),
		}
		if it.Exact = it.Text; rapid.Bool().Draw(t, "exact") {
			it.Exact = text.Draw(t, "exact text")
		}
		for range rapid.IntRange(0, 2).Draw(t, "types") {
			it.Types = append(it.Types, fhir.Code{System: text.Draw(t, "type system"), Code: text.Draw(t, "type code")})
		}
		if depth > 0 {
			it.Parts = rapid.SliceOfN(items(depth-1), 0, 3).Draw(t, "parts")
		}
		return it
	})
}

func values() *rapid.Generator[*search.Values] {
	return rapid.Custom(func(t *rapid.T) *search.Values {
		v := &search.Values{Ref: fhir.Ref{Type: "Patient", ID: rapid.String().Draw(t, "ref")}, LastUpdated: rapid.Int64().Draw(t, "updated")}
		codes := rapid.MapOfN(rapid.String(), rapid.Just(true), 0, 4).Draw(t, "codes")
		for _, code := range slices.Sorted(maps.Keys(codes)) {
			v.Params = append(v.Params, search.ParamValues{
				Code: code, Type: search.ParamType(rapid.IntRange(1, 9).Draw(t, "type")), Items: rapid.SliceOfN(items(1), 1, 5).Draw(t, "items"),
			})
		}
		return v
	})
}

func TestCodecRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := values().Draw(t, "values")
		b := v.AppendBinary([]byte("before"))
		got, err := search.DecodeValues(b[len("before"):])
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(v, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
		if search.Digest(v, 7) != search.Digest(got, 7) {
			t.Fatal("the digests of equal values differ")
		}
	})
}

func TestCodecRefusesWhatIsCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := values().Draw(t, "values").AppendBinary(nil)
		_, err := search.DecodeValues(b[:rapid.IntRange(0, len(b)-1).Draw(t, "cut")])
		if fault.Of(err) != fault.StoreCorrupt {
			t.Fatalf("got %v", err)
		}
	})
}

func TestSetLastUpdated(t *testing.T) {
	v := &search.Values{Ref: fhir.Ref{Type: "Patient", ID: "1"}, LastUpdated: 1}
	b := v.AppendBinary(nil)
	if !search.SetLastUpdated(b, -5) {
		t.Fatal("refused")
	}
	v.LastUpdated = -5
	if !bytes.Equal(b, v.AppendBinary(nil)) {
		t.Error("the time is elsewhere in the binary form")
	}
	if search.SetLastUpdated([]byte("123456789"), 1) {
		t.Error("bytes of another kind were taken")
	}
}

// TestDigestTellsApart: whatever changes, the digest does.
func TestDigestTellsApart(t *testing.T) {
	base := func() *search.Values {
		return &search.Values{Ref: fhir.Ref{Type: "Patient", ID: "1"}, Params: []search.ParamValues{
			{Code: "name", Type: search.String, Items: []search.Item{{Text: "a", Exact: "A"}, {Text: "b", Exact: "b"}}},
		}}
	}
	seen := map[uint64]string{search.Digest(base(), 1): "unchanged"}
	add := func(name string, position search.Position, change func(v *search.Values)) {
		v := base()
		change(v)
		d := search.Digest(v, position)
		if other, ok := seen[d]; ok {
			t.Errorf("%s and %s have the same digest", name, other)
		}
		seen[d] = name
	}
	add("position", 2, func(*search.Values) {})
	add("id", 1, func(v *search.Values) { v.Ref.ID = "2" })
	add("time", 1, func(v *search.Values) { v.LastUpdated = 1 })
	add("code", 1, func(v *search.Values) { v.Params[0].Code = "nam" })
	add("order", 1, func(v *search.Values) { slices.Reverse(v.Params[0].Items) })
	add("fewer", 1, func(v *search.Values) { v.Params[0].Items = v.Params[0].Items[:1] })
	for i := range 100 {
		add(fmt.Sprint("text ", i), 1, func(v *search.Values) { v.Params[0].Items[1].Text = fmt.Sprint(i) })
	}
}

func FuzzDecodeValues(f *testing.F) {
	x := newIndexer(f)
	for _, s := range indexSeeds {
		if v, _, err := x.IndexBytes([]byte(s)); err == nil {
			f.Add(v.AppendBinary(nil))
		}
	}
	f.Add([]byte{1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f})
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := search.DecodeValues(b)
		if err != nil {
			return
		}
		if again := v.AppendBinary(nil); !bytes.Equal(again, b) {
			t.Fatalf("%x was read and written as %x", b, again)
		}
	})
}
