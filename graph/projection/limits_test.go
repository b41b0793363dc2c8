package projection_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/heliograph/heliograph/graph/projection"
)

// TestLimits: what is past a limit of the Run leaves nothing behind, and what is within it is not touched by it.
func TestLimits(t *testing.T) {
	leaf := func() *projection.Plan {
		p, err := projection.Compile(projection.Selection{Fields: []projection.Field{
			{Key: "url", Name: "url"}, {Key: "hole", Name: "url", Kind: projection.Hole},
		}})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	plan, err := projection.Compile(projection.Selection{Fields: []projection.Field{
		{Key: "a", Name: "e", Kind: projection.Object, List: true, Sub: leaf()},
		{Key: "b", Name: "e", Kind: projection.Object, List: true, Sub: leaf()},
		{Key: "c", Name: "e", Kind: projection.Object, List: true, Sub: leaf()},
	}})
	if err != nil {
		t.Fatal(err)
	}
	element := `{"url":"` + strings.Repeat("x", 100) + `"},`
	src := []byte(`{"e":[` + strings.TrimSuffix(strings.Repeat(element, 100), ",") + `]}`)
	value := len(src) - len(`{"e":}`)
	for name, c := range map[string]struct {
		most, again int
		reason      projection.Reason
	}{
		"none":         {0, 0, ""},
		"within":       {1 << 20, 6 * value, ""},
		"output":       {10_000, 0, projection.TooLong},
		"scanned once": {0, value - 1, projection.TooOften},
		"scanned more": {0, 2*value - 1, projection.TooOften},
	} {
		t.Run(name, func(t *testing.T) {
			run := projection.Run{Most: c.most, Again: c.again}
			for range 2 {
				out, err := plan.Append([]byte("before"), src, &run)
				var e *projection.Error
				switch {
				case c.reason == "" && (err != nil || len(run.Holes) != 300):
					t.Fatal(err, len(run.Holes))
				case c.reason != "" && (!errors.As(err, &e) || e.Reason != c.reason || string(out) != "before" || len(run.Holes) > 0 || cap(out) > 2*c.most+1<<10):
					t.Fatalf("%v, %d bytes, %d holes", err, len(out), len(run.Holes))
				}
				run.Reset()
			}
		})
	}
}
