// Package memory is the store that all others are tested against: the whole contract of package adapters, built on
// search.Match and search.OrderKey alone, simple rather than fast.
//
// It is multi-version: every version stays until it is purged, and At gives the store as it was at any position. It can play a
// primary and a secondary; one Store is meant to play one of them. Searches match every resource of a type, one after
// another; that is usable up to some ten thousand resources.
package memory
