package sample_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heliograph/heliograph/sample"
)

// generate is the population as a list.
func generate(t testing.TB, cfg sample.Config) []sample.Resource {
	t.Helper()
	var out []sample.Resource
	for r, err := range sample.Generate(cfg) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

func sum(rs []sample.Resource) string {
	h := sha256.New()
	for _, r := range rs {
		fmt.Fprintf(h, "%s/%s/%d\n%s\n", r.Type, r.ID, r.Version, r.JSON)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// The bytes are a promise: fixtures and figures of other packages rest on them. If this fails without intent, find
// out why; if the population is changed on purpose, pin the new sum.
func TestBytesArePinned(t *testing.T) {
	const want = "78e40f1c7847c54377b951d6f4fcf636cf0631ad3b86d1f9745677589ec37f35"
	if got := sum(generate(t, sample.Config{Patients: 5, Seed: 1})); got != want {
		t.Errorf("sum of five patients is %s, want %s", got, want)
	}
}

func TestPopulationIsAPrefixOfALargerOne(t *testing.T) {
	small := generate(t, sample.Config{Patients: 9, Seed: 7})
	large := generate(t, sample.Config{Patients: 31, Seed: 7})
	if diff := cmp.Diff(sum(small), sum(large[:len(small)])); diff != "" {
		t.Error(diff)
	}
}

func TestSeedAndStartChangeThePopulation(t *testing.T) {
	base := sum(generate(t, sample.Config{Patients: 3}))
	for _, cfg := range []sample.Config{{Patients: 3, Seed: 1}, {Patients: 3, Start: time.Date(2001, 5, 6, 0, 0, 0, 0, time.UTC)}} {
		if sum(generate(t, cfg)) == base {
			t.Errorf("%+v gives the same bytes as the zero value", cfg)
		}
	}
	// The zero value stands for its documented default, whose time of day does not matter.
	same := sample.Config{Patients: 3, Start: time.Date(2019, 1, 1, 15, 4, 5, 6, time.UTC)}
	if sum(generate(t, same)) != base {
		t.Error("the default start is not 2019-01-01")
	}
}

func TestBadConfigIsTheOnlyError(t *testing.T) {
	for _, cfg := range []sample.Config{{Patients: -1}, {Patients: 1, Start: time.Date(12, 1, 1, 0, 0, 0, 0, time.UTC)}} {
		n := 0
		for r, err := range sample.Generate(cfg) {
			n++
			if err == nil {
				t.Errorf("%+v: got %s/%s and no error", cfg, r.Type, r.ID)
			}
		}
		if n != 1 {
			t.Errorf("%+v: %d items, want the error alone", cfg, n)
		}
		dir := t.TempDir()
		if _, err := sample.WriteNDJSON(dir, cfg); err == nil {
			t.Errorf("%+v: WriteNDJSON gave no error", cfg)
		}
		if left, _ := os.ReadDir(dir); len(left) != 0 {
			t.Errorf("%+v: left %v", cfg, left)
		}
	}
}

func TestStreamMayBeLeftEarly(t *testing.T) {
	for stop := range 400 {
		n := 0
		for range sample.Generate(sample.Config{Patients: math.MaxInt}) {
			if n == stop {
				break
			}
			n++
		}
	}
}

func TestVersionsAreTheOnlyRepeats(t *testing.T) {
	type seen struct {
		version int
		updated time.Time
		sum     [32]byte
	}
	last := map[string]seen{}
	for _, r := range generate(t, sample.Config{Patients: 60, Seed: 3}) {
		var body struct {
			ResourceType, ID string
			Meta             struct {
				LastUpdated time.Time
				VersionID   string
			}
		}
		if err := json.Unmarshal(r.JSON, &body); err != nil {
			t.Fatalf("%s/%s: %v", r.Type, r.ID, err)
		}
		if body.ResourceType != r.Type || body.ID != r.ID {
			t.Fatalf("%s/%s says it is %s/%s", r.Type, r.ID, body.ResourceType, body.ID)
		}
		key := r.Type + "/" + r.ID
		before := last[key]
		if r.Version != before.version+1 {
			t.Errorf("%s: version %d after %d", key, r.Version, before.version)
		}
		if r.Version > 1 && (before.updated.IsZero() || !body.Meta.LastUpdated.After(before.updated)) {
			t.Errorf("%s: updated %v after %v", key, body.Meta.LastUpdated, before.updated)
		}
		if v := body.Meta.VersionID; v != "" && v != fmt.Sprint(r.Version) {
			t.Errorf("%s: meta.versionId %s, want %d", key, v, r.Version)
		}
		now := seen{r.Version, body.Meta.LastUpdated, sha256.Sum256(r.JSON)}
		if now.sum == before.sum {
			t.Errorf("%s: version %d is no change", key, r.Version)
		}
		last[key] = now
	}
}

func TestWriteNDJSON(t *testing.T) {
	cfg := sample.Config{Patients: 4, Seed: 2}
	dir := filepath.Join(t.TempDir(), "a", "b")
	var got sample.Summary
	for range 2 { // the second replaces the first
		s, err := sample.WriteNDJSON(dir, cfg)
		if err != nil {
			t.Fatal(err)
		}
		got = s
	}
	want := map[string]*strings.Builder{}
	first := 0
	for _, r := range generate(t, cfg) {
		if want[r.Type] == nil {
			want[r.Type] = &strings.Builder{}
		}
		want[r.Type].Write(r.JSON)
		want[r.Type].WriteByte('\n')
		if r.Version == 1 {
			first++
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != len(want) || len(got.Types) != len(want) || got.Resources() != first {
		t.Errorf("%d files, %d types, %d resources; want %d, %d, %d", len(entries), len(got.Types), got.Resources(),
			len(want), len(want), first)
	}
	var size int64
	for _, s := range got.Types {
		data, err := os.ReadFile(filepath.Join(dir, s.Type+".ndjson"))
		if err != nil {
			t.Fatal(err)
		}
		size += int64(len(data))
		if diff := cmp.Diff(want[s.Type].String(), string(data)); diff != "" {
			t.Errorf("%s: %s", s.Type, diff)
		}
		if lines := strings.Count(string(data), "\n"); lines != s.Versions || s.Resources > s.Versions {
			t.Errorf("%s: %d lines, summary %+v", s.Type, lines, s)
		}
	}
	if size != got.Bytes {
		t.Errorf("%d bytes, summary says %d", size, got.Bytes)
	}
}

func BenchmarkGenerate(b *testing.B) {
	n := 0
	for b.Loop() {
		for _, err := range sample.Generate(sample.Config{Patients: 100}) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "resources/s")
}
