//go:build !unix

package sqlite

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/heliograph/heliograph/internal/fault"
)

// lockFolder makes this process the owner of a data folder. Where there is no flock the file's existence is the lock.
func lockFolder(dir string) (*os.File, error) {
	file := filepath.Join(dir, lockName)
	if err := os.Remove(file); err != nil && !os.IsNotExist(err) {
		return nil, fault.New(fault.StoreUnavailable, "the data folder %s is in use: %s cannot be removed", dir, file)
	}
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = fmt.Fprintf(f, "process %d\n", os.Getpid())
	return f, err
}
