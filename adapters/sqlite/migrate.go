package sqlite

import (
	"context"
	"crypto/rand"
	"embed"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"

	"github.com/pressly/goose/v3"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the database to the schema that this program knows, and refuses a newer one. A database that is already there costs
// one statement.
func migrate(ctx context.Context, k *kit, file string) (err error) {
	if done, err := migrated(ctx, k, file); err != nil || done {
		return err
	}
	db := k.database(file, busy(), pageSize, walMode, durable)
	db.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, db.Close()) }()
	folder, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, folder)
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// schemaVersion is the number of the newest migration.
const schemaVersion = 5

func migrated(ctx context.Context, k *kit, file string) (done bool, err error) {
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	c, err := k.open(file, busy())
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	known, err := c.one(ctx, "SELECT 1 FROM sqlite_schema WHERE name = 'goose_db_version'", func([]value) error { return nil })
	if err != nil {
		return false, failure(ctx, err)
	}
	if !known {
		other, err := c.one(ctx, "SELECT name FROM sqlite_schema", func([]value) error { return nil })
		if err == nil && other {
			err = fault.New(fault.Unsupported, "%s is a database of another program", file)
		}
		return false, err
	}
	var version int64
	_, err = c.one(ctx, "SELECT max(version_id) FROM goose_db_version WHERE is_applied", func(row []value) error {
		version = asInt(row[0])
		return nil
	})
	if err != nil {
		return false, err
	}
	if version > schemaVersion {
		return false, fault.New(fault.Unsupported,
			"the database has schema %d and this program knows up to %d: use a newer program", version, schemaVersion)
	}
	return version == schemaVersion, nil
}

// ensureHead reads the end of the log, and begins the log of a new database.
func ensureHead(ctx context.Context, c *conn) (adapters.Head, error) {
	epoch, err := newEpoch()
	if err != nil {
		return adapters.Head{}, err
	}
	if _, err := c.exec(ctx, "INSERT OR IGNORE INTO head VALUES (1, ?, 0, 0, 0)", epoch); err != nil {
		return adapters.Head{}, err
	}
	return readHead(ctx, c)
}

func readHead(ctx context.Context, c *conn) (adapters.Head, error) {
	var h adapters.Head
	found, err := c.one(ctx, "SELECT epoch, position, time, trimmed FROM head", func(row []value) error {
		h = adapters.Head{Epoch: asText(row[0]), Position: search.Position(asInt(row[1])), Time: asInt(row[2]),
			Trimmed: search.Position(asInt(row[3]))}
		return nil
	})
	if err == nil && !found {
		err = fault.New(fault.StoreCorrupt, "the head of the log is missing")
	}
	return h, err
}

func newEpoch() (string, error) {
	var b [16]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", err
	}
	return hex.EncodeToString(b[:]), nil
}
