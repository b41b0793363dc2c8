package projection_test

import (
	"testing"

	"github.com/heliograph/heliograph/graph/projection"
	"github.com/heliograph/heliograph/internal/shareddata"
)

// TestPacks compares with the oracle on every resource of the packs, each with a selection drawn from its own structure. A
// failure names the line, whose ordinal in the pack is the seed.
func TestPacks(t *testing.T) {
	for _, pack := range []string{"sof-r4-100", "fhir-r4-examples"} {
		t.Run(pack, func(t *testing.T) {
			var run projection.Run
			var seed uint64
			there := shareddata.Each(t, pack, func(file string, line int, raw []byte) {
				seed++
				root, err := parse(raw)
				if err != nil {
					t.Fatalf("%s:%d: %v", file, line, err)
				}
				s := newPlanner(seed).selection([]node{root}, 5)
				compare(placed{t, file, line}, s, raw, &run)
			})
			if there && seed == 0 {
				t.Error("the pack is empty")
			}
		})
	}
}

// placed adds the place to a failure.
type placed struct {
	*testing.T
	file string
	line int
}

func (p placed) Fatalf(format string, args ...any) {
	p.Helper()
	p.T.Fatalf("%s:%d: "+format, append([]any{p.file, p.line}, args...)...)
}
