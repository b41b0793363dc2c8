package terminology_test

import (
	"slices"
	"testing"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/adapters/memory"
	"github.com/heliograph/heliograph/adapters/terminology"
	"github.com/heliograph/heliograph/search"
)

// kit is a terminology over the oracle.
type kit struct {
	*terminology.Terminology
	store *memory.Store
}

func newKit(t testing.TB, resources ...string) *kit {
	t.Helper()
	k := &kit{store: memory.Open(memory.Config{})}
	k.put(t, "main", resources...)
	var err error
	k.Terminology, err = terminology.Open(terminology.Config{
		Source: k.store, Parameters: adaptertest.Parameters(t), Base: terminology.R4(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func (k *kit) put(t testing.TB, tenant string, resources ...string) {
	t.Helper()
	for _, text := range resources {
		w := adaptertest.Index(t, []byte(text)).Put()
		out, err := k.store.Write(t.Context(), []adapters.Member{{Tenant: tenant, Writes: []adapters.Write{w}}})
		if err != nil || out[0].Err != nil {
			t.Fatal(err, out)
		}
	}
}

// expand gives the codes of a set as system|code, sorted.
func (k *kit) expand(t testing.TB, caller search.Caller, set search.CodeSet) ([]string, error) {
	t.Helper()
	var out []string
	for c, err := range k.Expand(t.Context(), caller, 0, set).Rows {
		if err != nil {
			return out, err
		}
		out = append(out, c.System+"|"+c.Code)
	}
	slices.Sort(out)
	return out, nil
}

var caller = search.Caller{Tenant: "main"}

func in(canonical string) search.CodeSet {
	return search.CodeSet{Modifier: search.In, ValueSet: canonical}
}
