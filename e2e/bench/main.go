// Command bench measures the program as a process and prints the figures as a table: bench.md and bench.json in the folder given.
//
// Figures of CPU are of the whole server process (user and system, from the operating system), so that nothing hides between
// goroutines. Where two things are compared they are measured in one run.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// figure is one row of the table.
type figure struct {
	What     string  `json:"what"`
	Measured float64 `json:"measured"`
	Unit     string  `json:"unit"`
	// Bar is what it is held to; the direction is in Better.
	Bar    float64 `json:"bar,omitempty"`
	Better string  `json:"better,omitempty"` // "lower" or "higher"
	Note   string  `json:"note,omitempty"`
}

func (f figure) verdict() string {
	switch {
	case f.Better == "lower" && f.Measured <= f.Bar, f.Better == "higher" && f.Measured >= f.Bar:
		return "yes"
	case f.Better == "":
		return ""
	}
	return "NO"
}

// bench collects figures.
type bench struct {
	binary string
	work   string
	packs  string
	// corpus is the folder that load measured, for the stores' own benchmarks.
	corpus string
	rows   []figure
}

func (b *bench) add(f figure) {
	b.rows = append(b.rows, f)
	fmt.Printf("%-72s %12.3f %-10s bar %-8.3g %s %s\n", f.What, f.Measured, f.Unit, f.Bar, f.verdict(), f.Note)
}

func main() {
	binary := flag.String("binary", "./heliograph", "the program")
	packs := flag.String("packs", "", "folder with unpacked data packs (sof-r4-100, blaze-120); empty: the program's own sample is used")
	out := flag.String("out", "bench/out", "folder for the table")
	build := flag.Bool("build", false, "measure a build with an empty build cache, too")
	only := flag.String("only", "", "names of the steps to run, with commas between (most need load); empty: all")
	flag.Parse()
	if err := run(*binary, *packs, *out, *only, *build); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(binary, packs, out, only string, build bool) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Minute)
	defer cancel()
	work, err := os.MkdirTemp("", "heliograph-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	absolute, err := filepath.Abs(binary)
	if err != nil {
		return err
	}
	b := &bench{binary: absolute, work: work, packs: packs}
	steps := []struct {
		name string
		do   func(context.Context) error
	}{
		{"projection", b.projection}, {"load", b.load}, {"bare loop", b.bareLoop}, {"requests", b.requests},
		{"rest", b.rest}, {"searches", b.searches}, {"transactions", b.transactions}, {"start", b.start}, {"introspection", b.introspection},
		{"hostile", b.hostile}, {"subscriptions", b.subscriptions},
	}
	for _, s := range steps {
		if only != "" && !slices.Contains(strings.Split(only, ","), s.name) {
			continue
		}
		if err := s.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	if build {
		if err := b.build(ctx); err != nil {
			return err
		}
	}
	return b.write(out)
}

func (b *bench) write(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var md strings.Builder
	md.WriteString("| what | measured | bar | met | note |\n|---|---|---|---|---|\n")
	for _, f := range b.rows {
		bar := ""
		if f.Better != "" {
			sign := map[string]string{"lower": "≤", "higher": "≥"}[f.Better]
			bar = fmt.Sprintf("%s %.3g %s", sign, f.Bar, f.Unit)
		}
		fmt.Fprintf(&md, "| %s | %.3g %s | %s | %s | %s |\n", f.What, f.Measured, f.Unit, bar, f.verdict(), f.Note)
	}
	raw, err := json.MarshalIndent(b.rows, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "bench.md"), []byte(md.String()), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "bench.json"), raw, 0o644)
}

// build measures a build from a warm module cache and an empty build cache.
func (b *bench) build(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(b.work, "built"), ".")
	cmd.Env = append(os.Environ(), "GOCACHE="+filepath.Join(b.work, "gocache"))
	began := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	b.add(figure{What: "build from a warm module cache, empty build cache", Measured: time.Since(began).Seconds(), Unit: "s", Bar: 90, Better: "lower"})
	return nil
}
