package composite

import "iter"

// Following is one follower's place in the feed. Its methods may be called by several goroutines, but only one may read Events.
type Following struct{}

// Events gives the events in the order of the log, and waits for the next one; it can be left and begun again. It ends with the context of
// Follow, with Close, and when there is an Err.
func (g *Following) Events() iter.Seq[*Event] { return func(func(*Event) bool) {} }

// Err says why Events has ended: nil for the context of Follow and Close; Overloaded if the follower fell behind, ResumeExpired if what
// followed can no longer be told (the log was trimmed, or something was purged of which it is not known whether the caller could see it):
// search again. StoreUnavailable if the feed has ended. All but ResumeExpired can be gone on from with Token.
func (g *Following) Err() error { return nil }

// Token is where to go on: that of the last event given, or a later one if nothing since then was of interest.
func (g *Following) Token() string { return "" }

// Close ends it, and everything that waits for its events.
func (g *Following) Close() {}
