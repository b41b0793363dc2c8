package sqlite_test

import (
	"strings"
	"testing"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/adapters/sqlite"
)

// TestHistoryIndexes: the newest versions are found in an index by position, whatever history they are of; only a page is sorted.
func TestHistoryIndexes(t *testing.T) {
	s := openStore(t, sqlite.Config{})
	mustWrite(t, s, person(t, "p", "A"), person(t, "p", "B"))
	for _, r := range []adapters.HistoryRequest{{}, {Type: "Patient"}, {Since: 5}, {Type: "Patient", Until: 5}} {
		r.Caller = caller
		steps, err := s.HistorySteps(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		for _, index := range []string{"resource_position", "history_position"} {
			if !strings.Contains(steps, "SEARCH x USING COVERING INDEX "+index+" (tid=? AND rid<?)") {
				t.Errorf("%+v does not use %s:\n%s", r, index, steps)
			}
		}
	}
	steps, err := s.HistorySteps(t.Context(), adapters.HistoryRequest{Caller: caller, Type: "Patient", ID: "p"})
	if err != nil || !strings.Contains(steps, "history_key (tid=? AND id=?") || !strings.Contains(steps, "resource_key (tid=? AND id=?") {
		t.Errorf("%v\n%s", err, steps)
	}
}
