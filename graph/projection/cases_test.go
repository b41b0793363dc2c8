package projection_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/graph/projection"
)

func compiled(t *testing.T, s *selection) *projection.Plan {
	t.Helper()
	plan, err := s.compile()
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func TestAppend(t *testing.T) {
	alias := func(key string, f selField) selField { f.Key = key; return f }
	typed := func(typ projection.Type, name string) selField {
		return selField{Field: projection.Field{Key: name, Name: name, Type: typ}}
	}
	sel := func(fields ...selField) *selection { return &selection{fields: fields} }
	group := sel(scalar("type")...)
	poly := &selection{fields: scalar("id", "resourceType"), byType: map[string]*selection{"Group": group}}
	contained := object("contained", true)
	contained.sub = poly
	for _, c := range []struct {
		name  string
		s     *selection
		src   string
		want  string
		notes []string
	}{
		{"empty selection", sel(), ` {"a":1} `, `{}`, nil},
		{"order of the selection", sel(scalar("b", "c", "a")...), `{"a":1,"b":"\u00e9","x":[{}]}`, `{"b":"\u00e9","c":null,"a":1}`, nil},
		{"digits stay", sel(scalar("a")...), `{"a":1.50}`, `{"a":1.50}`, nil},
		{"escaped name", sel(scalar("name")...), `{"na\u006de":true}`, `{"name":true}`, nil},
		{"nulls", sel(scalar("a")[0], primitives("b"), object("c", true)), `{"a":null,"b":[null,"x"],"c":[null]}`,
			`{"a":null,"b":[null,"x"],"c":[null]}`, nil},
		{"whitespace", sel(primitives("b")), "{ \"b\" :\t[ 1 ,\n2 ] }", `{"b":[1,2]}`, nil},
		{"two aliases", sel(alias("x", object("n", false, scalar("a")...)), alias("y", object("n", false, scalar("b")...))),
			`{"n":{"b":2,"a":1}}`, `{"x":{"a":1},"y":{"b":2}}`, nil},
		{"list for an object", sel(object("a", false)), `{"a":[{}]}`, `{"a":null}`, []string{"[a]: object, found list"}},
		{"object for a list", sel(object("a", true)), `{"a":{}}`, `{"a":null}`, []string{"[a]: list, found object"}},
		{"object for a scalar", sel(scalar("a")...), `{"a":{}}`, `{"a":null}`, []string{"[a]: scalar, found object"}},
		{"scalar in a list of objects", sel(object("a", true)), `{"a":[{},7]}`, `{"a":[{},null]}`, []string{"[a 1]: object, found number"}},
		{"fraction for an Int", sel(typed(projection.Integer, "a")), `{"a":1.0}`, `{"a":null}`, []string{"[a]: integer, found number"}},
		{"too much for an Int", sel(typed(projection.Integer, "a")), `{"a":2147483648}`, `{"a":null}`, []string{"[a]: integer, found number"}},
		{"the least Int", sel(typed(projection.Integer, "a")), `{"a":-2147483648}`, `{"a":-2147483648}`, nil},
		{"many are not deep", sel(object("a", true)), `{"a":[{}` + strings.Repeat(",{}", 600) + `]}`, `{"a":[{}` + strings.Repeat(",{}", 600) + `]}`, nil},
		{"many lists are not deep", sel(object("a", true, primitives("b"))), `{"a":[{"b":[]}` + strings.Repeat(`,{"b":[1]}`, 600) + `]}`,
			`{"a":[{"b":[]}` + strings.Repeat(`,{"b":[1]}`, 600) + `]}`, nil},
		{"by type", sel(contained), `{"contained":[{"resourceType":"Group","type":"person"},{"id":"1","resourceType":"Other"},{"id":"2"}]}`,
			`{"contained":[{"type":"person"},{"id":"1","resourceType":"Other"},{"id":"2","resourceType":null}]}`, nil},
		{"by type at the root, late and escaped", poly, `{"type":"x","a":{},"resourceType":"Gr\u006fup"}`, `{"type":"x"}`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var run projection.Run
			got, notes, err := project(compiled(t, c.s), []byte(c.src), &run)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.notes, notes); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCorrupt(t *testing.T) {
	deep := strings.Repeat(`{"skip":[`, projection.MaxDepth)
	for src, want := range map[string]projection.Error{
		``:                {Offset: 0, Reason: projection.Truncated},
		`[]`:              {Offset: 0, Reason: projection.NotAnObject},
		`{"a":1`:          {Offset: 6, Reason: projection.Truncated},
		`{"a":1}x`:        {Offset: 7, Reason: projection.Syntax},
		`{"a":1 "b":2}`:   {Offset: 7, Reason: projection.Syntax},
		`{"a":01}`:        {Offset: 5, Reason: projection.BadNumber},
		`{"a":"\x"}`:      {Offset: 6, Reason: projection.BadString},
		`{"a":"\ud800"}`:  {Offset: 6, Reason: projection.BadString},
		"{\"a\":\"x\n\"}": {Offset: 7, Reason: projection.BadString},
		"{\"a\":\"a long string with \x1f in it\"}": {Offset: 25, Reason: projection.BadString},
		"{\"a\":\"\xff and a long string\"}":        {Offset: 6, Reason: projection.BadUTF8},
		"{\"a\":\"\xc0\x80\"}":                      {Offset: 6, Reason: projection.BadUTF8},
		`{"a":nul}`:                                 {Offset: 5, Reason: projection.Syntax},
		`{"a":1,"\u0061":2}`:                        {Offset: 16, Reason: projection.Duplicate},
		`{"x":[}]}`:                                 {Offset: 6, Reason: projection.Syntax},
		`{"n":[{"a":1]}`:                            {Offset: 12, Reason: projection.Syntax},
		deep:                                        {Offset: 9 * projection.MaxDepth / 2, Reason: projection.TooDeep},
	} {
		var run projection.Run
		_, _, err := project(compiled(t, &selection{fields: append(scalar("a"), object("n", true, scalar("a")...))}), []byte(src), &run)
		var got *projection.Error
		if !errors.As(err, &got) {
			t.Errorf("%.40q: %v, want an *Error", src, err)
		} else if diff := cmp.Diff(want, *got); diff != "" {
			t.Errorf("%.40q: %s", src, diff)
		}
	}
}

// TestStitchEmpty writes null where nothing fills a hole.
func TestStitchEmpty(t *testing.T) {
	hole := func(key string, n int) selField {
		return selField{Field: projection.Field{Key: key, Kind: projection.Hole, Hole: n}}
	}
	s := &selection{fields: []selField{hole("a", 0), hole("b", 1), scalar("x")[0], hole("c", 2)}}
	lists := &selection{fields: []selField{object("l", true)}}
	lists.fields[0].sub = s
	if got := stitchMasked(t, lists, `{"l":[{},{"x":1}]}`, 2); got != `{"l":[{"a":null,"b":true,"x":null,"c":null},{"a":null,"b":true,"x":1,"c":null}]}` {
		t.Error(got)
	}
}

func stitchMasked(t *testing.T, s *selection, src string, mask int) string {
	t.Helper()
	var run projection.Run
	doc, err := compiled(t, s).Append(nil, []byte(src), &run)
	if err != nil {
		t.Fatal(err)
	}
	return string(projection.Stitch(nil, doc, projection.Span{End: len(doc)}, run.Holes, func(dst []byte, i int) []byte {
		if mask>>run.Holes[i].Hole&1 == 1 {
			return append(dst, "true"...)
		}
		return dst
	}))
}

func TestCompileRefuses(t *testing.T) {
	sub, err := projection.Compile(projection.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	poly, err := projection.Compile(projection.Selection{ByType: map[string]*projection.Plan{"Group": sub}})
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]projection.Selection{
		"a key twice":        {Fields: []projection.Field{{Key: "a", Name: "a"}, {Key: "a", Name: "b"}}},
		"no key":             {Fields: []projection.Field{{Name: "a"}}},
		"a key with escapes": {Fields: []projection.Field{{Key: `"`, Name: "a"}}},
		"no member":          {Fields: []projection.Field{{Key: "a"}}},
		"no Sub":             {Fields: []projection.Field{{Key: "a", Name: "a", Kind: projection.Object}}},
		"a scalar with Sub":  {Fields: []projection.Field{{Key: "a", Name: "a", Sub: sub}}},
		"a bad constant":     {Fields: []projection.Field{{Key: "a", Kind: projection.Constant, Value: "x"}}},
		"a list of Raw":      {Fields: []projection.Field{{Key: "a", Name: "a", Kind: projection.Raw, List: true}}},
		"an unknown kind":    {Fields: []projection.Field{{Key: "a", Name: "a", Kind: 99}}},
		"a pick of scalars":  {Fields: []projection.Field{{Key: "a", Name: "a", List: true, Pick: 1}}},
		"a pick of no list":  {Fields: []projection.Field{{Key: "a", Name: "a", Kind: projection.Object, Sub: sub, Pick: 1}}},
		"a negative pick":    {Fields: []projection.Field{{Key: "a", Name: "a", Kind: projection.Object, List: true, Sub: sub, Pick: -1}}},
		"nested variants":    {ByType: map[string]*projection.Plan{"Group": poly}},
		"a nil variant":      {ByType: map[string]*projection.Plan{"Group": nil}},
	} {
		if _, err := projection.Compile(s); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// TestManyNames selects more members than there are good places in the table.
func TestManyNames(t *testing.T) {
	s, src, want := &selection{}, strings.Builder{}, strings.Builder{}
	for i := range 600 {
		key := "same" + strings.Repeat("x", i) + "end"
		s.fields = append(s.fields, scalar(key)...)
		src.WriteString(`,"` + key + `":1`)
		want.WriteString(`,"` + key + `":1`)
	}
	var run projection.Run
	got, _, err := project(compiled(t, s), []byte("{"+src.String()[1:]+"}"), &run)
	if err != nil || got != "{"+want.String()[1:]+"}" {
		t.Errorf("%v: %.100s", err, got)
	}
}
