package shareddata_test

import (
	"archive/tar"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/heliograph/heliograph/internal/shareddata"
	"github.com/klauspost/compress/zstd"
)

func TestEachReadsLines(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(shareddata.Variable, dir)
	pack(t, filepath.Join(dir, "data", "small.tar.zst"), map[string]string{
		"p/README": "no data\n", "p/A.ndjson": "{\"a\":1}\n\n{\"a\":2}", "p/B.ndjson": "",
	})
	var got []string
	if !shareddata.Each(t, "small", func(file string, line int, raw []byte) {
		got = append(got, fmt.Sprintf("%s:%d %s", file, line, raw))
	}) {
		t.Error("the pack was not found")
	}
	if diff := cmp.Diff([]string{`A.ndjson:1 {"a":1}`, `A.ndjson:3 {"a":2}`}, got); diff != "" {
		t.Error(diff)
	}
}

func TestEachSaysThatAPackIsAbsent(t *testing.T) {
	t.Setenv(shareddata.Variable, t.TempDir())
	if shareddata.Each(t, "none", func(string, int, []byte) { t.Error("a line of nothing") }) {
		t.Error("a pack that is not there was found")
	}
}

func pack(t *testing.T, path string, files map[string]string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	compressed, err := zstd.NewWriter(file)
	if err != nil {
		t.Fatal(err)
	}
	archive := tar.NewWriter(compressed)
	for name, content := range files {
		if err := archive.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(content))}); err != nil {
			t.Fatal(err)
		}
		if _, err := archive.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	for _, closer := range []interface{ Close() error }{archive, compressed, file} {
		if err := closer.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
