package form_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/graph/form"
)

// leaf is a field that is written under its own name, as change says.
func leaf(key string, change ...func(*form.Field)) form.Field {
	f := form.Field{Key: key, As: key}
	for _, c := range change {
		c(&f)
	}
	return f
}

func of(fields ...form.Field) *form.Object { return &form.Object{Fields: fields} }

func below(fields ...form.Field) func(*form.Field) {
	return func(f *form.Field) { f.Sub = of(fields...) }
}

func flatten(f *form.Field)   { f.Flatten = true }
func first(f *form.Field)     { f.First = true }
func singleton(f *form.Field) { f.Singleton = true }

func slice(by string) func(*form.Field) { return func(f *form.Field) { f.Slice = by } }

func repeats(as string, n int) func(*form.Field) {
	return func(f *form.Field) { f.As, f.Repeat = as, n }
}

func TestAppend(t *testing.T) {
	const names = `"name":[{"given":["Peter","James"],"family":"Chalmers"},{"given":["Jim"],"family":null},{"given":["Peter","James"],"family":"Windsor"}]`
	const sliced = `"name":[{"the slice":"official","given":["Peter"],"family":"Chalmers"},{"the slice":null,"given":["Jim"],"family":null},{"the slice":"a\"","given":[],"family":"Windsor"}]`
	cases := []struct {
		name, data string
		shape      *form.Object
		want       string
		errors     []any
	}{
		{"spread out", " {\n\t\"a\" : [ ] , \"b\" :\r[ { } , { \"c\" : null } ] } ", of(leaf("b", below())), `{"b":[{},{}]}`, nil},
		{"no data", `null`, of(), `null`, nil},
		{"absent", `{"a":null,"b":[],"c":{"d":null},"e":[null,{"f":null,"g":1}],"h":"\"}"}`, of(leaf("c", below()), leaf("e", below())), `{"c":{},"e":[null,{"g":1}],"h":"\"}"}`, nil},
		{"renamed", `{"a__1":{"b":1},"a__2":null}`, of(leaf("a__1", repeats("a", 0)), leaf("a__2", repeats("a", 0))), `{"a":{"b":1}}`, nil},
		{"not listed", `{"__schema":{"a":null,"b":[]},"x":null}`, of(), `{"__schema":{"a":null,"b":[]}}`, nil},
		{"repeated", `{"s":{"a":1},"x":2,"s__2":{"b":null}}`, of(leaf("s", repeats("s", 1), below()), leaf("s__2", repeats("s", 2), below())), `{"s":[{"a":1},{}],"x":2}`, nil},
		{"repeated, one absent", `{"s":null,"s__2":{"b":2}}`, of(leaf("s", repeats("s", 1)), leaf("s__2", repeats("s", 2))), `{"s":[null,{"b":2}]}`, nil},
		{"repeated, all absent", `{"s":null,"s__2":null,"x":1}`, of(leaf("s", repeats("s", 1)), leaf("s__2", repeats("s", 2))), `{"x":1}`, nil},
		{"repeated lists", `{"s":[1,null],"s__2":null,"s__3":[],"s__4":[2]}`,
			of(leaf("s", repeats("s", 1)), leaf("s__2", repeats("s", 2)), leaf("s__3", repeats("s", 3)), leaf("s__4", repeats("s", 4))), `{"s":[1,null,2]}`, nil},
		{"flattened", `{"active":true,` + names + `}`, of(leaf("name", flatten)),
			`{"active":true,"given":["Peter","James","Jim","Peter","James"],"family":["Chalmers","Windsor"]}`, nil},
		{"flattened, the first of each", `{` + names + `}`, of(leaf("name", flatten, below(leaf("given", first)))),
			`{"given":["Peter","Jim","Peter"],"family":["Chalmers","Windsor"]}`, nil},
		{"the first flattened", `{` + names + `}`, of(leaf("name", flatten, first)), `{"given":["Peter","James"],"family":"Chalmers"}`, nil},
		{"the first flattened as one", `{` + names + `}`, of(leaf("name", flatten, first, singleton)), `{"given":["Peter","James"],"family":"Chalmers"}`, nil},
		{"one too many", `{"p":[{` + names + `}]}`, of(leaf("p", below(leaf("name", flatten, below(leaf("family", singleton)))))),
			`{"p":[{"given":["Peter","James","Jim","Peter","James"]}]}`, []any{[]any{"p", 0, "family"}}},
		{"one too many to flatten", `{` + names + `}`, of(leaf("name", flatten, singleton)), `{}`, []any{[]any{"name"}}},
		{"flattened, of one object", `{"s":{"a":1,"b":[2]}}`, of(leaf("s", flatten)), `{"a":1,"b":[2]}`, nil},
		{"flattened twice", `{"c":[{"n":{"a":1}},{"n":{"a":2}},null,{"n":null}]}`, of(leaf("c", flatten, below(leaf("n", flatten)))), `{"a":[1,2]}`, nil},
		{"two under one name", `{"a":1,"s":{"a":2}}`, of(leaf("s", flatten)), `{"a":[1,2]}`, nil},
		{"sliced", `{` + sliced + `}`, of(leaf("name", flatten, slice(form.Hidden), below(leaf("family", singleton)))),
			`{"given.official":["Peter"],"family.official":"Chalmers","given":["Jim"],"family.a\"":"Windsor"}`, nil},
		{"sliced by position", `{` + names + `}`, of(leaf("name", flatten, slice(form.SliceIndex), below(leaf("family", singleton)))),
			`{"given.0":["Peter","James"],"family.0":"Chalmers","given.1":["Jim"],"given.2":["Peter","James"],"family.2":"Windsor"}`, nil},
		{"sliced in their place", `{` + sliced + `}`, of(leaf("name", slice(form.Hidden))),
			`{"name":[{"given.official":["Peter"],"family.official":"Chalmers"},{"given":["Jim"]},{"family.a\"":"Windsor"}]}`, nil},
		{"sliced twice", `{"c":[{"n":[{"a":1}]},{"n":[{"a":2},{"a":3}]}]}`, of(leaf("c", flatten, slice(form.SliceIndex), below(leaf("n", flatten, slice(form.SliceIndex))))),
			`{"a.0.0":[1],"a.1.0":[2],"a.1.1":[3]}`, nil},
		{"one of a list", `{"a":[1],"b":[null,{"c":2}],"d":[null],"e":3,"f":[4,5]}`,
			of(leaf("a", singleton), leaf("b", singleton), leaf("d", singleton), leaf("e", singleton), leaf("f", singleton)), `{"a":1,"b":{"c":2},"e":3}`, []any{[]any{"f"}}},
		{"first of a list", `{"a":[1,2],"b":[null,3],"c":4}`, of(leaf("a", first), leaf("b", first), leaf("c", first)), `{"a":1,"c":4}`, nil},
		{"flattened primitives stay", `{"a":[null,1],"b":2,"c":null}`, of(leaf("a", flatten), leaf("b", flatten), leaf("c", flatten)), `{"a":[null,1],"b":2}`, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var errors []any
			c.shape.Seal()
			got, err := c.shape.Append(nil, []byte(c.data), 0, func(path []any, _ error) { errors = append(errors, path) })
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, string(got)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.errors, errors); diff != "" {
				t.Errorf("errors:\n%s", diff)
			}
		})
	}
}

