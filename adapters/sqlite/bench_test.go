package sqlite_test

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/adapters/sqlite"
	"github.com/heliograph/heliograph/search"
)

// corpus gives the resources to measure with: a folder of NDJSON in HELIOGRAPH_TEST_CORPUS, else a sample population.
var corpus = sync.OnceValue(func() [][]byte {
	dir := os.Getenv("HELIOGRAPH_TEST_CORPUS")
	if dir == "" {
		return nil
	}
	var out [][]byte
	files, err := filepath.Glob(filepath.Join(dir, "*.ndjson"))
	if err != nil {
		return nil
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			return nil
		}
		in := bufio.NewScanner(bytes.NewReader(b))
		in.Buffer(nil, 64<<20)
		for in.Scan() {
			if line := bytes.TrimSpace(in.Bytes()); len(line) > 0 {
				out = append(out, bytes.Clone(line))
			}
		}
	}
	return out
})

func records(tb testing.TB) []adaptertest.Record {
	tb.Helper()
	lines := corpus()
	if lines == nil {
		tb.Log("HELIOGRAPH_TEST_CORPUS NAMES NO FOLDER OF NDJSON: measured with a sample population")
		return adaptertest.NewData(tb, 40, 7).Records
	}
	out := make([]adaptertest.Record, len(lines))
	for i, line := range lines {
		out[i] = adaptertest.Index(tb, line)
	}
	return out
}

func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// groupSize is how many members one call writes, here and in the bare loop.
const groupSize = 500

func loadAll(tb testing.TB, s *sqlite.Store, recs []adaptertest.Record) {
	tb.Helper()
	for len(recs) > 0 {
		n := min(groupSize, len(recs))
		members := make([]adapters.Member, n)
		for i, r := range recs[:n] {
			w := r.Put()
			w.If.Changed = true
			members[i] = adapters.Member{Tenant: "main", Writes: []adapters.Write{w}}
		}
		out, err := s.Write(tb.Context(), members)
		if err != nil {
			tb.Fatal(err)
		}
		for _, o := range out {
			if o.Err != nil {
				tb.Fatal(o.Err)
			}
		}
		recs = recs[n:]
	}
}

// BenchmarkLoad writes a corpus with all indexes, and the same rows in a bare loop over the driver, in groups of the same size.
func BenchmarkLoad(b *testing.B) {
	recs := records(b)
	runtime.GC()
	for b.Loop() {
		dir := b.TempDir()
		s := openStore(b, sqlite.Config{Dir: dir})
		start, used := time.Now(), cpu()
		loadAll(b, s, recs)
		ours, oursCPU := time.Since(start), cpu()-used
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(dir, "heliograph.db"))
		if err != nil {
			b.Fatal(err)
		}
		bare, bareCPU, rows := bareLoop(b, filepath.Join(dir, "heliograph.db"), len(recs))
		n := float64(len(recs))
		b.ReportMetric(n/ours.Seconds(), "resources/s")
		b.ReportMetric(oursCPU.Seconds()*1000/n, "cpu-ms/resource")
		b.ReportMetric(bareCPU.Seconds()*1000/n, "bare-cpu-ms/resource")
		b.ReportMetric(bare.Seconds()/ours.Seconds(), "of-bare-loop")
		b.ReportMetric(rows/n, "rows/resource")
		b.ReportMetric(float64(info.Size())/n, "file-bytes/resource")
	}
	b.ReportMetric(0, "ns/op")
}

func BenchmarkRead(b *testing.B) {
	recs := records(b)
	s := openStore(b, sqlite.Config{})
	loadAll(b, s, recs)
	byType := map[string][]adaptertest.Record{}
	for _, r := range recs {
		byType[r.Ref.Type] = append(byType[r.Ref.Type], r)
	}
	caller := search.Caller{Tenant: "main"}
	b.Run("point", func(b *testing.B) {
		i := 0
		for b.Loop() {
			i += 7919
			got, _, err := s.Read(b.Context(), caller, 0, []adapters.Key{{Ref: recs[i%len(recs)].Ref}})
			if err != nil || got[0].Version == 0 {
				b.Fatal(got, err)
			}
		}
	})
	benchmarkLists(b, s, caller, len(byType["Condition"]) > 0)
	benchmarkEach(b, s, caller, byType["Patient"])
	benchmarkNested(b, s, caller)
}

func benchmarkLists(b *testing.B, s *sqlite.Store, caller search.Caller, conditions bool) {
	list := func(name string, r search.Request, want int) {
		b.Run(name, func(b *testing.B) { benchmarkList(b, s, name, r, want) })
	}
	query := func(typ string, sort []search.SortKey, where ...search.Expr) search.Request {
		return search.Request{Query: search.Query{Caller: caller, Type: typ, Where: search.And(where), Sort: sort}, Limit: 50, Bodies: true}
	}
	ps := adaptertest.Parameters(b)
	reader := search.NewReader(ps, search.ReaderConfig{Now: time.Now})
	clause := func(typ, name, value string) search.Expr {
		e, err := reader.Clause(typ, name, []string{value})
		if err != nil {
			b.Fatal(err)
		}
		return e
	}
	list("patients-50", query("Patient", nil), 50)
	list("gender-50", query("Patient", nil, clause("Patient", "gender", "female")), 0)
	list("code-50", query("Observation", nil, clause("Observation", "code", "8302-2")), 0)
	date := ps.Param("Observation", "date")
	list("code-date-sorted-50", query("Observation", []search.SortKey{{Param: date, Desc: true}}, clause("Observation", "code", "8302-2"),
		clause("Observation", "date", "ge2015")), 0)
	list("category-sorted-50", query("Observation", []search.SortKey{{Param: date, Desc: true}}, clause("Observation", "category", "vital-signs")), 0)
	list("chain-50", query("Observation", nil, clause("Observation", "patient.gender", "female")), 0)
	list("has-50", query("Patient", nil, clause("Patient", "_has:Observation:patient:code", "8302-2")), 0)
	if conditions {
		list("text-50", query("Condition", nil, clause("Condition", "code:text", "otitis")), 0)
	}
}

func benchmarkList(b *testing.B, s *sqlite.Store, name string, r search.Request, want int) {
	if text, err := s.Compile(r); err != nil || testing.Verbose() && strings.Contains(os.Getenv("HELIOGRAPH_TEST_SHOW"), name) {
		b.Log(text, err)
	}
	for b.Loop() {
		n := 0
		for _, err := range s.Search(b.Context(), r).Rows {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if want > 0 && n != want {
			b.Fatal(n)
		}
	}
}

func benchmarkEach(b *testing.B, s *sqlite.Store, caller search.Caller, patients []adaptertest.Record) {
	ps := adaptertest.Parameters(b)
	each := search.EachRequest{Param: ps.Param("Observation", "subject")}
	each.Query = search.Query{Caller: caller, Type: "Observation", Sort: []search.SortKey{{Param: ps.Param("Observation", "date"), Desc: true}}}
	each.Limit, each.Bodies = 5, true
	for _, r := range patients[:min(50, len(patients))] {
		each.Parents = append(each.Parents, r.Ref)
	}
	b.Run("each-50x5", func(b *testing.B) {
		for b.Loop() {
			for _, err := range s.SearchEach(b.Context(), each).Rows {
				if err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}
