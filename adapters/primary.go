package adapters

import (
	"context"
	"iter"
	"time"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

// Primary is the truth. (It may refuse Searcher; the configuration then demands another store that claims it.)
type Primary interface {
	Store
	Reader
	Writer
	Log
	Meta
}

// Key names a resource, or with Version one version of it.
type Key = search.Key

// Reader reads resources by key.
type Reader interface {
	// Read gives one entry for each key, in order, all of one position. An unknown key has a Resource with Version 0; a
	// deleted one a tombstone. The caller's predicate applies to current versions and decides for old ones by the
	// version read: what it hides is as unknown.
	Read(ctx context.Context, caller search.Caller, atLeast search.Position, keys []Key) ([]search.Resource, search.Position, error)
	// History gives the versions of what the request names, newest first.
	History(ctx context.Context, r HistoryRequest) Answer[search.Resource]
}

// HistoryRequest names a resource (Type and ID), a type (Type) or everything.
type HistoryRequest struct {
	Caller   search.Caller
	Type, ID string
	// Since and Until bound meta.lastUpdated: [Since, Until) in microseconds; 0 is no bound.
	Since, Until int64
	// Before goes on below this position; 0 starts at the newest.
	Before search.Position
	Limit  int
}

// Writer commits.
//
// Write tries every member on its own: a member is applied whole or not at all, and the failure of one never fails another.
// It returns, for winners and losers alike, after the group they were committed in is durable. Outcomes come in the order of
// the members. The error is for the call as a whole (fault.Overloaded when the queue is full, with nothing applied).
type Writer interface {
	Write(ctx context.Context, members []Member) ([]Outcome, error)
}

// Preparer is a primary that makes of a write what it needs, before the write waits for the writer and side by side with others. What it
// has made is smaller than Values, so that large members fit into memory.
type Preparer interface {
	// Prepare sets Ready and takes Values away. The write is then one of this tenant and this store only.
	Prepare(ctx context.Context, tenant string, w *Write) error
}

// Member is a unit that is applied whole or not at all: one write, or all of a transaction. Its changes are visible
// to readers together.
type Member struct {
	Tenant string
	Writes []Write
	// Meta is swapped in the same transaction, after the writes; a comparison that fails fails the member.
	Meta []Swap
}

// Action is what a Write does.
type Action uint8

// The actions.
const (
	// Put makes Body the current version: the first of a new resource, else the next.
	Put Action = iota
	// Delete makes a tombstone the current version. Deleting what is not there, or is deleted, changes nothing.
	Delete
	// Require changes nothing: it only demands If.
	Require
)

// Write is one change. The body has been parsed, validated and indexed before it comes here.
type Write struct {
	Action Action
	Ref    fhir.Ref
	Body   fhir.Body
	// Values are the body's index values. The writer completes LastUpdated.
	Values *search.Values
	// Ready is what the store's Preparer has made of Values, which are nil then; it means something to that store alone.
	Ready any
	// Model numbers what made Values, for those who prepare writes. A store takes no notice of it.
	Model uint64
	// LastUpdated is meta.lastUpdated in microseconds; 0 is the commit time.
	LastUpdated int64
	If          Precondition
}

// Precondition is checked in the transaction, against the state that includes the member's earlier writes. Zero demands nothing.
type Precondition struct {
	// Version demands that this is the current version (If-Match); else fault.Conflict.
	Version int64
	// Absent demands that the resource is not there: never was, or is deleted; else fault.Conflict.
	Absent bool
	// Changed makes the write a no-op (Unchanged) if the current version has the same body and, where Write.LastUpdated is set,
	// the same lastUpdated.
	Changed bool
	// Newer makes the write a no-op (Unchanged) if Write.LastUpdated is set and the current version's is later: what arrives is old
	// news, as when a load is repeated.
	Newer bool
	// Search demands that the query has exactly Matches matches, and that a single match is Write.Ref when Matches is 1; else
	// fault.Conflict. For a conditional create: Matches 0.
	Search  *search.Query
	Matches int
}

// Effect is what a Write did.
type Effect uint8

// The effects.
const (
	Unchanged Effect = iota
	Created
	Updated
	Deleted
)

// Outcome is what became of a member.
type Outcome struct {
	// Err says why the member was not applied (fault.Conflict, …); Failed is the index of the write at fault, -1 for Meta.
	Err    error
	Failed int
	// Results are one a write, when Err is nil.
	Results []Result
}

// Result is what a write did, and the current version after it.
type Result struct {
	Effect      Effect
	Ref         fhir.Ref
	Version     int64
	Position    search.Position
	LastUpdated int64
}

// ChangeKind is the kind of a log entry.
type ChangeKind uint8

// The kinds.
const (
	ChangePut ChangeKind = iota + 1
	ChangeDelete
	// ChangeReindex says that the index values of the current version are to be taken anew.
	ChangeReindex
	// ChangePurge says that every trace of the resource is to go.
	ChangePurge
)

// Change is an entry of the log. Positions are dense and in commit order: who sees n sees everything below n.
type Change struct {
	Position search.Position
	// Time is the commit time: max(the primary's clock, the time of the entry before), microseconds.
	Time    int64
	Tenant  string
	Kind    ChangeKind
	Ref     fhir.Ref
	Version int64
}

// Head is the end of the log.
type Head struct {
	// Epoch is random and renewed by a restore: a position means something within one epoch only.
	Epoch    string
	Position search.Position
	Time     int64
	// Trimmed is the highest position that is no longer there.
	Trimmed search.Position
}

// Log is the change log of a primary, of all tenants.
type Log interface {
	Head(ctx context.Context) (Head, error)
	// Changes gives the entries above from, in order, at most limit (0: to the head). Below Head.Trimmed: fault.ResumeExpired.
	Changes(ctx context.Context, from search.Position, limit int) iter.Seq2[Change, error]
	// Trim removes the entries up to a position.
	Trim(ctx context.Context, upTo search.Position) error
	// Purge erases a resource: every version, its index values and its bodies in the log. A ChangePurge entry remains.
	// Purging what is not there is no error and leaves no entry (Result.Effect Unchanged).
	Purge(ctx context.Context, tenant string, ref fhir.Ref) (Result, error)
}

// Swap is a compare-and-set of one key of Meta: the key must hold Old (nil: be absent) and then holds New (nil: is removed).
type Swap struct {
	Key      string
	Old, New []byte
}

// Meta is a small key-value store in the primary: checkpoints, leases, ledger, audit, jobs, custom parameters, keys.
type Meta interface {
	// Load gives the values of the keys in order; nil for those that are absent. One position.
	Load(ctx context.Context, keys ...string) ([][]byte, error)
	// List gives the keys with a prefix and their values, in key order, starting behind after.
	List(ctx context.Context, prefix, after string, limit int) (keys []string, values [][]byte, err error)
	// Swap applies all of the swaps or, if one comparison fails, none and fault.Conflict.
	Swap(ctx context.Context, swaps ...Swap) error
}

// Backuper copies a store while it is in use. The copy is of one position and opens as a store of its own.
type Backuper interface {
	Backup(ctx context.Context, file string) (search.Position, error)
}

// Clock gives the time; tests set it.
type Clock func() time.Time
