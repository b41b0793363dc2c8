// Package adapters is the contract between the composite layer and the stores, in small interfaces. Each store is a
// package below this one and implements the interfaces that it can honour in full; package adaptertest holds them to it.
//
// Obligations of every store, whatever it implements:
//
//   - Tenant first: every key begins with the caller's tenant. Nothing of one tenant is ever seen, counted, guessed by
//     timing of existence checks, or overwritten by another; two tenants may hold the same type and id.
//   - The caller's predicate holds at every type a request visits (search.Restrict), in the store's own query.
//   - Fully or refuse: what Describe claims is answered exactly as search.Match would; what it does not claim fails with
//     fault.Unsupported before any I/O. Never a superset, never a subset, never a page of an unsorted set.
//   - A position comes with every answer: all changes up to it are in the answer; a request's AtLeast is honoured or
//     refused with fault.StoreLagging.
//   - Batches in, streams out. Leaving a stream early frees everything it holds; a stream that fails yields the error last.
//   - Errors are *fault.Error with the store's id and the operation; they carry no patient data.
//   - ctx bounds every call: when it ends the call returns soon, and the store is as if the call had not been made or as if
//     it had been completed, never in between.
//   - All methods are safe for concurrent use.
package adapters
