package form_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/heliograph/heliograph/graph/form"
)

// maker makes forms and data for them.
type maker struct{ t *rapid.T }

func (m maker) one(in int) bool { return rapid.IntRange(1, in).Draw(m.t, "one") == in }

// object makes a form of a few fields; some of one name are the repetitions of a field.
func (m maker) object(depth int) *form.Object {
	o := &form.Object{}
	for i := range rapid.IntRange(0, 3+9*max(0, depth-2)).Draw(m.t, "fields") {
		f := m.field(fmt.Sprintf("f%d", i), depth)
		o.Fields = append(o.Fields, f)
		for n := 2; f.Sub != nil && !f.Flatten && m.one(6); n++ {
			o.Fields[len(o.Fields)-n+1].Repeat = 1
			again := m.field(fmt.Sprintf("f%d__%d", i, n), depth)
			again.As, again.Repeat, again.Flatten, again.Slice = f.As, n, false, ""
			o.Fields = append(o.Fields, again)
			if n == 3 {
				break
			}
		}
	}
	for i := range o.Fields { // a repetition is of the same kind
		if f := &o.Fields[i]; f.Repeat > 1 && f.Sub == nil {
			f.Sub = m.object(0)
		}
	}
	return o
}

func (m maker) field(key string, depth int) form.Field {
	f := form.Field{Key: key, As: key, First: m.one(5), Singleton: m.one(6)}
	if depth == 0 || m.one(3) {
		return f
	}
	f.Sub, f.Flatten = m.object(depth-1), m.one(2)
	switch rapid.IntRange(0, 7).Draw(m.t, "slice") {
	case 0:
		f.Slice = form.SliceIndex
	case 1:
		f.Slice = form.Hidden
	}
	return f
}

// data writes an object for a form, with members that it does not list.
func (m maker) data(b *strings.Builder, o *form.Object, slice string) {
	b.WriteByte('{')
	if slice == form.Hidden {
		fmt.Fprintf(b, `"%s":%s,`, form.Hidden, rapid.SampledFrom([]string{"null", `"a"`, `"b\"\u00e9"`, "3", "true", `""`}).Draw(m.t, "ending"))
	}
	b.WriteString(`"u":` + m.leaf())
	lists := map[string]bool{}
	for _, f := range o.Fields {
		if _, known := lists[f.As]; !known {
			lists[f.As] = m.one(2)
		}
		fmt.Fprintf(b, ",%q:", f.Key)
		switch {
		case m.one(5):
			b.WriteString("null")
		case lists[f.As]:
			b.WriteByte('[')
			for i := range rapid.IntRange(0, 3).Draw(m.t, "elements") {
				if i > 0 {
					b.WriteByte(',')
				}
				m.element(b, &f)
			}
			b.WriteByte(']')
		default:
			m.element(b, &f)
		}
	}
	b.WriteByte('}')
}

func (m maker) element(b *strings.Builder, f *form.Field) {
	switch {
	case m.one(6):
		b.WriteString("null")
	case f.Sub != nil:
		m.data(b, f.Sub, f.Slice)
	default:
		b.WriteString(m.leaf())
	}
}

func (m maker) leaf() string {
	return rapid.SampledFrom([]string{`"x"`, `"\"}]\\"`, "1.50", "true", `""`, "-0"}).Draw(m.t, "leaf")
}

// TestGenerated compares with the oracle.
func TestGenerated(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := maker{t}
		o := m.object(3)
		var b strings.Builder
		m.data(&b, o, "")
		compare(t, o, []byte(b.String()))
	})
}

type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

func compare(t failer, o *form.Object, data []byte) {
	t.Helper()
	root, err := parse(data)
	if err != nil {
		t.Fatalf("the generator wrote bad JSON: %v", err)
	}
	by := oracle{}
	want := by.value(root, form.Field{Sub: o}, 0)
	o.Seal()
	errors := 0
	got, err := o.Append(nil, data, 0, func([]any, error) { errors++ })
	if err != nil {
		t.Fatalf("%v", err)
	}
	shaped, err := parse(got)
	if err != nil {
		t.Fatalf("%v: %s\nof %s", err, got, data)
	}
	plain := (&oracle{}).value(shaped, form.Field{}, 0)
	if diff := cmp.Diff(want, plain); diff != "" || errors != by.errors {
		t.Fatalf("%d errors for %d\n%s\ngot %s\nof %s\nby %+v", errors, by.errors, diff, got, data, o)
	}
	if by.errors == 0 {
		paths(t, o, o, root, shaped, nil, false)
	}
}

// paths holds that the path of each value leads somewhere in the answer, unless @first dropped it or it became absent.
func paths(t failer, top, o *form.Object, n, answer node, path []any, dropped bool) {
	t.Helper()
	for i, m := range n.members {
		var f form.Field
		if o != nil {
			for _, g := range o.Fields {
				if g.Key == n.names[i] {
					f = g
				}
			}
		}
		if n.names[i] == form.Hidden || m.absent() {
			continue
		}
		gone := dropped || f.First || f.Singleton
		at := append(path[:len(path):len(path)], n.names[i])
		if f.Flatten && f.Sub == nil {
			continue
		}
		if !f.Flatten && !gone && !leads(answer, top.Path(at)) {
			t.Fatalf("the path %v becomes %v, where nothing is", at, top.Path(at))
		}
		for k, e := range m.elements() {
			if e.kind == '{' {
				below := at
				if m.kind == '[' {
					below = append(at[:len(at):len(at)], k)
				}
				paths(t, top, f.Sub, e, answer, below, gone)
			}
		}
	}
}

func leads(n node, path []any) bool {
	for _, s := range path {
		switch s := s.(type) {
		case int:
			if n.kind != '[' || s >= len(n.members) {
				return false
			}
			n = n.members[s]
		case string:
			found := false
			for i := range n.names {
				if n.names[i] == s {
					n, found = n.members[i], true
					break
				}
			}
			if !found {
				return false
			}
		}
	}
	return true
}

// FuzzAppend makes form and data of bytes.
func FuzzAppend(f *testing.F) {
	f.Add([]byte("a form and its data"))
	f.Fuzz(rapid.MakeFuzz(func(t *rapid.T) {
		m := maker{t}
		o := m.object(3)
		var b strings.Builder
		m.data(&b, o, "")
		compare(t, o, []byte(b.String()))
	}))
}

func BenchmarkAppend(b *testing.B) {
	var rows strings.Builder
	for i := range 1000 {
		rows.WriteString(`,{"id":"` + strconv.Itoa(i) + `","active":null,"name":[{"given":["Peter","James"],"family":"Chalmers","text":null}]}`)
	}
	data := []byte(`{"PatientList":[` + rows.String()[1:] + `]}`)
	name := leaf("name", below())
	for _, flat := range []bool{false, true} {
		name.Flatten = flat
		o := of(leaf("PatientList", below(name)))
		o.Seal()
		b.Run(map[bool]string{false: "plain", true: "flattened"}[flat], func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			var out []byte
			for b.Loop() {
				out, _ = o.Append(out[:0], data, 0, nil)
			}
		})
	}
}
