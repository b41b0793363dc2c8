package adapters

import (
	"context"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

// Secondary holds a projection of the primary, brought up to date by a sync worker.
type Secondary interface {
	Store
	Applier
	Generations
	Digester
}

// Item is one change to apply: the index values (and for stores that keep bodies, the body) of the version that the change
// made current, or a tombstone.
type Item struct {
	Change Change
	Values *search.Values
	Body   fhir.Body
}

// ItemOutcome is what became of an Item. An item older than what is there is no error: Applied is false, Err nil.
type ItemOutcome struct {
	Applied bool
	Err     error
}

// Applier takes changes in.
//
// The guard is the log position: an item is applied only if its position is above that of what is there, tombstones included, so
// that batches may be repeated, reordered and late. Fence is the lease's token: a batch with a lower fence than one seen is
// refused with fault.Conflict. The call returns when the batch is durable in the store.
type Applier interface {
	Apply(ctx context.Context, batch Batch) ([]ItemOutcome, error)
	// Marker reads the store's own idea of how far it is. A store that has none gives a zero Marker.
	Marker(ctx context.Context) (Marker, error)
}

// Batch is a group of items for one generation.
type Batch struct {
	Epoch      string
	Generation int64
	Fence      int64
	Items      []Item
	// UpTo is the position that is reached once all items are in: it moves the marker.
	UpTo search.Position
}

// Marker is kept in the secondary itself, so that an emptied, restored or swapped server shows.
type Marker struct {
	Epoch      string
	Generation int64
	// Applied is durable; Searchable (≤ Applied) is seen by searches.
	Applied, Searchable search.Position
}

// Generations build a store anew beside the one that serves.
type Generations interface {
	// Begin makes an empty generation and gives its number.
	Begin(ctx context.Context, epoch string) (int64, error)
	// Switch makes a generation the one that serves, atomically.
	Switch(ctx context.Context, generation int64) error
	// Drop removes a generation that does not serve.
	Drop(ctx context.Context, generation int64) error
}

// Digest is the sum of what a store holds of a range of keys: the number of resources and the sum (mod 2⁶⁴) of a hash of each
// one's key, position, index epochs and encoded values.
type Digest struct {
	Rows int64
	Sum  uint64
}

// DigestRequest names the current resources of a type whose id is in [From, To); To "" is no bound.
type DigestRequest struct {
	Tenant, Type, From, To string
	// Deep reads the values back and hashes them instead of trusting the hash stored beside the row.
	Deep bool
}

// Digester lets two stores be compared.
type Digester interface {
	Digests(ctx context.Context, requests []DigestRequest) ([]Digest, search.Position, error)
}

// Walker follows references.
type Walker interface {
	// Walk gives what can be reached, each resource once, with the number of hops of the shortest way. The caller's
	// predicate holds at every node of the way.
	Walk(ctx context.Context, r WalkRequest) Answer[Step]
}

// WalkRequest walks from Start along the reference parameters in Via (empty: all), at most Depth hops.
type WalkRequest struct {
	Caller  search.Caller
	AtLeast search.Position
	Start   []fhir.Ref
	Via     []*search.Param
	// Forward follows references, Backward what refers here; both may be set.
	Forward, Backward bool
	Depth, Limit      int
}

// Step is a resource that a walk reached: the first hop through which it did, and how far it is from the start.
type Step struct {
	From, To fhir.Ref
	Param    string
	Hops     int
}

// Aggregator computes over whole types.
type Aggregator interface {
	// Aggregate groups the resources that satisfy the query by the values of a parameter and counts each group.
	Aggregate(ctx context.Context, q search.Query, by *search.Param, limit int) Answer[Group]
}

// Group is one row of an aggregate.
type Group struct {
	Key   search.Item
	Count int64
}

// Scanner reads current rows by key, for rebuilds and reconciliation.
type Scanner interface {
	// Scan gives the current resources (tombstones included) in the order of tenant, type and id, starting behind after.
	Scan(ctx context.Context, tenant, resourceType, after string, limit int) Answer[Scanned]
}

// Scanned is a current row with its index values.
type Scanned struct {
	search.Resource
	Values *search.Values
}

// Reindexer replaces the index values of current versions (a new or changed parameter), through entries of kind ChangeReindex.
type Reindexer interface {
	// Reindex gives those items that are of current versions their values, all of them or none, and says how many it changed. An item
	// of another version (the resource was written, deleted or purged meanwhile) is left out, for who wrote it has indexed it. One whose
	// values are there already leaves no entry in the log, so that a batch may be repeated. Resource.Position, Version and LastUpdated stay;
	// a Digest is of the position of the entry.
	Reindex(ctx context.Context, tenant string, items []Reindexed) (changed int, err error)
}

// Reindexed are new index values of a version.
type Reindexed struct {
	Version int64
	// Values are those of the version's body; their LastUpdated is the writer's to complete.
	Values *search.Values
	// Words says that Narrative and Content are new, too; else those that are there stay.
	Words bool
}