// TestMost: names that grow stop at the limit, and what was there before stays.
func TestMost(t *testing.T) {
	elements := strings.Repeat(`{"the slice":"`+strings.Repeat("v", 60)+`","a":1},`, 500)
	data := []byte(`{"c":[` + strings.TrimSuffix(elements, ",") + `]}`)
	for _, change := range [][]func(*form.Field){{slice(form.Hidden)}, {slice(form.Hidden), flatten}, {slice(form.SliceIndex), flatten}} {
		p := of(leaf("c", append(change, below())...))
		p.Seal()
		all, err := p.Append([]byte("before"), data, 0, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := p.Append([]byte("before"), data, len(all)+100, nil); err != nil || string(got) != string(all) {
			t.Errorf("%d bytes: %v", len(got), err)
		}
		if got, err := p.Append([]byte("before"), data, len(all)/8, nil); err == nil || string(got) != "before" {
			t.Errorf("%q: %v", got, err)
		}
	}
}

func TestPath(t *testing.T) {
	p := of(
		leaf("s", repeats("s", 1)), leaf("s__2", repeats("s", 2), below(leaf("r__P", repeats("r", 0)))),
		leaf("l", below(leaf("n", flatten, below(leaf("x", below(leaf("y"))))))),
		leaf("i", flatten, slice(form.SliceIndex)), leaf("v", flatten, slice(form.Hidden)),
		leaf("f", first), leaf("one", singleton, below(leaf("z__1", repeats("z", 0)))),
		leaf("o", flatten, below(leaf("q__1", repeats("q", 0)))),
	)
	p.Seal()
	cases := []struct{ data, want []any }{
		{nil, []any{}},
		{[]any{"u", 3, "w"}, []any{"u", 3, "w"}},
		{[]any{"s", "a"}, []any{"s", 0, "a"}},
		{[]any{"s__2", "r__P", "b", 2}, []any{"s", 1, "r", "b", 2}},
		{[]any{"s__2", 4, "r__P"}, []any{"s"}},
		{[]any{"l", 2, "n", 0, "x", "y"}, []any{"l", 2, "x"}},
		{[]any{"l", 2, "n", 0, "w"}, []any{"l", 2, "w"}},
		{[]any{"l", 2, "n"}, []any{"l", 2, "n"}},
		{[]any{"i", 3, "x"}, []any{"x.3"}},
		{[]any{"v", 3, "x"}, []any{}},
		{[]any{"f", 0, "x"}, []any{"f", "x"}},
		{[]any{"f", 1, "x"}, []any{"f"}},
		{[]any{"one", 0, "z__1"}, []any{"one", "z"}},
		{[]any{"o", "q__1", 1, "x"}, []any{"q", 1, "x"}},
	}
	for _, c := range cases {
		if diff := cmp.Diff(c.want, p.Path(c.data)); diff != "" {
			t.Errorf("%v:\n%s", c.data, diff)
		}
	}
}
