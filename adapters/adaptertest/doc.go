// Package adaptertest is the conformance suite of package adapters. Run holds a store to what it claims: every case runs
// against the store and against the oracle (package memory) with the same data, and the answers must be equal; what
// is not claimed must be refused as fault.Unsupported. Queries generates random searches for longer runs.
//
// Stores under test are opened with Parameters and their resources indexed by Index, so that the search parameters of
// requests are the very ones that the store knows.
package adaptertest
