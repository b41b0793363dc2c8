package sqlite_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/adapters/sqlite"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// TestConditionalCreateOfTheUnseen: of many conditional creates at once one succeeds, also where type, parameter and system of the
// condition have never been written, so that what the condition compiles to changes while it waits.
func TestConditionalCreateOfTheUnseen(t *testing.T) {
	s := openStore(t, sqlite.Config{})
	identifier := adaptertest.Parameters(t).Param("Patient", "identifier")
	const rounds, writers = 10, 16
	for round := range rounds {
		system := fmt.Sprintf("http://example.org/%d", round)
		where := search.Clause{Param: identifier, Values: []search.Value{{System: system, HasSystem: true, Code: "1"}}}
		var created atomic.Int32
		var all sync.WaitGroup
		for w := range writers {
			rec := adaptertest.Index(t, fmt.Appendf(nil, `{"resourceType":"Patient","id":"r%d-%d","identifier":[{"system":%q,"value":"1"}]}`, round, w, system))
			all.Go(func() {
				put := rec.Put()
				put.If.Search = &search.Query{Type: "Patient", Where: where}
				out, err := s.Write(t.Context(), []adapters.Member{{Tenant: "main", Writes: []adapters.Write{put}}})
				switch {
				case err != nil:
					t.Error(err)
				case out[0].Err == nil:
					created.Add(1)
				case fault.Of(out[0].Err) != fault.Conflict:
					t.Error(out[0].Err)
				}
			})
		}
		all.Wait()
		if n := created.Load(); n != 1 {
			t.Errorf("round %d: %d were created, want 1", round, n)
		}
	}
}
