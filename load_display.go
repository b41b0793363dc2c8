package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/mattn/go-isatty"

	"github.com/heliograph/heliograph/load"
)

// display shows progress: a bar on a terminal, a line now and then elsewhere.
type display struct {
	out      *os.File
	terminal bool
	last     time.Time
	began    time.Time
	shown    int
	// shownBent counts what was loaded leniently.
	shownBent int
}

func newDisplay(out *os.File) *display {
	return &display{out: out, terminal: isatty.IsTerminal(out.Fd()), began: time.Now(), last: time.Now()}
}

// maxShown is how many rejects are printed; the file has all.
const maxShown = 20

// maxReasons is how many reasons of one reject are printed; the file has all.
const maxReasons = 5

func (d *display) reject(r load.Reject) {
	d.shown++
	switch {
	case d.shown <= maxShown:
		if d.terminal {
			fmt.Fprint(d.out, "\r\x1b[K")
		}
		more := len(r.Reasons) - maxReasons
		if more > 0 {
			r.Reasons = r.Reasons[:maxReasons]
		}
		printReject(d.out, r)
		if more > 0 {
			fmt.Fprintf(d.out, "%s:%d: %d more reasons are in the rejects file\n", r.File, r.Line, more)
		}
	case d.shown == maxShown+1:
		fmt.Fprintln(d.out, "more rejects follow; they are in the rejects file")
	}
}

// bent tells of what was loaded leniently.
func (d *display) bent(r load.Reject) {
	d.shownBent++
	if d.shownBent > maxShown {
		return
	}
	if d.terminal {
		fmt.Fprint(d.out, "\r\x1b[K")
	}
	fmt.Fprintf(d.out, "loaded leniently: %s\n", r.Ref)
	printReject(d.out, r)
}

func printReject(out io.Writer, r load.Reject) {
	for _, reason := range r.Reasons {
		where := fmt.Sprintf("%s:%d", r.File, r.Line)
		if reason.Path != "" {
			where += " " + reason.Path
		}
		fmt.Fprintf(out, "%s: %s\n", where, reason.Message)
	}
}

func (d *display) progress(p load.Progress) {
	every := 5 * time.Second
	if d.terminal {
		every = 200 * time.Millisecond
	}
	if time.Since(d.last) < every {
		return
	}
	d.last = time.Now()
	done := 0.0
	if p.Total > 0 {
		done = float64(p.Bytes) / float64(p.Total)
	}
	rate := float64(p.Summary.Loaded()) / max(p.Elapsed.Seconds(), 0.001)
	left := "unknown"
	if done > 0 {
		left = (time.Duration(float64(p.Elapsed)/done) - p.Elapsed).Round(time.Second).String()
	}
	text := fmt.Sprintf("%3.0f%% %d resources, %.0f/s, %s left", done*100, p.Summary.Loaded(), rate, left)
	if d.terminal {
		width := int(done * 30)
		fmt.Fprintf(d.out, "\r\x1b[K[%s%s] %s", strings.Repeat("█", width), strings.Repeat("·", 30-width), text)
		return
	}
	fmt.Fprintln(d.out, text)
}

func (d *display) end(s load.Summary) {
	if d.terminal {
		fmt.Fprint(d.out, "\r\x1b[K")
	}
	elapsed := time.Since(d.began)
	fmt.Fprintf(d.out, "%d files: %d created, %d updated, %d unchanged, %d rejected in %s (%.0f/s)\n", s.Files, s.Created, s.Updated,
		s.Unchanged, s.Rejected, elapsed.Round(10*time.Millisecond), float64(s.Loaded())/max(elapsed.Seconds(), 0.001))
	for _, r := range []struct {
		count int64
		text  string
	}{
		{int64(s.SkippedFiles), "of the files were loaded before; --again reads them anyway"},
		{int64(s.LeftOut), "files in the folders were left out: they do not end in .ndjson, .jsonl or .json (plain, .gz or .zst)"},
		{s.Older, "of the unchanged are newer in the store than in the input"},
		{s.Resumed, "lines had been done by a load that was interrupted"},
		{s.Deleted, "were deleted by transactions"},
		{s.Bent, "were loaded although they bend the rules (--lenient)"},
		{s.Unindexed, "values are stored and cannot be searched: they are not what their type says"},
		{s.Dangling, "references point at what is not there: " + strings.Join(s.DanglingRefs, ", ")},
		{s.Unfollowed, "more references were not looked after: too many waited for their targets"},
	} {
		if r.count > 0 {
			fmt.Fprintf(d.out, "%d %s\n", r.count, r.text)
		}
	}
	types := make([]string, 0, len(s.Types))
	for t := range s.Types {
		types = append(types, t)
	}
	slices.Sort(types)
	for _, t := range types {
		fmt.Fprintf(d.out, "  %-28s %d\n", t, s.Types[t])
	}
}
