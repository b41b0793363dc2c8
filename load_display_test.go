package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/heliograph/heliograph/load"
)

// TestManyReasons: one resource with much wrong does not fill the screen, and what is not printed is counted.
func TestManyReasons(t *testing.T) {
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	reject := load.Reject{File: "in.ndjson", Line: 7}
	for i := range maxReasons + 3 {
		reject.Reasons = append(reject.Reasons, load.Reason{Message: fmt.Sprint("reason ", i)})
	}
	newDisplay(out).reject(reject)
	text, err := os.ReadFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), "\n"); n != maxReasons+1 || !strings.Contains(string(text), "in.ndjson:7: 3 more reasons are in the rejects file") {
		t.Errorf("%d lines:\n%s", n, text)
	}
}
