package load_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/heliograph/heliograph/adapters/memory"
	"github.com/heliograph/heliograph/load"
)

// TestOddText: byte order marks, CRLF, blank lines and a last line without an end are no mistakes.
func TestOddText(t *testing.T) {
	const mark = "\ufeff"
	a, b := patient("a", "A"), patient("b", "B")
	for name, content := range map[string]string{
		"mark.ndjson": mark + a + "\n" + b + "\n",
		"crlf.ndjson": a + "\r\n" + b + "\r\n",
		"bare.ndjson": "\n\n" + a + "\n \t\n" + b,
		"mark.json":   mark + `{"resourceType":"Bundle","type":"collection","entry":[{"resource":` + a + `},{"resource":` + b + `}]}` + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			if sum := run(t, memory.Open(memory.Config{}), load.Config{}, file(t, name, []byte(content))); sum.Created != 2 || sum.Rejected != 0 {
				t.Errorf("%+v", sum)
			}
		})
	}
}

// TestLongLine: a line beyond the limit is one reject, and those behind it are loaded.
func TestLongLine(t *testing.T) {
	input := patient("a", "A") + "\n" + patient("long", strings.Repeat("x", 65<<20)) + "\n" + patient("b", "B") + "\n"
	var got []load.Reject
	store := memory.Open(memory.Config{})
	sum := run(t, store, load.Config{Report: func(r load.Reject) { got = append(got, r) }}, file(t, "in.ndjson", []byte(input)))
	if sum.Created != 2 || len(got) != 1 || got[0].Line != 2 || !strings.Contains(got[0].Reasons[0].Message, "64 MB") {
		t.Errorf("%+v, %+v", sum, got)
	}
	if again := run(t, store, load.Config{}, file(t, "in.ndjson", []byte(input))); again.SkippedFiles != 1 {
		t.Errorf("again: %+v", again)
	}
}

// TestBadArchives: an archive that is none, or empty, is a reject that names it and never stops the other files.
func TestBadArchives(t *testing.T) {
	for _, name := range []string{"a.ndjson.gz", "a.ndjson.zst", "a.json.gz", "a.json"} {
		for _, content := range []string{"", "no archive, and no JSON either"} {
			t.Run(fmt.Sprintf("%s of %d bytes", name, len(content)), func(t *testing.T) {
				bad := file(t, name, []byte(content))
				for _, mode := range []load.References{load.Off, load.Enforce} {
					var got []load.Reject
					cfg := load.Config{References: mode, Report: func(r load.Reject) { got = append(got, r) }}
					sum := run(t, memory.Open(memory.Config{}), cfg, bad, file(t, "b.ndjson", []byte(patient("b", "B"))))
					if sum.Created != 1 || len(got) != 1 || got[0].File != bad || len(got[0].Reasons[0].Message) < 8 {
						t.Errorf("%s: %+v, %+v", mode, sum, got)
					}
				}
			})
		}
	}
}

// TestNoRegularFile: a pipe cannot be read twice, so it is refused instead of being drained for its checksum.
func TestNoRegularFile(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "in.ndjson")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := load.New(load.Config{Target: memory.Open(memory.Config{}), Intake: intake(t)})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, filepath.Dir(pipe)} {
		if _, err := l.Run(t.Context(), path); err == nil || !strings.Contains(err.Error(), "regular file") {
			t.Errorf("%v", err)
		}
	}
}

// TestOwnRejects: the file that rejects go to is no input, though it lies in the folder.
func TestOwnRejects(t *testing.T) {
	path := file(t, "in.ndjson", []byte(patient("a", "A")+"\n{}\n"))
	rejects := filepath.Join(filepath.Dir(path), "rejects.ndjson")
	for range 2 {
		out, err := os.OpenFile(rejects, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		cfg := load.Config{Rejects: out, RejectsFile: rejects, Again: true}
		if sum := run(t, memory.Open(memory.Config{}), cfg, filepath.Dir(path)); sum.Files != 1 || sum.Rejected != 1 {
			t.Errorf("%+v", sum)
		}
		if err := out.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestProgress: progress counts what is read of the file, compressed or not, and ends at the whole of it.
func TestProgress(t *testing.T) {
	var lines, packed bytes.Buffer
	for i := range 3000 {
		fmt.Fprintln(&lines, patient(fmt.Sprintf("p%d", i), strings.Repeat("x", 200)))
	}
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(lines.Bytes()); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	bundle := `{"resourceType":"Bundle","type":"collection","entry":[{"resource":` +
		strings.ReplaceAll(strings.TrimSpace(lines.String()), "\n", `},{"resource":`) + `}]}`
	for name, content := range map[string][]byte{"a.ndjson": lines.Bytes(), "a.ndjson.gz": packed.Bytes(), "a.json": []byte(bundle)} {
		t.Run(name, func(t *testing.T) {
			var all []load.Progress
			run(t, memory.Open(memory.Config{}), load.Config{Batch: 100, Progress: func(p load.Progress) { all = append(all, p) }}, file(t, name, content))
			first, last := all[0], all[len(all)-1]
			if last.Bytes != last.Total || last.Total != int64(len(content)) {
				t.Errorf("%d of %d at the end", last.Bytes, last.Total)
			}
			if first.Bytes == first.Total && name != "a.ndjson.gz" {
				t.Error("all is read at the first batch")
			}
		})
	}
}

// TestLeftOut: what a folder has besides input is counted, not loaded.
func TestLeftOut(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "in.ndjson"), patient("a", "A"))
	write(t, filepath.Join(dir, "notes.txt"), "no input")
	if sum := run(t, memory.Open(memory.Config{}), load.Config{}, dir); sum.LeftOut != 1 || sum.Created != 1 || sum.Files != 1 {
		t.Errorf("%+v", sum)
	}
}

// TestPlaceInLine: a line that is no JSON is named once, by its place in the file.
func TestPlaceInLine(t *testing.T) {
	var got []load.Reject
	run(t, memory.Open(memory.Config{}), load.Config{Report: func(r load.Reject) { got = append(got, r) }},
		file(t, "in.ndjson", []byte(patient("a", "A")+"\n{\"id\": tru")))
	if len(got) != 1 || got[0].Line != 2 || !strings.HasPrefix(got[0].Reasons[0].Message, "column ") {
		t.Errorf("%+v", got)
	}
}
