package adaptertest

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

// reindex gives both stores the same new values, and demands that they change the same.
func (r *rig) reindex(t *testing.T, want int, items ...adapters.Reindexed) {
	t.Helper()
	for _, store := range []adapters.Reindexer{r.oracle, part[adapters.Reindexer](t, r)} {
		if got, err := store.Reindex(t.Context(), mainTenant, items); err != nil || got != want {
			t.Fatalf("%d items changed %d, want %d (%v)", len(items), got, want, err)
		}
	}
}

// testReindex gives current versions other index values: searches see those, reads and histories what they saw before. What was written,
// deleted or purged since the values were taken is left alone, and what has them already is not changed.
func testReindex(t *testing.T, r *rig) {
	part[adapters.Reindexer](t, r)
	r.write(t, put(patient(t, "1", "One"), adapters.Precondition{}), put(patient(t, "2", "Two"), adapters.Precondition{}),
		put(patient(t, "3", "Three"), adapters.Precondition{}), put(patient(t, "4", "Four"), adapters.Precondition{}),
		put(patient(t, "2", "Second"), adapters.Precondition{}), remove(fhir.Ref{Type: "Patient", ID: "3"}, adapters.Precondition{}))
	values := func(id, family string) *search.Values { return patient(t, id, family).Values }
	items := []adapters.Reindexed{
		{Version: 1, Values: values("1", "Other")}, {Version: 1, Values: values("2", "Stale")}, {Version: 1, Values: values("3", "Dead")},
		{Version: 1, Values: values("4", "Four")}, {Version: 1, Values: values("never", "Never")},
	}
	r.reindex(t, 1, items...)
	r.reindex(t, 0, items...)
	r.reindex(t, 0)
	r.sameFamilies(t, "after a re-index", "one", "other", "second", "stale", "dead", "three", "four", "never")
	r.sameLog(t, 0)
	r.sameDigests(t)
	if reader, ok := r.Store.(adapters.Reader); ok {
		if got := r.readBody(t, reader, "1"); got.Version != 1 || got.Position != 1 {
			t.Errorf("a re-index made version %d of the resource, at position %d", got.Version, got.Position)
		}
		rows, err := all(t, reader.History(t.Context(), adapters.HistoryRequest{Caller: caller, Type: "Patient"}))
		if err != nil || len(rows) != 6 {
			t.Errorf("the history has %d versions, want 6 (%v)", len(rows), err)
		}
	}
	r.sameVisible(t)
	word := request("Patient", search.Text{Content: true, Any: [][]string{{"other"}}})
	r.sameSearch(t, "words stay", word)
	r.reindex(t, 1, adapters.Reindexed{Version: 1, Values: values("1", "Other"), Words: true})
	r.sameSearch(t, "words are new", word)
	r.write(t, put(patient(t, "1", "Next"), adapters.Precondition{Version: 1}))
	r.sameFamilies(t, "after the next write", "other", "next")
	r.sameDigests(t)
	r.sameCounts(t)
}

func (r *rig) sameFamilies(t *testing.T, what string, names ...string) {
	t.Helper()
	family := r.data.Params.Param("Patient", "family")
	for _, name := range names {
		r.sameSearch(t, what+": "+name, request("Patient", search.Clause{Param: family, Values: []search.Value{{Text: name}}}))
	}
}

// sameVisible reads by key and by history on behalf of callers that the new values, or the old ones, are hidden from.
func (r *rig) sameVisible(t *testing.T) {
	t.Helper()
	reader, ok := r.Store.(adapters.Reader)
	if !ok {
		return
	}
	family := r.data.Params.Param("Patient", "family")
	for _, name := range []string{"one", "other", "second"} {
		hidden := search.Not{X: search.Clause{Param: family, Values: []search.Value{{Text: name}}}}
		who := search.Caller{Tenant: mainTenant, Policy: map[string]search.Expr{"Patient": hidden}}
		h := adapters.HistoryRequest{Caller: who, Type: "Patient"}
		same(t, "history hiding "+name, reader.History(t.Context(), h), r.oracle.History(t.Context(), h))
		keys := []adapters.Key{key("Patient", "1", 0), key("Patient", "1", 1), key("Patient", "2", 1), key("Patient", "2", 0)}
		want, _, err := r.oracle.Read(t.Context(), who, 0, keys)
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := reader.Read(t.Context(), who, 0, keys)
		for i := range want {
			if err != nil || got[i].Version != want[i].Version {
				t.Errorf("hiding %s: %v has version %d, the oracle's %d (%v)", name, keys[i], got[i].Version, want[i].Version, err)
			}
		}
	}
}

