package sqlite

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// Backup implements adapters.Backuper: the copy is one compact database file, of one position, made while reads and writes go on. The
// file must not be there.
func (s *Store) Backup(ctx context.Context, file string) (at search.Position, err error) {
	// Made here, so that nobody else reads it: the engine writes into an empty file, too.
	empty, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return 0, fault.At(s.cfg.ID, "backup", fault.New(fault.BadUserInput, "the file %s is there already", file))
	}
	if err == nil {
		err = empty.Close()
	}
	if err != nil {
		return 0, fault.At(s.cfg.ID, "backup", err)
	}
	fail := func(err error) (search.Position, error) {
		return 0, fault.At(s.cfg.ID, "backup", failure(ctx, errors.Join(err, removeIfThere(file))))
	}
	// A connection of its own: VACUUM INTO writes a file, which query_only forbids.
	c, err := s.kit.open(s.file, busy(), "cache_size(-2000)")
	if err != nil {
		return fail(err)
	}
	_, err = c.exec(ctx, "VACUUM INTO ?", file)
	if err = errors.Join(err, c.close()); err != nil {
		return fail(err)
	}
	head, err := verify(ctx, s.kit, file, false)
	if err == nil {
		err = syncFile(file)
	}
	if err == nil {
		err = syncFile(filepath.Dir(file))
	}
	if err != nil {
		return fail(err)
	}
	return head.Position, nil
}

func removeIfThere(file string) error {
	if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func syncFile(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Restore makes a data folder from a backup file, after it has verified it. The folder must hold no database. Positions are kept;
// the epoch is new, so that secondaries and tokens of the time after the backup are recognised as foreign.
func Restore(ctx context.Context, file, dir string) (adapters.Head, error) {
	head, err := restore(ctx, file, dir)
	return head, fault.At("sqlite", "restore", failure(ctx, err))
}

func restore(ctx context.Context, file, dir string) (head adapters.Head, err error) {
	k, err := theKit()
	if err != nil {
		return head, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return head, err
	}
	lock, err := lockFolder(dir)
	if err != nil {
		return head, err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	target := filepath.Join(dir, databaseName)
	if _, err := os.Stat(target); err == nil {
		return head, fault.New(fault.Conflict, "the data folder %s holds a database already", dir)
	}
	fresh := target + ".restoring"
	if err := copyFile(file, fresh); err != nil {
		return head, errors.Join(err, removeIfThere(fresh))
	}
	if _, err := verify(ctx, k, fresh, true); err != nil {
		return head, errors.Join(err, removeIfThere(fresh))
	}
	if head, err = renew(ctx, k, fresh); err != nil {
		return head, errors.Join(err, removeIfThere(fresh))
	}
	if err := syncFile(fresh); err != nil {
		return head, err
	}
	if err := os.Rename(fresh, target); err != nil {
		return head, err
	}
	return head, syncFile(dir)
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return errors.Join(err, in.Close())
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close(), in.Close())
}

// verify opens a database file and checks that it is one of ours, and with whole that every page is sound.
func verify(ctx context.Context, k *kit, file string, whole bool) (head adapters.Head, err error) {
	if done, err := migrated(ctx, k, file); err != nil || !done {
		return head, errors.Join(err, notOurs(file, done))
	}
	c, err := k.open(file, busy())
	if err != nil {
		return head, err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	if whole {
		if err := integrity(ctx, c, "integrity_check"); err != nil {
			return head, err
		}
	}
	return readHead(ctx, c)
}

func notOurs(file string, done bool) error {
	if done {
		return nil
	}
	return fault.New(fault.BadUserInput, "%s is not a backup of this program's schema", file)
}

// renew gives a database a new epoch.
func renew(ctx context.Context, k *kit, file string) (head adapters.Head, err error) {
	c, err := k.open(file, busy(), walMode, durable)
	if err != nil {
		return head, err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	epoch, err := newEpoch()
	if err != nil {
		return head, err
	}
	if _, err := c.exec(ctx, "UPDATE head SET epoch=?", epoch); err != nil {
		return head, err
	}
	if _, err := c.exec(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		return head, err
	}
	return readHead(ctx, c)
}

// Check looks whether the database's pages and indexes are sound: nil, or StoreCorrupt with what was found. It reads the whole file.
func (s *Store) Check(ctx context.Context) error { return s.check(ctx, "quick_check") }

// check takes a connection of its own: one that has looked at the index of words before remembers its structure, and the engine's check,
// unlike its queries, does not notice that others have changed it since.
func (s *Store) check(ctx context.Context, pragma string) error {
	if ctx.Err() != nil {
		return fault.At(s.cfg.ID, "check", ended(ctx))
	}
	if s.pool.over() {
		return fault.At(s.cfg.ID, "check", errClosed())
	}
	c, err := s.kit.open(s.file, readerPragmas()...)
	if err != nil {
		return fault.At(s.cfg.ID, "check", failure(ctx, err))
	}
	err = integrity(ctx, c, pragma)
	return fault.At(s.cfg.ID, "check", failure(ctx, errors.Join(err, c.close())))
}

func integrity(ctx context.Context, c *conn, pragma string) error {
	var found []string
	err := c.each(ctx, "PRAGMA "+pragma, nil, func(row []value) (bool, error) {
		if s := asText(row[0]); s != "ok" {
			found = append(found, s)
		}
		return len(found) < 10, nil
	})
	if err == nil && len(found) > 0 {
		err = fault.New(fault.StoreCorrupt, "the database file is damaged: %d faults, the first: %s", len(found), found[0])
	}
	return err
}
