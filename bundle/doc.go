// Package bundle reads Bundles entry by entry and runs transactions and batches (R4, 3.1.0.11): spooled to disk, every reference
// between entries resolved, everything parsed and indexed before the writer.
package bundle