// sameDigests compares what the stores hold of patients.
func (r *rig) sameDigests(t *testing.T) {
	t.Helper()
	d, ok := r.Store.(adapters.Digester)
	if !ok {
		return
	}
	patients := []adapters.DigestRequest{{Tenant: mainTenant, Type: "Patient", Deep: true}}
	want, _, err := r.oracle.Digests(t.Context(), patients)
	if err != nil {
		t.Fatal(err)
	}
	if got, _, err := d.Digests(t.Context(), patients); err != nil || !slices.Equal(got, want) {
		t.Errorf("digests %v, the oracle's %v (%v)", got, want, err)
	}
}

// sameCounts demands statistics of patients that have neither lost nor kept rows.
func (r *rig) sameCounts(t *testing.T) {
	t.Helper()
	want, err := r.oracle.Statistics(t.Context(), mainTenant)
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.Store.Statistics(t.Context(), mainTenant)
	if err != nil || got.Rows["Patient"] != want.Rows["Patient"] {
		t.Fatalf("%v, the oracle's %v (%v)", got.Rows, want.Rows, err)
	}
	if g, w := got.Params["Patient"]["family"].Rows, want.Params["Patient"]["family"].Rows; g != w {
		t.Errorf("%d rows of family, the oracle has %d", g, w)
	}
}

// testReindexBeside re-indexes by a parameter more while others write with it: in the end every row is of the new values, and nothing
// was written over.
func testReindexBeside(t *testing.T, r *rig) {
	re, w, scanner := part[adapters.Reindexer](t, r), part[adapters.Writer](t, r), part[adapters.Scanner](t, r)
	if !r.Store.Describe().Has(search.CanScan) {
		t.Skip("scans are not claimed")
	}
	const patients, rounds = 60, 4
	indexer, given := r.more(t)
	for i := range patients {
		r.write(t, put(patient(t, fmt.Sprint(i), "Old"), adapters.Precondition{}))
	}
	var others sync.WaitGroup
	for worker := range 3 {
		others.Go(func() {
			for i := worker; i < patients*rounds; i += 7 {
				m := put(patient(t, fmt.Sprint(i%patients), fmt.Sprint("New", i)), adapters.Precondition{})
				m.Writes[0].Values = indexed(t, indexer, m.Writes[0].Body)
				if i%5 == 0 {
					m = remove(m.Writes[0].Ref, adapters.Precondition{})
				}
				if out, err := w.Write(t.Context(), []adapters.Member{m}); err != nil || out[0].Err != nil {
					t.Errorf("%v %v", err, out)
				}
			}
		})
	}
	after := ""
	for more := true; more; {
		more = false
		var items []adapters.Reindexed
		for row, err := range scanner.Scan(t.Context(), mainTenant, "Patient", after, 7).Rows {
			if err != nil {
				t.Fatal(err)
			}
			if after, more = row.Ref.ID, true; !row.Deleted {
				items = append(items, adapters.Reindexed{Version: row.Version, Values: indexed(t, indexer, row.Body)})
			}
		}
		if _, err := re.Reindex(t.Context(), mainTenant, items); err != nil {
			t.Fatal(err)
		}
	}
	others.Wait()
	r.ofOneMaking(t, scanner, indexer, given)
}

// more is an indexer with a parameter more than FHIR's own.
func (r *rig) more(t *testing.T) (*search.Indexer, *search.Param) {
	t.Helper()
	params, errs := r.data.Params.With([]search.Custom{{ID: "x", SearchParameter: fhir.SearchParameter{
		Code: "x-family", URL: "http://example.org/x-family", Type: "string", Base: []string{"Patient"}, Expression: "Patient.name.family",
	}}})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	indexer, err := search.NewIndexer(params, search.Config{Base: base})
	if err != nil {
		t.Fatal(err)
	}
	return indexer, params.Param("Patient", "x-family")
}

func indexed(t *testing.T, x *search.Indexer, body fhir.Body) *search.Values {
	values, _, err := x.IndexBytes(body.JSON)
	if err != nil {
		t.Error(err)
	}
	return values
}

// ofOneMaking demands that every patient has the values that the indexer makes of its body, and is found by the parameter.
func (r *rig) ofOneMaking(t *testing.T, scanner adapters.Scanner, indexer *search.Indexer, by *search.Param) {
	t.Helper()
	live := 0
	for row, err := range scanner.Scan(t.Context(), mainTenant, "Patient", "", 0).Rows {
		if err != nil {
			t.Fatal(err)
		}
		if row.Deleted {
			continue
		}
		live++
		want := indexed(t, indexer, row.Body)
		want.LastUpdated = row.LastUpdated
		if string(row.Values.AppendBinary(nil)) != string(want.AppendBinary(nil)) {
			t.Errorf("%s has other values than its version %d gives", row.Ref, row.Version)
		}
	}
	s, ok := r.Store.(adapters.Searcher)
	if !ok {
		return
	}
	n, _, err := s.Count(t.Context(), request("Patient", search.Exists{Param: by}))
	if err != nil || n != int64(live) || live == 0 {
		t.Errorf("%d patients have the parameter, there are %d (%v)", n, live, err)
	}
}
