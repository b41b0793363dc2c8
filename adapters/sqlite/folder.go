package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// BackupFolder does what Store.Backup does for a data folder that another process may own and use: a reader in WAL mode does not
// disturb it. It fails with NotFound if the folder holds no database, and with Unsupported if a newer program wrote it.
func BackupFolder(ctx context.Context, dir, file string) (search.Position, error) {
	database := filepath.Join(dir, databaseName)
	if _, err := os.Stat(database); errors.Is(err, os.ErrNotExist) {
		return 0, fault.New(fault.NotFound, "%s holds no data", dir)
	}
	k, err := theKit()
	if err != nil {
		return 0, err
	}
	s := &Store{cfg: Config{Dir: dir}.withDefaults(), kit: k, file: database}
	return s.Backup(ctx, file)
}
