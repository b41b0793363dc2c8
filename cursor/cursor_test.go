package cursor_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/heliograph/heliograph/cursor"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

var key = []byte("0123456789abcdef0123456789abcdef")

func cursors() *rapid.Generator[cursor.Cursor] {
	texts := rapid.SliceOfN(rapid.String(), 1, 3)
	return rapid.Custom(func(t *rapid.T) cursor.Cursor {
		c := cursor.Cursor{Offset: rapid.IntRange(-1, 1<<30).Draw(t, "offset"), Backward: rapid.Bool().Draw(t, "backward")}
		copy(c.Binding[:], rapid.SliceOfN(rapid.Byte(), 8, 8).Draw(t, "binding"))
		if rapid.Bool().Draw(t, "at") {
			order := rapid.SliceOf(rapid.Byte()).Draw(t, "order")
			c.At = &search.Cursor{Order: order, ID: rapid.String().Draw(t, "id")}
		}
		if rapid.Bool().Draw(t, "link") {
			c.Link = &cursor.Link{Size: rapid.IntRange(0, 1000).Draw(t, "size"), Sort: texts.Draw(t, "sort")}
			c.Link.Values = []cursor.Value{{Name: rapid.String().Draw(t, "name"), Values: texts.Draw(t, "values")}}
		}
		return c
	})
}

// TestRoundTrip: what is sealed opens to the same, and any changed byte, or another key, is refused.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := cursors().Draw(t, "cursor")
		text := cursor.NewSealer(key).Append(nil, &c)
		got, err := cursor.Open(key, string(text))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c, got); diff != "" {
			t.Fatal(diff)
		}
		if _, err := cursor.Open([]byte("another key of another primary .."), string(text)); fault.Of(err) != fault.BadUserInput {
			t.Fatal(err)
		}
		i := rapid.IntRange(0, len(text)-1).Draw(t, "place")
		text[i] ^= 1
		if _, err := cursor.Open(key, string(text)); fault.Of(err) != fault.BadUserInput {
			t.Fatalf("byte %d: %v", i, err)
		}
	})
}

// TestBindIDs: conditions that differ in one id only, however many there are, have bindings of their own.
func TestBindIDs(t *testing.T) {
	ids := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}
	other := append(slices.Clone(ids[:9]), "k")
	for _, in := range []func(search.Expr) search.Expr{
		func(e search.Expr) search.Expr { return e },
		func(e search.Expr) search.Expr { return search.And{search.True{}, search.Or{search.Not{X: e}}} },
	} {
		bind := func(ids []string) cursor.Binding {
			return cursor.Bind(search.Query{Type: "Patient", Where: in(search.IDs{IDs: ids})}, nil)
		}
		if bind(ids) == bind(other) || bind(ids) != bind(slices.Clone(ids)) {
			t.Error("lists of ids share a binding, or one has two")
		}
	}
}

// FuzzOpen: no text opens that was not sealed, and none panics.
func FuzzOpen(f *testing.F) {
	f.Add("")
	f.Add("AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Add(string(cursor.NewSealer(key).Append(nil, &cursor.Cursor{Offset: -1, Backward: true})))
	f.Fuzz(func(t *testing.T, text string) {
		c, err := cursor.Open(key, text)
		if err != nil {
			if fault.Of(err) != fault.BadUserInput {
				t.Fatal(err)
			}
			return
		}
		if again := cursor.NewSealer(key).Append(nil, &c); string(again) != text {
			t.Fatal("it is not what was sealed")
		}
	})
}

// TestBindLongLists: a cursor belongs to all ids of a list, not only to those that are printed, wherever the list stands.
func TestBindLongLists(t *testing.T) {
	list := func(last string) search.Expr {
		return search.IDs{IDs: []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", last}}
	}
	for name, around := range map[string]func(search.Expr) search.Expr{
		"alone": func(e search.Expr) search.Expr { return e },
		"and":   func(e search.Expr) search.Expr { return search.And{search.True{}, e} },
		"or":    func(e search.Expr) search.Expr { return search.Or{search.False{}, e} },
		"not":   func(e search.Expr) search.Expr { return search.Not{X: e} },
		"chain": func(e search.Expr) search.Expr {
			return search.Chain{Param: &search.Param{Code: "subject"}, Target: "Patient", Where: e}
		},
		"has":  func(e search.Expr) search.Expr { return search.Has{Param: &search.Param{Code: "subject"}, Where: e} },
		"list": func(e search.Expr) search.Expr { return search.List{ID: "l", Where: e} },
	} {
		bind := func(last string) cursor.Binding {
			return cursor.Bind(search.Query{Type: "Patient", Where: around(list(last))}, nil)
		}
		if bind("a") == bind("b") {
			t.Errorf("%s: another list, the same binding", name)
		}
		if again := bind("a"); again != bind("a") {
			t.Errorf("%s: the same list, another binding", name)
		}
		policy := func(last string) cursor.Binding {
			caller := search.Caller{Policy: map[string]search.Expr{"*": around(list(last))}}
			return cursor.Bind(search.Query{Caller: caller, Type: "Patient", Where: search.True{}}, nil)
		}
		if policy("a") == policy("b") {
			t.Errorf("%s: another policy, the same binding", name)
		}
	}
}
