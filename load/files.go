package load

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/klauspost/compress/zstd"

	"github.com/heliograph/heliograph/adapters"
)

// file is an input file.
type file struct {
	path string
	size int64
}

// expand gives the files of the paths: a file as it is, a folder's files that have a known ending, sorted. The file leave, if
// there is one, is none of them. leftOut counts the files of folders with other endings.
func expand(paths []string, leave string) (out []file, leftOut int, err error) {
	own, err := os.Stat(leave)
	if leave == "" || err != nil {
		own = nil
	}
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return nil, 0, err
		}
		if !info.IsDir() {
			if own != nil && os.SameFile(own, info) {
				return nil, 0, fmt.Errorf("%s is the file that rejects are written to; name another", p)
			}
			if out, err = appendFile(out, p, info); err != nil {
				return nil, 0, err
			}
			continue
		}
		before := len(out)
		err = filepath.WalkDir(p, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			if !readable(path) {
				leftOut++
				return nil
			}
			info, err := os.Stat(path)
			if err != nil || own != nil && os.SameFile(own, info) {
				return err
			}
			out, err = appendFile(out, path, info)
			return err
		})
		if err != nil {
			return nil, 0, err
		}
		if len(out) == before {
			return nil, 0, fmt.Errorf("%s has no .ndjson, .jsonl or .json file (plain, .gz or .zst)", p)
		}
		slices.SortFunc(out[before:], func(a, b file) int { return strings.Compare(a.path, b.path) })
	}
	return out, leftOut, nil
}

// appendFile refuses what cannot be read more than once: a file is read for its checksum before it is loaded.
func appendFile(out []file, path string, info fs.FileInfo) ([]file, error) {
	if !info.Mode().IsRegular() {
		return out, fmt.Errorf("%s is not a regular file; put what it gives into one", path)
	}
	return append(out, file{path: path, size: info.Size()}), nil
}

// bare is the path without the ending of its compression.
func bare(path string) string {
	return strings.TrimSuffix(strings.TrimSuffix(path, ".gz"), ".zst")
}

func readable(path string) bool {
	switch filepath.Ext(bare(path)) {
	case ".ndjson", ".jsonl", ".json":
		return true
	}
	return false
}

// ndjson says whether the file has a resource a line; otherwise it is one JSON document.
func (f file) ndjson() bool { return filepath.Ext(bare(f.path)) != ".json" }

// open opens the file, decompressing by its ending and without a byte order mark. What is read of the file itself is added to count,
// when that is not nil. That the content is no archive shows at the first read.
func (f file) open(count *atomic.Int64) (io.ReadCloser, error) {
	in, err := os.Open(f.path)
	if err != nil {
		return nil, err
	}
	var r io.Reader = in
	if count != nil {
		r = &countingReader{in, count}
	}
	switch ext := filepath.Ext(f.path); {
	case ext != ".gz" && ext != ".zst":
		return &stacked{Reader: unmarked(r), closers: []func() error{in.Close}}, nil
	case f.size == 0:
		return &stacked{Reader: failing{errors.New("an empty file is no archive")}, closers: []func() error{in.Close}}, nil
	case ext == ".gz":
		z, err := gzip.NewReader(bufio.NewReaderSize(r, 1<<16))
		if err != nil {
			return &stacked{Reader: failing{errors.New("not a gzip file")}, closers: []func() error{in.Close}}, nil
		}
		return &stacked{Reader: unmarked(z), closers: []func() error{z.Close, in.Close}}, nil
	}
	z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(256<<20))
	if err != nil {
		return &stacked{Reader: failing{errors.New("not a zstd file")}, closers: []func() error{in.Close}}, nil
	}
	return &stacked{Reader: unmarked(z), closers: []func() error{func() error { z.Close(); return nil }, in.Close}}, nil
}

// failing is a reader of nothing.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// markless reads past a byte order mark.
type markless struct {
	*bufio.Reader
	begun bool
}

func unmarked(r io.Reader) io.Reader { return &markless{Reader: bufio.NewReaderSize(r, 1<<16)} }

func (m *markless) Read(p []byte) (int, error) {
	if !m.begun {
		m.begun = true
		if start, _ := m.Peek(3); string(start) == "\ufeff" { // an error comes again
			if _, err := m.Discard(3); err != nil {
				return 0, err
			}
		}
	}
	return m.Reader.Read(p)
}

type stacked struct {
	io.Reader
	closers []func() error
}

func (s *stacked) Close() error {
	var first error
	for _, c := range s.closers {
		if err := c(); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// countingReader counts what was read, for the progress.
type countingReader struct {
	io.Reader
	count *atomic.Int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.count.Add(int64(n))
	return n, err
}

// checkpoint is how far a file has been loaded.
type checkpoint struct {
	key   string
	old   []byte
	lines int
	done  bool
	// rejected is how many of those lines were rejected.
	rejected int64
}

// checkpointSize is the length of a stored checkpoint: lines, done, rejected.
const checkpointSize = 8 + 1 + 8

// checkpoint finds what is known of a file. A file is known by its content, not its name.
func (l *Loader) checkpoint(ctx context.Context, f file) (checkpoint, error) {
	sum, err := digest(ctx, f.path)
	if err != nil {
		return checkpoint{}, err
	}
	c := checkpoint{key: "load/" + l.cfg.Tenant + "/" + sum}
	values, err := l.cfg.Target.Load(ctx, c.key)
	if err != nil {
		return c, err
	}
	c.old = values[0]
	if len(c.old) == checkpointSize && !l.cfg.Again {
		c.lines = int(binary.BigEndian.Uint64(c.old))
		c.done = c.old[8] == 1
		c.rejected = int64(binary.BigEndian.Uint64(c.old[9:]))
	}
	return c, nil
}

// next is the swap that moves the checkpoint.
func (c *checkpoint) next(lines int, done bool) adapters.Swap {
	v := binary.BigEndian.AppendUint64(nil, uint64(lines))
	v = append(v, 0)
	if done {
		v[8] = 1
	}
	v = binary.BigEndian.AppendUint64(v, uint64(c.rejected))
	return adapters.Swap{Key: c.key, Old: c.old, New: v}
}

func digest(ctx context.Context, path string) (string, error) {
	in, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer in.Close()
	h := sha256.New()
	buf := make([]byte, 1<<18)
	for {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		n, err := in.Read(buf)
		h.Write(buf[:n])
		if err == io.EOF {
			return hex.EncodeToString(h.Sum(nil)), nil
		}
		if err != nil {
			return "", err
		}
	}
}
