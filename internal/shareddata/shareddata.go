// Package shareddata reads the packs of real FHIR data that tests and benchmarks use where they are at hand.
//
// The packs are no part of the project. A test that needs one says loudly when it is absent, and passes.
package shareddata

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// Variable is the environment variable that names the folder with the packs. Without it the folder "shared"
// beside the repository is looked at.
const Variable = "HELIOGRAPH_SHARED"

// Dir returns the folder of shared data, and whether there is one.
func Dir() (string, bool) {
	if dir := os.Getenv(Variable); dir != "" {
		return dir, isDir(dir)
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", false
	}
	for parent := filepath.Dir(dir); parent != dir; dir, parent = parent, filepath.Dir(parent) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			shared := filepath.Join(parent, "shared")
			return shared, isDir(shared)
		}
	}
	return "", false
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// Each calls fn for every line that is not blank of every NDJSON file of a pack ("sof-r4-100"), in the order of
// the pack; line counts from 1. The bytes of raw may be kept and changed. It returns false, after saying so in
// the test's log, when the pack is not there; a pack that is there and cannot be read fails the test.
func Each(t testing.TB, pack string, fn func(file string, line int, raw []byte)) bool {
	t.Helper()
	return Files(t, pack, ".ndjson", func(name string, content []byte) { lines(filepath.Base(name), content, fn) })
}

// Files calls fn for every file of a pack whose name ends so, in the order of the pack, with its path in the pack and its content,
// which may be kept. It returns false as Each does.
func Files(t testing.TB, pack, ending string, fn func(name string, content []byte)) bool {
	t.Helper()
	dir, _ := Dir()
	file, err := os.Open(filepath.Join(dir, "data", pack+".tar.zst"))
	if err != nil {
		t.Logf("NOT CHECKED: the data pack %s is not at hand (set %s to the folder of shared data)", pack, Variable)
		return false
	}
	defer func() {
		if err := file.Close(); err != nil {
			t.Errorf("%s: %v", pack, err)
		}
	}()
	unpacked, err := zstd.NewReader(file, zstd.WithDecoderConcurrency(1))
	if err != nil {
		t.Fatalf("%s: %v", pack, err)
	}
	defer unpacked.Close()
	for archive := tar.NewReader(unpacked); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return true
		}
		if err != nil {
			t.Fatalf("%s: %v", pack, err)
		}
		if header.Typeflag != tar.TypeReg || !strings.HasSuffix(header.Name, ending) {
			continue
		}
		content, err := io.ReadAll(archive)
		if err != nil {
			t.Fatalf("%s: %s: %v", pack, header.Name, err)
		}
		fn(header.Name, content)
	}
}

func lines(file string, content []byte, fn func(string, int, []byte)) {
	for number := 1; len(content) > 0; number++ {
		line, rest, _ := bytes.Cut(content, []byte("\n"))
		content = rest
		if line = bytes.TrimSpace(line); len(line) > 0 {
			fn(file, number, line[:len(line):len(line)])
		}
	}
}
