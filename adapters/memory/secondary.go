package memory

import (
	"context"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/internal/fault"
	"github.com/heliograph/heliograph/search"
)

// Apply implements adapters.Applier.
func (s *Store) Apply(ctx context.Context, b adapters.Batch) ([]adapters.ItemOutcome, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.open(ctx); err != nil {
		return nil, s.at("apply", err)
	}
	g := s.generations[b.Generation]
	switch {
	case g == nil:
		return nil, s.at("apply", fault.New(fault.NotFound, "there is no generation %d", b.Generation))
	case g.epoch != b.Epoch:
		return nil, s.at("apply", fault.New(fault.Conflict, "generation %d is of another epoch", b.Generation))
	case b.Fence < s.fence:
		return nil, s.at("apply", fault.New(fault.Conflict, "the lease %d has been taken over", b.Fence))
	}
	s.fence = b.Fence
	out := make([]adapters.ItemOutcome, len(b.Items))
	for i, item := range b.Items {
		out[i] = g.apply(item)
	}
	g.head = max(g.head, b.UpTo)
	return out, nil
}

// apply adds an item unless what is there is newer.
func (g *generation) apply(item adapters.Item) adapters.ItemOutcome {
	c := item.Change
	t := g.make(c.Tenant)
	r := t.row(c.Ref)
	if r != nil && r.versions[len(r.versions)-1].at >= c.Position {
		return adapters.ItemOutcome{}
	}
	v := version{at: c.Position, Resource: search.Resource{Ref: c.Ref, Version: c.Version, Position: c.Position, LastUpdated: c.Time}}
	switch c.Kind {
	case adapters.ChangePurge:
		t.erase(c.Ref)
		v.Deleted, v.purged = true, true
	case adapters.ChangeDelete:
		v.Deleted = true
	default:
		if item.Values == nil || item.Values.Ref != c.Ref {
			return adapters.ItemOutcome{Err: fault.New(fault.Internal, "%s comes without its index values", c.Ref)}
		}
		v.values, v.Body, v.LastUpdated = item.Values, item.Body, item.Values.LastUpdated
		if v.again = c.Kind == adapters.ChangeReindex && r != nil; v.again {
			v.Position = r.versions[len(r.versions)-1].Position
		}
	}
	t.add(v)
	return adapters.ItemOutcome{Applied: true}
}

// Marker implements adapters.Applier; it is that of the generation that serves, and zero before the first switch.
func (s *Store) Marker(ctx context.Context) (adapters.Marker, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.open(ctx); err != nil {
		return adapters.Marker{}, s.at("marker", err)
	}
	if s.serving == 0 {
		return adapters.Marker{}, nil
	}
	g := s.generations[s.serving]
	return adapters.Marker{Epoch: g.epoch, Generation: s.serving, Applied: g.head, Searchable: g.head}, nil
}

// Begin implements adapters.Generations.
func (s *Store) Begin(ctx context.Context, epoch string) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.open(ctx); err != nil {
		return 0, s.at("begin", err)
	}
	s.numbered++
	s.generations[s.numbered] = newGeneration(epoch)
	return s.numbered, nil
}

// Switch implements adapters.Generations. The generation that served before stays until it is dropped.
func (s *Store) Switch(ctx context.Context, generation int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.open(ctx); err != nil {
		return s.at("switch", err)
	}
	if s.generations[generation] == nil {
		return s.at("switch", fault.New(fault.NotFound, "there is no generation %d", generation))
	}
	s.serving = generation
	return nil
}

// Drop implements adapters.Generations. The one that serves cannot be dropped; one that is not there is no error.
func (s *Store) Drop(ctx context.Context, generation int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.open(ctx); err != nil {
		return s.at("drop", err)
	}
	if generation == s.serving {
		return s.at("drop", fault.New(fault.Conflict, "generation %d is the one that serves", generation))
	}
	delete(s.generations, generation)
	return nil
}

// Digests implements adapters.Digester. There are no stored hashes: a quick digest is a deep one.
func (s *Store) Digests(ctx context.Context, requests []adapters.DigestRequest) ([]adapters.Digest, search.Position, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.open(ctx); err != nil {
		return nil, 0, s.at("digests", err)
	}
	g := s.generations[s.serving]
	out := make([]adapters.Digest, len(requests))
	for i, r := range requests {
		for row := range g.of(r.Tenant).rows(r.Type) {
			v := row.live(g.head)
			if v == nil || row.ref.ID < r.From || r.To != "" && row.ref.ID >= r.To {
				continue
			}
			out[i].Rows++
			out[i].Sum += search.Digest(v.values, v.at)
		}
	}
	return out, g.head, nil
}
