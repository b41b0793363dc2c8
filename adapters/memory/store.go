package memory

import (
	"context"
	"crypto/rand"
	"sync"
	"time"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

var (
	_ adapters.Primary      = (*Store)(nil)
	_ adapters.Searcher     = (*Store)(nil)
	_ adapters.EachSearcher = (*Store)(nil)
	_ adapters.Compiler     = (*Store)(nil)
	_ adapters.Walker       = (*Store)(nil)
	_ adapters.Aggregator   = (*Store)(nil)
	_ adapters.Scanner      = (*Store)(nil)
	_ adapters.Reindexer    = (*Store)(nil)
	_ adapters.Notifier     = (*Store)(nil)
	_ adapters.Secondary    = (*Store)(nil)
)

// Config is what a Store needs to know; its zero value is a primary that claims everything it can do.
type Config struct {
	// ID is the backend's id; "memory" if empty.
	ID string
	// Claims, when not nil, are all that the store answers: the rest it refuses. They must be among AllClaims.
	Claims *search.Claims
	// Clock gives commit times; time.Now if nil.
	Clock adapters.Clock
}

// Store is an in-memory store. It is safe for concurrent use.
type Store struct {
	id     string
	claims search.Claims
	clock  adapters.Clock
	bell   adapters.Bell

	mu     sync.RWMutex
	closed bool
	// serving is the generation that answers; generations has it and those being built.
	serving     int64
	generations map[int64]*generation
	numbered    int64 // the highest number that a generation has had
	fence       int64
	log         []adapters.Change // above trimmed, in order
	trimmed     search.Position
	time        int64
	meta        map[string][]byte
}

// Open makes an empty store.
func Open(c Config) *Store {
	s := &Store{
		id: c.ID, clock: c.Clock,
		generations: map[int64]*generation{0: newGeneration("")}, meta: map[string][]byte{},
	}
	if s.id == "" {
		s.id = "memory"
	}
	if s.clock == nil {
		s.clock = time.Now
	}
	s.generations[0].epoch = rand.Text()
	s.claims = AllClaims()
	if c.Claims != nil {
		s.claims = *c.Claims
	}
	return s
}

// ID implements adapters.Store.
func (s *Store) ID() string { return s.id }

// Kind implements adapters.Store.
func (s *Store) Kind() string { return "memory" }

// Describe implements adapters.Store.
func (s *Store) Describe() search.Claims { return s.claims }

// Ping implements adapters.Store.
func (s *Store) Ping(ctx context.Context) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.at("ping", s.open(ctx))
}

// Close implements adapters.Store; every later call fails with fault.StoreUnavailable.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}

// AllClaims are the claims of a Store that is not given fewer.
func AllClaims() search.Claims {
	token := []search.Modifier{search.Plain, search.TextOf, search.OfType, search.In, search.Above, search.Below, search.Compared}
	return search.Claims{
		Features: search.CanAll | search.CanAnd | search.CanOr | search.CanNot | search.CanChain | search.CanHas |
			search.CanIDs | search.CanText | search.CanContent | search.CanList | search.CanSort | search.CanCount |
			search.CanEach | search.CanWithin | search.CanBodies | search.CanWalk | search.CanAggregate | search.CanScan | search.CanScore,
		Params: []search.ParamClaim{
			{ParamType: search.String, Modifiers: []search.Modifier{
				search.Plain, search.Exact, search.Contains, search.Equals, search.EndsWith, search.Compared,
			}},
			{ParamType: search.Token, Modifiers: token},
			{ParamType: search.Date},
			{ParamType: search.Number},
			{ParamType: search.Quantity},
			{ParamType: search.Reference, Modifiers: []search.Modifier{search.Plain, search.Identifier, search.Above, search.Below}},
			{ParamType: search.URI, Modifiers: []search.Modifier{search.Plain, search.Above, search.Below, search.Compared}},
			{ParamType: search.Composite},
		},
	}
}

// open fails if the store is closed or ctx has ended.
func (s *Store) open(ctx context.Context) error {
	if s.closed {
		return fault.New(fault.StoreUnavailable, "the store is closed")
	}
	if err := ctx.Err(); err != nil {
		return &fault.Error{Code: fault.Timeout, Message: "the request has ended", Err: err}
	}
	return nil
}

func (s *Store) at(op string, err error) error { return fault.At(s.id, op, err) }
