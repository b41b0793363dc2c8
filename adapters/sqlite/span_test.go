package sqlite_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/adapters/memory"
	"github.com/heliograph/heliograph/adapters/sqlite"
	"github.com/heliograph/heliograph/search"
)

// observation has one of three codes, the first of them common, and a time of any precision, a period, or none.
func observation(t *testing.T, r *rand.Rand, id string) adaptertest.Record {
	t.Helper()
	code := []string{"common", "common", "common", "common", "common", "common", "some", "rare"}[r.IntN(8)]
	system := []string{`"system":"urn:a",`, `"system":"urn:b",`, ""}[r.IntN(3)]
	day := fmt.Sprintf("20%02d-%02d-%02d", 10+r.IntN(8), 1+r.IntN(12), 1+r.IntN(28))
	when := []string{
		`"effectiveDateTime":"` + day + `",`, `"effectiveDateTime":"` + day + `T10:00:00Z",`, `"effectiveDateTime":"` + day[:4] + `",`,
		`"effectivePeriod":{"start":"` + day + `","end":"2019"},`, `"effectivePeriod":{"start":"` + day + `"},`, `"effectivePeriod":{"end":"` + day + `"},`, "",
	}[r.IntN(7)]
	status := []string{"final", "amended"}[r.IntN(2)]
	return adaptertest.Index(t, fmt.Appendf(nil, `{"resourceType":"Observation","id":%q,%s"status":%q,"code":{"coding":[{%s"code":%q,"display":"A %s thing"},{"system":"urn:c","code":"all"}]}}`,
		id, when, status, system, code, code))
}

// TestSpans compares searches for codes in order of time with the oracle, page by page and both ways: codes, and displays, that many and
// that few have, with and without a system, with bounds on the time and without.
func TestSpans(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	store, oracle := openStore(t, sqlite.Config{}), memory.Open(memory.Config{})
	write := func(w adapters.Write) {
		for _, s := range []adapters.Writer{store, oracle} {
			out, err := s.Write(t.Context(), []adapters.Member{{Tenant: "main", Writes: []adapters.Write{w}}})
			if err != nil || out[0].Err != nil {
				t.Fatal(err, out)
			}
		}
	}
	for i := range 1000 {
		write(observation(t, random, fmt.Sprint(i)).Put())
	}
	for range 150 { // other times, other codes, and none at all
		rec := observation(t, random, fmt.Sprint(random.IntN(1000)))
		if w := rec.Put(); random.IntN(3) > 0 {
			write(w)
		} else {
			write(adapters.Write{Action: adapters.Delete, Ref: w.Ref})
		}
	}
	params := adaptertest.Parameters(t)
	reader := search.NewReader(params, search.ReaderConfig{})
	pick := func(of ...string) string { return of[random.IntN(len(of))] }
	for n := range 250 {
		var where search.And
		add := func(name, value string) {
			e, err := reader.Clause("Observation", name, []string{value})
			if err != nil {
				t.Fatal(err)
			}
			where = append(where, e)
		}
		if n%3 == 0 {
			add("code:text", pick("common", "rare", "thing", "some thing", "zzz", "rare,some"))
		} else {
			add("code", pick("common", "common", "urn:a|common", "some", "rare", "urn:b|", "common,rare", "|common", "urn:c|all", "none"))
		}
		for range random.IntN(3) {
			add("date", pick("ge", "le", "gt", "lt", "eq", "ne", "sa", "eb", "ap")+pick("2014", "2013-05", "2016-02-03", "2015-01-01T00:00:00Z"))
		}
		if random.IntN(3) == 0 {
			name, value, _ := strings.Cut(pick("status=final", "code:not=some", "date:missing=true", "_lastUpdated=gt2001"), "=")
			add(name, value)
		}
		q := search.Query{Caller: caller, Type: "Observation", Where: where,
			Sort: []search.SortKey{{Param: params.Param("Observation", "date"), Desc: random.IntN(2) == 0}}}
		switch n % 9 {
		case 3:
			q.Sort = nil
		case 6:
			q.Sort[0].Param = params.Param("Observation", "code")
		}
		req := search.Request{Query: q, Limit: []int{0, 1, 7, 60, 400}[random.IntN(5)], Reverse: random.IntN(4) == 0}
		for range 4 {
			got, want := hits(t, store, req), hits(t, oracle, req)
			if d := cmp.Diff(want, got); d != "" {
				text, _ := store.Compile(req)
				t.Fatalf("search %d: %s, %v\n%s\n%s", n, where, req.After, d, text)
			}
			if req.Limit == 0 || len(got) < req.Limit {
				break
			}
			req.After = &search.Cursor{Order: got[len(got)-1].Order, ID: got[len(got)-1].Ref.ID}
		}
		gotN, _, err := store.Count(t.Context(), req)
		wantN, _, err2 := oracle.Count(t.Context(), req)
		if err != nil || err2 != nil || gotN != wantN {
			t.Fatalf("count of %s: %d, %d wanted (%v, %v)", where, gotN, wantN, err, err2)
		}
	}
}

func hits(t *testing.T, s adapters.Searcher, r search.Request) (out []search.Hit) {
	t.Helper()
	for h, err := range s.Search(t.Context(), r).Rows {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, h)
	}
	return out
}
