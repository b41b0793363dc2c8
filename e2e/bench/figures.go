package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// goBench runs benchmarks of a package once and gives their metrics, by benchmark and unit ("ns/op", "allocs/op", …).
func (b *bench) goBench(ctx context.Context, pkg, pattern string, flags ...string) (map[string]map[string]float64, error) {
	args := append([]string{"test", "-run", "^$", "-bench", pattern, "-benchmem"}, flags...)
	cmd := exec.CommandContext(ctx, "go", append(args, pkg)...)
	if b.corpus != "" {
		cmd.Env = append(os.Environ(), "HELIOGRAPH_TEST_CORPUS="+b.corpus)
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, out)
	}
	all := map[string]map[string]float64{}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		name := regexp.MustCompile(`-\d+$`).ReplaceAllString(strings.TrimPrefix(fields[0], "Benchmark"), "")
		all[name] = map[string]float64{}
		for i := 2; i+1 < len(fields); i += 2 {
			if all[name][fields[i+1]], err = strconv.ParseFloat(fields[i], 64); err != nil {
				return nil, fmt.Errorf("%q: %w", line, err)
			}
		}
	}
	return all, nil
}

func (b *bench) projection(ctx context.Context) error {
	got, err := b.goBench(ctx, "./graph/projection", "^BenchmarkPatient$")
	if err != nil {
		return err
	}
	own, other := got["Patient/projection"], got["Patient/map"]
	if own == nil || other == nil {
		return fmt.Errorf("the benchmark Patient is missing: %v", got)
	}
	b.add(figure{What: "projection of a 3.8 KB Patient: allocations", Measured: own["allocs/op"], Bar: 0, Better: "lower", Note: fmt.Sprintf("%.1f µs", own["ns/op"]/1000)})
	b.add(figure{What: "projection against decoding to a map and projecting", Measured: other["ns/op"] / own["ns/op"], Unit: "×", Bar: 8, Better: "higher"})
	return nil
}

// data is a folder of NDJSON to load.
func (b *bench) data(ctx context.Context) (string, string, error) {
	if b.packs != "" {
		dir := filepath.Join(b.packs, "sof-r4-100")
		if _, err := os.Stat(dir); err == nil {
			return dir, "sof-r4-100", nil
		}
	}
	dir := filepath.Join(b.work, "sample")
	return dir, "own sample, 500 patients: the pack sof-r4-100 is not at hand", exec.CommandContext(ctx, b.binary, "sample", "-n", "500", "-o", dir).Run()
}

