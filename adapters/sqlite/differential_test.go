package sqlite_test

import (
	"os"
	"strconv"
	"testing"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/adapters/memory"
	"github.com/heliograph/heliograph/adapters/sqlite"
)

// TestDifferential compares generated searches with the oracle over more data than the suite's, so that plans differ with the counts:
// a sample population, or every few resources of HELIOGRAPH_TEST_CORPUS. HELIOGRAPH_SEED begins the seeds.
func TestDifferential(t *testing.T) {
	recs, searches := adaptertest.NewData(t, 10, 11).Records, 300
	if corpus() != nil {
		recs, searches = thinned(records(t), 4000), 1500
	}
	seed := uint64(100)
	if s := os.Getenv("HELIOGRAPH_SEED"); s != "" {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		seed = n
	}
	for i := range recs {
		if recs[i].LastUpdated == 0 {
			recs[i].LastUpdated = 1_700_000_000_000_000 + int64(i/7)*1_000_000
		}
	}
	store := openStore(t, sqlite.Config{})
	loadAll(t, store, recs)
	oracle := memory.Open(memory.Config{})
	for _, r := range recs {
		out, err := oracle.Write(t.Context(), []adapters.Member{{Tenant: "main", Writes: []adapters.Write{r.Put()}}})
		if err != nil || out[0].Err != nil {
			t.Fatal(err, out)
		}
	}
	data := adaptertest.DataOf(t, recs)
	for n := range uint64(3) {
		adaptertest.Differential(t, adaptertest.Harness{Store: store}, oracle, data, seed+n, searches)
	}
}

func thinned(recs []adaptertest.Record, most int) (out []adaptertest.Record) {
	step := max(1, len(recs)/most)
	for i := 0; i < len(recs); i += step {
		out = append(out, recs[i])
	}
	return out
}
