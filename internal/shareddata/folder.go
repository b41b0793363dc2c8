package shareddata

import (
	"os"
	"path/filepath"
	"testing"
)

// Folder gives the path of a folder below the shared data ("conformance/search"). It returns false, after saying so in the test's
// log, when it is not there.
func Folder(t testing.TB, name string) (string, bool) {
	t.Helper()
	root, _ := Dir()
	dir := filepath.Join(root, filepath.FromSlash(name))
	if root == "" || !isDir(dir) {
		t.Logf("NOT CHECKED: the folder %s is not at hand (set %s to the folder of shared data)", name, Variable)
		return "", false
	}
	return dir, true
}

// Unpack writes a pack's NDJSON files into a temporary folder of the test and gives its path. It returns false, after saying so in
// the test's log, when the pack is not there.
func Unpack(t testing.TB, pack string) (string, bool) {
	t.Helper()
	dir := t.TempDir()
	var name string
	var out *os.File
	end := func() {
		if out == nil {
			return
		}
		if err := out.Close(); err != nil {
			t.Fatal(err)
		}
	}
	found := Each(t, pack, func(file string, _ int, raw []byte) {
		if file != name {
			end()
			var err error
			if out, err = os.Create(filepath.Join(dir, filepath.Base(file))); err != nil {
				t.Fatal(err)
			}
			name = file
		}
		if _, err := out.Write(append(raw, '\n')); err != nil {
			t.Fatal(err)
		}
	})
	end()
	return dir, found
}
