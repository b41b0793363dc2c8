package search_test

import (
	"bytes"
	"cmp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

// The parameters of the order tests, one of each type with an order.
var orderParams = map[search.ParamType]*search.Param{
	search.String:    {Resource: "X", Code: "a-string", Type: search.String},
	search.Token:     {Resource: "X", Code: "b-token", Type: search.Token},
	search.Date:      {Resource: "X", Code: "c-date", Type: search.Date},
	search.Number:    {Resource: "X", Code: "d-number", Type: search.Number},
	search.Reference: {Resource: "X", Code: "e-reference", Type: search.Reference},
	search.URI:       {Resource: "X", Code: "f-uri", Type: search.URI},
}

var orderTypes = []search.ParamType{search.String, search.Token, search.Date, search.Number, search.Reference, search.URI}

func orderItem(t *rapid.T, p search.ParamType) search.Item {
	text := rapid.Custom(func(t *rapid.T) string {
		return string(rapid.SliceOfN(rapid.SampledFrom([]byte{0, 1, 'a', 'b', 0xfe, 0xff}), 0, 3).Draw(t, "bytes"))
	})
	switch p {
	case search.Date:
		lo := rapid.SampledFrom([]int64{search.MinTime, -1, 0, 1, search.MaxTime - 1}).Draw(t, "lo")
		return search.Item{Lo: lo, Hi: rapid.SampledFrom([]int64{lo + 1, search.MaxTime}).Draw(t, "hi")}
	case search.Number:
		lo := rapid.SampledFrom([]string{search.MinNumber, "\x01\x00", "\x01\x01", "\x02"}).Draw(t, "nlo")
		return search.Item{NLo: lo, NHi: rapid.SampledFrom([]string{"\x02", "\x02\x00", search.MaxNumber}).Draw(t, "nhi")}
	case search.Token:
		return search.Item{Code: text.Draw(t, "code"), System: text.Draw(t, "system")}
	case search.Reference:
		return search.Item{Type: "G", ID: rapid.StringMatching("[a.-]{1,2}").Draw(t, "id")}
	default:
		return search.Item{Text: text.Draw(t, "text")}
	}
}

func orderValues(t *rapid.T) *search.Values {
	v := &search.Values{Ref: fhir.Ref{Type: "X", ID: rapid.StringMatching("[a-c]").Draw(t, "id")}, LastUpdated: rapid.Int64Range(0, 2).Draw(t, "at")}
	for _, p := range orderTypes {
		items := make([]search.Item, rapid.IntRange(0, 3).Draw(t, "items"))
		for i := range items {
			items[i] = orderItem(t, p)
		}
		if len(items) > 0 {
			v.Params = append(v.Params, search.ParamValues{Code: orderParams[p].Code, Type: p, Items: items})
		}
	}
	return v
}

// naive compares two resources by one key, by GRAPHQL's words.
func naive(a, b *search.Values, k search.SortKey) int {
	first, ok := extreme(a, k)
	second, ok2 := extreme(b, k)
	switch {
	case ok != ok2:
		return cmp.Compare(b2i(ok2), b2i(ok)) // missing last
	case !ok:
		return 0
	case k.Desc:
		return -lesser(first, second, k)
	}
	return lesser(first, second, k)
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// extreme is the lowest value ascending, the highest descending.
func extreme(v *search.Values, k search.SortKey) (best search.Item, ok bool) {
	for _, i := range v.Of(k.Param.Code) {
		if c := lesser(i, best, k); !ok || c < 0 && !k.Desc || c > 0 && k.Desc {
			best, ok = i, true
		}
	}
	return best, ok
}

func lesser(a, b search.Item, k search.SortKey) int {
	switch k.Param.Type {
	case search.Date:
		if k.Desc {
			return cmp.Compare(a.Hi, b.Hi)
		}
		return cmp.Compare(a.Lo, b.Lo)
	case search.Number:
		if k.Desc {
			return strings.Compare(a.NHi, b.NHi)
		}
		return strings.Compare(a.NLo, b.NLo)
	case search.Token:
		return cmp.Or(strings.Compare(a.Code, b.Code), strings.Compare(a.System, b.System))
	case search.Reference:
		return strings.Compare(a.Type+"/"+a.ID, b.Type+"/"+b.ID)
	default:
		return strings.Compare(a.Text, b.Text)
	}
}

// TestOrderKey: bytewise order is the order asked for, and no key is a prefix of another.
func TestOrderKey(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := orderValues(t), orderValues(t)
		sort := make([]search.SortKey, rapid.IntRange(1, 3).Draw(t, "keys"))
		want := 0
		for i := range sort {
			sort[i] = search.SortKey{Param: orderParams[rapid.SampledFrom(orderTypes).Draw(t, "type")], Desc: rapid.Bool().Draw(t, "desc")}
			want = cmp.Or(want, naive(a, b, sort[i]))
		}
		first, second := search.OrderKey(a, sort), search.OrderKey(b, sort)
		if got := bytes.Compare(first, second); got != want {
			t.Fatalf("%d, want %d:\n%+v %x\n%+v %x", got, want, a, first, b, second)
		}
		if !bytes.Equal(first, second) && (bytes.HasPrefix(first, second) || bytes.HasPrefix(second, first)) {
			t.Fatalf("%x and %x: one is a prefix", first, second)
		}
	})
}

func TestOrderKeySpecials(t *testing.T) {
	id := &search.Param{Resource: "X", Code: search.ParamID, Type: search.Token}
	updated := &search.Param{Resource: "X", Code: search.ParamLastUpdated, Type: search.Date}
	a := &search.Values{Ref: fhir.Ref{Type: "X", ID: "a"}, LastUpdated: 2}
	b := &search.Values{Ref: fhir.Ref{Type: "X", ID: "b"}, LastUpdated: 1}
	for _, c := range []struct {
		key  search.SortKey
		want int
	}{{search.SortKey{Param: id}, -1}, {search.SortKey{Param: id, Desc: true}, 1}, {search.SortKey{Param: updated}, 1}, {search.SortKey{Param: updated, Desc: true}, -1}} {
		if got := bytes.Compare(search.OrderKey(a, []search.SortKey{c.key}), search.OrderKey(b, []search.SortKey{c.key})); got != c.want {
			t.Errorf("%s desc %v: %d", c.key.Param.Code, c.key.Desc, got)
		}
	}
	if k := search.OrderKey(a, nil); len(k) != 0 {
		t.Errorf("no keys give %x", k)
	}
	long := one(orderParams[search.String], search.Item{Text: strings.Repeat("x", 100_000)})
	if k := search.OrderKey(long, []search.SortKey{{Param: orderParams[search.String]}}); len(k) > 600 {
		t.Errorf("the key of a long text has %d bytes", len(k))
	}
}
