package projection_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/heliograph/heliograph/graph/projection"
)

// TestGenerated compares with the oracle on generated documents: members in any order, whitespace and escapes anywhere.
func TestGenerated(t *testing.T) {
	var run projection.Run
	rapid.Check(t, func(t *rapid.T) {
		var w writer
		w.object(t, 5)
		src := []byte(w.String())
		root, err := parse(src)
		if err != nil {
			t.Fatalf("the generator wrote bad JSON: %v", err)
		}
		plan := newPlanner(rapid.Uint64().Draw(t, "plan"))
		compare(t, plan.selection([]node{root}, 5), src, &run)
	})
}

// TestGeneratedCorrupt damages one byte of a generated document, or cuts it.
func TestGeneratedCorrupt(t *testing.T) {
	var run projection.Run
	rapid.Check(t, func(t *rapid.T) {
		var w writer
		w.object(t, 4)
		src := []byte(w.String())
		root, err := parse(src)
		if err != nil {
			t.Fatalf("the generator wrote bad JSON: %v", err)
		}
		s := newPlanner(rapid.Uint64().Draw(t, "plan")).selection([]node{root}, 4)
		at := rapid.IntRange(0, len(src)-1).Draw(t, "at")
		if rapid.Bool().Draw(t, "cut") {
			src = src[:at]
		} else {
			src[at] = rapid.SampledFrom([]byte("{}[]\",:\\ \x00\n\x80\xff0-.eunt")).Draw(t, "byte")
		}
		compare(t, s, src, &run)
	})
}

// writer writes JSON as untidily as the grammar allows.
type writer struct{ strings.Builder }

func (w *writer) space(t *rapid.T) {
	w.WriteString(rapid.SampledFrom([]string{"", "", "", "", " ", "\n\t ", "\r\n"}).Draw(t, "space"))
}

func (w *writer) value(t *rapid.T, depth int) {
	kind := rapid.IntRange(0, 7).Draw(t, "kind")
	switch {
	case kind < 2 && depth > 0:
		w.object(t, depth-1)
	case kind < 4 && depth > 0:
		w.list(t, depth-1)
	default:
		w.WriteString(rapid.SampledFrom(scalars()).Draw(t, "scalar"))
	}
}

func scalars() []string {
	return []string{
		"null", "true", "false", "0", "-0", "1.50", "-12e+3", "1E-2", "2147483647", "2147483648", "-2147483648", "-2147483649",
		"12345678901234567890.10", "99999999999", `""`, `"text"`, `"longer than eight bytes"`, `"\"\\\/\b\f\n\r\t\u00e9"`,
		`"\ud83d\ude00 pair"`, `"Ωμέγα 診療所"`, `"é"`, `"12345678é"`, `"[{,:}]"`, `"\\"`, `"Patient"`, `"P\u0061tient"`, `"Group"`,
	}
}

func (w *writer) list(t *rapid.T, depth int) {
	w.WriteByte('[')
	n := rapid.IntRange(0, 3).Draw(t, "length")
	w.space(t)
	for i := range n {
		if i > 0 {
			w.WriteByte(',')
		}
		w.space(t)
		w.value(t, depth)
		w.space(t)
	}
	w.WriteByte(']')
}

func (w *writer) object(t *rapid.T, depth int) {
	all := []string{"resourceType", "id", "name", "given", "_given", "valueQuantity", "contact", "a", "Ωμέγα", "extension"}
	names := rapid.Permutation(all).Draw(t, "names")[:rapid.IntRange(0, 6).Draw(t, "members")]
	w.WriteByte('{')
	w.space(t)
	for i, name := range names {
		if i > 0 {
			w.WriteByte(',')
		}
		w.space(t)
		w.name(t, name)
		w.space(t)
		w.WriteByte(':')
		w.space(t)
		w.value(t, depth)
		w.space(t)
	}
	w.WriteByte('}')
}

func (w *writer) name(t *rapid.T, name string) {
	escaped := rapid.IntRange(-20, len(name)-1).Draw(t, "escaped")
	w.WriteByte('"')
	n := 0
	for _, c := range name {
		if n == escaped {
			fmt.Fprintf(w, `\u%04x`, c)
		} else {
			w.WriteRune(c)
		}
		n++
	}
	w.WriteByte('"')
}
