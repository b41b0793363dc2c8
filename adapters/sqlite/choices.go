package sqlite

import (
	"fmt"
	"time"
)

// busyTimeout is how long a connection waits for another process (a backup that begins or ends) to let go of the database.
const busyTimeout = 10 * time.Second

// The choices of the database; the package's doc says why.
const (
	pageSize  = "page_size(8192)"
	walMode   = "journal_mode(WAL)"
	durable   = "synchronous(FULL)"
	mapped    = "mmap_size(268435456)"
	inMemory  = "temp_store(MEMORY)"
	walPages  = "wal_autocheckpoint(4000)"
	walRemain = "journal_size_limit(67108864)"
)

func busy() string { return fmt.Sprintf("busy_timeout(%d)", busyTimeout.Milliseconds()) }

func writerPragmas(relaxed bool) []string {
	sync := durable
	if relaxed {
		sync = "synchronous(NORMAL)"
	}
	return []string{busy(), walMode, sync, walPages, walRemain, "cache_size(-24000)", mapped, inMemory, "foreign_keys(0)"}
}

func readerPragmas() []string {
	return []string{busy(), "cache_size(-2000)", mapped, inMemory, "query_only(1)"}
}
