package load

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/heliograph/heliograph/adapters"
)

// file is an input file.
type file struct {
	path string
	size int64
}

// expand gives the files of the paths: a file as it is, a folder's files that have a known ending, sorted.
func expand(paths []string) ([]file, error) {
	var out []file
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			out = append(out, file{path: p, size: info.Size()})
			continue
		}
		before := len(out)
		err = filepath.WalkDir(p, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !readable(path) {
				return err
			}
			info, err := d.Info()
			out = append(out, file{path: path, size: info.Size()})
			return err
		})
		if err != nil {
			return nil, err
		}
		if len(out) == before {
			return nil, fmt.Errorf("%s has no .ndjson, .jsonl or .json file (plain, .gz or .zst)", p)
		}
		slices.SortFunc(out[before:], func(a, b file) int { return strings.Compare(a.path, b.path) })
	}
	return out, nil
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

// open opens the file, decompressing by its ending.
func (f file) open() (io.ReadCloser, error) {
	in, err := os.Open(f.path)
	if err != nil {
		return nil, err
	}
	switch filepath.Ext(f.path) {
	case ".gz":
		z, err := gzip.NewReader(bufio.NewReaderSize(in, 1<<16))
		if err != nil {
			in.Close()
			return nil, fmt.Errorf("%s: not a gzip file: %w", f.path, err)
		}
		return &stacked{Reader: z, closers: []func() error{z.Close, in.Close}}, nil
	case ".zst":
		z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(256<<20))
		if err != nil {
			in.Close()
			return nil, fmt.Errorf("%s: not a zstd file: %w", f.path, err)
		}
		return &stacked{Reader: z, closers: []func() error{func() error { z.Close(); return nil }, in.Close}}, nil
	}
	return in, nil
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

// countingReader counts what was read for the progress; of compressed input it is an estimate.
type countingReader struct {
	io.Reader
	loader *Loader
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.loader.bytes = min(c.loader.bytes+int64(n), max(c.loader.total, 1))
	return n, err
}

// checkpoint is how far a file has been loaded.
type checkpoint struct {
	key   string
	old   []byte
	lines int
	done  bool
}

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
	if len(c.old) == 9 && !l.cfg.Again {
		c.lines = int(binary.BigEndian.Uint64(c.old[:8]))
		c.done = c.old[8] == 1
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
