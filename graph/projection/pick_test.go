package projection_test

import (
	"bytes"
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/graph/projection"
)

var errPick = errors.New("the pick fails")

// picks are those that the tests run with. What Keep says depends on the element's bytes alone, so that the oracle can ask, too.
func picks() []projection.Pick {
	even := func(element []byte) (bool, error) { return len(element)%2 == 0, nil }
	failing := func(element []byte) (bool, error) {
		if len(element)%5 == 3 {
			return false, errPick
		}
		return true, nil
	}
	none := func([]byte) (bool, error) { return false, nil }
	return []projection.Pick{
		{Count: -1}, {Offset: 1, Count: -1}, {Count: 1}, {Count: 0}, {Offset: 1, Count: 1}, {Offset: math.MaxInt, Count: math.MaxInt},
		{Keep: even, Count: -1}, {Keep: even, Offset: 1, Count: 1}, {Keep: failing, Count: -1}, {Keep: failing, Offset: 1, Count: 2},
		{Keep: none, Count: -1}, {Keep: none, Count: 0}, {Keep: even, Count: math.MaxInt}, {Keep: even, Err: errPick},
	}
}

// picked is the oracle's: the whole list is filtered first, and cut then.
func picked(number int, elements []node) ([]node, error) {
	if number == 0 {
		return elements, nil
	}
	p := picks()[number-1]
	var kept []node
	for _, e := range elements {
		if p.Count >= 0 && len(kept) >= p.Count && len(kept)-p.Count >= p.Offset {
			break
		}
		keep := p.Keep == nil || e.kind != 'n'
		if p.Keep != nil && e.kind == '{' {
			var err error
			if keep, err = p.Keep(e.raw); err != nil {
				return nil, err
			}
		}
		if keep {
			kept = append(kept, e)
		}
	}
	kept = kept[min(p.Offset, len(kept)):]
	if p.Count >= 0 {
		kept = kept[:min(p.Count, len(kept))]
	}
	return kept, nil
}

func pickField(key string, pick int) selField {
	f := object("n", true, scalar("a")...)
	f.Key, f.Pick = key, pick
	return f
}

func TestPicks(t *testing.T) {
	has := func(text string) func([]byte) (bool, error) {
		return func(element []byte) (bool, error) { return bytes.Contains(element, []byte(text)), nil }
	}
	failing := func([]byte) (bool, error) { return false, errPick }
	run := projection.Run{Picks: []projection.Pick{
		{Keep: has(`"x"`), Count: -1}, {Offset: 1, Count: 1}, {Count: 0}, {Keep: failing, Count: -1}, {Keep: has(`"x"`), Offset: 1, Count: 5},
	}}
	const src = `{"n":[{"a":1,"u":"x"}, null ,{"a":2},{"u":"x","a":3},{"a":4,"u" : "x"}]}`
	for _, c := range []struct {
		name, src, want string
		fields          []selField
		notes           []string
	}{
		{"aliases have picks of their own", src, `{"all":[{"a":1},null,{"a":2},{"a":3},{"a":4}],"x":[{"a":1},{"a":3},{"a":4}],"second":[null],"none":[]}`,
			[]selField{pickField("all", 0), pickField("x", 1), pickField("second", 2), pickField("none", 3)}, nil},
		{"one that fails harms no other", src, `{"n":null,"rest":[{"a":3},{"a":4}]}`, []selField{pickField("n", 4), pickField("rest", 5)},
			[]string{"[n]: the pick fails"}},
		{"absent, null and empty", `{"n":null,"m":[]}`, `{"n":null}`, []selField{pickField("n", 1)}, nil},
		{"what is no list", `{"n":{"a":1,"u":"x"}}`, `{"n":null}`, []selField{pickField("n", 1)}, []string{"[n]: list, found object"}},
		{"what is no object stays", `{"n":[7,null,{"u":"x"}]}`, `{"n":[null,{"a":null}]}`, []selField{pickField("n", 1)},
			[]string{"[n 0]: object, found number"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, notes, err := project(compiled(t, &selection{fields: c.fields}), []byte(c.src), &run)
			if err != nil {
				t.Fatal(err)
			}
			run.Reset()
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.notes, notes); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestPicksOfWhatIsCorrupt: what a pick is asked about is JSON, and what it is not asked about is skipped like all that is not selected.
func TestPicksOfWhatIsCorrupt(t *testing.T) {
	asked := 0
	run := projection.Run{Picks: []projection.Pick{{Keep: func([]byte) (bool, error) { asked++; return true, nil }, Count: 1}}}
	plan := compiled(t, &selection{fields: []selField{pickField("n", 1)}})
	var corrupt *projection.Error
	if _, err := plan.Append(nil, []byte(`{"n":[{"a":1,"b":01}]}`), &run); !errors.As(err, &corrupt) || corrupt.Reason != projection.BadNumber || asked > 0 {
		t.Errorf("%v; asked %d times", err, asked)
	}
	if out, err := plan.Append(nil, []byte(`{"n":[{"a":1},{"b":01}]}`), &run); err != nil || string(out) != `{"n":[{"a":1}]}` {
		t.Errorf("%s %v", out, err)
	}
	run.Again = 5
	if _, err := plan.Append(nil, []byte(`{"n":[{"a":1},{"b":01}]}`), &run); !errors.As(err, &corrupt) || corrupt.Reason != projection.TooOften {
		t.Errorf("past the limit: %v", err)
	}
}

func TestPickAllocatesNothing(t *testing.T) {
	f := object("extension", true, scalar("url")...)
	f.Pick = 1
	plan := compiled(t, &selection{fields: []selField{f}})
	src, dst := patient(t), make([]byte, 0, 4096)
	run := projection.Run{Picks: []projection.Pick{{Keep: func(element []byte) (bool, error) { return len(element)%2 == 0, nil }, Count: 3}}}
	if n := testing.AllocsPerRun(100, func() {
		run.Reset()
		if _, err := plan.Append(dst, src, &run); err != nil {
			t.Error(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations a projection, want none", n)
	}
}
