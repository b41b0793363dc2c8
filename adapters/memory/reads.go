package memory

import (
	"context"

	"github.com/heliograph/heliograph/adapters"
	"github.com/heliograph/heliograph/search"
)

// Read implements adapters.Reader.
func (s *Store) Read(ctx context.Context, caller search.Caller, atLeast search.Position, keys []adapters.Key) ([]search.Resource, search.Position, error) {
	return s.now().Read(ctx, caller, atLeast, keys)
}

// History implements adapters.Reader.
func (s *Store) History(ctx context.Context, r adapters.HistoryRequest) adapters.Answer[search.Resource] {
	return s.now().History(ctx, r)
}

// Search implements adapters.Searcher.
func (s *Store) Search(ctx context.Context, r search.Request) adapters.Answer[search.Hit] {
	return s.now().Search(ctx, r)
}

// Count implements adapters.Searcher.
func (s *Store) Count(ctx context.Context, r search.Request) (int64, search.Position, error) {
	return s.now().Count(ctx, r)
}

// SearchEach implements adapters.EachSearcher.
func (s *Store) SearchEach(ctx context.Context, r search.EachRequest) adapters.Answer[search.EachHit] {
	return s.now().SearchEach(ctx, r)
}

// CountEach implements adapters.EachSearcher.
func (s *Store) CountEach(ctx context.Context, r search.EachRequest) ([]int64, search.Position, error) {
	return s.now().CountEach(ctx, r)
}

// Walk implements adapters.Walker.
func (s *Store) Walk(ctx context.Context, r adapters.WalkRequest) adapters.Answer[adapters.Step] {
	return s.now().Walk(ctx, r)
}
