package composite

import (
	"sync"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

// EventKind says what became of a resource among those that a follower may see and asked for: its list.
type EventKind uint8

// The kinds. Of one resource the first is EventCreated, unless it was in the list before; then come any number of EventUpdated, and
// EventDeleted or EventLeft at the end, after which it may be created again.
const (
	// EventCreated: it is in the list and was not: it was created, or an update has made it match. Version tells these apart.
	EventCreated EventKind = iota + 1
	// EventUpdated: it has another version and is still in the list.
	EventUpdated
	// EventDeleted: it was in the list and is deleted or purged.
	EventDeleted
	// EventLeft: it was in the list, and an update has made it one that does not match, or that the caller may not see.
	EventLeft
)

var eventKindNames = [...]string{"", "created", "updated", "deleted", "left"}

// String is created, updated, deleted or left.
func (k EventKind) String() string { return eventKindNames[k] }

// Event is one change, as it is to a follower. It is shared by all followers of equal interest (same caller, types and condition) and
// must not be changed.
type Event struct {
	Kind EventKind
	Ref  fhir.Ref
	// Version and LastUpdated (microseconds) are those of the change: of the new version, the tombstone, or what was purged.
	Version     int64
	LastUpdated int64
	// Token is where to go on after it: see Interest.Since.
	Token    string
	Position search.Position
	// Resource is the version that the change made; nil for EventDeleted and EventLeft.
	Resource *search.Resource

	shared sync.Map
}

// Shared gives what make has made for a key, once for all followers that share the event: a message, say. make may be called more than
// once where followers ask at the same time; all get the first one's.
func (e *Event) Shared(key any, make func() any) any {
	if v, ok := e.shared.Load(key); ok {
		return v
	}
	v, _ := e.shared.LoadOrStore(key, make())
	return v
}
