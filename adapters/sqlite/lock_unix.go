//go:build unix

package sqlite

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/heliograph/heliograph/internal/fault"
)

// lockFolder makes this process the owner of a data folder until the file is closed or the process ends, however it ends.
func lockFolder(dir string) (*os.File, error) {
	file := filepath.Join(dir, lockName)
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		holder, _ := io.ReadAll(io.LimitReader(f, 200))
		return nil, errors.Join(fault.New(fault.StoreUnavailable, "the data folder %s is in use by %s (%s)",
			dir, strings.TrimSpace(string(holder)), file), f.Close())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", file, err), f.Close())
	}
	if err := f.Truncate(0); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if _, err := fmt.Fprintf(f, "process %d: %s\n", os.Getpid(), filepath.Base(os.Args[0])); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
