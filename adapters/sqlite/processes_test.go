package sqlite_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/heliograph/heliograph/adapters/sqlite"
)

// TestBackupBesideAnotherProcess backs a folder up that another process is writing to: each copy is sound, of one position, and has what
// was acknowledged before it began; and the writer is not disturbed.
func TestBackupBesideAnotherProcess(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilled$")
	cmd.Env = append(os.Environ(), crashDir+"="+dir, crashRound+"=0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	var ids []string
	await := func(n int) {
		for n > 0 && lines.Scan() {
			if id, ok := strings.CutPrefix(lines.Text(), "acknowledged "); ok {
				ids = append(ids, id)
				n--
			}
		}
		if n > 0 {
			t.Fatal("the writer ended by itself")
		}
	}
	const copies = 4
	backups := t.TempDir()
	file := func(n int) string { return filepath.Join(backups, fmt.Sprint(n)) }
	var had [copies]int
	for n := range copies {
		await(60)
		had[n] = len(ids)
		if at, err := sqlite.BackupFolder(t.Context(), dir, file(n)); err != nil || int(at) < had[n] {
			t.Fatalf("a backup at %d of %d (%v)", at, had[n], err)
		}
		if info, err := os.Stat(file(n)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the backup may be read by others: %v (%v)", info.Mode(), err)
		}
	}
	await(30)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the writer ended by itself")
	}
	verifyAcknowledged(t, dir, ids)
	for n := range copies {
		fresh := t.TempDir()
		if _, err := sqlite.Restore(t.Context(), file(n), fresh); err != nil {
			t.Fatal(err)
		}
		verifyAcknowledged(t, fresh, ids[:had[n]])
	}
}