func (b *bench) load(ctx context.Context) error {
	dir, name, err := b.data(ctx)
	if err != nil {
		return err
	}
	b.corpus = dir
	cmd := exec.CommandContext(ctx, b.binary, "--data", filepath.Join(b.work, "data"), "load", "--rejects", filepath.Join(b.work, "rejects"), dir)
	began := time.Now()
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	elapsed := time.Since(began)
	m := regexp.MustCompile(`(\d+) created`).FindSubmatch(out)
	if m == nil {
		return fmt.Errorf("no summary in\n%s", out)
	}
	n, err := strconv.ParseFloat(string(m[1]), 64)
	if err != nil {
		return err
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	b.add(figure{What: "load with all indexes, synchronous=FULL: CPU a resource", Measured: cpu.Seconds() * 1000 / n, Unit: "ms", Bar: 0.35, Better: "lower", Note: name})
	b.add(figure{What: "load: rate", Measured: n / elapsed.Seconds(), Unit: "/s", Note: fmt.Sprintf("%.0f resources", n)})
	b.add(figure{What: "load: peak memory", Measured: float64(usage.Maxrss) / 1024, Unit: "MB", Bar: 400, Better: "lower"})
	return nil
}

// bareLoop compares the store's bulk writing with a bare loop over the driver that writes the same rows, in one run.
func (b *bench) bareLoop(ctx context.Context) error {
	got, err := b.goBench(ctx, "./adapters/sqlite", "^BenchmarkLoad$", "-benchtime", "1x")
	if err != nil {
		return err
	}
	m := got["Load"]
	if m == nil {
		return fmt.Errorf("the benchmark Load is missing: %v", got)
	}
	b.add(figure{What: "load against a bare driver loop writing the same rows", Measured: m["of-bare-loop"], Unit: "×", Bar: 0.6, Better: "higher",
		Note: fmt.Sprintf("%.0f resources/s, %.1f rows a resource", m["resources/s"], m["rows/resource"])})
	return nil
}

const (
	listWhat   = "list of 50"
	nestedWhat = "50 patients × 5 newest observations × encounter"
)

// aboveStore is what a request costs beyond the same calls of the store alone, for those requests of which there is a benchmark.
func (b *bench) aboveStore(ctx context.Context, what string, total float64) error {
	for _, c := range []struct {
		what, benchmark, unit string
		perUnit, bar          float64
	}{{listWhat, "patients-50", "ns/op", 1e6, 1}, {nestedWhat, "nested-50x5", "cpu-ms/op", 1, 2.5}} {
		if c.what != what {
			continue
		}
		got, err := b.goBench(ctx, "./adapters/sqlite", "^BenchmarkRead$/^"+c.benchmark+"$")
		if err != nil {
			return err
		}
		store := got["Read/"+c.benchmark][c.unit] / c.perUnit
		if store == 0 {
			return fmt.Errorf("the benchmark Read/%s is missing: %v", c.benchmark, got)
		}
		b.add(figure{What: what + ": CPU of the gateway above the same read from SQLite", Measured: total - store, Unit: "ms", Bar: c.bar, Better: "lower",
			Note: fmt.Sprintf("the store alone %.2f ms", store)})
	}
	return nil
}

const listOf50 = `{ PatientList(_count: 50) { id active gender birthDate name { use family given } telecom { system value use } address { line city state postalCode } } }`

func (b *bench) requests(ctx context.Context) error {
	s, err := b.serve(ctx, filepath.Join(b.work, "data"))
	if err != nil {
		return err
	}
	raw, err := s.ask(`{ PatientList(_count: 50) { id } }`)
	if err != nil {
		return err
	}
	var found struct {
		Data struct{ PatientList []struct{ ID string } }
	}
	if err := json.Unmarshal(raw, &found); err != nil {
		return err
	}
	ids := found.Data.PatientList
	if len(ids) == 0 {
		return errors.New("no patients")
	}
	for _, r := range []struct {
		what string
		bar  float64
		next func(int) string
	}{
		{"read by id", 0.12, func(i int) string {
			return fmt.Sprintf(`query { Patient(id: %q) { id gender birthDate name { family given } } }`, ids[i%len(ids)].ID)
		}},
		{listWhat, 0.9, func(int) string { return listOf50 }},
		{nestedWhat, 3.3, func(int) string {
			return `{ PatientList(_count: 50) { id name { family } ObservationList(_reference: subject, _sort: "-date", _count: 5) { id effectiveDateTime code { text } valueQuantity { value unit } encounter { resource { ... on Encounter { id status } } } } } }`
		}},
		{"50 rows joined to their subject", 1.6, func(int) string {
			return `{ ObservationList(_count: 50) { id status code { text } subject { resource { ... on Patient { id name { family given } birthDate } } } } }`
		}},
	} {
		ms, err := s.perRequest(r.next)
		if err != nil {
			return err
		}
		b.add(figure{What: "CPU of the process a request: " + r.what, Measured: ms, Unit: "ms", Bar: r.bar, Better: "lower"})
		if err := b.aboveStore(ctx, r.what, ms); err != nil {
			return err
		}
	}
	return s.stop()
}

// start measures how soon a store of 100,000 resources is served, and what the idle program holds.
func (b *bench) start(ctx context.Context) error {
	dir, data := filepath.Join(b.work, "large"), filepath.Join(b.work, "largedata")
	for _, args := range [][]string{
		{"sample", "-n", "1600", "-o", dir}, {"--data", data, "load", "--rejects", filepath.Join(b.work, "rejects"), dir},
	} {
		if out, err := exec.CommandContext(ctx, b.binary, args...).CombinedOutput(); err != nil {
			return fmt.Errorf("%v: %w\n%s", args, err, out)
		}
	}
	s, err := b.serve(ctx, data)
	if err != nil {
		return err
	}
	raw, err := s.ask(`{ counts { count } }`)
	if err != nil {
		return err
	}
	var counts struct {
		Data struct{ Counts []struct{ Count int } }
	}
	if err := json.Unmarshal(raw, &counts); err != nil {
		return err
	}
	total := 0
	for _, c := range counts.Data.Counts {
		total += c.Count
	}
	if err := s.stop(); err != nil {
		return err
	}
	if s, err = b.serve(ctx, data); err != nil {
		return err
	}
	memory, err := s.memory()
	if err != nil {
		return err
	}
	b.add(figure{What: "start to ready", Measured: s.ready.Seconds(), Unit: "s", Bar: 0.5, Better: "lower", Note: fmt.Sprintf("%d resources", total)})
	b.add(figure{What: "idle memory", Measured: memory, Unit: "MB", Bar: 120, Better: "lower", Note: fmt.Sprintf("%d resources", total)})
	return s.stop()
}
