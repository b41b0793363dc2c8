// Package sqlite is the embedded primary: resources, versions, tombstones, history, change log, Meta and the whole search index
// in one SQLite database, heliograph.db in a data folder. It answers every search that it claims in SQL alone, over the encoded
// values that package search makes.
//
// # One writer, many readers
//
// One goroutine commits (group commit): it drains a bounded queue into one transaction, a member at a time, and nobody is answered
// before COMMIT. The readers are connections of their own, so a read never waits for a write. A position in an answer is that
// of the head when the statement began: a snapshot taken later holds everything up to it.
//
// # Choices of the database
//
//   - journal_mode=WAL: readers and the writer do not wait for each other, and a commit is one append and one fsync.
//   - synchronous=FULL: that fsync happens before a writer is answered, so power loss takes nothing acknowledged. Config.Relaxed gives
//     NORMAL: the last seconds may go, the database stays whole.
//   - page_size=8192: most resources fit a page, and clustered index pages hold some hundred entries.
//   - wal_autocheckpoint=4000 pages: a load rewrites hot index pages once a checkpoint instead of once a thousand pages. Beyond 128 MB the
//     writer waits shortly for readers to leave the log, so that it ends; a second after the last write it is emptied.
//   - mmap_size=256 MB and cache_size of 2 MB a reader (24 MB for the writer): reads come from the system's page cache, shared by all
//     connections, instead of a private copy each; idle memory stays small.
//   - query_only on readers: a mistake in a compiled query cannot write.
//   - temp_store=MEMORY: sorts and sets of a query never leave plain text in a temporary file.
//
// # Purging
//
// What is deleted stays in a page until something is written over it. Purge alone promises more: it wipes the free space of the whole
// file (scrub.go) and empties the log. Hence secure_delete is off: it costs every update, and does not reach the copies that rows leave
// behind when pages are split.
//
// # Keys
//
// Index tables are clustered and end in the resource's id, since the default order is by id: equality, default order and the page's
// start are one range scan. The first column is a small integer interned for (tenant, type, parameter, system or target type), so
// that the tenant leads every key, and a long system is stored once.
package sqlite
